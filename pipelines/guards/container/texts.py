"""Every text of a container that is no cell, gathered for the personal data guard, up to a limit.

What is a text and where it stands in XML is decided here, whatever the part means: all that stands between elements,
all values of attributes, comments and processing instructions. What cells say, a reader gives.
"""

import re
from collections.abc import Iterable

from pipelines.guards.container.contained import ContainerError
from pipelines.guards.container.markup import Attributes, walk

_MOST_LETTERS = 4_000_000
_LONGEST = 500_000  # letters in one piece: a cell takes 32,767
_PLACE_COSTS = 100  # letters that a place counts for, so that a million empty comments are too many
# Words and small numbers: they cannot be about anyone, and most of what stands in attributes is such.
_NOTHING = re.compile(
    r"\s*(?:[A-Za-z]*|[\w#.:$%-]{0,7}|-?[0-9]{0,4}\.[0-9]*|[A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})\s*"
)
_IDENTIFIER = re.compile(r"\{?[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}?")
# Texts in quotes, and numbers that could be somebody's.
_IN_FORMULA = re.compile(r'"[^"]+"|\'[^\']+\'|[0-9]{6,}')
# A text may be cut into runs of one formatting each, and goes on in the next paragraph.
_RUNS = frozenset(("r", "t", "span", "a", "s", "tab", "line-break", "br"))
_PARAGRAPHS = frozenset(("p", "h"))
# The document's title, repeated within a paragraph; anywhere else it is a text of its own.
_TITLE = "title"
_CELLS = ("ref", "sqref", "cell")


class Texts:
    """Texts and their places, each text once."""

    def __init__(self) -> None:
        self._found: dict[str, str] = {}
        self._size = 0

    def keep(self, place: str, text: str) -> None:
        """Add a text. Raises ContainerError once there is more than can be looked through."""
        text = text.strip()
        if text in self._found or _NOTHING.fullmatch(text) or _IDENTIFIER.fullmatch(text):
            return
        self._size += len(text) + _PLACE_COSTS
        if self._size > _MOST_LETTERS:
            raise _too_much(_MOST_LETTERS)
        self._found[text] = place

    def keep_formula(self, place: str, formula: str) -> None:
        """Add what a formula says in words, and its long numbers."""
        for text in _IN_FORMULA.findall(formula):
            self.keep(place, text)

    def found(self) -> tuple[tuple[str, str], ...]:
        """Return place and text of all."""
        return tuple((place, text) for text, place in self._found.items())


def _too_much(letters: int) -> ContainerError:
    return ContainerError(
        [
            f"comments, text boxes, charts and the like hold more than {letters:,} letters, more than is looked "
            "through for personal data; delete them and save again"
        ]
    )


class PartTexts:
    """Handlers for one part of XML: every text in it, with the element, and the cell where one is named.

    what: kind of text, said instead of the element's name. where: the part, or the sheet it belongs to.
    """

    def __init__(self, texts: Texts, where: str, what: str = "") -> None:
        self._texts, self._where, self._what = texts, where, what
        self._cells = [""]  # of each open element, the cell that it is about
        self._letters: list[str] = []
        self._length = 0
        self._with_text: list[bool] = []  # for each open element, whether it holds text
        self._paragraphs = 0  # that are open

    def start(self, tag: str, attributes: Attributes) -> None:
        """Take note of the cell that an element is about, and keep the values of its attributes."""
        self._with_text.append(False)
        self._paragraphs += tag in _PARAGRAPHS
        named = next((attributes[name] for name in _CELLS if name in attributes), None)
        self._cells.append(f" in cell {named[:20]}" if named else self._cells[-1])
        for value in attributes.values():
            if len(value) > 4:
                self._texts.keep(self.place(tag), value)

    def end(self, tag: str) -> None:
        """Keep the text where one ends, however many runs and paragraphs it is made of."""
        self._paragraphs -= tag in _PARAGRAPHS
        if self._with_text.pop():
            self._end_text(tag)
        self._cells.pop()

    def _end_text(self, tag: str) -> None:
        if tag in _PARAGRAPHS:
            self._letters.append("\n")
        goes_on = tag in _RUNS or tag in _PARAGRAPHS or (tag == _TITLE and self._paragraphs)
        if goes_on and self._with_text:
            self._with_text[-1] = True
        else:
            self._texts.keep(self.place(tag), "".join(self._letters))
            self._letters.clear()
            self._length = 0

    def text(self, given: str) -> None:
        """Take a part of a text."""
        if self._with_text and (self._letters or not given.isspace()):
            self._letters.append(given)
            self._with_text[-1] = True
            self._length += len(given)
            if self._length > _LONGEST:
                raise _too_much(_LONGEST)

    def aside(self, given: str) -> None:
        """Keep a comment or processing instruction."""
        self._texts.keep(f"a comment in the markup of {self._where}", given)

    def place(self, tag: str) -> str:
        """Say where a text stands."""
        return f"{self._what or tag}{self._cells[-1]} on {self._where}"


def gather(blocks: Iterable[bytes], part: str, handlers: PartTexts) -> None:
    """Keep every text of a part of XML. Raises ContainerError for markup that is not to be read."""
    walk(blocks, part, handlers.start, handlers.end, handlers.text, handlers.aside)
