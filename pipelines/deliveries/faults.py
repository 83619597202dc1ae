"""The ways in which a delivered file is refused, and how its cells are quoted in messages."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from pipelines.errors import SourceError
from pipelines.formats.format_error import FormatError

_LONGEST = 60


class DeliveryError(SourceError, FormatError):
    """A delivered file that cannot be right, with everything that is wrong with it in `faults`."""


class NoContract(DeliveryError):
    """A file whose header is that of no contract."""


class PersonalData(DeliveryError):
    """A file that seems to hold personal data: it is neither kept, copied nor quoted."""


class Unsearchable(DeliveryError):
    """A file, or a part of one, that cannot be searched for personal data: it is neither kept nor copied."""


@contextmanager
def as_delivery_error() -> Iterator[None]:
    """Raise a FormatError as a DeliveryError with the same faults."""
    try:
        yield
    except DeliveryError:
        raise
    except FormatError as error:
        raise DeliveryError(error.where, error.faults) from None


def quoted(text: str) -> str:
    """Quote one cell for a message: shortened, and without what could be a national identity number."""
    hidden = re.sub(r"\d{6}\W?\d{5}", "…", text)
    return f"'{hidden if len(hidden) <= _LONGEST else hidden[: _LONGEST - 3] + '…'}'"


def listed(names: Sequence[str], most: int = 8) -> str:
    """Quote several names, no more than `most` of them."""
    return ", ".join(map(quoted, names[:most])) + (f" and {len(names) - most} more" if len(names) > most else "")
