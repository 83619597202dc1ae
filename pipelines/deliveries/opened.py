"""A delivered file opened: its grids, and the contract whose header one of them has."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from indicators import periods
from indicators.catalogue.contracts import Across, DeliveryContract
from pipelines.deliveries.faults import DeliveryError, NoContract, Unsearchable, as_delivery_error, listed
from pipelines.formats import cube, text, workbook
from pipelines.formats.cube import CubeGrid
from pipelines.formats.grid import Grid
from pipelines.formats.text import TextGrid
from pipelines.guards.container import Contained, ContainerError, examine

_PACKED = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")
# Their texts are written in a way of their own, though in letters.
_DOCUMENTS = (b"%PDF", b"{\\rtf")
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
class Match:
    """A contract, the grid that fits it, and the number of the (first) header row."""

    contract: DeliveryContract
    grid: Grid
    row: int


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
        names = listed([str(grid.sheet) for grid in sheets])
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
    fitting = [found for grid in opened.grids if (found := _match_of(grid, contracts)) is not None]
    if not fitting:
        raise NoContract(opened.name, [_no_contract(opened, contracts)])
    hidden = opened.contained.hidden_sheets if opened.contained is not None else ()
    first = fitting[0].grid
    # A text file has a grid for each separator that it may be divided by.
    if len(seen := [found for found in fitting if found.grid.sheet not in hidden]) > 1 and not isinstance(
        first, TextGrid
    ):
        raise DeliveryError(opened.name, [_several(seen)])
    return fitting[0]


def _match_of(grid: Grid, contracts: Sequence[DeliveryContract]) -> Match | None:
    rows = ((contract, _header_row(contract, grid)) for contract in contracts)
    return next((Match(contract, grid, row) for contract, row in rows if row is not None), None)


def _several(fitting: Sequence[Match]) -> str:
    places = listed([str(found.grid.sheet) for found in fitting if found.grid.sheet is not None])
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


def _header_row(contract: DeliveryContract, grid: Grid) -> int | None:
    if contract.sheet is not None and grid.sheet is not None and plain(contract.sheet) != plain(grid.sheet):
        return None
    if isinstance(grid, CubeGrid):
        return 1 if contract.across is None and cube.fits(contract.header, grid) else None
    if contract.sheet is not None and grid.sheet is None:
        return None
    before = 1 if grid.head and grid.head[0] and grid.head[0][0].startswith("sep=") else 0
    rows = range(1, len(grid.head) + 1) if contract.header_row is None else [contract.header_row + before]
    return next((row for row in rows if _fits(contract, grid, row)), None)


def _fits(contract: DeliveryContract, grid: Grid, row: int) -> bool:
    found = [plain(cell) for cell in header_of(grid, row)]
    wanted = [plain(column) for column in contract.header]
    if contract.across is None:
        return sorted(found) == sorted(wanted)
    if not all(found.count(column) == 1 for column in wanted):
        return False
    columns = value_columns(contract.across, contract.header, grid, row)
    readable = sum(isinstance(header, dict) for _number, header in columns)
    # Where a few headers cannot be read the contract fits still, and each of them is a fault.
    return readable > 0 and readable >= 0.8 * len(columns)


def value_columns(
    across: Across, header: Sequence[str], grid: Grid, row: int
) -> list[tuple[int, dict[str, str] | str]]:
    """Return the number of each column of values and what its header tells, or the text in it that cannot be read."""
    others = {plain(column) for column in header}
    top = header_of(grid, row)
    rows = [header_of(grid, row + number) for number in range(across.rows)]
    width = max(map(len, rows))
    rows = [cells + [""] * (width - len(cells)) for cells in rows]
    # A cell that is merged over several columns has its text in the first one; the last row has none.
    rows[:-1] = [list(accumulate(cells, _own_or_left)) for cells in rows[:-1]]
    columns: list[tuple[int, dict[str, str] | str]] = []
    for number, cells in enumerate(zip(*rows, strict=True)):
        if number < len(top) and plain(top[number]) in others:
            continue
        text = " | ".join(cells)
        if not text.strip(" |") or any(text.endswith(ending) for ending in across.without):
            continue
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
        if part.tells == "period" and not _is_period(rest):
            return header
        if part.tells == "always":
            if rest:
                return header
            continue
        told[part.tells] = rest
    return told


def _is_period(text: str) -> bool:
    try:
        periods.parse(text.replace("-", "/") if len(text) == 7 else text)
    except periods.PeriodError:
        return False
    return True


def _no_contract(opened: Opened, contracts: Sequence[DeliveryContract]) -> str:
    """Say which columns were found, and how they differ from the contract they are most like."""
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
        return f"no contract has these columns. {opened.how}; columns found: {listed(found)}. {unlike}; {draft}"
    _score, contract, found = best
    wanted = contract.header
    lacking = [column for column in wanted if plain(column) not in map(plain, found)]
    strange, doubled = [], []
    if contract.across is None:
        strange = [column for column in found if plain(column) not in map(plain, wanted)]
        doubled = sorted({column for column in found if found.count(column) > 1})
    differences = [("lacks", lacking), ("has besides", strange), ("has twice", doubled)]
    parts = [f"{text} {listed(names)}" for text, names in differences if names]
    if not parts:
        parts = ["has other columns of values, or stands on another sheet"]
    known = f"no contract has these columns. {opened.how}; columns found: {listed(found)}. "
    return f"{known}Nearest is contract {contract.id}: the file {', '.join(parts)}"


def _likeness(contract: DeliveryContract, grid: Grid, row: int) -> tuple[float, int]:
    found = set(map(plain, header_of(grid, row)))
    same = len(found & set(map(plain, contract.header)))
    return same, -abs(len(found) - len(contract.header)) if contract.across is None else 0
