"""What is wrong with a delivered file, in words that its sender can act on."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.sources.transport import SourceError

_SHOWN = 20
_LONGEST = 60


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


class DeliveryError(SourceError):
    """A delivered file that cannot be right, with everything that is wrong with it in `faults`."""

    def __init__(self, where: str, faults: Sequence[Fault | str]) -> None:
        self.where = where
        self.faults = tuple(fault if isinstance(fault, Fault) else Fault("", fault) for fault in faults)
        more = [f"and {len(faults) - _SHOWN} more"] if len(faults) > _SHOWN else []
        lines = [*map(str, self.faults[:_SHOWN]), *more]
        super().__init__(f"{where}: {lines[0]}" if len(lines) == 1 else "\n  ".join([f"{where}:", *lines]))


class NoContract(DeliveryError):
    """A file whose header is that of no contract."""


class PersonalData(DeliveryError):
    """A file that seems to hold personal data: it is neither kept, copied nor quoted."""


def quoted(text: str) -> str:
    """Quote one cell for a message: shortened, and without what could be a national identity number."""
    hidden = re.sub(r"\d{6}\W?\d{5}", "…", text)
    return f"'{hidden if len(hidden) <= _LONGEST else hidden[: _LONGEST - 3] + '…'}'"


def listed(names: Sequence[str], most: int = 8) -> str:
    """Quote several names, no more than `most` of them."""
    shown = ", ".join(quoted(one) for one in names[:most])
    return shown + (f" and {len(names) - most} more" if len(names) > most else "")
