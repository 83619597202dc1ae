"""A delivery weighed before it is kept: which of its figures stand out from what stands already.

Gathers what figures are compared with. The arithmetic is `indicators.plausibility`'s, what becomes of the file
`asking`'s.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from indicators import plausibility
from indicators.catalogue import Catalogue
from indicators.catalogue.contracts import Contents, DeliveryContract
from indicators.catalogue.models import Area, IndicatorSource
from indicators.plausibility import Reason
from pipelines.deliveries.reading import Reading
from pipelines.formats.format_error import Fault, Kind
from pipelines.formats.grid import Place
from pipelines.formats.untrusted import quoted
from pipelines.storage.lake import Lake, LakeError

_COLUMNS = ["area_id", "area_label", "period_start", "period_end", "cell", "value"]
_RESIDENTS = "population/residents"  # made by a later stage: those of the night before count
_SMALL = 20  # persons: of fewer it is not said how many were expected
_SHARES = ("share", "percent", "per_1000")


def faults(
    catalogue: Catalogue, lake: Lake, reading: Reading, given: pa.Table, known: Sequence[pa.Table]
) -> list[Fault]:
    """Return each figure of a delivery that stands out, with its place in the file and what was expected.

    given: its facts, a row for each of the reading's. known: facts of the same contract that stand, later ones last. A
    first delivery has no history that it could leave: real ones hold jumps of their own.
    """
    contract = reading.contract
    new = by_id(catalogue.areas, figures_of(contract, given))
    tables = [table.select(_COLUMNS) for table in known]
    old = by_id(catalogue.areas, figures_of(contract, pa.concat_tables(tables))) if known else new.head(0)
    found = [against_parts(catalogue, new, old)]
    if known:
        found.append(against_history(contract, new, old))
    if (residents := _there(lake, _RESIDENTS)) is not None:
        found.append(against_residents(contract, new, residents))
    sources = list(_beside(catalogue, f"delivery/{contract.id}"))
    others = {
        name: facts for name in {other.table for _own, other in sources} if len(facts := _other(catalogue, lake, name))
    }
    found.append(against_other_source(sources, new, others))
    out = _together(found).drop_duplicates(["figure", "reason"])
    return [
        _fault(catalogue, reading, new.loc[row["figure"]], int(row["figure"]), row) for row in out.to_dict("records")
    ]


def _fault(catalogue: Catalogue, reading: Reading, figure: pd.Series, at: int, row: Mapping[Any, Any]) -> Fault:
    """Say which figure it is, what was expected and how far off it is."""
    known = catalogue.areas.get(figure["area"])
    area = known.name if known is not None else quoted(figure["area"])
    period = reading.columns["period"][at].as_py()
    what = f"{area} {period}, {figure['cell'].replace('|', ', ')}: {row['reason']}"
    place = Place(row=int(reading.row[at]))
    # A count's share of the whole is no count: its figure stands beside that of the whole, and is told in per cent.
    reckoned = row["value"] != figure["value"] and figure["kind"] in ("count", "percent")
    ratio = row["reason"] == Reason.RATIO or (row["reason"] == Reason.SOURCE and reckoned)
    shown = f"{row['value']:.2%}" if ratio else f"{row['value']:,.6g}"
    expected = _expected(row, "ratio" if ratio else figure["kind"])
    return Fault(place, f"{what}{expected}", shown, kind=Kind.STANDS_OUT)


def _expected(row: Mapping[Any, Any], kind: str) -> str:
    """Say what was expected, in two digits: a hidden figure that it was reckoned from must not be read out of it."""
    if np.isnan(row["expected"]):
        return ""
    high = f"to {_rough(row['high'], kind)}"
    words = f"; expected about {_rough(row['expected'], kind)} (from {_rough(row['low'], kind)} {high})"
    return words + (f", {row['off']:,.0f} times the noise off" if not np.isnan(row["off"]) else "")


def _rough(value: float, kind: str) -> str:
    if kind == "count" and value < _SMALL:
        return f"under {_SMALL}"
    if kind == "ratio":
        return f"{float(f'{100 * value:.2g}'):g} %"
    return f"{float(f'{value:.2g}'):,g}"


def _beside(catalogue: Catalogue, table: str) -> Iterator[tuple[IndicatorSource, IndicatorSource]]:
    """Yield an indicator's source in a table with each one in another table of which single figures are compared.

    Of an annual mean no single figure is told, and where the whole is the residents of another table none is there.
    """
    for indicator in catalogue.indicators.values():
        single = [one for one in indicator.sources if one.method != "annual_mean" and one.among_residents is None]
        own = [source for source in single if source.table == table]
        yield from ((source, other) for source in own for other in single if other.table != table)


def _other(catalogue: Catalogue, lake: Lake, name: str) -> pd.DataFrame:
    """Return the standing figures of another table, areas by their ids."""
    facts = _there(lake, f"facts/{name}")
    if facts is None:
        return pd.DataFrame(columns=plausibility.FIGURES)
    contract = catalogue.contracts.get(name.removeprefix("delivery/"))
    if contract is not None:
        return by_id(catalogue.areas, figures_of(contract, facts))
    read = facts.select(_COLUMNS).to_pandas(date_as_object=False)
    columns = {
        "area": read["area_id"],
        "start": read["period_start"],
        "span": _months(read),
        "kind": "other",
        "half": 0.0,
        "count": np.nan,
    }
    return by_id(catalogue.areas, read.assign(**columns)[plausibility.FIGURES].dropna(subset=["area", "value"]))


def _there(lake: Lake, key: str) -> pa.Table | None:
    try:
        return lake.read(key) if lake.kept(key) is not None else None
    except LakeError:
        return None  # damaged: the doctor tells, and no delivery waits for it


def figures_of(contract: DeliveryContract, facts: pa.Table) -> pd.DataFrame:
    """Return facts of a contract as the frame that `indicators.plausibility` takes; the label is the row of the facts.

    Figures without a value are left out.
    """
    read = facts.select(_COLUMNS).to_pandas(date_as_object=False)
    read = read[read["value"].notna()]
    kinds = {cell: _contents_of(contract, cell) for cell in read["cell"].unique()}
    of_row = read["cell"].map({cell: number for number, cell in enumerate(kinds)}).to_numpy(int)
    kind = np.array([contents.kind for contents in kinds.values()], object)
    half = np.array([_half(contents) for contents in kinds.values()])
    frame = pd.DataFrame(
        {
            "area": read["area_id"].fillna(read["area_label"]),
            "cell": read["cell"],
            "start": read["period_start"],
            "span": _months(read),
            "value": read["value"],
            "kind": kind[of_row] if len(kind) else [],
            "half": half[of_row] if len(kind) else [],
            "count": np.nan,
        },
        read.index,
    )
    for count, share in _pairs(contract):
        _put_counts(frame, count, share)
    return frame


def against_history(contract: DeliveryContract, given: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Return the figures that leave their own history, and pairs of count and share that no longer go together."""
    found = [plausibility.jumps(given, known), plausibility.copied_periods(given, known)]
    found.append(plausibility.swapped_columns(given, known))
    for count, share in _pairs(contract):
        new, old = (plausibility.implied_denominators(frame, count, share) for frame in (given, known))
        found.append(plausibility.jumps(new, old, Reason.PAIR))
    for part, whole in _parts(contract):
        new, old = (plausibility.shares_of(frame, part, whole) for frame in (given, known))
        found.append(plausibility.jumps(new, old, Reason.RATIO))
    return _together(found)


def against_parts(catalogue: Catalogue, given: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Return the figures of areas that lie outside those of their parts, or are not their sum."""
    return plausibility.parts_and_wholes(given, known, covered(catalogue.areas))


def against_residents(contract: DeliveryContract, given: pd.DataFrame, residents: pa.Table) -> pd.DataFrame:
    """Return the counts of persons that are larger than the residents of their area.

    residents: as the step `population/residents` makes it.
    """
    persons = [contents for contents in contract.contents if contents.kind == "count" and "person" in contents.unit]
    columns = residents.select(["area_id", "period_start", "sex", "age", "upper"]).to_pandas(date_as_object=False)
    everyone = columns[(columns["sex"] == "both") & (columns["age"] == "all")]
    most = pd.DataFrame(
        {"area": everyone["area_id"], "year": everyone["period_start"].dt.year, "persons": everyone["upper"]}
    )
    of_persons = given["cell"].str.contains("|".join(_word(contents) for contents in persons) or "$^", regex=True)
    return plausibility.more_than_residents(given[of_persons & given["kind"].eq("count")], most)


def against_other_source(
    sources: Sequence[tuple[IndicatorSource, IndicatorSource]], given: pd.DataFrame, others: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Return the figures that differ from the same indicator's in another table.

    sources: of an indicator its source in this delivery and one in another table. others: that table's figures.
    """
    found = []
    for own, other in sources:
        theirs = others.get(other.table)
        if theirs is not None and len(theirs):
            found.append(plausibility.unlike_other_source(_values(own, given), _values(other, theirs)))
    return _together(found)


def covered(areas: Mapping[str, Area]) -> dict[str, list[str]]:
    """Return the ids of the areas that others of the catalogue cover wholly, and by which."""
    found = {
        area.id: [part.id for part in areas.values() if part.parent == area.id and part.kind in area.covered_by]
        for area in areas.values()
    }
    return {whole: parts for whole, parts in found.items() if parts}


def by_id(areas: Mapping[str, Area], figures: pd.DataFrame) -> pd.DataFrame:
    """Return figures with the ids of areas in the place of the codes that they come with, whatever the year's.

    A code that is only one of several of an area stays: it is a part of it. Of one figure under two codes that of its
    year's code stands, for files of several years often have a zero under the other one; else the last.
    """
    single = {part.codes[0]: (area.id, part) for area in areas.values() for part in area.parts if len(part.codes) == 1}
    of_code = {code: single[code] for code in figures["area"].unique() if code in single}
    years = figures["start"].dt.year
    of_its_year = pd.Series(True, figures.index)
    for code, (_area, part) in of_code.items():
        of_its_year &= (figures["area"] != code) | years.between(part.first, part.last)
    placed = figures.assign(area=figures["area"].map(lambda code: of_code[code][0] if code in of_code else code))
    preferred = placed.loc[of_its_year.sort_values(kind="stable").index]
    return preferred.drop_duplicates(plausibility.KEY, keep="last").sort_index()


def _values(source: IndicatorSource, figures: pd.DataFrame) -> pd.DataFrame:
    """Return an indicator's values of one table in its unit, with the label of the figure that they hang on."""
    cells: dict[str, set[str]] = {}
    for role, cell in source.cells():
        cells.setdefault(role, set()).add(cell)
    if "value" in cells:
        own = figures[figures["cell"].isin(cells["value"])]
        scaled = own.assign(value=own["value"] * source.scale, half=own["half"] * source.scale, cell="", count=np.nan)
        return scaled.assign(kind=np.where(scaled["kind"].isin(["share", "percent"]), "share", "amount"))
    key = ["area", "start", "span"]
    numerators = figures[figures["cell"].isin(cells["numerator"])].reset_index(names="label").groupby(key)
    denominators = figures[figures["cell"].isin(cells["denominator"])].groupby(key)
    parts = numerators.agg(value=("value", "sum"), there=("value", "size"), label=("label", "first"))
    wholes = denominators.agg(whole=("value", "sum"), there_of=("value", "size"))
    met = parts.join(wholes, how="inner").reset_index()
    complete = (met["there"] == len(cells["numerator"])) & (met["there_of"] == len(cells["denominator"]))
    met = met[complete & (met["whole"] > 0) & (met["value"] <= met["whole"])]
    frame = met.assign(count=met["value"], value=met["value"] / met["whole"], kind="share", half=0.0, cell="")
    return frame.set_index("label")[plausibility.FIGURES].rename_axis(None)


def _together(found: Sequence[pd.DataFrame]) -> pd.DataFrame:
    there = [frame for frame in found if len(frame)]
    if not there:
        return pd.DataFrame(columns=plausibility.STANDING_OUT)
    return pd.concat(there, ignore_index=True)


def _contents_of(contract: DeliveryContract, cell: str) -> Contents:
    codes = dict(pair.split("=", 1) for pair in cell.split("|"))
    found = contract.contents_of(codes)
    # Projected figures are of a kind of their own, whose code follows from that of the counted ones.
    return found[0] if found else contract.contents[0]


def _months(read: pd.DataFrame) -> pd.Series:
    """Return the length of each period in months."""
    return ((read["period_end"] - read["period_start"]).dt.days / 30.4).round().astype(int)


def _half(contents: Contents) -> float:
    """Return half of the last published decimal; a count is not rounded."""
    return 0.0 if contents.decimals is None or contents.kind == "count" else 0.5 * 10.0**-contents.decimals


def _pairs(contract: DeliveryContract) -> Iterator[tuple[str, str]]:
    """Yield count and share that stand beside each other and can only be of one another: one of each in the file."""
    counts = [contents for contents in contract.contents if contents.kind == "count"]
    shares = [contents for contents in contract.contents if contents.kind in _SHARES]
    if len(counts) == len(shares) == 1 and not counts[0].only and not shares[0].only:
        yield _words(counts[0]), _words(shares[0])


def _parts(contract: DeliveryContract) -> Iterator[tuple[str, str]]:
    for contents in contract.contents:
        if contents.part_of is not None:
            yield f"ContentsCode={contents.code}", f"ContentsCode={contents.part_of}"


def _words(contents: Contents) -> str:
    return f"ContentsCode={contents.code}"


def _word(contents: Contents) -> str:
    return rf"ContentsCode={re.escape(contents.code)}(?:\||$)"


def _put_counts(frame: pd.DataFrame, count: str, share: str) -> None:
    """Put beside each share the count that it is of, so that its chance is known."""
    key = plausibility.KEY
    counts = frame[frame["kind"] == "count"]
    beside = counts.assign(cell=counts["cell"].str.replace(count, share, regex=False))[[*key, "value"]]
    met = frame.reset_index(names="label").merge(beside, on=key, suffixes=("", "_of")).drop_duplicates("label")
    frame.loc[met["label"], "count"] = met["value_of"].to_numpy()
