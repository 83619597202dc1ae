"""What is wrong with a file, in words that its sender can act on."""

import math
import reprlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pipelines.formats.grid import Place
from pipelines.formats.untrusted import in_line, is_heading, quoted, says_little

_SHOWN = 20


class Kind(StrEnum):
    """What kind of fault it is, in words that hold nothing of a file: all that readers of an edition get to know."""

    OTHER = "other faults"
    UNREADABLE = "cannot be read as what it seems to be"
    LAYOUT = "rows or columns unlike those of the contract"
    PERIOD = "no period, or one too early, too late or missing"
    AREA = "no area that is known"
    LABEL = "a label that the contract does not have"
    NUMBER = "neither a number nor a known sign"
    RANGE = "a figure outside what its kind allows"
    TWICE = "one figure given twice"
    TOGETHER = "figures that do not agree with each other"
    MISSING = "a figure that must be there is missing"
    KNOWN = "not the figure that is known from elsewhere"
    PERSONAL = "seems to be data on persons"
    STANDS_OUT = "a figure that stands out from what is known"


IN_NORWEGIAN = {
    Kind.OTHER: "en annen feil",
    Kind.UNREADABLE: "kan ikke leses som det filen ser ut til å være",
    Kind.LAYOUT: "rader eller kolonner er ikke slik de skal være i denne leveransen",
    Kind.PERIOD: "ingen gyldig periode, eller den er for tidlig, for sen eller mangler",
    Kind.AREA: "ikke et område som er kjent: skriv navnet eller nummeret slik det står i områdelisten",
    Kind.LABEL: "en tekst som ikke er avtalt: bruk en av tekstene som står under «was expected» i tabellen over",
    Kind.NUMBER: "verken et tall eller et avtalt tegn for manglende tall",
    Kind.RANGE: "et tall som ikke kan være riktig for denne typen tall",
    Kind.TWICE: "samme tall er oppgitt to ganger",
    Kind.TOGETHER: "tall som ikke stemmer med hverandre",
    Kind.MISSING: "et tall som må være med, mangler",
    Kind.KNOWN: "ikke det tallet som er kjent fra før: er det riktig fil?",
    Kind.PERSONAL: "ser ut til å være opplysninger om personer",
    Kind.STANDS_OUT: "et tall som skiller seg ut fra det som er kjent fra før: stemmer det?",
}
"""What each kind of fault is, for a sender who reads Norwegian."""


@dataclass(frozen=True)
class Fault:
    """One fault: where it is, what stands there, what was expected, an example of it, and of what kind it is.

    place: as a person sees it: "sheet 'Ark1', row 12, column 'Personer' (cell D12)"; readers get a Place's numbers, and
    nothing of a text. found: as quoted by `untrusted.quoted`; None where nothing stands there or it is not to be shown.
    cells: how many cells have the same fault.
    """

    place: Place | str
    expected: str
    found: str | None = None
    example: str | None = None
    cells: int = 1
    kind: Kind = Kind.OTHER

    def __str__(self) -> str:
        more = f" (and {self.cells - 1} more)" if self.cells > 1 else ""
        found = f"found {self.found}, " if self.found is not None else ""
        example = f", such as {self.example}" if self.example is not None else ""
        place = str(self.place)
        return f"{place}{more}: {found}{self.expected}{example}" if place else f"{found}{self.expected}"


def for_readers(faults: Iterable[Fault]) -> str:
    """Say how many faults of which kinds there are and where the first of each is; nothing that stands in the file."""
    cells: Counter[Kind] = Counter()
    spots: dict[Kind, str] = {}
    for fault in faults:
        cells[fault.kind] += fault.cells
        spots.setdefault(fault.kind, fault.place.spot if isinstance(fault.place, Place) else "")
    return "; ".join(
        f"{kind.value} ({number:,}{f', the first in {spots[kind]}' if spots[kind] else ''})"
        for kind, number in cells.items()
    )


class FormatError(ValueError):
    """A file that cannot be read as what it seems to be, with everything that is wrong with it in `faults`."""

    def __init__(self, where: str, faults: Sequence[Fault | str]) -> None:
        self.where = where
        self.faults = tuple(
            fault if isinstance(fault, Fault) else Fault("", fault, kind=Kind.UNREADABLE) for fault in faults
        )
        more = [f"and {len(faults) - _SHOWN:,} more"] if len(faults) > _SHOWN else []
        lines = [*map(str, self.faults[:_SHOWN]), *more]
        super().__init__(f"{where}: {lines[0]}" if len(lines) == 1 else "\n  ".join([f"{where}:", *lines]))


def _as_fault(fault: Fault | str) -> Fault:
    return fault if isinstance(fault, Fault) else Fault("", fault, kind=Kind.UNREADABLE)


# Deep and long values are cut before they are written out: nesting may go deeper than Python can follow.
class _Short(reprlib.Repr):
    def repr_str(self, x: str, level: int) -> str:
        """Write a text out only where it is a name of few words, as of a variable, or says nothing of a person."""
        is_name = len(x.split()) <= _FEW_WORDS and is_heading(x)
        return reprlib.Repr.repr_str(self, x, level) if is_name or says_little(x.strip('" ')) else quoted(x)


_FEW_WORDS = 3
_SHORT = _Short()
_SHORT.maxlevel, _SHORT.maxlist, _SHORT.maxdict, _SHORT.maxstring, _SHORT.maxother = 4, 20, 10, 80, 80


def excerpt(given: Any) -> str:
    """Return what was found as a message quotes it: as Python writes it, at most 80 characters.

    Of a text that could speak of a person, only how long it is: a file of this format may be a delivered one.
    """
    text = in_line(_SHORT.repr(given))
    return text if len(text) <= 80 else text[:77] + "..."


def product(sizes: Sequence[int]) -> str:
    """Return how many cells sizes make, for a message: '2 x 3 = 6'."""
    cells = math.prod(sizes)
    shown = f"{cells:,}" if cells < 10**30 else f"about 10^{int(cells.bit_length() * math.log10(2))}"
    factors = " x ".join(map(str, sizes[:12]))
    return f"{factors}{' x ...' if len(sizes) > 12 else ''} = {shown}"
