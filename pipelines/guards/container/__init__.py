"""A delivered workbook's container, looked into before any reader opens it, in bounded time and memory.

What belongs: zip, XML and OLE as containers, what hides in them and what a reader would choke on. What does not:
reading cells and what they mean (`delivery`). Nothing here follows a link, runs or unpacks to disk.
"""

from pipelines.guards.container import ooxml, opendocument, xls
from pipelines.guards.container.archive import Archive
from pipelines.guards.container.contained import Contained, ContainerError

__all__ = ["Contained", "ContainerError", "examine"]

_ZIP = b"PK\x03\x04"


def examine(content: bytes) -> Contained:
    """Return what a person should know about a workbook (XLSX, ODS, XLS) that may be read.

    Raises ContainerError, whose faults say what was found, why it is refused and what to do.
    """
    if content.startswith(xls.SIGNATURE):
        return xls.examine(content)
    if not content.startswith(_ZIP):
        raise ContainerError(["this is no workbook: it begins neither as XLSX or ODS nor as XLS; save it as XLSX"])
    archive = Archive(content)
    if opendocument.MIMETYPE in archive:
        return opendocument.examine(archive)
    return ooxml.examine(archive)
