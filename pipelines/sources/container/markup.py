"""XML read as a stream of elements, in bounded memory: what expat would hold is held to a limit."""

from collections.abc import Callable, Iterable
from xml.parsers import expat

from pipelines.sources.container.contained import ContainerError

Attributes = dict[str, str]
_LONGEST_TOKEN = 4 << 20
_DEEPEST = 200
_SAVE_AGAIN = "open it in the spreadsheet program and save it again"


def walk(
    blocks: Iterable[bytes],
    name: str,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Call `start` with each element's name and attributes, `end` at its end, `text` with text between.

    Names come without their namespace's prefix. Raises ContainerError for markup that is not well-formed, nested deeper
    than 200, or with one tag larger than 4 MB.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    depth = 0

    def opened(tag: str, attributes: Attributes) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise ContainerError([f"part '{name}' nests elements deeper than {_DEEPEST}; {_SAVE_AGAIN}"])
        start(tag.rpartition(":")[2], attributes)

    def closed(tag: str) -> None:
        nonlocal depth
        depth -= 1
        if end is not None:
            end(tag.rpartition(":")[2])

    def declared(*_said: object) -> None:
        raise ContainerError([f"part '{name}' declares a document type (<!DOCTYPE); {_SAVE_AGAIN}"])

    parser.StartDoctypeDeclHandler = declared
    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    if text is not None:
        parser.CharacterDataHandler = text
    fed = 0
    try:
        for block in blocks:
            parser.Parse(block, False)
            fed += len(block)
            if fed - parser.CurrentByteIndex > _LONGEST_TOKEN:
                raise ContainerError(
                    [f"part '{name}' holds a tag of more than {_LONGEST_TOKEN:,} bytes; {_SAVE_AGAIN}"]
                )
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        line = f"line {error.lineno}, column {error.offset + 1}"
        raise ContainerError(
            [f"part '{name}' is not well-formed XML ({expat.ErrorString(error.code)}, {line}); {_SAVE_AGAIN}"]
        ) from None


def local(attributes: Attributes, name: str) -> str | None:
    """Return an attribute by its name without a prefix."""
    if name in attributes:
        return attributes[name]
    return next((value for key, value in attributes.items() if key.rpartition(":")[2] == name), None)
