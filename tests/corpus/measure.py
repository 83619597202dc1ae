"""How many registers pass the door of deliveries, and how many clean tables do not.

    python -m tests.corpus.measure second --seeds 3
    python -m tests.corpus.measure second_development --names --write FOLDER

Totals only, unless asked: who writes the guard asks for the names and files of halves for development alone, and does
not open the modules of the second corpus, in which both halves stand (every second template belongs to each).
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
from tests.corpus import (
    clean_fifth,
    clean_for_development,
    clean_fourth,
    clean_held_out,
    clean_second,
    clean_third,
    registers_fifth,
    registers_for_development,
    registers_fourth,
    registers_held_out,
    registers_second,
    registers_second_hidden,
    registers_third,
)
from tests.corpus.files import File, Rows, table_file

Template = Callable[[Random], File | Rows]
Templates = dict[str, Template]


@dataclass(frozen=True)
class Tried:
    """A template, the seeds that went the wrong way, how many were tried, and what was said of the first wrong one."""

    name: str
    wrong: tuple[int, ...]
    tried: int
    said: str


def templates(module: object) -> Templates:
    """Return a module's templates by name, in their order."""
    held = vars(module)
    return {
        name: made
        for name, made in held.items()
        if not name.startswith("_")
        and callable(made)
        and (getattr(made, "__module__", "") == held["__name__"] or name.startswith("number_written_"))
    }


def every_second(held: Templates, first: int) -> Templates:
    """Return every second template in the order of definition (a new template goes to the end of its module)."""
    return dict(list(held.items())[first::2])


def _half_of_second(first: int) -> tuple[Templates, Templates]:
    registers = [every_second(templates(module), first) for module in (registers_second, registers_second_hidden)]
    return registers[0] | registers[1], every_second(templates(clean_second), first)


HALVES: dict[str, tuple[Templates, Templates]] = {
    "development": (templates(registers_for_development), templates(clean_for_development)),
    "held_out": (templates(registers_held_out), templates(clean_held_out)),
    "second_development": _half_of_second(0),
    "second_held_out": _half_of_second(1),
    "third": (templates(registers_third), templates(clean_third)),
    "fourth": (templates(registers_fourth), templates(clean_fourth)),
    "fifth": (templates(registers_fifth), templates(clean_fifth)),
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


def tried(held: Templates, rules: Rules, seeds: int, kept_is_wrong: bool) -> Iterator[Tried]:
    """Try each of these templates with some seeds."""
    for name, template in held.items():
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
    options.add_argument("half", choices=[*HALVES, "second"], help="second: both halves of the second corpus")
    options.add_argument("--seeds", type=int, default=5)
    options.add_argument("--names", action="store_true", help="name the templates that went wrong")
    options.add_argument("--show", action="store_true", help="name them, with what was said of the first wrong file")
    options.add_argument("--write", type=Path, help="write the wrong files to this folder")
    given = options.parse_args()
    for half in ["second_development", "second_held_out"] if given.half == "second" else [given.half]:
        for kind, results in measured(half, given.seeds).items():
            wrong, files = sum(len(each.wrong) for each in results), sum(each.tried for each in results)
            word = "missed" if kind == "registers" else "false alarms"
            sys.stdout.write(
                f"{half}, {kind}: {rate(results):.1%} {word} "
                f"({len(results)} templates x {given.seeds}, {wrong} of {files} files)\n"
            )
            _describe(results, HALVES[half][kind == "clean"], given)


def _describe(results: list[Tried], held: Templates, given: argparse.Namespace) -> None:
    """Write what was asked for of the templates that went wrong."""
    for each in results:
        if each.wrong and (given.names or given.show):
            sys.stdout.write(f"  {each.name}: {len(each.wrong)} of {each.tried}, seeds {list(each.wrong)}\n")
        if each.wrong and given.show:
            sys.stdout.write(f"      {each.said[:300]}\n")
        for seed in each.wrong if given.write else ():
            name, content = file_of(each.name, held[each.name], seed)
            given.write.mkdir(parents=True, exist_ok=True)
            (given.write / f"{each.name}_{name}").write_bytes(content)


if __name__ == "__main__":
    main()
