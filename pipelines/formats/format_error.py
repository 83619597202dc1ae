"""What is wrong with a file, in words that its sender can act on."""

import math
import reprlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_SHOWN = 20


@dataclass(frozen=True)
class Fault:
    """One fault: where it is, what stands there, what was expected, and an example of it.

    place: as a person sees it: "sheet 'Ark1', row 12, column 'Personer' (cell D12)". found: as quoted by `quoted`;
    None where nothing stands there or it is not to be shown. cells: how many cells have the same fault.
    """

    place: str
    expected: str
    found: str | None = None
    example: str | None = None
    cells: int = 1

    def __str__(self) -> str:
        more = f" (and {self.cells - 1} more)" if self.cells > 1 else ""
        found = f"found {self.found}, " if self.found is not None else ""
        example = f", such as {self.example}" if self.example is not None else ""
        return f"{self.place}{more}: {found}{self.expected}{example}" if self.place else f"{found}{self.expected}"


class FormatError(ValueError):
    """A file that cannot be read as what it seems to be, with everything that is wrong with it in `faults`."""

    def __init__(self, where: str, faults: Sequence[Fault | str]) -> None:
        self.where = where
        self.faults = tuple(fault if isinstance(fault, Fault) else Fault("", fault) for fault in faults)
        more = [f"and {len(faults) - _SHOWN:,} more"] if len(faults) > _SHOWN else []
        lines = [*map(str, self.faults[:_SHOWN]), *more]
        super().__init__(f"{where}: {lines[0]}" if len(lines) == 1 else "\n  ".join([f"{where}:", *lines]))


# Deep and long values are cut before they are written out: nesting may go deeper than Python can follow.
_SHORT = reprlib.Repr()
_SHORT.maxlevel, _SHORT.maxlist, _SHORT.maxdict, _SHORT.maxstring, _SHORT.maxother = 4, 20, 10, 80, 80


def excerpt(given: Any) -> str:
    """Return what was found as a message quotes it: as Python writes it, at most 80 characters."""
    text = _SHORT.repr(given)
    return text if len(text) <= 80 else text[:77] + "..."


def product(sizes: Sequence[int]) -> str:
    """Return how many cells sizes make, for a message: '2 x 3 = 6'."""
    cells = math.prod(sizes)
    shown = f"{cells:,}" if cells < 10**30 else f"about 10^{int(cells.bit_length() * math.log10(2))}"
    factors = " x ".join(map(str, sizes[:12]))
    return f"{factors}{' x ...' if len(sizes) > 12 else ''} = {shown}"
