"""What can go wrong with a source, on one page: every room knows these, and they know no room.

A file that is no table raises FormatError (`formats`), one that breaks its contract DeliveryError (`deliveries`); the
store's own errors stand with the store.
"""


class SourceError(Exception):
    """Anything that can go wrong with a source; the message names source and place, and what to do."""

    def for_readers(self) -> str:
        """Return what readers of an edition, of Dagster and of logs get to know of it."""
        return str(self)


class AnswerError(SourceError):
    """The provider refused the request: `status` and its own words, `title`."""

    def __init__(self, message: str, status: int, title: str) -> None:
        super().__init__(message)
        self.status, self.title = status, title


class Unreachable(SourceError):
    """The provider gave no usable answer, however often it was asked.

    host: where no connection to the provider's host came about at all, its name: then the message is the same for all
    that is asked of it, and is worth saying once.
    """

    def __init__(self, message: str, host: str | None = None) -> None:
        super().__init__(message)
        self.host = host


class NotKept(SourceError):
    """A replay has no answer to the request; whoever asked may know that none was ever given."""
