"""From facts to measures: computed, and then protected with what earlier editions showed; two steps per pillar.

Collects the facts that the catalogue names and runs `indicators.measures`. What is computed stays in the store, as the
facts do; no later stage sees a hidden count.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from indicators import measures, population, prices
from indicators.catalogue import Catalogue
from indicators.dictionary import SCHEMA
from indicators.disclosure import tables
from indicators.disclosure.cells import Rules
from indicators.disclosure.made_to_order import large_areas
from indicators.disclosure.structure import structure
from indicators.geography.membership import ADDING_UP
from pipelines.engine import Input, Union
from pipelines.steps.counting import RESIDENTS
from pipelines.steps.placing import MEMBERSHIP
from pipelines.steps.remembering import COMPUTED, MEASURES, SHOWN
from pipelines.steps.step import Check, Finding, Inputs, Step
from pipelines.steps.terms import terms
from pipelines.storage.lake import Ref

Run = Callable[..., Ref]
"""Computes an expression over tables (`Engine.run`)."""

FACT_COLUMNS = [
    "area_id",
    "boundary_year",
    "period",
    "period_start",
    "period_end",
    "cell",
    "value",
    "status",
    "snapshot_sha256",
    "vintage",
]
"""What `indicators.measures` takes of facts, beside the name of their table in `table_name`."""

TERMS = pa.schema(
    [
        ("indicator_id", pa.string()),
        ("source", pa.int64()),
        ("table_name", pa.string()),
        ("method", pa.string()),
        ("scale", pa.float64()),
        ("per", pa.float64()),
        ("rounding", pa.float64()),
        ("pooling", pa.int64()),
        ("role", pa.string()),
        ("cell", pa.string()),
        ("cells", pa.int64()),
        ("age", pa.string()),
        ("sex", pa.string()),
    ]
)
RESTS = pa.schema([("area_id", pa.string()), ("whole", pa.string()), ("without", pa.string()), ("parts", pa.int64())])
_AMONG = pa.schema(
    [
        ("indicator_id", pa.string()),
        ("source", pa.int64()),
        ("sex", pa.string()),
        ("age", pa.string()),
        ("years", pa.int64()),
        ("of_years", pa.int64()),
        ("years_after", pa.int64()),
    ]
)
_SHOWN = 20  # figures that a finding names
_YEARS_AFTER = {"january": 0, "next_january": 1}
FACTS_AT_A_TIME = 1_000_000
_EXPOSED = b"follow from public figures"


def steps(catalogue: Catalogue) -> list[Step]:
    """Return two steps per pillar: what is computed, for the store alone, and what of it is kept for readers."""
    return [step for pillar in catalogue.pillars for step in _of_pillar(catalogue, pillar)]


def _of_pillar(catalogue: Catalogue, pillar: str) -> Iterator[Step]:
    name = catalogue.pillars[pillar].pillar.name_en
    reads = (f"pillars.{pillar}", "areas", "tables", "contracts")
    residents = (RESIDENTS,) if _among_residents(catalogue, pillar) else ()
    yield Step(
        key=f"{COMPUTED}{pillar}",
        needs=(*(f"facts/{table}" for table in catalogue.tables_of(pillar)), MEMBERSHIP, *residents),
        reads=reads,
        make=partial(_computed, pillar),
        about=f"{name}: each indicator's value for area and period, before anything is hidden. Never published.",
        checks=(_RESIDENTS_OF_THE_DAY,) if residents else (),
    )
    yield Step(
        key=f"{MEASURES}{pillar}",
        needs=(
            f"{COMPUTED}{pillar}",
            *(f"facts/{table}" for table in _open(catalogue, pillar)),
            MEMBERSHIP,
            *residents,
            SHOWN,
        ),
        reads=(*reads, "disclosure"),
        make=partial(_protected, pillar),
        about=f"{name}: each indicator's value for area and period.",
        checks=(_SMALL_NUMBERS_ARE_HIDDEN,),
    )


def _computed(pillar: str, inputs: Inputs, catalogue: Catalogue) -> pa.Table:
    facts = {name: f"facts/{name}" for name in sorted(catalogue.tables_of(pillar))}
    together = inputs.union(facts, "table_name", FACT_COLUMNS)
    computed = compute(
        inputs.run, catalogue, pillar, together, inputs.read(MEMBERSHIP), _residents(pillar, inputs, catalogue)
    )
    refuse_doubled(computed)
    return computed


def refuse_doubled(computed: pa.Table) -> None:
    """Raise ValueError where a figure is given twice, such as a window that was delivered and is pooled from years too.

    No figure is quoted, for none is protected yet.
    """
    key = list(SCHEMA["measure"].key)
    counts = computed.group_by(key).aggregate([([], "count_all")])
    doubled = counts.filter(pc.greater(counts["count_all"], 1))
    if doubled.num_rows:
        first = ", ".join(f"{name} {doubled[name][0]}" for name in key)
        raise ValueError(
            f"{doubled.num_rows:,} figures are given twice, as a period of the source and as a window of its years: "
            f"{first}; expected each once"
        )


def _protected(pillar: str, inputs: Inputs, catalogue: Catalogue) -> pa.Table:
    membership = inputs.read(MEMBERSHIP)
    known = [inputs.read(SHOWN)]
    tables_of = {name: f"facts/{name}" for name in _open(catalogue, pillar)}
    if tables_of:
        together = inputs.union(tables_of, "table_name", FACT_COLUMNS)
        residents = _residents(pillar, inputs, catalogue)
        computed = compute(inputs.run, catalogue, pillar, together, membership, residents)
        known.append(open_figures(catalogue, computed))
    remembered = pa.concat_tables(table.select(tables.REMEMBERED.names).cast(tables.REMEMBERED) for table in known)
    return protect(catalogue, inputs.read(f"{COMPUTED}{pillar}"), remembered, inputs.secret, membership)


def _open(catalogue: Catalogue, pillar: str) -> list[str]:
    """Return the pillar's tables that their providers have published, some in layouts that others are ordered in."""
    return sorted(structure(catalogue).public.intersection(catalogue.tables_of(pillar)))


def open_figures(catalogue: Catalogue, computed: pa.Table) -> pa.Table:
    """Return figures that anybody can compute from open tables, in the form of figures that were shown before.

    A municipality's total in an order is no secret, and no cover for a district, where an open table gives the same.
    """
    counted = computed.filter(pc.is_in(computed["area_id"], pa.array(sorted(large_areas(catalogue)), pa.string())))
    counted = counted.filter(pc.is_valid(counted["numerator"]))
    return counted.append_column("state", pa.repeat(pa.scalar("shown"), counted.num_rows))


def compute(
    run: Run,
    catalogue: Catalogue,
    pillar: str,
    facts: Input,
    membership: pa.Table,
    residents: pa.Table | None = None,
) -> pa.Table:
    """Return the measures of a pillar, unprotected.

    facts: FACT_COLUMNS and table_name, such as `ssb/07459`. membership: the table `areas/membership`. residents: the
    table `population/residents`, without which nothing has a denominator that is residents.
    """
    among: tuple[Ref, ...] = ()
    if residents is not None and (asked := _among_residents(catalogue, pillar)):
        groups = population.groups_of_ages(asked, pc.unique(residents["age"]).to_pylist())
        among = (run(population.of_ages, residents, pa.Table.from_pylist(groups, schema=_AMONG)),)
    members, left = adding_up(membership), pa.Table.from_pylist(rests(catalogue), schema=RESTS)
    made = [
        run(measures.measures, some, some_terms, members, left, *among).read()
        for some, some_terms in portions(facts, pa.Table.from_pylist(terms(catalogue, pillar), schema=TERMS))
    ]
    return _in_fixed_prices(run, catalogue, pillar, facts, pa.concat_tables(made))


def _in_fixed_prices(run: Run, catalogue: Catalogue, pillar: str, facts: Input, computed: pa.Table) -> pa.Table:
    """Return the measures with amounts of money in the prices of the year that the catalogue names."""
    money = fixed_prices(catalogue, pillar)
    if not money:
        return computed
    indices = sorted({own.table for own in money.values()})
    if isinstance(facts, Union):
        facts = Union({name: facts.parts[name] for name in indices}, facts.label, facts.columns)
    index = run(prices.levels, facts, pa.table({"table_name": indices})).read()
    return prices.in_fixed_prices(computed, index, money)


def portions(facts: Input, asked: pa.Table) -> Iterator[tuple[Input, pa.Table]]:
    """Yield facts and terms of some indicators at a time, in the order of their names.

    An indicator's figures follow from its own terms alone. So memory grows with a portion's facts, not with all.
    """
    counts: dict[str, int] = {}
    if isinstance(facts, Union):
        counts = {name: pq.read_metadata(ref.path).num_rows for name, ref in facts.parts.items()}
    tables: dict[str, set[str]] = {}
    for name, table in zip(asked["indicator_id"].to_pylist(), asked["table_name"].to_pylist(), strict=True):
        if table in counts:
            tables.setdefault(name, set()).add(table)
    if not isinstance(facts, Union) or not tables:
        yield facts, asked
        return
    for names in _gathered(tables, counts):
        own = set().union(*(tables[name] for name in names))
        some = Union({name: ref for name, ref in facts.parts.items() if name in own}, facts.label, facts.columns)
        yield some, asked.filter(pc.is_in(asked["indicator_id"], pa.array(names, pa.string())))


def _gathered(tables: Mapping[str, set[str]], counts: Mapping[str, int]) -> list[list[str]]:
    """Return names in lists, each of tables that together have few facts, or of one name."""
    lists: list[list[str]] = [[]]
    used: set[str] = set()
    for name in sorted(tables):
        if lists[-1] and sum(counts[table] for table in used | tables[name]) > FACTS_AT_A_TIME:
            lists.append([])
            used = set()
        lists[-1].append(name)
        used |= tables[name]
    return lists


def _residents(pillar: str, inputs: Inputs, catalogue: Catalogue) -> pa.Table | None:
    return inputs.read(RESIDENTS) if _among_residents(catalogue, pillar) else None


def _among_residents(catalogue: Catalogue, pillar: str) -> list[dict[str, Any]]:
    """Return the sources whose denominators are residents, as `population.groups_of_ages` takes them."""
    return [
        {
            "indicator_id": indicator.id,
            "source": rank,
            "sex": source.among_residents.sex,
            "years": source.among_residents.years,
            "years_after": _YEARS_AFTER[catalogue.residents_on(source.table)],
        }
        for indicator in catalogue.pillars[pillar].indicators
        for rank, source in enumerate(indicator.sources)
        if source.among_residents is not None
    ]


def fixed_prices(catalogue: Catalogue, pillar: str) -> dict[str, prices.Prices]:
    """Return the pillar's indicators that are money, with the index that they are told by."""
    given = ((indicator.id, indicator.prices) for indicator in catalogue.pillars[pillar].indicators)
    return {name: prices.Prices(found.index, found.year) for name, found in given if found is not None}


def protect(
    catalogue: Catalogue,
    computed: pa.Table,
    remembered: pa.Table | None = None,
    secret: bytes = b"",
    membership: pa.Table | None = None,
) -> pa.Table:
    """Return measures fit to be published; their metadata names the indicators of which a small count is not safe.

    remembered, secret: as for `disclosure.tables.protected`. membership: the table `areas/membership`, by which areas
    of the same units are found.
    """
    members = adding_up(membership).to_pylist() if membership is not None else []
    rules = Rules(**catalogue.disclosure.model_dump())
    found = tables.protected(computed, structure(catalogue, members), rules, remembered, secret)
    kept = {**(found.measures.schema.metadata or {}), _EXPOSED: ", ".join(found.exposed).encode()}
    return found.measures.replace_schema_metadata(kept)


def adding_up(membership: pa.Table) -> pa.Table:
    """Return the rows whose codes make an area up, without those that only bound it."""
    return membership.filter(pc.is_in(membership["origin"], pa.array(ADDING_UP)))


def rests(catalogue: Catalogue) -> list[dict[str, Any]]:
    """Return one row per area that is the rest of another and area that it is without (see `measures.measures`)."""
    return [
        {"area_id": area.id, "whole": area.rest_of.whole, "without": name, "parts": len(area.rest_of.without)}
        for area in catalogue.areas.values()
        if area.rest_of is not None
        for name in area.rest_of.without
    ]


def _hidden_counts(table: pa.Table, _inputs: Inputs, _catalogue: Catalogue) -> Finding:
    """Say how many figures are hidden and marked, never which: a number of hidden cells tells nothing of one."""
    counts = pc.value_counts(table["status"]).to_pylist()
    numbers = {row["values"]: row["counts"] for row in counts if row["values"] in ("suppressed", "unreliable")}
    exposed = (table.schema.metadata or {}).get(_EXPOSED, b"").decode()
    reason = f"small counts follow from figures that are public elsewhere, whatever is hidden here: {exposed}"
    return Finding(not exposed, reason if exposed else None, numbers)


def _lacking_residents(table: pa.Table, _inputs: Inputs, catalogue: Catalogue) -> Finding:
    """Name figures without a value whose denominator was to be residents, and of which day; no number is said."""
    days = {
        (indicator.id, source.table): catalogue.residents_on(source.table).replace("_", " ")
        for file in catalogue.pillars.values()
        for indicator in file.indicators
        for source in indicator.sources
        if source.among_residents is not None
    }
    rows = table.filter(pc.equal(table["status"], "missing")).select(
        ["indicator_id", "area_id", "period", "source_table"]
    )
    found = [row for row in rows.to_pylist() if (row["indicator_id"], row["source_table"]) in days]
    lines = [
        f"* {row['indicator_id']}, {row['area_id']}, {row['period']}: residents on 1 "
        f"{days[row['indicator_id'], row['source_table']].title()}"
        for row in found[:_SHOWN]
    ]
    if not found:
        return Finding(True)
    reason = "have no count, or the residents of the day are not known, or fewer than were counted among them"
    return Finding(False, "\n".join([f"{len(found)} figures {reason}:", *lines]))


_RESIDENTS_OF_THE_DAY = Check(
    "residents_of_the_day",
    "Whoever was counted among residents has a number of residents of that day, and no smaller one.",
    _lacking_residents,
)
_SMALL_NUMBERS_ARE_HIDDEN = Check(
    "small_numbers_are_hidden",
    "No hidden count follows from what is shown; where one follows from what is public elsewhere, a warning.",
    _hidden_counts,
)
