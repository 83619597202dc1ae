"""XML read as a stream of elements, in bounded memory: each thing that expat remembers has a limit."""

from collections.abc import Callable, Iterable
from xml.parsers import expat

from pipelines.guards.container.contained import ContainerError

Attributes = dict[str, str]
_LONGEST_TOKEN = 4 << 20
_DEEPEST = 200
# expat remembers every name that it meets.
_MOST_NAMES = 10_000
_SAVE_AGAIN = "open it in the spreadsheet program and save it again"


def walk(
    blocks: Iterable[bytes],
    name: str,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
    aside: Callable[[str], None] | None = None,
) -> None:
    """Call `start` with each element's name and attributes, `end` at its end, `text` with text between.

    `aside` is called with comments and processing instructions, which no program shows. Names come without their
    namespace's prefix. Raises ContainerError for markup that is not well-formed, nested deeper than 200, with one tag
    larger than 4 MB, or more than 10,000 different names.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    depth = 0
    local_names: dict[str, str] = {}
    attribute_names: set[str] = set()

    def opened(tag: str, attributes: Attributes) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise ContainerError([f"part '{name}' nests elements deeper than {_DEEPEST}; {_SAVE_AGAIN}"])
        attribute_names.update(attributes)
        local_name = local_names.get(tag)
        if local_name is None:
            local_name = local_names[tag] = tag.rpartition(":")[2]
        if len(local_names) > _MOST_NAMES or len(attribute_names) > _MOST_NAMES:
            raise ContainerError([f"part '{name}' has more than {_MOST_NAMES:,} different names in it; {_SAVE_AGAIN}"])
        start(local_name, attributes)

    def closed(tag: str) -> None:
        nonlocal depth
        depth -= 1
        if end is not None:
            end(local_names[tag])

    def declared(*_arguments: object) -> None:
        raise ContainerError([f"part '{name}' declares a document type (<!DOCTYPE); {_SAVE_AGAIN}"])

    parser.StartDoctypeDeclHandler = declared
    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    if text is not None:
        parser.CharacterDataHandler = text
    if aside is not None:
        parser.CommentHandler = aside
        parser.ProcessingInstructionHandler = lambda target, data: aside(f"{target} {data}")
    _feed(parser, blocks, name)


def _feed(parser: expat.XMLParserType, blocks: Iterable[bytes], name: str) -> None:
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
