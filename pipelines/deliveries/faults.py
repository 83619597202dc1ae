"""The ways in which a delivered file is refused, and what each of those who hear of it gets to know.

The analyst and the file's sender read every fault (`reasons`), with cells that cannot speak of a person; readers of an
edition, of Dagster and of logs get kinds, places and numbers (`DeliveryError.for_readers`).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from pipelines.errors import SourceError
from pipelines.formats import format_error
from pipelines.formats.format_error import FormatError
from pipelines.formats.untrusted import headings, quoted

__all__ = [
    "DeliveryError",
    "NoContract",
    "PersonalData",
    "as_delivery_error",
    "for_readers_of",
    "headings",
    "listed",
    "quoted",
]


class DeliveryError(SourceError, FormatError):
    """A delivered file that cannot be right, with everything that is wrong with it in `faults`."""

    def for_readers(self) -> str:
        """Say what is wrong by kind, number and place alone: nothing that stands in the file, nor its name."""
        return f"a file was not taken: {format_error.for_readers(self.faults)}"


class NoContract(DeliveryError):
    """A file whose header is that of no contract."""

    def for_readers(self) -> str:
        """Say that much."""
        return "a file was not taken: its columns are those of no contract"


class PersonalData(DeliveryError):
    """A file that seems to hold personal data: it is neither kept, copied nor quoted."""

    def for_readers(self) -> str:
        """Say in how many places, and not in which: a sheet's name may tell."""
        number = len(self.faults)
        places = "one place" if number == 1 else f"{number} places"
        return f"a file was not taken, nor copied: it seems to hold personal data in {places}"


class Unsearchable(DeliveryError):
    """A file, or a part of one, that cannot be searched for personal data: it is neither kept nor copied."""

    def for_readers(self) -> str:
        """Say that much."""
        return "a file was not taken, nor copied: it cannot be searched for personal data"


class StandsOut(DeliveryError):
    """A delivered file that can be read, with figures that are unlike what is known: it is held until confirmed."""

    def for_readers(self) -> str:
        """Say how many figures there are and where the first is; no figure, and not how far off it is."""
        return f"a file is held and not published: {format_error.for_readers(self.faults)}"


@contextmanager
def as_delivery_error() -> Iterator[None]:
    """Raise a FormatError as a DeliveryError with the same faults."""
    try:
        yield
    except DeliveryError:
        raise
    except FormatError as error:
        raise DeliveryError(error.where, error.faults) from None


def for_readers_of(errors: Iterable[DeliveryError | None]) -> str:
    """Say of several refused files what readers get to know, and where the analyst finds the rest."""
    told = Counter(error.for_readers() for error in errors if error is not None)
    lines = [message + (f" ({number} files)" if number > 1 else "") for message, number in told.items()]
    return "\n".join([*lines, "`levekar doctor` names what was refused; the reasons lie in the quarantine."])


def listed(names: Sequence[str], most: int = 8) -> str:
    """Name several of our own things, no more than `most` of them."""
    named = ", ".join(f"'{name}'" for name in names[:most])
    return named + (f" and {len(names) - most} more" if len(names) > most else "")
