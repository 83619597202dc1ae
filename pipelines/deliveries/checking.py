"""One delivered file looked at from its first byte to its last figure, before anything of it is kept.

Taken from disk, opened, searched for personal data, matched with its contract and read. What becomes of it then
belongs to `inbox` and `steps.asking`.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from indicators import geography
from indicators.catalogue import Catalogue
from indicators.catalogue.contracts import AreaListContract, BoundaryContract, DeliveryContract
from indicators.catalogue.models import Area
from indicators.geography import AreaNames
from pipelines.deliveries import area_file, boundary_file
from pipelines.deliveries.faults import DeliveryError, NoContract, PersonalData, as_delivery_error
from pipelines.deliveries.opened import Match, Opened, header_of, match, open_file
from pipelines.deliveries.reading import Reading, read
from pipelines.deliveries.receive import content_of
from pipelines.errors import SourceError
from pipelines.formats.format_error import Fault
from pipelines.formats.grid import letter
from pipelines.guards import personal


@dataclass(frozen=True)
class Rules:
    """What files are held against: every contract by id, and the names of areas."""

    contracts: Mapping[str, DeliveryContract]
    area_lists: Mapping[str, AreaListContract]
    boundaries: Mapping[str, BoundaryContract]
    areas: AreaNames
    names: Collection[str]

    @classmethod
    def of(cls, catalogue: Catalogue) -> "Rules":
        """Return the rules that a catalogue lays down."""
        areas = catalogue.areas.values()
        names = published_names(areas)
        return cls(catalogue.contracts, catalogue.area_lists, catalogue.boundaries, geography.names(areas), names)


def published_names(areas: Iterable[Area]) -> set[str]:
    """Return the names that areas.yaml gives, in all their spellings."""
    return {name for area in areas for name in (area.name, *area.published_names)}


@dataclass(frozen=True)
class Checked:
    """What was found out about one file.

    name: the file's name, without what could be personal in it. sha256: None where it could not be read to its end.
    contract: id of the contract that it fits. reading: its figures; None for lists of areas, boundaries and refused
    files. error: why it is refused, or None. remarks: what was put right, and what its sender should know.
    """

    path: Path
    name: str
    sha256: str | None = None
    contract: str | None = None
    reading: Reading | None = None
    error: DeliveryError | None = None
    remarks: tuple[str, ...] = ()
    content: bytes = field(default=b"", repr=False)

    @property
    def may_be_kept(self) -> bool:
        """Whether the bytes may lie anywhere but where they came from."""
        return not isinstance(self.error, PersonalData)


def taken_from(path: Path) -> Checked:
    """Read a file's bytes and nothing more, so that one that is known already costs no more than that."""
    name = personal.without_personal(path.name)
    try:
        content, sha256 = content_of(path, name)
    except DeliveryError as error:
        return Checked(path, name, error=error)
    return Checked(path, name, sha256, content=content)


def check(taken: Checked, rules: Rules, contract: str | None = None) -> Checked:
    """Return what was found out about a file. A fault in it is returned as well, as `error`, and not raised.

    contract: the id of the only contract to be tried.
    """
    if taken.error is not None:
        return taken
    path, name, content = taken.path, taken.name, taken.content
    found: Match | None = None
    searched = False
    try:
        if contract is None and (other := _areas_or_boundaries(content, name, rules)):
            return Checked(path, name, taken.sha256, other, content=content)
        opened = open_file(content, name)
        chosen = rules.contracts if contract is None else {contract: rules.contracts[contract]}
        unmatched: NoContract | None = None
        try:
            found = match(opened, list(chosen.values()))
        except NoContract as error:
            unmatched = error
        # Before any message could quote a cell.
        _guard(opened, found, path.name)
        searched = True
        if found is None:
            raise unmatched or NoContract(name, ["no contract has these columns"])
        reading = _read(opened, found, rules)
    except SourceError as error:
        fault = (
            error if isinstance(error, DeliveryError) else DeliveryError(name, [str(error).removeprefix(f"{name}: ")])
        )
        if not searched:
            # A file that cannot be read as a table may hold personal data all the same, and would be copied.
            fault = _in_lines(content, name) or fault
        return Checked(path, name, taken.sha256, found.contract.id if found else contract, error=fault, content=content)
    remarks = (*_hidden_content(opened, found), *reading.remarks)
    return Checked(path, name, taken.sha256, found.contract.id, reading, remarks=remarks, content=content)


def _read(opened: Opened, found: Match, rules: Rules) -> Reading:
    """Read the figures. A formula that failed is a fault too, since its cell would pass for an empty one."""
    sheet = found.grid.sheet
    failed = opened.contained.errors.get(str(sheet), ()) if opened.contained is not None else ()
    faults = [
        Fault(f"sheet '{sheet}', cell {cell}", "expected a value, or nothing", "a formula that failed")
        for cell in failed
    ]
    try:
        reading = read(found, opened.name, rules.areas, rules.names)
    except DeliveryError as error:
        raise DeliveryError(error.where, [*faults, *error.faults]) from None
    if faults:
        raise DeliveryError(f"{opened.name} (contract {found.contract.id})", faults)
    return reading


def _areas_or_boundaries(content: bytes, name: str, rules: Rules) -> str | None:
    polygons = boundary_file.match(content, rules.boundaries.values())
    if polygons is not None:
        boundary_file.year_of(polygons, name)
        return polygons.id
    areas = area_file.match(content, name, rules.area_lists.values())
    return areas.id if areas is not None else None


@as_delivery_error()
def _guard(opened: Opened, found: Match | None, name: str) -> None:
    """Raise PersonalData where any sheet, note, comment or the file's name holds what only persons have."""
    columns: list[personal.TextColumn] = []
    notes = [("the file's name", name)]
    contained = opened.contained
    notes += list(contained.texts) if contained is not None else []
    # A text file is one table, whichever separator it is read with; of a workbook every sheet is looked at.
    whole = opened.grids if opened.grids and opened.grids[0].sheet is not None else opened.grids[:1]
    for grid in [found.grid] if found is not None and found.grid.sheet is None else whole:
        row = found.row if found is not None and grid is found.grid else grid.likely_header
        depth = found.contract.across.rows if found and grid is found.grid and found.contract.across else 1
        head = [header_of(grid, row + number) for number in range(depth)]
        width = max(map(len, head), default=0) or 1
        own = found.contract if found is not None and grid is found.grid else None
        first = own.first_row if own is not None and own.first_row is not None else row + depth
        block = grid.block(first, width, own.decimal if own is not None else ".")
        notes += [
            (f"{grid.place}row {number}", " ".join(cells))
            for number, cells in enumerate(grid.head[: row - 1], 1)
            if cells
        ]
        notes += [(f"{grid.place}row {number}", text) for number, text in [*block.notes, *block.short]]
        names = head[0] + [""] * (width - len(head[0]))
        columns += [
            personal.TextColumn(grid.sheet, names[number], letter(number), block.columns[number], block.rows)
            for number in range(width)
        ]
    if findings := personal.findings(columns, notes):
        raise _personal_data(personal.without_personal(name), findings)


def _personal_data(name: str, findings: Iterable[personal.Finding]) -> PersonalData:
    return PersonalData(name, [Fault(finding.place, f"seems to hold {finding.kind}") for finding in findings])


def _in_lines(content: bytes, name: str) -> PersonalData | None:
    """Look for personal data line by line, whatever the encoding; nothing can be seen in what is packed."""
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content[:4]
    lines = content.decode("utf-16" if wide else "latin-1", "replace").splitlines()
    text = pa.array([line.replace("\0", "") for line in lines], pa.string())
    found = personal.findings([personal.TextColumn(None, "", "A", text, np.arange(1, len(lines) + 1))])
    return _personal_data(name, found) if found else None


def _hidden_content(opened: Opened, found: Match) -> Iterator[str]:
    """Say what a workbook holds that its sender may not see."""
    contained, sheet = opened.contained, str(found.grid.sheet)
    if contained is None:
        return
    if sheet in contained.hidden_sheets:
        yield f"sheet '{sheet}' is hidden, and its figures were read"
    if others := [hidden for hidden in contained.hidden_sheets if hidden != sheet]:
        yield f"{len(others)} hidden sheet(s) were not read"
    if rows := contained.hidden_rows.get(sheet):
        yield f"sheet '{sheet}': {len(rows)} hidden row(s), the first is row {min(rows)}, were read as the others"
    if columns := contained.hidden_columns.get(sheet):
        first = letter(min(columns) - 1)
        yield f"sheet '{sheet}': {len(columns)} hidden column(s), the first is {first}, were read as the others"
    if formulas := contained.formulas.get(sheet):
        number, cell = formulas
        yield (
            f"sheet '{sheet}': {number:,} cell(s) hold formulas, the first is {cell}; what was read is the result that "
            "the spreadsheet program last saved. Save as values to be certain"
        )
