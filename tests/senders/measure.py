"""How much of what senders have is read right with the draft as it is: `python -m tests.senders.measure`."""

import sys
import tempfile
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

from indicators import catalogue
from indicators.catalogue import Spacing, loading
from indicators.catalogue.contracts import DeliveryContract
from pipelines import deliveries as delivery
from pipelines.deliveries import draft
from pipelines.deliveries.checking import Rules
from pipelines.deliveries.reading import Reading
from tests.senders import synthetic_files
from tests.senders.synthetic_files import Figure, File

OUTCOMES = ("right as drafted", "right after edits that the draft names", "partly", "not at all")

_EVERY = "(`every:`)"


@cache
def rules() -> Rules:
    """Return the catalogue's rules without its contracts, so that every file is an unknown one."""
    return replace(Rules.of(catalogue.load()), contracts={})


def outcome(file: File, folder: Path) -> tuple[str, str]:
    """Return one of OUTCOMES, and what stood in the way."""
    path = folder / file.name
    path.write_bytes(file.content)
    try:
        drafted = draft.contract(path, rules())
    except delivery.DeliveryError as error:
        return OUTCOMES[3], f"no draft: {error}"
    share, why = _right(file, drafted, folder)
    if share == 1:
        return OUTCOMES[_EVERY in drafted], ""
    if file.edits:
        edited, share_edited = _edited(drafted, file.edits), 0.0
        if edited is not None:
            share_edited, why = _right(file, edited, folder)
        if share_edited == 1:
            return OUTCOMES[1], ""
    return OUTCOMES[2] if share > 0 else OUTCOMES[3], why


def _right(file: File, drafted: str, folder: Path) -> tuple[float, str]:
    """Return the share of the file's figures that are read as they are, 0 where others are read besides."""
    path = folder / "draft.yaml"
    path.write_text(drafted, encoding="utf-8")
    try:
        contract = loading.load(path, DeliveryContract)
    except loading.CatalogueError as error:
        return 0.0, f"the draft does not load: {error}"
    try:
        found = delivery.match(delivery.open_file(file.content, file.name), [contract])
        # That figures do not come every year is said by their indicator, as the draft tells.
        spacings = [Spacing("synthetic", {}, None)] if _EVERY in drafted else []
        reading = delivery.read(found, file.name, rules().areas, rules().names, spacings)
    except delivery.DeliveryError as error:
        return 0.0, str(error)
    read = figures(reading)
    if read == file.right:
        return 1.0, ""
    strange = read - file.right
    lacking = file.right - read
    why = f"read besides: {dict(list(strange.items())[:3])}; not read: {dict(list(lacking.items())[:3])}"
    return (0.0 if strange else read.total() / file.right.total()), why


def figures(reading: Reading) -> Counter[Figure]:
    """Return each figure by its area's name (or code), period and value."""
    codes, labels = (reading.columns[key].to_pylist() for key in ("area_id", "area_label"))
    columns = (reading.columns["period"].to_pylist(), reading.value.to_pylist())
    return Counter(
        (label or code, period, value) for code, label, period, value in zip(codes, labels, *columns, strict=True)
    )


def _edited(drafted: str, edits: dict[str, str]) -> str | None:
    """Return the draft with lines put right; None where a line that is to be changed is not one that it marks."""
    lines = drafted.splitlines()
    for start, line in edits.items():
        at = [number for number, text in enumerate(lines) if text.lstrip("# ").startswith(start)]
        if not at or not any("GUESS" in lines[number] or "TODO" in lines[number] for number in at):
            return None
        lines[at[0]] = line
    return "\n".join([*lines, ""])


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def main() -> None:
    """Print the outcome of each file and how many there are of each."""
    told: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for file in synthetic_files.made():
            what, why = outcome(file, Path(folder))
            told[what] += 1
            _say(f"{file.name:45} {what}" + (f"\n    {why[:600]}" if why and "-v" in sys.argv else ""))
    _say(f"\n{told.total()} files: " + ", ".join(f"{told[what]} {what}" for what in OUTCOMES))


if __name__ == "__main__":
    main()
