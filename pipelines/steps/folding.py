"""Facts: what stands of a source today, folded from its vintages.

A provider's answer replaces the one before, so its newest vintage is what stands. Deliveries stand together: of the
same figure in several files, the last one counts. No figure is changed here.
"""

from collections.abc import Sequence
from functools import partial

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from indicators.catalogue import Catalogue
from indicators.catalogue.contracts import BoundaryContract
from pipelines.decoding import entries, stations
from pipelines.decoding.observations import FACTS, POINTS, parts_read
from pipelines.decoding.tidy import FACTS_SCHEMA
from pipelines.decoding.vintages import Standing
from pipelines.deliveries import boundary_file
from pipelines.deliveries.columns import key_of
from pipelines.steps.step import SNAPSHOT, Check, Finding, Inputs, Step
from pipelines.storage.lake import Ref
from pipelines.storage.snapshots import Fetch

BOUNDARIES = "areas/boundaries"  # a later stage's, which needs no accidents
_CELL = ["table_id", "area_id", "area_label", "boundary_year", "period", "cell"]


def steps(catalogue: Catalogue) -> list[Step]:
    """Return one step per source of figures."""
    tables = catalogue.tables
    return [
        Step(
            key=f"facts/{name}",
            needs=(f"{SNAPSHOT}{name}", *((BOUNDARIES,) if name in tables and tables[name].has_places else ())),
            reads=parts_read(catalogue, name),
            make=partial(_of_register, name)
            if name in tables and tables[name].register
            else partial(_facts, name, boundaries_of(catalogue, name) is not None),
            about="Tidy observations: area, period, dimensions, value, status, snapshot.",
            checks=(_ONE_ROW_PER_CELL,),
            otherwise=FACTS_SCHEMA,
        )
        for name in catalogue.fact_sources
    ]


def _facts(name: str, of_boundaries: bool, inputs: Inputs, catalogue: Catalogue) -> pa.Table | Ref:
    source = inputs.source(name)
    if source.fetch is None:
        return FACTS_SCHEMA.empty_table()
    return folded(source, source.fetch, boundaries_of(catalogue, name) if of_boundaries else None)


def _of_register(name: str, inputs: Inputs, catalogue: Catalogue) -> pa.Table:
    """Accidents and stations get the areas that they lie in; of units each year keeps what was counted last in it."""
    table, source = catalogue.tables[name], inputs.source(name)
    fetch = source.fetch
    if fetch is None:
        return FACTS_SCHEMA.empty_table()
    if table.tells_today_alone:
        counted = [ref.read() for state in source.states().values() for _vintage, ref in source.of(state, FACTS)]
        return _last_of_each_figure(counted)
    [(_vintage, known)], [(_same, points)] = source.of(fetch, FACTS), source.of(fetch, POINTS)
    of_municipalities = known.read()
    if table.is_measured:
        within = stations.placed(table, fetch, points.read(), inputs.read(BOUNDARIES))
    else:
        within = entries.placed(table, fetch, of_municipalities, points.read(), inputs.read(BOUNDARIES))
    return pa.concat_tables([of_municipalities, within])


def boundaries_of(catalogue: Catalogue, name: str) -> BoundaryContract | None:
    """Return the contract of a source of boundaries, which stands among the figures where it counts residents."""
    return catalogue.boundaries.get(name.removeprefix("delivery/"))


def folded(source: Standing, fetch: Fetch, boundaries: BoundaryContract | None = None) -> pa.Table | Ref:
    """Return the facts of one state of a source (columns of FACTS_SCHEMA); of a single vintage, by reference.

    boundaries: the contract, where the source is of boundaries that also count residents. Raises SourceError,
    LakeError.
    """
    vintages = source.of(fetch, FACTS)
    if boundaries is not None:
        # A file replaces the one before of the same year.
        by_year = {boundary_file.year_of(boundaries, vintage.data[0].path): ref for vintage, ref in vintages}
        return pa.concat_tables([ref.read() for ref in by_year.values()])
    if len(vintages) == 1:
        return vintages[0][1]
    return _last_of_each_figure([ref.read() for _vintage, ref in vintages])


def _last_of_each_figure(files: Sequence[pa.Table]) -> pa.Table:
    """Return the rows of all files; where several give the same figure, that of the last one."""
    together = pa.concat_tables(files)
    # An area that has a code may be written in several ways.
    area = pc.coalesce(together["area_id"], together["area_label"])
    columns = (area, *(together[name] for name in ("boundary_year", "period", "cell")))
    key = key_of([column.cast(pa.string()).combine_chunks().dictionary_encode() for column in columns])
    last = ~pd.Series(key).duplicated(keep="last").to_numpy()
    return together.filter(pa.array(last))


def _doubled_rows(table: pa.Table, _inputs: Inputs, _catalogue: Catalogue) -> Finding:
    doubled = table.num_rows - table.group_by(_CELL).aggregate([]).num_rows
    periods = sorted(set(table["period"].to_pylist()))
    span = f"{periods[0]} to {periods[-1]}" if periods else "none"
    return Finding(doubled == 0, shown={"doubled rows": doubled, "periods": span})


_ONE_ROW_PER_CELL = Check(
    "one_row_per_cell",
    "No area, period and cell occurs twice: else every sum after it would be wrong.",
    _doubled_rows,
    blocking=True,
    warns=False,
)
