"""What must hold beyond one key: names that other files define, years in order, units that fit methods.

Each function yields one line per fault: `file:line`, what was found, the nearest valid name, what was expected. A file
that could not be read is left out, and with it the checks that need it.
"""

import difflib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from indicators.catalogue.contracts import PROJECTED, Delivered, DeliveryContract
from indicators.catalogue.loading import Lines
from indicators.catalogue.models import (
    Area,
    AreaKind,
    AreasFile,
    Asked,
    DonorRule,
    EvaluationPlan,
    EvaluationsFile,
    Indicator,
    IndicatorSource,
    Model,
    PillarFile,
    Programme,
    Residents,
    SentencesFile,
    SourcesFile,
    SourceTable,
)
from indicators.catalogue.programme_record import MeasureTaken, ProgrammeRecord

# A kind of area lies in kinds that come before it.
_KINDS: tuple[AreaKind, ...] = get_args(AreaKind)
_EXPRESSION = re.compile(r"[*?()]")
_PER = {"share": 1, "percent": 100, "per 1,000": 1_000, "per 100,000": 100_000}


@dataclass(frozen=True)
class Files:
    """The catalogue's files as read, each with its lines; None: it could not be read.

    all_contracts, all_pillars: every one could be read, so that a name that none has is a fault.
    """

    areas: tuple[AreasFile, Lines] | None
    sources: tuple[SourcesFile, Lines] | None
    contracts: Sequence[tuple[DeliveryContract, Lines]]
    other_contracts: Sequence[tuple[Delivered, Lines]]
    pillars: Sequence[tuple[PillarFile, Lines]]
    evaluations: tuple[EvaluationsFile, Lines] | None = None
    sentences: tuple[SentencesFile, Lines] | None = None
    records: Sequence[tuple[ProgrammeRecord, Lines]] = ()
    all_contracts: bool = True
    all_pillars: bool = True


def faults(files: Files) -> Iterator[str]:
    """Yield every fault of the catalogue as a whole."""
    if files.areas:
        yield from _area_faults(*files.areas)
        yield from _name_faults(*files.areas)
        yield from _programme_faults(*files.areas)
        yield from _language_faults(files.areas[0], _Place(files.areas[1], ()))
    if files.sources:
        yield from _source_faults(*files.sources)
    yield from _contract_faults([*files.contracts, *files.other_contracts])
    yield from _header_faults(files.contracts)
    for contract, line in files.contracts:
        yield from _resident_faults(contract.residents, dimensions_of(contract), line, "residents")
    yield from _pillar_faults(files.pillars)
    if files.evaluations:
        yield from _evaluation_faults(*files.evaluations, files)
    if files.sentences:
        yield from _sentence_faults(*files.sentences, files)
    yield from _record_faults(files)
    comparators = _Comparators(files.areas[0]) if files.areas else None
    tables = _tables(files)
    for file, line in files.pillars:
        for number, indicator in enumerate(file.indicators):
            place = _Place(line, ("indicators", number))
            yield from _language_faults(indicator, place)
            yield from _year_faults(indicator, place)
            yield from _disturbance_faults(indicator, place)
            yield from _unit_faults(indicator, place)
            if comparators:
                yield from comparators.faults(indicator, place)
            if tables is not None:
                yield from _cell_faults(indicator, tables, place)
                yield from _price_faults(indicator, tables, place)


def unknown(kind: str, name: str, valid: Collection[str], expected: str = "") -> str:
    """Return the message for an unknown name: with the nearest valid name, or else all valid names."""
    near = difflib.get_close_matches(name, valid, n=1, cutoff=0.4)
    hint = f" (did you mean '{near[0]}'?)" if near else f"; known are {', '.join(sorted(valid)) or 'none'}"
    return f"unknown {kind} '{name}'{hint}" + (f"; expected {expected}" if expected else "")


@dataclass(frozen=True)
class _Place:
    """A place in a file: `place("target", "year")` -> `catalogue/work.yaml:41`."""

    line: Lines
    keys: tuple[str | int, ...]

    def __call__(self, *keys: str | int) -> str:
        return self.line(*self.keys, *keys)

    def within(self, *keys: str | int) -> "_Place":
        return _Place(self.line, (*self.keys, *keys))


def _repeated(ids: Sequence[object]) -> Iterator[int]:
    return (number for number, name in enumerate(ids) if name in ids[:number])


def _language_faults(part: Model, place: _Place) -> Iterator[str]:
    """Yield each text that is there in one language alone: beside `note` stands `note_no`, in lists one by one."""
    for name in type(part).model_fields:
        value = getattr(part, name)
        if isinstance(value, Model):
            yield from _language_faults(value, place.within(name))
        elif isinstance(value, list):
            for number, inner in enumerate(value):
                if isinstance(inner, Model):
                    yield from _language_faults(inner, place.within(name, number))
        english = name.removesuffix("_no")
        if name == english or english not in type(part).model_fields:
            continue
        norwegian, texts = (one if isinstance(one, list) else [one or ""] for one in (value, getattr(part, english)))
        at = place(name if value else english)
        if [bool(text) for text in norwegian] != [bool(text) for text in texts]:
            yield (
                f"{at} {english}: {_how_many(texts)} in English, {_how_many(norwegian)} in Norwegian; "
                f"expected each text of '{english}' in Norwegian in '{name}', in the same order"
            )
        elif english != "references" and set(filter(None, norwegian)) & set(texts):
            yield f"{at} {name}: the same text as '{english}', which is English; expected it in Norwegian"


def _how_many(texts: list[str]) -> str:
    """Return how many texts there are, in words.

    >>> _how_many(["a", "b"]), _how_many([""])
    ('2 texts', 'no text')
    """
    number = sum(bool(text) for text in texts)
    return f"{number or 'no'} text{'s' * (number > 1)}"


# --- areas.yaml ---------------------------------------------------------------------------------------------


def _area_faults(file: AreasFile, line: Lines) -> Iterator[str]:
    areas = {area.id: area for area in file.areas}
    for number in _repeated([area.id for area in file.areas]):
        yield f"{line('areas', number)} area '{file.areas[number].id}' is defined twice; expected each id once"
    for number, area in enumerate(file.areas):
        if area.parent is not None:
            yield from _parent_faults(area, areas, line("areas", number, "parent"))
        yield from _rest_faults(area, areas, line("areas", number, "rest_of"))
        for part_number, part in enumerate(area.parts):
            if part.last < part.first:
                yield (
                    f"{line('areas', number, 'parts', part_number)} part of '{area.id}' ends before it begins: "
                    f"from {part.first} to {part.last}; expected 'to' in the year of 'from' or later"
                )


_AREA = "an area of areas.yaml"


def _parent_faults(area: Area, areas: Mapping[str, Area], place: str) -> Iterator[str]:
    parent = areas.get(area.parent or "")
    if parent is None:
        yield f"{place} {unknown('area', area.parent or '', areas, _AREA)}"
    elif area.id in _ancestors(area.id, areas):
        yield f"{place} area '{area.id}' lies within itself; expected a larger area"
    elif _KINDS.index(parent.kind) >= _KINDS.index(area.kind):
        larger = " or ".join(_KINDS[: _KINDS.index(area.kind)]) or "no parent"
        yield f"{place} {area.kind} '{area.id}' lies in '{parent.id}', a {parent.kind}; expected {larger}"


def _ancestors(area_id: str, areas: Mapping[str, Area]) -> list[str]:
    """Return the areas that contain an area, nearest first; in a circle each once, the area itself last."""
    above: list[str] = []
    parent = areas[area_id].parent
    while parent is not None and parent in areas and parent not in above:
        above.append(parent)
        parent = areas[parent].parent
    return above


def _rest_faults(area: Area, areas: Mapping[str, Area], place: str) -> Iterator[str]:
    for name in [area.rest_of.whole, *area.rest_of.without] if area.rest_of else []:
        if name not in areas:
            yield f"{place} area '{area.id}': {unknown('area', name, areas, _AREA)}"
        elif name == area.id:
            yield f"{place} area '{area.id}' is the rest of itself; expected another area"
        elif area.rest_of and name != area.rest_of.whole and area.rest_of.whole not in _ancestors(name, areas):
            yield f"{place} area '{area.id}': '{name}' does not lie in '{area.rest_of.whole}'; expected a part of it"


def _name_faults(file: AreasFile, line: Lines) -> Iterator[str]:
    """Two areas must not share a name: figures published under it could be of either."""
    owners: dict[str, str] = {}
    for number, area in enumerate(file.areas):
        for name in (area.name, *area.published_names):
            owner = owners.setdefault(name, area.id)
            if owner != area.id:
                yield (
                    f"{line('areas', number, 'name')} area '{area.id}': the name '{name}' is area '{owner}' already; "
                    "expected a name of its own"
                )


def _programme_faults(file: AreasFile, line: Lines) -> Iterator[str]:
    areas = {area.id: area for area in file.areas}
    for field in ("id", "area"):
        values = [getattr(programme, field) for programme in file.programmes]
        for number in _repeated(values):
            found = f"a second programme has {field} '{values[number]}'"
            yield f"{line('programmes', number, field)} {found}; expected one programme for each"
    seen: set[str] = set()
    for number, programme in enumerate(file.programmes):
        place = _Place(line, ("programmes", number))
        for order, plan in enumerate(programme.releases):
            if plan.id in seen:
                yield f"{place('releases', order, 'id')} release '{plan.id}' is planned twice; expected each once"
            seen.add(plan.id)
            outside = not programme.start <= plan.due.year <= programme.end
            if outside and programme.start < programme.end:
                yield (
                    f"{place('releases', order, 'due')} release '{plan.id}' is due on {plan.due}; expected a day "
                    f"within the programme, {programme.start} to {programme.end}"
                )
        if programme.end <= programme.start:
            yield (
                f"{place('end')} programme '{programme.id}' ends in {programme.end} and starts in {programme.start}; "
                "expected a later year"
            )
        if programme.area not in areas:
            yield f"{place('area')} programme '{programme.id}': {unknown('area', programme.area, areas, _AREA)}"
        yield from _comparator_faults(programme, areas, place)


def _comparator_faults(programme: Programme, areas: Mapping[str, Area], place: _Place) -> Iterator[str]:
    """A comparator is another area of the same or a larger kind, not the programme's area or a part of it."""
    own = areas.get(programme.area)
    for rank, name in enumerate(programme.comparators):
        who = f"{place('comparators', rank)} programme '{programme.id}':"
        if name not in areas:
            yield f"{who} {unknown('area', name, areas, _AREA)}"
        elif name in programme.comparators[:rank]:
            yield f"{who} '{name}' is given twice; expected each comparator once"
        elif own is not None and (name == own.id or own.id in _ancestors(name, areas)):
            yield f"{who} '{name}' is or lies in its own area '{own.id}'; expected another area"
        elif own is not None and _KINDS.index(areas[name].kind) > _KINDS.index(own.kind):
            found = f"comparator '{name}' is a {areas[name].kind}"
            yield f"{who} {found}; expected a {own.kind}, as '{own.id}' is, or something larger"


# --- sources.yaml and contracts -----------------------------------------------------------------------------


def _source_faults(file: SourcesFile, line: Lines) -> Iterator[str]:
    known = {provider.id: provider.dialect for provider in file.providers}
    queries: tuple[tuple[str, Sequence[Asked]], ...] = (
        ("classification", file.classifications),
        ("table", file.tables),
    )
    for kind, asked in queries:
        for number in _repeated([query.id for query in asked]):
            yield f"{line(f'{kind}s', number)} {kind} '{asked[number].id}' is defined twice; expected each id once"
        for number, query in enumerate(asked):
            place = line(f"{kind}s", number, "id")
            if query.provider not in known:
                yield f"{place} {unknown('provider', query.provider, known, 'a provider of this file')}"
            elif (known[query.provider] == "klass") != (kind == "classification"):
                wanted = [name for name, dialect in known.items() if (dialect == "klass") == (kind == "classification")]
                yield (
                    f"{place} {kind} '{query.id}': provider '{query.provider}' has dialect {known[query.provider]}; "
                    f"expected {' or '.join(wanted) or 'a provider with another dialect'}"
                )
    for number, table in enumerate(file.tables):
        if table.zones is not None and known.get(table.provider) not in ("fhi", None):
            yield (
                f"{line('tables', number, 'zones')} table '{table.id}': zones of a provider with dialect "
                f"{known[table.provider]}; expected them of one with dialect fhi"
            )
        if table.register and set(table.selection) != {table.area, table.time, "ContentsCode"}:
            yield (
                f"{line('tables', number, 'id')} register '{table.id}': expected {table.area}, {table.time} and "
                f"ContentsCode in its selection, found {', '.join(table.selection)}"
            )
        yield from _resident_faults(table.residents, dimensions_of(table), line, "tables", number, "residents")


def _contract_faults(files: Sequence[tuple[Delivered, Lines]]) -> Iterator[str]:
    for number in _repeated([contract.id for contract, _line in files]):
        contract, line = files[number]
        yield f"{line('id')} contract '{contract.id}' is defined twice; expected each id once"


def _header_faults(files: Sequence[tuple[DeliveryContract, Lines]]) -> Iterator[str]:
    """Two contracts that one file would fit: the first would take all files of the second."""
    for number, (contract, line) in enumerate(files):
        for other, _line in files[:number]:
            if _fit_the_same(contract, other):
                yield (
                    f"{line('header')} contract '{contract.id}' has the header of contract '{other.id}': a file may be "
                    "of either; expected another header, other sheets, or words in a column that differ (`fixed`)"
                )


def _fit_the_same(one: DeliveryContract, other: DeliveryContract) -> bool:
    def header(contract: DeliveryContract) -> list[str]:
        return sorted(" ".join(column.split()).casefold() for column in contract.header)

    if header(one) != header(other) or one.across != other.across:
        return False
    if one.sheet is not None and other.sheet is not None and one.sheet != other.sheet:
        return False
    if one.sheets_like is not None and other.sheets_like is not None and one.sheets_like != other.sheets_like:
        return False
    common = set(one.fixed) & set(other.fixed)
    return all(set(one.fixed[column]) & set(other.fixed[column]) for column in common)


def _resident_faults(
    residents: Residents | None, dimensions: Collection[str], line: Lines, *keys: str | int
) -> Iterator[str]:
    for field in ("sex", "age"):
        name = getattr(residents, field, None)
        if name is not None and name not in dimensions:
            yield f"{line(*keys, field)} {unknown('dimension', name, dimensions, 'a dimension of the figures')}"


def dimensions_of(source: SourceTable | DeliveryContract) -> dict[str, set[str] | None]:
    """Return the dimensions of a source's cells and the codes that they can have; None: any."""
    if isinstance(source, DeliveryContract):
        codes = {name: column.codes for name, column in source.dimensions.items()}
        codes |= {name: part.codes for name, part in source.across.dimensions.items()} if source.across else {}
        labels = {name: set(labels.values()) if labels else None for name, labels in codes.items()}
        kinds = {contents.code for contents in source.contents}
        if source.period.projected_from is not None:
            kinds |= {kind + PROJECTED for kind in kinds}
        return {"ContentsCode": kinds, **labels}
    return {
        name: None if any(_EXPRESSION.search(value) for value in chosen.values) else set(chosen.values)
        for name, chosen in source.selection.items()
        if name not in (source.area, source.time)
    }


# --- pillar files -------------------------------------------------------------------------------------------


def _pillar_faults(files: Sequence[tuple[PillarFile, Lines]]) -> Iterator[str]:
    indicators: set[str] = set()
    for field in ("id", "order"):
        values = [getattr(file.pillar, field) for file, _line in files]
        for number in _repeated(values):
            found = f"a second pillar has {field} '{values[number]}'"
            yield f"{files[number][1]('pillar', field)} {found}; expected each once"
    for file, line in files:
        subgoals = [subgoal.id for subgoal in file.subgoals]
        for number, subgoal in enumerate(subgoals):
            place = line("subgoals", number, "id")
            if subgoal in subgoals[:number]:
                yield f"{place} subgoal '{subgoal}' is defined twice; expected each id once"
            if not subgoal.startswith(f"{file.pillar.order}."):
                expected = f"a number such as {file.pillar.order}.1"
                yield f"{place} subgoal '{subgoal}' is not of pillar {file.pillar.order}; expected {expected}"
        for number, indicator in enumerate(file.indicators):
            if indicator.id in indicators:
                place = line("indicators", number, "id")
                yield f"{place} indicator '{indicator.id}' is defined twice; expected each id once in all pillars"
            indicators.add(indicator.id)
            if indicator.subgoal not in subgoals:
                expected = f"one of {', '.join(subgoals)}"
                place = line("indicators", number, "subgoal")
                yield f"{place} {unknown('subgoal', indicator.subgoal, subgoals, expected)}"
        yield from _part_faults(file, line)


def _part_faults(file: PillarFile, line: Lines) -> Iterator[str]:
    """Disclosure control works pillar by pillar: `part_of` names an indicator of the same pillar, itself no part."""
    whole_of = {indicator.id: indicator.part_of for indicator in file.indicators}
    for number, indicator in enumerate(file.indicators):
        if indicator.part_of is None:
            continue
        place = line("indicators", number, "part_of")
        if indicator.part_of not in whole_of:
            expected = "another indicator of this pillar"
            yield f"{place} {unknown('indicator', indicator.part_of, sorted(whole_of), expected)}"
        elif whole_of[indicator.part_of] is not None:
            yield f"{place} '{indicator.part_of}' is a part itself; expected an indicator that is none"


def _year_faults(indicator: Indicator, place: _Place) -> Iterator[str]:
    baseline, target = indicator.baseline, indicator.target
    if target is not None and target.year <= baseline.year:
        yield (
            f"{place('target', 'year')} indicator '{indicator.id}': target year {target.year}, baseline year "
            f"{baseline.year}; expected a target after the baseline"
        )
    if baseline.alternative is None:
        return
    other = baseline.alternative.year
    at = place("baseline", "alternative", "year")
    if other == baseline.year:
        yield f"{at} indicator '{indicator.id}': the alternative is {other}, as the baseline; expected another year"
    elif target is not None and target.year <= other:
        yield (
            f"{at} indicator '{indicator.id}': alternative baseline {other}, target year {target.year}; "
            "expected a baseline before the target"
        )


def _disturbance_faults(indicator: Indicator, place: _Place) -> Iterator[str]:
    """The year counted from is not disturbed: one before is, and this one the alternative."""
    year = indicator.baseline.year
    for found in indicator.disturbed:
        if int(found.first[:4]) <= year <= int(found.last[:4]):
            yield (
                f"{place('baseline', 'year')} indicator '{indicator.id}': baseline year {year} is disturbed "
                f"({found.reason.rstrip('.')}); expected the last undisturbed year before it, and {year} as alternative"
            )


def _unit_faults(indicator: Indicator, place: _Place) -> Iterator[str]:
    """Unit and method must fit: share with proportion, `per …` with rate; only published values have a scale."""
    methods = {source.method for source in indicator.sources}
    for rank, source in enumerate(indicator.sources):
        if source.method == "proportion" and indicator.unit != "share":
            yield (
                f"{place('unit')} indicator '{indicator.id}': unit '{indicator.unit}' with method proportion; "
                "expected unit 'share', or method 'rate'"
            )
        if source.method == "rate" and not indicator.unit.startswith("per "):
            yield (
                f"{place('unit')} indicator '{indicator.id}': unit '{indicator.unit}' with method rate; "
                "expected unit 'per 1,000' or 'per 100,000', or method 'proportion'"
            )
        if source.scale != 1 and source.value is None:
            yield (
                f"{place('sources', rank, 'scale')} indicator '{indicator.id}': scale {source.scale:g} with method "
                f"{source.method}; expected it with published_value, count_and_share or annual_mean alone"
            )
        if source.method == "count_and_share" and indicator.unit not in _PER:
            yield (
                f"{place('unit')} indicator '{indicator.id}': unit '{indicator.unit}' with method count_and_share; "
                "expected 'share', 'per 1,000' or 'per 100,000', or method 'published_value'"
            )
    if indicator.pooling and not methods & {"proportion", "rate"}:
        yield (
            f"{place('pooling')} indicator '{indicator.id}': pooling with method {' and '.join(sorted(methods))}; "
            "expected a source with method proportion or rate, whose counts can be summed"
        )


class _Comparators:
    """The areas that a target may be measured against: comparators of programmes, but no programme's own area."""

    def __init__(self, file: AreasFile) -> None:
        self.known = {area.id for area in file.areas}
        self.compared = {name for programme in file.programmes for name in programme.comparators}
        self.own = {programme.area for programme in file.programmes}

    def faults(self, indicator: Indicator, place: _Place) -> Iterator[str]:
        who = f"indicator '{indicator.id}'"
        for number, frozen in enumerate(indicator.target.frozen if indicator.target else []):
            if frozen.area not in self.own:
                at = place("target", "frozen", number, "area")
                yield f"{at} {who}: {unknown('area', frozen.area, self.own, 'the area of a programme')}"
        if indicator.standard is not None and indicator.standard.area not in self.known:
            at, expected = place("standard", "area"), "an area of areas.yaml"
            yield f"{at} {who}: {unknown('area', indicator.standard.area, self.known, expected)}"
        name = indicator.target.comparator if indicator.target else None
        if name is None:
            return
        at = place("target", "comparator")
        if name not in self.known:
            yield f"{at} {who}: {unknown('area', name, self.compared, 'a comparator of a programme')}"
        elif name in self.own or name not in self.compared:
            near = ", ".join(sorted(self.compared - self.own))
            yield f"{at} {who}: no programme is compared with '{name}'; expected one of {near}"


def _tables(files: Files) -> dict[str, SourceTable | DeliveryContract] | None:
    """Return what indicators can name, or None where a file that may define a name could not be read."""
    if files.sources is None or not files.all_contracts:
        return None
    tables: dict[str, SourceTable | DeliveryContract] = {table.id: table for table in files.sources[0].tables}
    return tables | {f"delivery/{contract.id}": contract for contract, _line in files.contracts}


def _cell_faults(
    indicator: Indicator, tables: Mapping[str, SourceTable | DeliveryContract], place: _Place
) -> Iterator[str]:
    """The selected cells must be cells of the table: all its dimensions, and codes that it has or is asked for."""
    for rank, source in enumerate(indicator.sources):
        at = place.within("sources", rank)
        table = tables.get(source.table)
        if table is None:
            expected = "a table of sources.yaml, or delivery/ and the id of a contract"
            yield f"{at('table')} {unknown('source table', source.table, tables, expected)}"
            continue
        places = [(source, at)] + [
            (source.with_codes(codes), at.within("strata", number))
            for number, stratum in enumerate(source.strata)
            for codes in (stratum.cells, stratum.less or {})
        ]
        for own, where in places:
            for role in ("numerator", "denominator", "value"):
                chosen = getattr(own, role)
                if chosen is not None:
                    yield from _selection_faults(source.table, chosen, dimensions_of(table), where.within(role))
        if source.among_residents is not None and table.residents_on is None:
            yield (
                f"{at('among_residents')} indicator '{indicator.id}': residents of which day, {source.table} does not "
                "say; expected its `residents_on`: january or next_january"
            )
        if isinstance(table, DeliveryContract):
            yield from _scale_faults(indicator, source, table, at)
        elif source.method == "count_and_share" and source.decimals is None:
            yield (
                f"{at('method')} indicator '{indicator.id}': count_and_share of {source.table} without 'decimals'; "
                "expected those of the published value, by which the implied denominator is uncertain"
            )


def _price_faults(
    indicator: Indicator, tables: Mapping[str, SourceTable | DeliveryContract], place: _Place
) -> Iterator[str]:
    """The index must be a table of which one figure per period is asked for."""
    if indicator.prices is None:
        return
    name, at = indicator.prices.index, place("prices", "index")
    table = tables.get(name)
    if not isinstance(table, SourceTable):
        known = [one for one, found in tables.items() if isinstance(found, SourceTable) and found.area is None]
        yield f"{at} {unknown('source table', name, known, 'a table of sources.yaml with a price index')}"
    elif table.area is not None or any(codes is None or len(codes) > 1 for codes in dimensions_of(table).values()):
        yield f"{at} {name} has several figures of a period; expected one: no areas, and one code of each variable"


def _selection_faults(
    table: str, chosen: Mapping[str, str | list[str]], dimensions: Mapping[str, set[str] | None], place: _Place
) -> Iterator[str]:
    for name in chosen:
        if name not in dimensions:
            expected = f"the dimensions of {table}: {', '.join(dimensions)}"
            yield f"{place(name)} {unknown('dimension', name, dimensions, expected)}"
    for name, codes in dimensions.items():
        if name not in chosen:
            yield f"{place()} dimension '{name}' of {table} is missing; expected a code for {', '.join(dimensions)}"
            continue
        found = chosen[name]
        for number, code in enumerate(found if isinstance(found, list) else [found]):
            if codes is not None and code not in codes:
                expected = f"a code that {table} has or is asked for"
                yield f"{place(name, number)} {unknown(f'code of {name}', code, codes, expected)}"


def _scale_faults(
    indicator: Indicator, source: IndicatorSource, contract: DeliveryContract, place: _Place
) -> Iterator[str]:
    """The scale must fit the two units: 0.01 from percent to share."""
    published = {contents.unit for contents in contract.contents_of(source.value or {})}
    for unit in published & _PER.keys():
        if indicator.unit not in _PER:
            continue
        expected = _PER[indicator.unit] / _PER[unit]
        if abs(source.scale / expected - 1) > 1e-9:
            yield (
                f"{place('scale')} indicator '{indicator.id}': scale {source.scale:g} from '{unit}' to unit "
                f"'{indicator.unit}'; expected {expected:g}"
            )


# --- sentences.yaml -----------------------------------------------------------------------------------------


def _sentence_faults(file: SentencesFile, line: Lines, files: Files) -> Iterator[str]:
    """Each sentence has an indicator or a reason why not, and each indicator shows a sentence."""
    known = [sentence.id for sentence in file.sentences]
    for number in _repeated(known):
        yield f"{line('sentences', number, 'id')} sentence '{known[number]}' is defined twice; expected each id once"
    for pillar, lines in files.pillars:
        for number, indicator in enumerate(pillar.indicators):
            yield from _worry_faults(indicator, known, _Place(lines, ("indicators", number)))
    if not files.all_pillars:
        return
    shown = {name for pillar, _lines in files.pillars for one in pillar.indicators for name in one.worries}
    subgoals = {subgoal.id for pillar, _lines in files.pillars for subgoal in pillar.subgoals}
    for number, sentence in enumerate(file.sentences):
        place = _Place(line, ("sentences", number))
        if sentence.subgoal is not None and sentence.subgoal not in subgoals:
            yield f"{place('subgoal')} {unknown('subgoal', sentence.subgoal, subgoals)}"
        if sentence.id not in shown and sentence.not_measured is None:
            yield (
                f"{place('id')} no indicator shows sentence '{sentence.id}'; expected one that names it in 'worries', "
                "or the reason in 'not_measured'"
            )


def _worry_faults(indicator: Indicator, known: Sequence[str], place: _Place) -> Iterator[str]:
    if not indicator.worries:
        yield f"{place('worries')} indicator '{indicator.id}' shows no sentence of the agreement; expected one"
    for order, name in enumerate(indicator.worries):
        if name not in known:
            yield f"{place('worries', order)} {unknown('sentence', name, known, 'one of sentences.yaml')}"


# --- evaluations.yaml ---------------------------------------------------------------------------------------


def _evaluation_faults(file: EvaluationsFile, line: Lines, files: Files) -> Iterator[str]:
    for number in _repeated([plan.id for plan in file.evaluations]):
        found = f"evaluation '{file.evaluations[number].id}' is defined twice"
        yield f"{line('evaluations', number, 'id')} {found}; expected each id once"
    indicators = {indicator.id for pillar, _lines in files.pillars for indicator in pillar.indicators}
    for number, plan in enumerate(file.evaluations):
        place = _Place(line, ("evaluations", number))
        yield from _event_faults(plan, files, place)
        if files.areas:
            yield from _treated_faults(plan, files.areas[0], place)
            yield from (f"{place('donors')} {fault}" for fault in _donor_faults(plan, files.areas[0]))
        if files.all_pillars:
            for order, name in enumerate(plan.indicators):
                if name not in indicators:
                    yield f"{place('indicators', order)} {unknown('indicator', name, indicators)}"


def _treated_faults(plan: EvaluationPlan, file: AreasFile, place: _Place) -> Iterator[str]:
    areas = {area.id for area in file.areas}
    if plan.area not in areas:
        yield f"{place('area')} {unknown('area', plan.area, areas, _AREA)}"
    if plan.programme_effect_claimed and (plan.area, plan.start) not in {
        (programme.area, programme.start) for programme in file.programmes
    }:
        yield (
            f"{place('programme_effect_claimed')} no programme of areas.yaml starts in '{plan.area}' in {plan.start}; "
            "expected false, or a programme's area and start"
        )


def _donor_faults(plan: EvaluationPlan, file: AreasFile) -> Iterator[str]:
    areas = {area.id for area in file.areas}
    rules = [part for part in plan.donor_parts if isinstance(part, DonorRule)]
    named = [name for rule in rules for name in (rule.within, *rule.without)]
    for name in [*named, *(part for part in plan.donor_parts if isinstance(part, str))]:
        if name not in areas:
            yield unknown("area", name, areas, _AREA)
    found = plan.donors_among(file.areas)
    for name in plan.neighbours:
        if name not in found:
            yield f"neighbour '{name}' is no donor; expected donors that may feel the programme"
    for number in _repeated(found):
        yield f"donor '{found[number]}' is given twice; expected each area once"
    if plan.area in found:
        yield f"'{plan.area}' is its own donor; expected areas without the programme"
    for rule in rules:
        if rule.within in areas and not any((one.parent, one.kind) == (rule.within, rule.kind) for one in file.areas):
            yield f"no {rule.kind} lies in '{rule.within}'; expected a rule that finds areas of areas.yaml"


def _event_faults(plan: EvaluationPlan, files: Files, place: _Place) -> Iterator[str]:
    """The measure that an evaluation is about is a real one of the area's programme, and began in the plan's start."""
    if plan.measure_taken is None or files.areas is None:
        return
    own = {programme.id for programme in files.areas[0].programmes if programme.area == plan.area}
    known = {
        one.id: one
        for record, _line in files.records
        if record.programme in own and not record.synthetic
        for one in record.measures_taken
    }
    found = known.get(plan.measure_taken)
    if found is None:
        expected = f"a measure taken in '{plan.area}' that is not synthetic"
        yield f"{place('measure_taken')} {unknown('measure taken', plan.measure_taken, known, expected)}"
    elif found.start != plan.start:
        yield (
            f"{place('start')} evaluation '{plan.id}' starts in {plan.start}, and '{found.id}' in {found.start}; "
            "expected the same year"
        )


# --- programmes/ --------------------------------------------------------------------------------------------

_SYNTHETIC = "synthetic-"
_LISTS = ("measures_taken", "findings", "obstacles", "adjustments")


def _record_faults(files: Files) -> Iterator[str]:
    """Each record is of a programme, names subgoals and indicators that there are, and says each thing once."""
    seen: dict[tuple[str, str, object], str] = {}
    for record, line in files.records:
        if files.areas:
            programmes = {programme.id for programme in files.areas[0].programmes}
            if record.programme not in programmes:
                expected = "a programme of areas.yaml"
                yield f"{line('programme')} {unknown('programme', record.programme, programmes, expected)}"
        if record.synthetic != line.shown.rpartition("/")[2].startswith(_SYNTHETIC):
            yield (
                f"{line('synthetic')} synthetic is {str(record.synthetic).lower()}; expected a file that begins with "
                f"'{_SYNTHETIC}' where what it says is made up, and only there"
            )
        for part in _LISTS:
            for number, entry in enumerate(getattr(record, part)):
                place = _Place(line, (part, number))
                yield from _once(seen, (record.programme, part, entry.id), f"'{entry.id}'", place)
                yield from _named_faults(entry, files, place)
        for number, year in enumerate(record.budget):
            place = _Place(line, ("budget", number))
            yield from _once(seen, (record.programme, "budget", (year.year, year.paid_by)), f"{year.year}", place)


def _once(
    seen: dict[tuple[str, str, object], str], key: tuple[str, str, object], name: str, place: _Place
) -> Iterator[str]:
    if key in seen:
        yield f"{place()} {name} of {key[1]} is in {seen[key]} already; expected each once in a programme's record"
    seen.setdefault(key, place())


def _named_faults(entry: Any, files: Files, place: _Place) -> Iterator[str]:
    if not files.all_pillars:
        return
    subgoals = {subgoal.id for pillar, _lines in files.pillars for subgoal in pillar.subgoals}
    if entry.subgoal is not None and entry.subgoal not in subgoals:
        yield f"{place('subgoal')} {unknown('subgoal', entry.subgoal, subgoals)}"
    indicators = {indicator.id for pillar, _lines in files.pillars for indicator in pillar.indicators}
    for number, name in enumerate(entry.indicators if isinstance(entry, MeasureTaken) else []):
        if name not in indicators:
            yield f"{place('indicators', number)} {unknown('indicator', name, indicators)}"
