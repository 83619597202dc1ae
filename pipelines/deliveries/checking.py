"""One delivered file looked at from its first byte to its last figure, before anything of it is kept.

Taken from disk, opened, searched for personal data, matched with its contract and read. What the search looks at is
`searching`'s choice. What becomes of the file then belongs to `inbox` and `steps.asking`.
"""

import os
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from indicators import geography
from indicators.catalogue import Catalogue, Spacing
from indicators.catalogue.contracts import AreaListContract, BoundaryContract, DeliveryContract
from indicators.catalogue.models import Area
from indicators.geography import AreaNames
from pipelines.deliveries import area_file, boundary_file, searching
from pipelines.deliveries.faults import DeliveryError, NoContract, PersonalData, Unsearchable, headings
from pipelines.deliveries.held import Confirmation
from pipelines.deliveries.opened import Match, Opened, match, open_file
from pipelines.deliveries.reading import Reading, read
from pipelines.deliveries.receive import content_of
from pipelines.errors import SourceError
from pipelines.formats.format_error import Fault
from pipelines.formats.grid import letter
from pipelines.guards import personal
from pipelines.guards.container import Contained

T = TypeVar("T")


@dataclass(frozen=True)
class Rules:
    """What files are held against: every contract by id, the names of areas, and how often each file's figures come."""

    contracts: Mapping[str, DeliveryContract]
    area_lists: Mapping[str, AreaListContract]
    boundaries: Mapping[str, BoundaryContract]
    areas: AreaNames
    names: Collection[str]
    spacings: Mapping[str, Sequence[Spacing]] = field(default_factory=dict)

    @classmethod
    def of(cls, catalogue: Catalogue) -> "Rules":
        """Return the rules that a catalogue lays down."""
        areas = catalogue.areas.values()
        names = published_names(areas)
        return cls(
            catalogue.contracts,
            catalogue.area_lists,
            catalogue.boundaries,
            geography.names(areas),
            names,
            {name: catalogue.spacings(f"delivery/{name}") for name in catalogue.contracts},
        )


def published_names(areas: Iterable[Area]) -> set[str]:
    """Return the names that areas.yaml gives, in all their spellings."""
    return {name for area in areas for name in (area.name, *area.published_names)}


@dataclass(frozen=True)
class Checked:
    """What was found out about one file.

    name: the file's name, without what could be personal in it. sha256: None where it could not be read to its end.
    contract: id of the contract that it fits. reading: its figures; None for lists of areas, boundaries and refused
    files. error: why it is refused, or None. remarks: what was put right, and what its sender should know. inode: which
    file of the disk the bytes are from. let_through: kinds of what looked like personal data, and why it is none, as
    whoever delivered the file says. confirmed: who says that figures which stand out are right.
    """

    path: Path
    name: str
    sha256: str | None = None
    contract: str | None = None
    reading: Reading | None = None
    error: DeliveryError | None = None
    remarks: tuple[str, ...] = ()
    content: bytes = field(default=b"", repr=False)
    inode: tuple[int, int] | None = None
    let_through: tuple[str, ...] = ()
    not_personal: str | None = None
    confirmed: Confirmation | None = None

    @property
    def may_be_kept(self) -> bool:
        """Whether the bytes may lie anywhere but where they came from: they were searched, and nothing was found."""
        return not isinstance(self.error, PersonalData | Unsearchable)


def taken_from(path: Path) -> Checked:
    """Read a file's bytes and nothing more, so that one that is known already costs no more than that."""
    name = personal.without_personal(_readable(path.name))
    try:
        content, sha256, inode = content_of(path, name)
    except DeliveryError as error:
        return Checked(path, name, error=error)
    return Checked(path, name, sha256, content=content, inode=inode)


def _readable(name: str) -> str:
    """Return a file's name as text: one that the system could not decode is taken for Latin-1."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return os.fsencode(name).decode("latin-1")
    return name


def check(taken: Checked, rules: Rules, contract: str | None = None, *, not_personal: str | None = None) -> Checked:
    """Return what was found out about a file. A fault in it is returned as well, as `error`, and not raised.

    contract: the id of the only contract to be tried. not_personal: why what looks like personal data is none, but for
    numbers of persons, which are never let through.
    """
    if taken.error is not None:
        return taken
    opened = tried(lambda: _opened(taken, rules, contract), taken.name)
    if isinstance(opened, DeliveryError):
        return replace(taken, contract=contract, error=_unread(opened, taken))
    known = replace(taken, contract=opened.contract or contract)
    searched = tried(lambda: opened.search(taken, vouched=not_personal is not None), taken.name)
    if isinstance(searched, DeliveryError):
        return replace(known, error=_unread(searched, taken))
    if searched:
        known = replace(known, let_through=searched, not_personal=not_personal)
    read_of = tried(lambda: _read(opened, taken, rules), taken.name)
    if isinstance(read_of, DeliveryError):
        return replace(known, error=read_of)
    remarks = (*_hidden_content(opened), *(read_of.remarks if read_of is not None else ()))
    return replace(known, reading=read_of, remarks=remarks)


def tried(step: Callable[[], T], name: str) -> T | DeliveryError:
    """Return what a step gives, or why it failed: whatever goes wrong in a file is that file's refusal.

    The only place where any exception is taken. What it says is not repeated, for it may quote a cell.
    """
    try:
        return step()
    except DeliveryError as error:
        return error
    except SourceError as error:
        return DeliveryError(name, [str(error).removeprefix(f"{name}: ")])
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{type(error).__name__} in {Path(frame.filename).name}, line {frame.lineno}"
        return DeliveryError(
            name,
            [f"Levekår cannot read this file, and does not know why ({where}); tell those who run it, with the file"],
        )


@dataclass(frozen=True)
class _File:
    """An opened file: its cells, and the contract or list or boundaries that it fits.

    found: a contract of figures, and where its header stands; or why there is none.
    """

    cells: Opened
    found: Match | DeliveryError
    areas: AreaListContract | BoundaryContract | None

    @property
    def contract(self) -> str | None:
        if self.areas is not None:
            return self.areas.id
        return self.found.contract.id if isinstance(self.found, Match) else None

    def search(self, taken: Checked, *, vouched: bool) -> tuple[str, ...]:
        """Search all of it, and return the kinds of what was let through. Raises PersonalData."""
        found = self.found if isinstance(self.found, Match) else None
        return searching.search(self.cells, found, _readable(taken.path.name), taken.content, vouched=vouched)


def _opened(taken: Checked, rules: Rules, contract: str | None) -> _File:
    """Open a file and find its contract. Raises DeliveryError where it cannot be opened."""
    content, name = taken.content, taken.name
    areas = _of_areas(taken, rules) if contract is None else None
    if isinstance(areas, BoundaryContract):
        return _File(boundary_file.opened(content, name), NoContract(name, ["holds boundaries"]), areas)
    if areas is not None:
        return _File(area_file.opened(content, name), NoContract(name, ["is a list of areas"]), areas)
    if contract is None and boundary_file.is_geojson(content):
        return _File(
            boundary_file.opened(content, name), boundary_file.without_contract(name, rules.boundaries.values()), None
        )
    cells = open_file(content, name)
    chosen = rules.contracts if contract is None else {contract: rules.contracts[contract]}
    try:
        return _File(cells, match(cells, list(chosen.values())), None)
    except DeliveryError as error:
        return _File(cells, error, None)  # told after the search: it may quote a cell


def _of_areas(taken: Checked, rules: Rules) -> AreaListContract | BoundaryContract | None:
    """Return the contract of a list of areas, or of boundaries, that the file fits."""
    return boundary_file.match(taken.content, rules.boundaries.values()) or area_file.match(
        taken.content, taken.name, rules.area_lists.values()
    )


def _unread(error: DeliveryError, taken: Checked) -> DeliveryError:
    """Say what a file is that could not be opened as it should: it may hold personal data all the same."""
    if isinstance(error, PersonalData | Unsearchable):
        return error
    found = tried(lambda: searching.search_lines(taken.content, taken.name), taken.name)
    if found is None or isinstance(found, PersonalData):
        return found or error
    return Unsearchable(error.where, error.faults)


def _read(file: _File, taken: Checked, rules: Rules) -> Reading | None:
    """Read the figures; None for lists of areas and boundaries, which are read to be certain that they can be."""
    if isinstance(file.areas, BoundaryContract):
        boundary_file.polygons(file.areas, taken.content, taken.name)
        return None
    if file.areas is not None:
        area_file.read(file.areas, taken.content, taken.name)
        return None
    if isinstance(file.found, DeliveryError):
        raise file.found
    return _figures(file.cells, file.found, rules)


def _figures(opened: Opened, found: Match, rules: Rules) -> Reading:
    """Read the figures. A formula without a result is a fault too, since its cell would pass for an empty one."""
    faults = [fault for sheet in _sheets_of(found) for fault in _failed_formulas(opened, sheet)]
    try:
        spacings = rules.spacings.get(found.contract.id, ())
        reading = read(found, opened.name, rules.areas, rules.names, spacings)
    except DeliveryError as error:
        raise DeliveryError(error.where, [*faults, *error.faults]) from None
    if faults:
        raise DeliveryError(f"{opened.name} (contract {found.contract.id})", faults)
    return reading


def _sheets_of(found: Match) -> list[str]:
    return list(dict.fromkeys(str(table.grid.sheet) for table in found.every_table))


def _failed_formulas(opened: Opened, sheet: str) -> Iterator[Fault]:
    if opened.contained is None:
        return
    for cell in opened.contained.errors.get(sheet, ()):
        yield Fault(f"sheet '{sheet}', cell {cell}", "expected a value, or nothing", "a formula that failed")
    for cell in opened.contained.uncalculated.get(sheet, ()):
        expected = "expected a result; open the file in a spreadsheet program and save it"
        yield Fault(f"sheet '{sheet}', cell {cell}", expected, "a formula that was never calculated")


def _hidden_content(file: _File) -> Iterator[str]:
    """Say what a workbook holds that its sender may not see."""
    contained = file.cells.contained
    if contained is None or not isinstance(file.found, Match):
        return
    sheets = _sheets_of(file.found)
    for sheet in sheets:
        if sheet in contained.hidden_sheets:
            yield f"sheet '{sheet}' is hidden, and its figures were read"
    if others := [hidden for hidden in contained.hidden_sheets if hidden not in sheets]:
        yield f"{len(others)} hidden sheet(s) were not read: {headings(others)}"
    for sheet in sheets:
        yield from _hidden_on(contained, sheet)


def _hidden_on(contained: Contained, sheet: str) -> Iterator[str]:
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
