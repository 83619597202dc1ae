"""Reading a provider's JSON: each value is of the kind that is expected, or an error names its place.

What belongs: the walk from a body down to texts, numbers and lists. What does not: what a place means.
"""

from collections.abc import Iterator
from typing import Any


class Malformed(ValueError):
    """A place of an answer that holds something else than expected."""


class Node:
    """A value in an answer and where it stands; what is not there is an empty node.

    >>> body = Node({"role": {"time": ["Tid"], "geo": 5}})
    >>> body["role"]["time"].texts()
    ('Tid',)
    >>> print(body["role"]["geo"].wrong("a list of texts"))
    role.geo: a list of texts expected, not 5
    """

    def __init__(self, value: Any, place: str = "") -> None:
        self.value, self._place = value, place

    def __getitem__(self, key: str) -> "Node":
        return Node(self.mapping().get(key), f"{self._place}.{key}".lstrip("."))

    def text(self, default: str | None = None) -> str:
        """Return a text, or the default where there is none. Raises Malformed."""
        given = default if self.value is None else self.value
        if not isinstance(given, str):
            raise self.wrong("a text")
        return given

    def code(self) -> str:
        """Return a text, or a whole number as such. Raises Malformed."""
        return str(self.value) if type(self.value) is int else self.text()

    def text_or_none(self) -> str | None:
        """Return a text, or None where there is none, or an empty one. Raises Malformed."""
        return self.text("") or None

    def number(self, default: float | None = None) -> float:
        """Return a number that is not negative, or the default where there is none. Raises Malformed."""
        given = default if self.value is None else self.value
        if isinstance(given, bool) or not isinstance(given, int | float) or given < 0:
            raise self.wrong("a number")
        return given

    def texts(self) -> tuple[str, ...]:
        """Return the texts of a list, none where there is no list. Raises Malformed."""
        given = [] if self.value is None else self.value
        if not isinstance(given, list) or not all(isinstance(text, str) for text in given):
            raise self.wrong("a list of texts")
        return tuple(given)

    def codes(self) -> tuple[str, ...]:
        """Return the texts of a list in which none may occur twice. Raises Malformed."""
        return self.each_once(self.texts())

    def each_once(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        """Return codes that stand here. Raises Malformed where one occurs twice."""
        if len(set(codes)) < len(codes):
            raise self.wrong("each code once")
        return codes

    def entries(self) -> list["Node"]:
        """Return what is in a list, none where there is no list. Raises Malformed."""
        given = [] if self.value is None else self.value
        if not isinstance(given, list):
            raise self.wrong("a list")
        return [Node(entry, f"{self._place}[{number}]") for number, entry in enumerate(given)]

    def named(self) -> Iterator[tuple[str, "Node"]]:
        """Yield what is in an object by name, nothing where there is none. Raises Malformed."""
        for name, value in self.mapping().items():
            yield name, Node(value, f"{self._place}.{name}")

    def needed(self) -> "Node":
        """Return this node. Raises Malformed where it is empty."""
        if self.value is None:
            raise Malformed(f"{self._place} is missing")
        return self

    def wrong(self, expected: str) -> Malformed:
        """Return the error that something else was expected here."""
        if self.value is None:
            return Malformed(f"{self._place} is missing, {expected} expected")
        shown = str(self.value)
        found = shown[:60] + "…" if len(shown) > 60 else shown
        return Malformed(f"{self._place or 'the answer'}: {expected} expected, not {found}")

    def mapping(self) -> dict[str, Any]:
        """Return an object as it is, an empty one where there is none. Raises Malformed."""
        given = {} if self.value is None else self.value
        if not isinstance(given, dict):
            raise self.wrong("an object")
        return given
