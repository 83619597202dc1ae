"""From the answers of one source to what they say: observations, official areas, polygons.

`decode` is the one place in which an answer gets its meaning. It takes bytes from wherever they lie, so that an answer
can be looked at before anything of it is stored.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from indicators import geography
from indicators.catalogue import Catalogue, Spacing
from indicators.catalogue.models import SourceTable
from pipelines import deliveries
from pipelines.decoding import entries, official_areas, stations
from pipelines.decoding.delivered import facts_of
from pipelines.decoding.tidy import facts, tidy
from pipelines.deliveries import boundary_file
from pipelines.deliveries.checking import published_names
from pipelines.formats.jsonstat import Cube
from pipelines.providers import fhi, pxweb
from pipelines.storage.snapshots import DELIVERED, Fetch, StoredResponse


@dataclass(frozen=True)
class Answers:
    """The bytes of answers by their SHA-256, wherever they lie; cubes: of those whose client decoded them already."""

    content: Callable[[str], bytes]
    cubes: Mapping[str, Cube] = field(default_factory=dict)

    def cube(self, sha256: str, where: str) -> Cube:
        """Return the cube of an answer. Raises SourceError."""
        return self.cubes.get(sha256) or pxweb.read_cube(self.content(sha256), where, sha256)


FACTS, POLYGONS, POINTS = "facts", "polygons", "points"
_CONTRACTS = ("contracts", "area_lists", "boundaries")
# Whether a period was left out is asked when a file is taken, by its indicators, which are not known here.
_ANY_GAP = (Spacing("", {}, None),)


def parts_read(catalogue: Catalogue, name: str) -> tuple[str, ...]:
    """Return the parts of the catalogue that the answers of a source are read by (see `Catalogue.only`)."""
    part, key = _declared(catalogue, name)
    also = {"tables": ("providers",), "contracts": ("areas",)}
    return f"{part}.{key}", *also.get(part, ())


def _declared(catalogue: Catalogue, name: str) -> tuple[str, str]:
    """Return the part of the catalogue that declares a source, and its key there."""
    contract = name.removeprefix(f"{DELIVERED}/")
    keys = dict.fromkeys(("tables", "classifications"), name) | dict.fromkeys(_CONTRACTS, contract)
    return next((part, key) for part, key in keys.items() if key in getattr(catalogue, part))


def decode(catalogue: Catalogue, fetch: Fetch, answers: Answers) -> dict[str, pa.Table]:
    """Return the tables that the answers of one vintage hold, by kind: facts, polygons, or those of official areas.

    fetch: of a delivery, one with a single file. Raises SourceError naming source and place.
    """
    part, key = _declared(catalogue, fetch.source)
    needed = catalogue.only(*parts_read(catalogue, fetch.source))
    if part == "classifications":
        return official_areas.from_klass(needed.classifications[key], fetch, answers.content)
    if part == "tables" and needed.tables[key].register:
        return _register(needed.tables[key], fetch, answers)
    if part == "tables":
        return {FACTS: _table(needed, fetch, answers)}
    [file] = fetch.responses
    if part == "area_lists":
        return official_areas.from_list(needed.area_lists[key], fetch.source, file, answers.content)
    if part == "boundaries":
        return _boundaries(needed, key, file, answers.content(file.sha256))
    return {FACTS: _delivered(needed, key, file, answers.content(file.sha256))}


def _table(catalogue: Catalogue, fetch: Fetch, answers: Answers) -> pa.Table:
    name = fetch.source
    table = catalogue.tables[name]
    parts = [(response.sha256, answers.cube(response.sha256, name)) for response in fetch.data]
    cube = pxweb.join(parts, where=name)
    if catalogue.providers[table.provider].dialect == "fhi":
        cube = fhi.as_published(cube, table.time)
    return tidy(
        cube,
        provider=fetch.provider,
        table_id=fetch.table_id,
        area=table.area,
        time=table.time,
        boundary_year=table.boundary_year,
        vintage=fetch.fetched_at,
        where=name,
    )


def _register(table: SourceTable, fetch: Fetch, answers: Answers) -> dict[str, pa.Table]:
    if table.has_places:
        of_places = stations.measured if table.is_measured else entries.accidents
        counted, points = of_places(table, fetch, answers.content)
        return {FACTS: counted, POINTS: points}
    return {FACTS: entries.units(table, fetch, answers.content)}


def _delivered(catalogue: Catalogue, contract: str, file: StoredResponse, content: bytes) -> pa.Table:
    """Return the facts of one delivered file, whose vintage is the moment it was taken."""
    opened = deliveries.open_file(content, file.path)
    match = deliveries.match(opened, [catalogue.contracts[contract]])
    areas = catalogue.areas.values()
    reading = deliveries.read(match, file.path, geography.names(areas), published_names(areas), _ANY_GAP)
    return facts_of(reading, file.sha256, file.fetched_at)


def _boundaries(catalogue: Catalogue, contract_id: str, file: StoredResponse, content: bytes) -> dict[str, pa.Table]:
    """Return the polygons of one file of a year, and the residents that it states, where the contract says it does."""
    contract = catalogue.boundaries[contract_id]
    found = {POLYGONS: boundary_file.polygons(contract, content, file.path)}
    if not contract.residents:
        return found
    counted = boundary_file.residents(contract, content, file.path)
    year = str(boundary_file.year_of(contract, file.path))
    found[FACTS] = facts(
        provider=DELIVERED,
        table_id=contract.id,
        area_id=counted["code"].combine_chunks(),
        area_label=counted["name"].combine_chunks(),
        period=pa.repeat(pa.scalar(year), counted.num_rows),
        boundary_year=None,
        dimensions={},
        value=counted["value"].combine_chunks(),
        status=pa.nulls(counted.num_rows, pa.string()),
        snapshot_sha256=file.sha256,
        vintage=file.fetched_at,
        where=file.path,
    )
    return found
