"""ODS: the parts of the package, what may not be among them, and the cells of each sheet, repetitions included."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipelines.guards.container.archive import Archive
from pipelines.guards.container.contained import (
    MOST_TEXT_BYTES,
    Contained,
    ContainerError,
    check_extent,
    check_hidden_rows,
    column_letters,
    hidden_numbers,
    whole_number,
)
from pipelines.guards.container.markup import Attributes, walk
from pipelines.guards.container.texts import Texts

MIMETYPE = "mimetype"
_CONTENT = "content.xml"
_STYLES = "styles.xml"
_MANIFEST = "META-INF/manifest.xml"
_SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"
_CHART = "application/vnd.oasis.opendocument.chart"
_TABLE_NAMESPACE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
_AS_VALUES = "copy the figures as values into a new workbook and save that"
_WITHOUT_MACROS = "save the sheet as XLSX without macros"

# What is refused, by an element's name (OpenDocument 1.3, part 3), and why.
_REFUSED = {
    "script": ("macros", "they are programs", _WITHOUT_MACROS),
    "event-listener": ("an event that starts a macro", "it is a program", _WITHOUT_MACROS),
    "table-source": ("a sheet linked from another file", "its figures may be old ones", "break the link (Edit > "
                     "Links) and save again"),
    "cell-range-source": ("cells linked from another file", "their figures may be old ones", "break the link "
                          "(Edit > Links) and save again"),
    "dde-source": ("a link to a running program (DDE)", "its figures may change unseen", _AS_VALUES),
    "dde-link": ("a link to a running program (DDE)", "its figures may change unseen", _AS_VALUES),
    "connection-resource": ("a connection to a database", "its figures may change unseen", _AS_VALUES),
    "database-source-sql": ("a connection to a database", "its figures may change unseen", _AS_VALUES),
    "database-source-table": ("a connection to a database", "its figures may change unseen", _AS_VALUES),
    "database-source-query": ("a connection to a database", "its figures may change unseen", _AS_VALUES),
    "tracked-changes": ("a history of changes", "it keeps earlier contents of cells that nobody sees", "accept all "
                        "changes (Edit > Track Changes > Manage) and save again"),
    "object-ole": ("an embedded object", "its contents are not looked into", "delete the object and save again"),
    "applet": ("an embedded program", "it is not looked into", "delete the object and save again"),
    "plugin": ("an embedded program", "it is not looked into", "delete the object and save again"),
    "floating-frame": ("a frame that shows another file", "it is not looked into", "delete the frame and save again"),
}  # fmt: skip
_HREF = "xlink:href"
_MAY_LINK = ("a",)  # a hyperlink, which nothing follows
_REPEATED_COLUMNS, _REPEATED_ROWS = "table:number-columns-repeated", "table:number-rows-repeated"
_TEXT_HOLDERS = {"annotation": "comment", "text-box": "text box", "custom-shape": "text box", "caption": "text box"}
_HIDDEN = ("collapse", "filter")


def examine(archive: Archive) -> Contained:
    """Return what a person should know about an ODS. Raises ContainerError with everything that is refused."""
    types = _types(archive)
    archive.check()
    faults = list(_forbidden(archive, types))
    if faults:
        raise ContainerError(faults)
    reader = _Reader()
    walk(archive.blocks(_CONTENT), _CONTENT, reader.start, reader.end, reader.text)
    faults = sorted(reader.faults)
    other = _Texts("page header or footer")
    if _STYLES in archive:
        walk(archive.blocks(_STYLES), _STYLES, other.start, other.end, other.text)
    if faults or other.faults:
        raise ContainerError([*faults, *sorted(other.faults)])
    sheets = reader.sheets
    check_extent([(sheet.name, sheet.rows, sheet.columns) for sheet in sheets])
    check_hidden_rows({sheet.name: sheet.hidden_rows for sheet in sheets})
    return Contained(
        formulas={sheet.name: (sheet.formulas, sheet.first_formula) for sheet in sheets if sheet.formulas},
        hidden_sheets=tuple(sheet.name for sheet in sheets if sheet.style in reader.hidden_styles),
        hidden_rows={sheet.name: hidden_numbers(sheet.hidden_rows) for sheet in sheets if sheet.hidden_rows},
        hidden_columns={sheet.name: hidden_numbers(sheet.hidden_columns) for sheet in sheets if sheet.hidden_columns},
        texts=(*reader.found(), *other.found(), *_chart_texts(archive, types)),
    )


def _types(archive: Archive) -> dict[str, str]:
    """Return the parts' media types from the manifest. Raises ContainerError for a workbook with a password."""
    types: dict[str, str] = {}
    encrypted = False

    def start(tag: str, attributes: Attributes) -> None:
        nonlocal encrypted
        encrypted = encrypted or tag == "encryption-data"
        if tag == "file-entry":
            types[attributes.get("manifest:full-path", "")] = attributes.get("manifest:media-type", "")

    if _MANIFEST in archive:
        walk(archive.blocks(_MANIFEST), _MANIFEST, start)
    if encrypted:
        raise ContainerError(["the workbook is protected by a password and cannot be read; save it without one"])
    return types


def _forbidden(archive: Archive, types: dict[str, str]) -> Iterator[str]:
    kind = b"".join(archive.blocks(MIMETYPE)).strip()
    if kind not in (_SPREADSHEET, _SPREADSHEET + b"-template") or _CONTENT not in archive:
        yield f"the file is '{kind[:80].decode('ascii', 'replace')}' rather than a spreadsheet; save it as ODS or XLSX"
    if any(name.lower().startswith(("basic/", "scripts/", "dialogs/")) for name in archive.names):
        yield f"the workbook holds macros: they are programs; {_WITHOUT_MACROS}"
    for path, media_type in types.items():
        within = (
            media_type.startswith("application/vnd.oasis.opendocument")
            and path != "/"
            and not media_type.startswith(_CHART)
        )
        if within or "oleobject" in media_type.lower():
            yield f"the workbook holds an embedded object ('{path}'), which is not looked into; delete it, save again"
    if any(posixpath.basename(name).startswith("database") and "/" in name for name in archive.names):
        yield f"the workbook holds an embedded database, which is not looked into; {_AS_VALUES}"


@dataclass
class _Sheet:
    """What one sheet holds; hidden rows and columns as (first, last)."""

    name: str
    style: str
    rows: int = 0
    columns: int = 0
    formulas: int = 0
    first_formula: str = ""
    hidden_rows: list[tuple[int, int]] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)


class _Texts(Texts):
    """Gathers what stands in paragraphs outside cells, and what is refused wherever it stands."""

    def __init__(self, place: str) -> None:
        super().__init__()
        self.faults: set[str] = set()
        self._place = place

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag in _REFUSED:
            what, why, todo = _REFUSED[tag]
            self.faults.add(f"the workbook holds {what}: {why}; {todo}")
        if _HREF in attributes and tag not in _MAY_LINK and _is_outside(attributes[_HREF]):
            self.faults.add(
                f"the workbook draws on something outside the file ('{attributes[_HREF][:80]}'), which is not fetched; "
                "break the link (Edit > Links) or delete the picture, and save again"
            )

    def end(self, tag: str) -> None:
        if tag == "p":
            self.keep(self._place, "\n")

    def text(self, given: str) -> None:
        self.keep(self._place, given)


def _is_outside(address: str) -> bool:
    return ":" in address.split("/")[0] or address.startswith(("/", "\\", "../"))


class _Reader(_Texts):
    """Counts the cells of all sheets: a repeated one counts as often as a reader would make it."""

    def __init__(self) -> None:
        super().__init__("")
        self.sheets: list[_Sheet] = []
        self.hidden_styles: set[str] = set()
        self._style = ""
        self._row = self._row_repeats = self._column = self._column_repeats = 0
        self._first_column = 1
        self._width = 0
        self._in_table = self._in_cell = self._has_content = False
        self._holder = ""
        self._depth = 0
        self._letters = self._row_letters = self._all_letters = 0
        self._handlers = {
            "table-cell": self._open_cell,
            "covered-table-cell": self._open_cell,
            "table-row": self._open_row,
            "table-column": self._open_column,
            "table": self._open_table,
        }

    def start(self, tag: str, attributes: Attributes) -> None:
        handler = self._handlers.get(tag)
        if handler is not None:
            # What stands within a cell would be counted from its own first row.
            if self._in_cell or (tag == "table" and self._in_table) or (tag == "table-row" and self._row_repeats):
                self.faults.add("a sheet holds a table within a table, which is not counted; move it to its own sheet")
            handler(attributes)
            return
        if tag == "p":
            self._has_content = True
            return
        if tag in _TEXT_HOLDERS:
            self._holder, self._depth = tag, self._depth + 1
        elif tag == "style":
            self._style = attributes.get("style:name", "")
        elif tag == "table-properties" and attributes.get("table:display") == "false":
            self.hidden_styles.add(self._style)
        elif tag == "document-content" and attributes.get("xmlns:table") != _TABLE_NAMESPACE:
            self.faults.add(
                "the sheets are not written as spreadsheet programs do; open the file in one and save it again"
            )
        super().start(tag, attributes)

    def end(self, tag: str) -> None:
        if tag == "p":
            if self._holder:
                self.keep(self._where(), "\n")
        elif tag in ("table-cell", "covered-table-cell"):
            self._close_cell()
        elif tag == "table-row":
            self._close_row()
        elif tag == "table":
            self._in_table = False
        elif tag in _TEXT_HOLDERS:
            self._depth -= 1
            self._holder = self._holder if self._depth else ""

    def text(self, given: str) -> None:
        if self._in_cell:
            self._letters += len(given)
        if self._holder:
            self.keep(self._where(), given)

    def _where(self) -> str:
        sheet = self.sheets[-1].name if self.sheets else ""
        kind = _TEXT_HOLDERS[self._holder]
        cell = (
            f" in cell {column_letters(self._column + 1)}{self._row + 1}" if self._in_cell and self._row_repeats else ""
        )
        return f"{kind}{cell} on sheet '{sheet}'"

    def _open_table(self, attributes: Attributes) -> None:
        self.sheets.append(_Sheet(attributes.get("table:name", ""), attributes.get("table:style-name", "")))
        self._row, self._first_column, self._in_table = 0, 1, True

    def _open_column(self, attributes: Attributes) -> None:
        repeats = _repeats(attributes, _REPEATED_COLUMNS)
        if attributes.get("table:visibility") in _HIDDEN and self.sheets:
            self.sheets[-1].hidden_columns.append((self._first_column, self._first_column + repeats - 1))
        self._first_column += repeats

    def _open_row(self, attributes: Attributes) -> None:
        self._row_repeats = _repeats(attributes, _REPEATED_ROWS)
        self._column = self._width = self._row_letters = 0
        if attributes.get("table:visibility") in _HIDDEN and self.sheets:
            self.sheets[-1].hidden_rows.append((self._row + 1, self._row + self._row_repeats))

    def _close_row(self) -> None:
        self._row += self._row_repeats
        if self._width and self.sheets:
            sheet = self.sheets[-1]
            sheet.rows, sheet.columns = max(sheet.rows, self._row), max(sheet.columns, self._width)
        self._all_letters += self._row_letters * self._row_repeats
        self._row_repeats = 0
        if self._all_letters > MOST_TEXT_BYTES:
            raise ContainerError(
                [f"repeated cells come to more than {MOST_TEXT_BYTES:,} letters; deliver the figures as CSV"]
            )

    def _open_cell(self, attributes: Attributes) -> None:
        self._in_cell, self._letters = True, 0
        self._column_repeats = _repeats(attributes, _REPEATED_COLUMNS) if _REPEATED_COLUMNS in attributes else 1
        self._has_content = "office:value-type" in attributes or "table:formula" in attributes
        if "table:formula" in attributes and self.sheets:
            sheet = self.sheets[-1]
            sheet.formulas += self._column_repeats * self._row_repeats
            sheet.first_formula = sheet.first_formula or f"{column_letters(self._column + 1)}{self._row + 1}"

    def _close_cell(self) -> None:
        self._column += self._column_repeats
        if self._has_content:
            self._width = self._column
            self._row_letters += self._letters * self._column_repeats
        self._in_cell = self._has_content = False


def _repeats(attributes: Attributes, name: str) -> int:
    return max(whole_number(attributes.get(name, "1")) or 1, 1)


def _chart_texts(archive: Archive, types: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the texts of charts: the copy of the table that each was drawn from."""
    for path, media_type in types.items():
        part = posixpath.join(path, _CONTENT)
        if media_type.startswith(_CHART) and part in archive:
            texts = _Texts("chart")
            walk(archive.blocks(part), part, texts.start, texts.end, texts.text)
            if texts.faults:
                raise ContainerError(sorted(texts.faults))
            yield from ((f"{place} '{path.strip('/')}'", text) for place, text in texts.found())
