"""The rows that a pivot table was made from, which stay in an XLSX when their sheet is gone: read as a table.

Nobody sees them, so they are shown to the personal data guard as any table is. (ECMA-376, part 1, 18.10: the
definition names the columns and the values that they share, the records hold the rows.)
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from pipelines.guards.container.archive import Archive
from pipelines.guards.container.contained import ContainerError, HiddenTable, whole_number
from pipelines.guards.container.markup import Attributes, walk
from pipelines.guards.container.texts import Texts

_MOST_VALUES = 5_000_000
_VALUES = frozenset("bdemns")  # boolean, day, error, missing, number, text
_SHARED, _ROW = "x", "r"


@dataclass
class _Field:
    """A column: its name, the values that rows refer to by number, and whether a row does."""

    name: str
    shared: list[str | None] = field(default_factory=list)
    used: set[int] = field(default_factory=set)


def tables(archive: Archive, records: dict[str, str], texts: Texts) -> Iterator[HiddenTable]:
    """Yield the rows behind each pivot table. records: of each part with rows, the part that defines them.

    What stands in these parts and is no value of a row is kept in `texts`. Raises ContainerError for rows that do not
    fit their definition, and for more than 5 million values.
    """
    left = _MOST_VALUES
    for part, definition in records.items():
        columns = _columns(archive, definition)
        rows = _rows(archive, part, columns, texts, left)
        left -= sum(map(len, rows))
        unused = [
            [value for number, value in enumerate(column.shared) if number not in column.used] for column in columns
        ]
        # A value that no row has any more is somebody who was deleted.
        rows += [
            [held[number] if number < len(held) else None for held in unused]
            for number in range(max(map(len, unused), default=0))
        ]
        yield HiddenTable(
            f"the rows behind a pivot table ('{part}')",
            tuple(column.name for column in columns),
            tuple(tuple(row[number] for row in rows) for number in range(len(columns))),
        )


def _columns(archive: Archive, part: str) -> list[_Field]:
    """Read what a definition says of columns; its texts are kept as those of any part are."""
    columns: list[_Field] = []
    within = False

    def start(tag: str, attributes: Attributes) -> None:
        nonlocal within
        if tag == "cacheField" and attributes.get("databaseField") != "0":
            columns.append(_Field(attributes.get("name", "")))
        elif tag == "sharedItems":
            within = bool(columns)
        elif within and tag in _VALUES:
            columns[-1].shared.append(_value(attributes))
            if len(columns[-1].shared) > _MOST_VALUES:
                raise _too_many()

    def end(tag: str) -> None:
        nonlocal within
        within = within and tag != "sharedItems"

    walk(archive.blocks(part), part, start, end)
    return columns


class _Rows:
    """Handlers for a part with rows: their values, and the texts of all else that stands there."""

    def __init__(self, part: str, columns: list[_Field], texts: Texts, most: int) -> None:
        self.rows: list[list[str | None]] = []
        self._part, self._columns, self._texts = part, columns, texts
        self._most = most // max(len(columns), 1)

    def start(self, tag: str, attributes: Attributes) -> None:
        """Take a row, or a value of the last row."""
        if tag == _ROW:
            self.rows.append([])
            if len(self.rows) > self._most:
                raise _too_many()
        elif self.rows and tag == _SHARED:
            self._add(_shared(self._columns, len(self.rows[-1]), attributes, self._part))
        elif self.rows and tag in _VALUES:
            self._add(_value(attributes))
        for name, value in attributes.items():
            if name != "v":
                self._texts.keep(f"{tag} of part '{self._part}'", value)

    def aside(self, given: str) -> None:
        """Keep a text: no value of a row is one."""
        self._texts.keep(f"part '{self._part}'", given)

    def _add(self, value: str | None) -> None:
        if len(self.rows[-1]) == len(self._columns):
            raise _does_not_fit(self._part)
        self.rows[-1].append(value)


def _rows(archive: Archive, part: str, columns: list[_Field], texts: Texts, most: int) -> list[list[str | None]]:
    """Read the rows of a part, each as wide as the table."""
    read = _Rows(part, columns, texts, most)
    walk(archive.blocks(part), part, read.start, text=read.aside, aside=read.aside)
    return [row + [None] * (len(columns) - len(row)) for row in read.rows]


def _shared(columns: list[_Field], number: int, attributes: Attributes, part: str) -> str | None:
    """Return the value that a row refers to by its number."""
    at = whole_number(attributes.get("v", ""))
    if at is None or number >= len(columns) or at >= len(columns[number].shared):
        raise _does_not_fit(part)
    columns[number].used.add(at)
    return columns[number].shared[at]


def _value(attributes: Attributes) -> str | None:
    return attributes.get("v", "").removesuffix("T00:00:00") or None


def _does_not_fit(part: str) -> ContainerError:
    return ContainerError(
        [
            f"the rows behind a pivot table (part '{part}') do not fit their columns, so nobody sees whether they are "
            "rows about persons; copy the figures as values into a new workbook and save that"
        ]
    )


def _too_many() -> ContainerError:
    return ContainerError(
        [
            f"the rows behind pivot tables hold more than {_MOST_VALUES:,} values, more than is looked through for "
            "personal data; copy the figures as values into a new workbook and save that"
        ]
    )
