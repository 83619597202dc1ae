"""XLS stub."""

from pipelines.sources.container.contained import Contained, ContainerError

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def examine(content: bytes) -> Contained:
    raise ContainerError(["xls"])
