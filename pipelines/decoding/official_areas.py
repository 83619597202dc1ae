"""From Klass' answers and delivered lists to official areas, what became of them, and which district a unit lies in."""

from collections.abc import Callable

import pandas as pd
import pyarrow as pa

from indicators import geography
from indicators.catalogue.contracts import AreaListContract
from indicators.catalogue.models import Classification
from indicators.geography import tree
from pipelines.deliveries import area_file
from pipelines.errors import SourceError
from pipelines.providers import klass
from pipelines.storage.snapshots import Fetch, StoredResponse

AREAS, CHANGES, DISTRICTS = "official/areas", "official/changes", "official/districts"


def from_klass(classification: Classification, fetch: Fetch, content: Callable[[str], bytes]) -> dict[str, pa.Table]:
    """Return a classification's areas, changes (as Klass states them) and correspondences. Raises SourceError."""

    def read(role: str, reading: Callable[[bytes, str], pa.Table]) -> list[pa.Table]:
        return [reading(content(answer.sha256), answer.url) for answer in fetch.responses if answer.role == role]

    levels = classification.levels
    codes = pd.concat([table.to_pandas() for table in read("codes", klass.read_codes)], ignore_index=True)
    codes = codes[codes["level"].isin(list(levels))]
    level = codes["level"].map(dict(levels))
    areas = codes.assign(level=level, district_code=None, zone_code=None)[tree.OFFICIAL_AREAS.names]
    found = {AREAS: checked(areas, fetch.source)}
    for kind, role, reading in (
        (CHANGES, "changes", klass.read_changes),
        (DISTRICTS, "correspondences", klass.read_correspondences),
    ):
        if tables := read(role, reading):
            found[kind] = pa.concat_tables(tables)
    return found


def from_list(
    contract: AreaListContract, name: str, file: StoredResponse, content: Callable[[str], bytes]
) -> dict[str, pa.Table]:
    """Return the areas of a delivered list of one or several days. Raises SourceError."""
    lists = area_file.read(contract, content(file.sha256), file.path)
    if contract.units is None:
        return {AREAS: checked(geography.from_yearly_lists(lists), name)}
    # Units are listed here only to say which zone they lie in.
    units = lists[lists["level"] == tree.UNIT]
    zones = geography.from_yearly_lists(lists[lists["level"] != tree.UNIT])
    return {AREAS: checked(pd.concat([zones, units.drop(columns="day")], ignore_index=True), name)}


def checked(areas: pd.DataFrame, name: str) -> pa.Table:
    """Return official areas that agree with themselves. Raises SourceError."""
    try:
        tree.check(areas[areas["name"].notna()])
    except tree.TreeError as error:
        raise SourceError(f"{name}: {error}") from error
    return pa.Table.from_pandas(
        areas.reindex(columns=tree.OFFICIAL_AREAS.names), tree.OFFICIAL_AREAS, preserve_index=False
    )
