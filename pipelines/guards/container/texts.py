"""Text that stands in a workbook outside its cells, gathered for the personal data guard, up to a limit."""

import io

from pipelines.guards.container.contained import ContainerError
from pipelines.guards.container.markup import Attributes

_MOST_LETTERS = 2_000_000
_PLACE_COSTS = 100  # letters that a place counts for, so that a million empty comments are too many


class Texts:
    """Text by place."""

    def __init__(self) -> None:
        self._places: dict[str, io.StringIO] = {}
        self._size = 0

    def keep(self, place: str, text: str) -> None:
        """Add text to a place. Raises ContainerError once there is more than can be looked through."""
        if place not in self._places:
            self._places[place] = io.StringIO()
            self._size += _PLACE_COSTS
        self._size += len(text)
        if self._size > _MOST_LETTERS:
            raise ContainerError(
                [
                    f"comments, text boxes and charts hold more than {_MOST_LETTERS:,} letters, more than is looked "
                    "through for personal data; delete them and save again"
                ]
            )
        self._places[place].write(text)

    def found(self) -> tuple[tuple[str, str], ...]:
        """Return place and text of all that is not empty."""
        stripped = ((place, text.getvalue().strip()) for place, text in self._places.items())
        return tuple((place, text) for place, text in stripped if text)


class PartTexts:
    """Handlers for one XLSX part: its text by place. `elements` are those in which text stands."""

    def __init__(self, texts: Texts, what: str, where: str, elements: frozenset[str]) -> None:
        self._texts, self._what, self._where, self._elements = texts, what, where, elements
        self._place = f"{what} on {where}"
        self._inside = self._among_numbers = False

    def start(self, tag: str, attributes: Attributes) -> None:
        """Take note of the cell of a comment, and of where numbers stand that a chart was drawn from."""
        if tag in ("numCache", "strCache"):
            self._among_numbers = tag == "numCache"
        if tag in ("comment", "threadedComment") and "ref" in attributes:
            self._place = f"{self._what} in cell {attributes['ref']} on {self._where}"
        self._inside = tag in self._elements and not (tag == "v" and self._among_numbers)
        if not self._elements and tag == "s" and "v" in attributes:
            self._texts.keep(self._place, attributes["v"] + "\n")

    def end(self, tag: str) -> None:
        """Part paragraphs and shapes."""
        self._inside = False
        if tag in ("p", "sp", "pt"):
            self._texts.keep(self._place, "\n")

    def text(self, given: str) -> None:
        """Keep the text of an element that holds some."""
        if self._inside:
            self._texts.keep(self._place, given)
