"""A delivered file opened: its grids, and the contract whose header one of them has."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from indicators.catalogue.contracts import Across, DeliveryContract
from pipelines.deliveries import times
from pipelines.deliveries.faults import (
    DeliveryError,
    NoContract,
    Unsearchable,
    as_delivery_error,
    headings,
    listed,
)
from pipelines.formats import cube, text, workbook
from pipelines.formats.cube import CubeGrid
from pipelines.formats.format_error import Fault, Kind
from pipelines.formats.grid import Grid, Place, letter
from pipelines.formats.text import TextGrid
from pipelines.guards.container import Contained, ContainerError, examine

_PACKED = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")
# Their texts are written in a way of their own, though in letters.
_DOCUMENTS = (b"%PDF", b"{\\rtf")
_MOST_TABLES = 200
EXAMPLE_SHEET = "SYNTETISK eksempel"
"""The sheet of a template that shows how to fill it in: its figures are made up, and no contract takes them."""
_NOTHING = b"\0\xef\xbb\xbf\xff\xfe \t\r\n"


@dataclass(frozen=True)
class Opened:
    """A file's grids, likeliest first; how it was read, for messages; what is hidden in a workbook.

    notes: place and text of what stands around the file's own contents.
    """

    name: str
    grids: list[Grid]
    how: str
    contained: Contained | None = None
    notes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Table:
    """One table of a grid: its cells (others are empty), its (first) header row, the texts above it, nearest first."""

    grid: Grid
    row: int
    above: tuple[str, ...]


@dataclass(frozen=True)
class Match:
    """A contract, the grid that fits it, and the number of the (first) header row.

    tables: what is to be read, where a contract takes several tables; those of other sheets are among them.
    """

    contract: DeliveryContract
    grid: Grid
    row: int
    tables: tuple[Table, ...] = ()

    @property
    def every_table(self) -> tuple[Table, ...]:
        """The tables that are to be read."""
        return self.tables or (Table(self.grid, self.row, _above(self.grid.head, self.row, slice(None))),)


@as_delivery_error()
def open_file(content: bytes, name: str) -> Opened:
    """Return the file's cells, whatever its format. Raises DeliveryError for one that is empty or cannot be read.

    Raises Unsearchable for a container that cannot be looked through.
    """
    if not content[:4096].strip(_NOTHING) and not content.strip(_NOTHING):
        raise DeliveryError(name, ["the file is empty; expected a header row and rows of figures"])
    if content.startswith(_DOCUMENTS):
        raise Unsearchable(name, ["is a document (PDF or RTF); deliver the table itself, as XLSX or CSV"])
    if content.startswith(_PACKED):
        try:
            contained = examine(content)
        except ContainerError as error:
            raise Unsearchable(name, error.faults) from None
        # What people see before what is hidden from them.
        sheets = sorted(workbook.grids(content, name), key=lambda grid: grid.sheet in contained.hidden_sheets)
        names = headings([str(grid.sheet) for grid in sheets])
        return Opened(name, sheets, f"A spreadsheet with the sheets {names}", contained)
    if cube.is_cube(content):
        return Opened(name, cube.grids(content, name), "A statistical cube")
    texts, encoding = text.grids(content, name)
    return Opened(name, list(texts), f"Read as {encoding}")


def match(opened: Opened, contracts: Sequence[DeliveryContract]) -> Match:
    """Return the contract whose header a sheet has.

    Raises NoContract with the columns found and the nearest one; DeliveryError where more than one sheet that people
    see, or cube, has the header of a contract: which of them are the figures, or whether all, no header says.
    """
    real = [grid for grid in opened.grids if plain(grid.sheet or "") != plain(EXAMPLE_SHEET)]
    fitting = [found for grid in real if (found := _match_of(grid, contracts)) is not None]
    if not fitting:
        example = f". Sheet '{EXAMPLE_SHEET}' is a template's, made up, and never read" if real != opened.grids else ""
        raise NoContract(opened.name, [_no_contract(opened, contracts) + example])
    hidden = opened.contained.hidden_sheets if opened.contained is not None else ()
    first = fitting[0]
    seen = [found for found in fitting if found.grid.sheet not in hidden]
    # A text file has a grid for each separator that it may be divided by.
    seen = fitting[:1] if isinstance(first.grid, TextGrid) or not seen else seen
    if first.contract.tables == "all" and all(found.contract is first.contract for found in seen):
        tables = tuple(table for found in seen for table in _tables(first.contract, found.grid))
        if len(tables) > _MOST_TABLES:
            raise DeliveryError(opened.name, [f"has {len(tables):,} tables; expected at most {_MOST_TABLES}"])
        return replace(first, tables=tables)
    if len(seen) > 1:
        raise DeliveryError(opened.name, [_several(seen)])
    return first


def _tables(contract: DeliveryContract, grid: Grid) -> Iterator[Table]:
    """Yield the tables of a grid that have the contract's header: below each other, or side by side."""
    if isinstance(grid, CubeGrid):
        yield Table(grid, 1, ())
        return
    lines = grid.lines()
    found = [(number, columns) for number in range(len(lines)) for columns in _beside(contract, lines, number)]
    below = [*sorted({number for number, _columns in found}), len(lines)]
    for number, columns in found:
        end = below[below.index(number) + 1]
        yield Table(grid.part(range(number, end), columns), number + 1, _above(lines, number + 1, columns))


def _beside(contract: DeliveryContract, lines: Sequence[Sequence[str]], number: int) -> Iterator[slice]:
    """Yield the columns of each table whose header stands in a row (from 0): there may be several beside each other."""
    depth = contract.across.rows if contract.across is not None else 1
    grid = Grid(None, [list(row) for row in lines[number : number + depth]])
    names = [plain(cell) for cell in column_names(contract, grid, 1)]
    wanted = {plain(column) for column in contract.header}
    if wanted - set(names):
        return
    lead = next(name for name in names if name in wanted)
    starts = [at for at, name in enumerate(names) if name == lead] if lead else [0]
    for start, end in zip(starts, [*starts[1:], None], strict=True):
        columns = slice(start, end)
        heads = [[*[""] * start, *row[columns]] for row in lines[number : number + depth]]
        if _fits(contract, Grid(None, heads), 1):
            yield columns


def _above(lines: Sequence[Sequence[str]], row: int, columns: slice) -> tuple[str, ...]:
    """Return the texts above a table, the nearest first; above its own columns before those of others."""
    above = lines[: row - 1][::-1]
    own = [cell for cells in above for cell in cells[columns] if cell]
    return tuple(own + [cell for cells in above for cell in cells if cell])


def texts_around(contract: DeliveryContract, table: Table, name: str) -> dict[str, str]:
    """Return the text of each column that is stated around a table. Raises DeliveryError where one is not.

    name: the file's.
    """
    told: dict[str, str] = {}
    faults = []
    for column, stated in contract.stated.items():
        if stated.always is not None:
            told[column] = stated.always
            continue
        places = {"title": table.above, "sheet": (table.grid.sheet or "",), "file": (name.rpartition(".")[0] or name,)}
        matched = (re.search(stated.pattern, text) for text in places[str(stated.where)])
        found = next((one[1].strip() for one in matched if one is not None and one[1]), None)
        if found is None:
            what = {"title": "no text above the table", "sheet": "not the sheet's name", "file": "not the file's name"}
            says = f"{what[str(stated.where)]} says '{column}'; expected one that fits {stated.pattern}"
            faults.append(Fault(Place(table.grid.place, table.row), says, kind=Kind.LAYOUT))
        else:
            told[column] = found
    if faults:
        raise DeliveryError(name, faults)
    return told


def _match_of(grid: Grid, contracts: Sequence[DeliveryContract]) -> Match | None:
    rows = ((contract, _header_row(contract, grid)) for contract in contracts)
    fitting = [Match(contract, grid, row) for contract, row in rows if row is not None]
    # Of contracts with one header, the file's own words decide; where none has them, the first one says what is wrong.
    return next((found for found in fitting if _says_so(found)), fitting[0] if fitting else None)


def _says_so(found: Match) -> bool:
    """Whether the first rows have the words that the contract fixes."""
    head = [plain(cell) for cell in header_of(found.grid, found.row)]
    below = found.grid.head[found.row :]
    for column, words in found.contract.fixed.items():
        at = head.index(plain(column))
        if not {plain(cells[at]) for cells in below if len(cells) > at and cells[at]} <= set(map(plain, words)):
            return False
    return True


def _several(fitting: Sequence[Match]) -> str:
    places = headings([str(found.grid.sheet) for found in fitting if found.grid.sheet is not None])
    what = f"sheets {places}" if places else f"{len(fitting)} cubes of the file"
    contracts = ", ".join(dict.fromkeys(found.contract.id for found in fitting))
    return (
        f"{what} all have the columns of a contract ({contracts}); expected one. Put their rows in one sheet, deliver "
        "each in a file of its own, or name the sheet in the contract (`sheet:`)"
    )


def plain(text: str) -> str:
    """Return a header's text as it is compared: composed letters, single spaces, no difference of case."""
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


def header_of(grid: Grid, row: int) -> list[str]:
    """Return the cells of a header row, without the empty ones at its end."""
    cells = grid.head[row - 1] if row <= len(grid.head) else []
    return cells[: max((number for number, cell in enumerate(cells, 1) if cell), default=0)]


def column_names(contract: DeliveryContract, grid: Grid, row: int) -> list[str]:
    """Return the name of each column: the first text in its header rows.

    One without any is called by its letter, `[A]`, where the contract calls it so.
    """
    depth = contract.across.rows if contract.across is not None else 1
    heads = [header_of(grid, row + number) for number in range(depth)]
    names = []
    for number in range(max(map(len, heads))):
        texts = [head[number] for head in heads if number < len(head)]
        own = f"[{letter(number)}]"
        names.append(next(filter(None, texts), own if own in contract.header else ""))
    return names


def _header_row(contract: DeliveryContract, grid: Grid) -> int | None:
    if contract.sheet is not None and grid.sheet is not None and plain(contract.sheet) != plain(grid.sheet):
        return None
    if contract.sheets_like is not None and not re.fullmatch(contract.sheets_like, (grid.sheet or "").strip()):
        return None
    if isinstance(grid, CubeGrid):
        return 1 if contract.across is None and cube.fits(contract.header, grid) else None
    if contract.sheet is not None and grid.sheet is None:
        return None
    before = 1 if grid.head and grid.head[0] and grid.head[0][0].startswith("sep=") else 0
    rows = range(1, len(grid.head) + 1) if contract.header_row is None else [contract.header_row + before]
    if contract.tables == "all":
        return next((row for row in rows if row <= len(grid.head) and any(_beside(contract, grid.head, row - 1))), None)
    return next((row for row in rows if _fits(contract, grid, row)), None)


def _fits(contract: DeliveryContract, grid: Grid, row: int) -> bool:
    found = [plain(cell) for cell in column_names(contract, grid, row)]
    wanted = [plain(column) for column in contract.header]
    if contract.across is None:
        # A column without a header is empty, or a fault of its own: as the one beside a table that begins in B.
        return sorted(filter(None, found)) == sorted(filter(None, wanted)) and found.count("") >= wanted.count("")
    if not all(found.count(column) == 1 for column in wanted):
        return False
    columns = value_columns(contract, grid, row)
    readable = sum(isinstance(header, dict) for _number, header in columns)
    # Where a few headers cannot be read the contract fits still, and each of them is a fault.
    return readable > 0 and readable >= 0.8 * len(columns)


def value_columns(contract: DeliveryContract, grid: Grid, row: int) -> list[tuple[int, dict[str, str] | str]]:
    """Return the number of each column of values and what its header tells, or the text in it that cannot be read."""
    across = contract.across
    if across is None:
        return []
    others = {plain(column) for column in contract.header}
    names = column_names(contract, grid, row)
    rows = [header_of(grid, row + number) for number in range(across.rows)]
    width = max(map(len, rows))
    rows = [cells + [""] * (width - len(cells)) for cells in rows]
    # A cell that is merged over several columns has its text in the first one; the last row has none.
    rows[:-1] = [list(accumulate(cells, _own_or_left)) for cells in rows[:-1]]
    columns: list[tuple[int, dict[str, str] | str]] = []
    for number, cells in enumerate(zip(*rows, strict=True)):
        if plain(names[number]) in others:
            continue
        text = " | ".join(cells)
        if not text.strip(" |") or any(text.endswith(ending) for ending in across.without):
            continue
        if across.pattern is not None:
            matched = re.fullmatch(across.pattern, text)
            parts = [part or "" for part in matched.groups()] if matched else [text, *[""] * len(across.parts)]
        else:
            parts = text.split(across.separator) if across.separator else list(cells)
        columns.append((number, _header_parts(across, parts)))
    return columns


def _own_or_left(left: str, cell: str) -> str:
    return cell or left


def _header_parts(across: Across, parts: list[str]) -> dict[str, str] | str:
    """Return what each part tells, or the text of the first that does not begin as it must or is no period."""
    if len(parts) != len(across.parts):
        return (across.separator or " ").join(parts)
    told = {}
    for part, header in zip(across.parts, parts, strict=True):
        if not header.startswith(part.prefix):
            return header
        rest = header.removeprefix(part.prefix).strip()
        if part.tells == "period" and not times.is_period(rest.replace("-", "/") if len(rest) == 7 else rest):
            return header
        if part.tells == "month" and not times.is_month(rest):
            return header
        if part.tells == "always":
            if rest:
                return header
            continue
        told[part.tells] = rest
    return told


def _no_contract(opened: Opened, contracts: Sequence[DeliveryContract]) -> str:
    """Say which columns were found, and how they differ from the contract they are most like.

    A row that does not look like a header, as the first of a list of persons, is counted and not quoted.
    """
    unlike = f"None of the {len(contracts)} contracts is like it (`levekar doctor` names them)"
    best = max(
        (
            (_likeness(contract, grid, row), contract, header_of(grid, row))
            for grid in opened.grids
            for row in range(1, len(grid.head) + 1)
            for contract in contracts
            if header_of(grid, row)
        ),
        key=lambda candidate: candidate[0],
        default=None,
    )
    draft = "`levekar deliver --draft` writes a first contract for a new kind of file"
    if best is None or best[0][0] <= len(best[1].header) / 2:
        grid = opened.grids[0]
        found = header_of(grid, grid.likely_header)
        return f"no contract has these columns. {opened.how}; columns found: {headings(found)}. {unlike}; {draft}"
    _score, contract, found = best
    known = f"no contract has these columns. {opened.how}; columns found: {headings(found)}. "
    return f"{known}Nearest is contract {contract.id}: the file {_differences(contract, found)}"


def _differences(contract: DeliveryContract, found: Sequence[str]) -> str:
    wanted = contract.header
    lacking = [column for column in wanted if plain(column) not in map(plain, found)]
    strange, doubled = [], []
    if contract.across is None:
        strange = [column for column in found if plain(column) not in map(plain, wanted)]
        doubled = sorted({column for column in found if found.count(column) > 1})
    parts = [f"lacks {listed(lacking)}"] if lacking else []
    parts += [
        f"{text} {headings(names)}" for text, names in (("has besides", strange), ("has twice", doubled)) if names
    ]
    return ", ".join(parts) or "has other columns of values, or stands on another sheet"


def _likeness(contract: DeliveryContract, grid: Grid, row: int) -> tuple[float, int]:
    found = set(map(plain, header_of(grid, row)))
    same = len(found & set(map(plain, contract.header)))
    return same, -abs(len(found) - len(contract.header)) if contract.across is None else 0
