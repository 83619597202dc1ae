"""All parts of an archive, searched one by one: nothing is passed over because nobody thought of it.

XML gives its texts, whatever it means; images and printer settings give theirs; what is of another kind is refused.
"""

import re
from collections.abc import Callable, Collection, Iterator
from html import unescape

from pipelines.guards.container.archive import Archive, is_markup
from pipelines.guards.container.binary import Unknown, image_texts, strings
from pipelines.guards.container.contained import ContainerError
from pipelines.guards.container.texts import PartTexts, Texts, gather

_MOST_BYTES = 64 << 20
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
# Settings of a printer as its driver keeps them, with its name; and the picture that stands for a chart in an ODS.
_HARMLESS = ("/printersettings/", "objectreplacements/")
# Excel writes drawings of old (VML) that are no well-formed XML.
_LOOSE = (".vml",)


def search(archive: Archive, texts: Texts, others: Collection[str], handlers: Callable[[str], PartTexts]) -> None:
    """Keep the texts of all parts but `others`, which are looked through as sheets.

    handlers: gives the handlers for a part, which know where its texts stand. Raises ContainerError with all parts that
    cannot be searched.
    """
    faults: list[str] = []
    for part in archive.names:
        texts.keep("the name of a part of the file", part.rpartition("/")[2])
        texts.keep(f"a remark on part '{part}'", archive.remark(part))
        if part not in others:
            try:
                _search_part(archive, part, texts, handlers(part))
            except ContainerError as error:
                faults += error.faults
    if faults:
        raise ContainerError(faults)


def _search_part(archive: Archive, part: str, texts: Texts, handlers: PartTexts) -> None:
    first = next(archive.blocks(part), b"")
    if part.lower().endswith(_LOOSE):
        for text in _loose(_whole(archive, part)):
            texts.keep(handlers.place("drawing"), text)
    elif is_markup(part, first):
        gather(archive.blocks(part), part, handlers)
    else:
        for text in texts_of(part, _whole(archive, part)):
            texts.keep(f"part '{part}'", text)


def texts_of(part: str, content: bytes) -> Iterator[str]:
    """Yield the texts of what is no XML. Raises ContainerError where it cannot be searched."""
    if any(word in f"/{part.lower()}" for word in _HARMLESS):
        yield from strings(content)
        return
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = "\0"
    if not _CONTROL.search(text):
        yield from text.splitlines()
        return
    try:
        yield from image_texts(content)
    except Unknown as error:
        raise ContainerError(
            [f"part '{part}' cannot be searched ({error}); copy the table as values into a new workbook and save that"]
        ) from None


def _loose(content: bytes) -> Iterator[str]:
    """Yield the texts between tags and within quotes, of markup that need not be well-formed."""
    text = content.decode("utf-8", "replace")
    yield from (unescape(value) for pair in re.findall(r"""=\s*(?:"([^"]*)"|'([^']*)')""", text) for value in pair)
    yield unescape(re.sub("<[^>]*>", "", re.sub(r"(?i)</?(?:p|div|br)\b[^>]*>", "\n", text)))


def _whole(archive: Archive, part: str) -> bytes:
    pieces: list[bytes] = []
    size = 0
    for block in archive.blocks(part):
        size += len(block)
        if size > _MOST_BYTES:
            raise ContainerError([f"part '{part}' is larger than {_MOST_BYTES:,} bytes; delete it and save again"])
        pieces.append(block)
    return b"".join(pieces)
