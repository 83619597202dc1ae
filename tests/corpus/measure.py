"""How many registers pass the door of deliveries, and how many clean tables do not.

    python -m tests.corpus.measure development
    python -m tests.corpus.measure held_out --seeds 10 --show

A register is missed where its file may be kept (`Checked.may_be_kept`); a clean table is a false alarm where not. Rates
are means over templates, so that each counts the same.
"""

import argparse
import hashlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from indicators.catalogue import Catalogue, load
from pipelines.deliveries.checking import Checked, Rules, check
from tests.corpus import clean_for_development, clean_held_out, registers_for_development, registers_held_out
from tests.corpus.files import File, Rows, table_file

HALVES = {
    "development": (registers_for_development, clean_for_development),
    "held_out": (registers_held_out, clean_held_out),
}
Template = Callable[[Random], File | Rows]


@dataclass(frozen=True)
class Tried:
    """A template, the seeds that went the wrong way, how many were tried, and what was said of the first wrong one."""

    name: str
    wrong: tuple[int, ...]
    tried: int
    said: str


def templates(module: object) -> dict[str, Template]:
    """Return a module's templates by name."""
    held = vars(module)
    return {
        name: made
        for name, made in held.items()
        if not name.startswith("_")
        and callable(made)
        and (getattr(made, "__module__", "") == held["__name__"] or name.startswith("number_written_"))
    }


def file_of(name: str, template: Template, seed: int) -> tuple[str, bytes]:
    """Return the name and the bytes of a template's file."""
    random = Random(f"{name} {seed}")
    made = template(random)
    file = made if isinstance(made, File) else table_file(random, made)
    return f"syntetisk_{seed}.{file.suffix}", file.content


def checked(name: str, content: bytes, rules: Rules) -> Checked:
    """Return what the product's door says of a file."""
    return check(Checked(Path(name), name, hashlib.sha256(content).hexdigest(), content=content), rules)


def tried(module: object, rules: Rules, seeds: int, kept_is_wrong: bool) -> Iterator[Tried]:
    """Try each of a module's templates with some seeds."""
    for name, template in templates(module).items():
        answers = {seed: checked(*file_of(name, template, seed), rules) for seed in range(seeds)}
        wrong = tuple(seed for seed, answer in answers.items() if answer.may_be_kept == kept_is_wrong)
        said = str(answers[wrong[0]].error or "taken") if wrong else ""
        yield Tried(name, wrong, seeds, said)


def rate(results: list[Tried]) -> float:
    """Return the share that went wrong, each template counting the same."""
    return sum(len(each.wrong) / each.tried for each in results) / len(results)


def measured(half: str, seeds: int = 5, catalogue: Catalogue | None = None) -> dict[str, list[Tried]]:
    """Return what was tried of a half: of `registers` and of `clean`."""
    rules = Rules.of(catalogue or load())
    registers, clean = HALVES[half]
    return {
        "registers": list(tried(registers, rules, seeds, kept_is_wrong=True)),
        "clean": list(tried(clean, rules, seeds, kept_is_wrong=False)),
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("half", choices=HALVES)
    options.add_argument("--seeds", type=int, default=5)
    options.add_argument("--show", action="store_true", help="what was said of each wrong file")
    options.add_argument("--write", type=Path, help="write the wrong files to this folder")
    given = options.parse_args()
    for kind, results in measured(given.half, given.seeds).items():
        word = "missed" if kind == "registers" else "false alarms"
        sys.stdout.write(
            f"{given.half}, {kind}: {rate(results):.1%} {word} of {len(results)} templates x {given.seeds}\n"
        )
        module = HALVES[given.half][kind == "clean"]
        for each in results:
            if each.wrong:
                sys.stdout.write(f"  {each.name}: {len(each.wrong)} of {each.tried}, seeds {list(each.wrong)}\n")
                if given.show:
                    sys.stdout.write(f"      {each.said[:300]}\n")
            for seed in each.wrong if given.write else ():
                name, content = file_of(each.name, templates(module)[each.name], seed)
                given.write.mkdir(parents=True, exist_ok=True)
                (given.write / f"{each.name}_{name}").write_bytes(content)


if __name__ == "__main__":
    main()
