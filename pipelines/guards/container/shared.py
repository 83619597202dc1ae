"""The texts that the cells of an XLSX share: how long they are, which are used, and those that no cell shows."""

import re
from collections.abc import Iterator
from html import unescape

import numpy as np

from pipelines.guards.container.archive import Archive
from pipelines.guards.container.contained import MOST_TEXT_BYTES, ContainerError
from pipelines.guards.container.markup import walk
from pipelines.guards.container.texts import PartTexts, Texts, gather

_NAME = "xl/sharedstrings.xml"
_OPEN, _CLOSE = b"<si>", b"</si>"
_PREFIXED = re.compile(rb":si[\s/>]")
# What a text looks like of which nothing but its letters is to be read.
_PLAIN = re.compile(rb"(?:<\?xml[^>]*>\s*<sst[^>]*>)?\s*<si>\s*<t(?: xml:space=\"preserve\")?>[^<]*</t>\s*")
_ELSEWHERE = "a text that no cell shows"


class SharedTexts:
    """The shared texts of one workbook, as far as they have been used."""

    def __init__(self, archive: Archive) -> None:
        """Read the lengths alone, in bytes with their markup. Raises ContainerError."""
        self._archive = archive
        self.part = next((name for name in archive.names if name.lower() == _NAME), None)
        self._lengths = np.array([len(piece) for piece in self._pieces()], np.int64)
        self._used = np.zeros(len(self._lengths), bool)
        self._bytes = 0

    def use(self, numbers: np.ndarray) -> None:
        """Take note of texts that cells show, by number. Raises ContainerError where they fill the memory."""
        there = numbers[numbers < len(self._lengths)]
        self._used[there] = True
        self._bytes += int(self._lengths[there].sum())
        if self._bytes > MOST_TEXT_BYTES:
            raise ContainerError(
                [
                    f"the cells' texts come to more than the {MOST_TEXT_BYTES:,} bytes that are read, as long texts "
                    "are repeated in many cells; deliver the figures as CSV, or without the texts"
                ]
            )

    def keep_others(self, texts: Texts) -> None:
        """Keep what no cell shows: unused texts, and whatever stands in the part beside letters."""
        if self.part is None:
            return
        for number, piece in enumerate(self._pieces()):
            used = number < len(self._used) and bool(self._used[number])
            if used and _PLAIN.fullmatch(piece):
                continue
            if not used:
                texts.keep(_ELSEWHERE, unescape(re.sub(rb"<[^>]*>", b"", piece).decode("utf-8", "replace")))
            if not _PLAIN.fullmatch(piece):
                self._keep_markup(piece, texts)

    def _keep_markup(self, piece: bytes, texts: Texts) -> None:
        """Keep the attributes of a text with formatting, and readings in other letters, that no reader gives."""
        at = piece.find(_OPEN)
        if at < 0:
            whole = piece if b"<sst" in piece else b"<sst>" + piece
            whole = whole if b"</sst" in whole else whole + b"</sst>"
            gather([whole], str(self.part), PartTexts(texts, f"part '{self.part}'"))
            return
        reading = False

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal reading
            reading = reading or tag == "rPh"
            for value in attributes.values():
                texts.keep(_ELSEWHERE, value)

        def text(given: str) -> None:
            if reading:
                texts.keep(_ELSEWHERE, given)

        walk([piece[at:] + _CLOSE], str(self.part), start, text=text, aside=lambda given: texts.keep(_ELSEWHERE, given))

    def _pieces(self) -> Iterator[bytes]:
        """Yield the markup of each text; what stands before the first belongs to it, what follows the last is one."""
        if self.part is None:
            return
        unfinished: list[bytes] = []
        for block in self._archive.tags(self.part):
            if _PREFIXED.search(block):
                raise ContainerError(
                    [f"part '{self.part}' is not written as spreadsheet programs do; open the file in one and save it"]
                )
            first, *others = block.split(_CLOSE)
            unfinished.append(first)
            for piece in others:
                yield b"".join(unfinished)
                unfinished = [piece]
        yield b"".join(unfinished)
