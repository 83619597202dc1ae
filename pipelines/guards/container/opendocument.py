"""ODS: the parts of the package, what may not be among them, and the cells of each sheet, repetitions included."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipelines.guards.container import parts
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
from pipelines.guards.container.texts import PartTexts, Texts, gather

MIMETYPE = "mimetype"
_CONTENT = "content.xml"
_KINDS = {"styles.xml": "page header, footer or style", "meta.xml": "document property"}
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
# What is told of rows, columns and cells, and read by a reader.
_OF_CELLS = {
    "office:value-type", "calcext:value-type", "office:value", "office:date-value", "office:time-value",
    "office:boolean-value", "office:currency", "office:string-value", "table:formula", "table:style-name",
    "table:default-cell-style-name", "table:visibility", "table:number-columns-spanned", "table:number-rows-spanned",
    "text:style-name", "table:content-validation-name", _REPEATED_COLUMNS, _REPEATED_ROWS,
}  # fmt: skip
_ERROR = re.compile(r"#(?:N/A|DIV/0!|REF!|VALUE!|NAME\?|NUM!|NULL!)|Err:[0-9]{3}")
# A number or date is shown with signs of its own; letters and long numbers are looked at.
_TELLING = re.compile(r"[^\W\d_]|@|(?:[0-9][\s\u00a0.-]?){9}")


def examine(archive: Archive) -> Contained:
    """Return what a person should know about an ODS. Raises ContainerError with everything that is refused."""
    types = _types(archive)
    archive.check()
    faults = list(_forbidden(archive, types))
    if faults:
        raise ContainerError(faults)
    texts, refused = Texts(), set[str]()
    reader = _Reader(texts, refused)
    gather(archive.blocks(_CONTENT), _CONTENT, reader)
    parts.search(archive, texts, {_CONTENT}, lambda part: _Part(texts, refused, part, _kind(part, types)))
    if refused:
        raise ContainerError(sorted(refused))
    sheets = reader.sheets
    check_extent([(sheet.name, sheet.rows, sheet.columns) for sheet in sheets])
    check_hidden_rows({sheet.name: sheet.hidden_rows for sheet in sheets})
    return Contained(
        formulas={sheet.name: (sheet.formulas, sheet.first_formula) for sheet in sheets if sheet.formulas},
        hidden_sheets=tuple(sheet.name for sheet in sheets if sheet.style in reader.hidden_styles),
        hidden_rows={sheet.name: hidden_numbers(sheet.hidden_rows) for sheet in sheets if sheet.hidden_rows},
        hidden_columns={sheet.name: hidden_numbers(sheet.hidden_columns) for sheet in sheets if sheet.hidden_columns},
        texts=texts.found(),
        errors={sheet.name: tuple(sheet.errors) for sheet in sheets if sheet.errors},
        uncalculated={sheet.name: tuple(sheet.uncalculated) for sheet in sheets if sheet.uncalculated},
    )


def _kind(part: str, types: dict[str, str]) -> str:
    """Return what the texts of a part are, for people; nothing where their element says it better."""
    return "chart" if types.get(f"{posixpath.dirname(part)}/", "").startswith(_CHART) else _KINDS.get(part, "")


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
    errors: list[str] = field(default_factory=list)
    uncalculated: list[str] = field(default_factory=list)


class _Part(PartTexts):
    """Handlers for any part: its texts, and what is refused wherever it stands."""

    def __init__(self, texts: Texts, faults: set[str], part: str, what: str = "") -> None:
        super().__init__(texts, f"part '{part}'", what)
        self.faults = faults

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag in _REFUSED:
            what, why, todo = _REFUSED[tag]
            self.faults.add(f"the workbook holds {what}: {why}; {todo}")
        if _HREF in attributes and tag not in _MAY_LINK and _is_outside(attributes[_HREF]):
            self.faults.add(
                f"the workbook draws on something outside the file ('{attributes[_HREF][:80]}'), which is not fetched; "
                "break the link (Edit > Links) or delete the picture, and save again"
            )
        super().start(tag, attributes)


def _is_outside(address: str) -> bool:
    return ":" in address.split("/")[0] or address.startswith(("/", "\\", "../"))


class _Reader(_Part):
    """Counts the cells of all sheets: a repeated one counts as often as a reader would make it.

    What a cell says is a reader's to give, but for what it shows instead of its value.
    """

    def __init__(self, texts: Texts, faults: set[str]) -> None:
        super().__init__(texts, faults, _CONTENT)
        self.sheets: list[_Sheet] = []
        self.hidden_styles: set[str] = set()
        self._style = ""
        self._row = self._row_repeats = self._column = self._column_repeats = 0
        self._first_column = 1
        self._width = 0
        self._in_table = self._in_cell = self._has_content = False
        self._shown: list[str] = []
        self._given: Attributes = {}
        self._holder = ""
        self._depth = 0
        self._letters_in_cell = self._row_letters = self._all_letters = 0
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
            self._keep_unknown(tag, attributes)
            return
        if tag == "p" and self._in_cell and not self._holder:
            self._has_content = True
            self._keep_unknown(tag, attributes)
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
        if tag in ("table-cell", "covered-table-cell"):
            self._close_cell()
        elif tag == "table-row":
            self._close_row()
        elif tag == "table":
            self._in_table = False
            self._where = f"part '{_CONTENT}'"
        elif tag != "table-column" and not (tag == "p" and self._in_cell and not self._holder):
            super().end(tag)
        if tag in _TEXT_HOLDERS:
            self._depth -= 1
            self._holder = self._holder if self._depth else ""

    def text(self, given: str) -> None:
        if self._in_cell:
            self._letters_in_cell += len(given)
        if self._in_cell and not self._holder:
            self._shown.append(given)
        else:
            super().text(given)

    def place(self, tag: str) -> str:
        cell = f" in cell {self._reference}" if self._in_cell and self._row_repeats else ""
        return f"{_TEXT_HOLDERS.get(self._holder, tag)}{cell} on {self._where}"

    @property
    def _reference(self) -> str:
        return f"{column_letters(self._column + 1)}{self._row + 1}"

    def _keep_unknown(self, tag: str, attributes: Attributes) -> None:
        for name in attributes.keys() - _OF_CELLS:
            self._texts.keep(self.place(tag), attributes[name])

    def _open_table(self, attributes: Attributes) -> None:
        self.sheets.append(_Sheet(attributes.get("table:name", ""), attributes.get("table:style-name", "")))
        self._row, self._first_column, self._in_table = 0, 1, True
        self._where = f"sheet '{self.sheets[-1].name}'"

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
        self._in_cell, self._letters_in_cell = True, 0
        self._column_repeats = _repeats(attributes, _REPEATED_COLUMNS) if _REPEATED_COLUMNS in attributes else 1
        self._has_content = "office:value-type" in attributes or "table:formula" in attributes
        self._given = attributes
        self._shown.clear()
        if "table:formula" in attributes and self.sheets:
            sheet = self.sheets[-1]
            sheet.formulas += self._column_repeats * self._row_repeats
            sheet.first_formula = sheet.first_formula or self._reference

    def _close_cell(self) -> None:
        if self.sheets:
            self._judge(self.sheets[-1], self._given, "".join(self._shown))
        self._column += self._column_repeats
        if self._has_content:
            self._width = self._column
            self._row_letters += self._letters_in_cell * self._column_repeats
        self._in_cell = self._has_content = False

    def _judge(self, sheet: _Sheet, given: Attributes, shown: str) -> None:
        """Note a formula without a result, and keep what a cell shows where a reader gives something else."""
        kind = given.get("office:value-type")
        if "table:formula" in given:
            self._texts.keep_formula(f"formula in cell {self._reference} on {self._where}", given["table:formula"])
            if given.get("calcext:value-type") == "error" or (kind == "string" and _ERROR.fullmatch(shown.strip())):
                sheet.errors.append(self._reference)
            elif kind is None:
                sheet.uncalculated.append(self._reference)
        read = given.get("office:string-value", shown) if kind == "string" else ""
        if shown != read and _TELLING.search(shown):
            self._texts.keep(f"what cell {self._reference} on {self._where} shows", shown)


def _repeats(attributes: Attributes, name: str) -> int:
    return max(whole_number(attributes.get(name, "1")) or 1, 1)
