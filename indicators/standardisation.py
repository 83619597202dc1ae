"""Figures as they would be with the sexes and ages of a standard, so that an old and a young area can be compared.

Direct where all strata of a municipality or a larger area are shown: the standard's persons with the area's own shares.
Indirect where they are not, and of all smaller areas: the area's events over those that the standard's shares would
give its persons, times the standard's own figure. Which cells make up a stratum is data (the catalogue); the strata
themselves are never published. Arrow tables in and out, arrays between them.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from indicators.dictionary import SCHEMA, STANDARDISED
from indicators.intervals import BYAR_FROM
from indicators.rates import directly_standardised_rate, gamma_standardised_rate, indirectly_standardised_ratio

DIRECT, GAMMA, INDIRECT = (
    "direct, Byar's interval",
    "direct, gamma interval: a stratum has fewer than ten events",
    "indirect, exact or Byar's interval: a small area, or not every stratum is shown",
)
_PLACE = ["indicator_id", "area_id", "period"]
_STRATUM = [*_PLACE, "sex", "age"]


class Rule(NamedTuple):
    """How an indicator is standardised: its strata (sex, age), whose composition of which period, persons of a rate."""

    strata: tuple[tuple[str, str], ...]
    standard_id: str
    standard_period: str
    multiplier: float


def strata(parts: pa.Table, rules: Mapping[str, Rule]) -> pa.Table:
    """Return the strata as rows of `measure`, from their parts.

    parts: rows as `measures.measures` gives, whose indicator_id is the indicator's, the stratum's number and `whole` or
    `less`, with bars between. A stratum with something taken off is the difference of counts and of bases, and counts
    as estimated; where the difference is impossible, because of rounding, it is missing.
    """
    rows = parts.to_pandas(date_as_object=True)
    if rows.empty:
        return SCHEMA["measure"].arrow.empty_table()
    rows[["indicator_id", "number", "place"]] = rows["indicator_id"].str.split("|", expand=True)
    numbered = [
        rules[name].strata[int(number)] for name, number in zip(rows["indicator_id"], rows["number"], strict=True)
    ]
    rows["sex"], rows["age"] = [sex for sex, _age in numbered], [age for _sex, age in numbered]
    wholes = rows[rows["place"] == "whole"].set_index(_STRATUM)
    less = rows[rows["place"] == "less"].set_index(_STRATUM).reindex(wholes.index)
    has_less = pd.MultiIndex.from_frame(rows[rows["place"] == "less"][["indicator_id", "number"]].drop_duplicates())
    divided = pd.MultiIndex.from_frame(wholes[["number"]].reset_index()[["indicator_id", "number"]]).isin(has_less)
    for name in ("numerator", "denominator"):
        wholes[name] = np.where(divided, wholes[name] - less[name], wholes[name])
    counts, persons = wholes["numerator"], wholes["denominator"]
    possible = (counts >= 0) & (persons > 0) & (counts <= persons)
    wholes["status"] = np.where(divided & wholes["status"].isna(), "estimated", wholes["status"])
    worse = divided & less["status"].isin(["suppressed", "missing", "incomplete", "not_applicable"])
    wholes["status"] = np.where(worse, less["status"], wholes["status"])
    ratio = [rules[name].multiplier for name in wholes.index.get_level_values("indicator_id")] * counts / persons
    wholes["value"] = ratio.where(possible & wholes["value"].notna())
    wholes.loc[~possible, ["numerator"]] = np.nan
    wholes[["lower", "upper", "confidence"]] = np.nan
    found = wholes.reset_index()
    return pa.Table.from_pandas(found[SCHEMA["measure"].arrow.names], SCHEMA["measure"].arrow, preserve_index=False)


def standardised(
    strata: pa.Table, totals: pa.Table, rules: Mapping[str, Rule], small: frozenset[str] = frozenset()
) -> pa.Table:
    """Return STANDARDISED: one row per figure of `totals` that can be standardised.

    strata: as the function `strata` gives them, protected. totals: the table `measure`, protected, of which a figure is
    standardised where it is shown, complete, and from the same table as its strata. small: areas of which figures are
    confidential. Of these none is told directly: with the total and the bases, few whole numbers of strata lead to a
    direct figure, and a correction by one person shows in which stratum it is.
    """
    rows = strata.to_pandas(date_as_object=True)
    shown = totals.to_pandas(date_as_object=True)
    shown = shown[shown["value"].notna() & (shown["status"] != "incomplete") & shown["indicator_id"].isin(list(rules))]
    by_place = {key: own.set_index(["sex", "age"]) for key, own in rows.groupby(_PLACE)}
    found = []
    for row in shown.to_dict("records"):
        rule = rules[row["indicator_id"]]
        own = _of(by_place, rule, row["indicator_id"], row["area_id"], row["period"])
        base = _of(by_place, rule, row["indicator_id"], rule.standard_id, rule.standard_period)
        same = _of(by_place, rule, row["indicator_id"], rule.standard_id, row["period"])
        if own is None or base is None or set(own["source_table"]) != {row["source_table"]}:
            continue
        direct = _direct(own, base, rule) if row["area_id"] not in small else None
        made = direct or _indirect(row, own, same, rule)
        if made is not None:
            kept = {name: row[name] for name in (*_PLACE, "period_start", "period_end")}
            about = {"crude": row["value"], "strata": len(own), "confidence": 0.95}
            standard = {"standard_id": rule.standard_id, "standard_period": rule.standard_period}
            found.append(kept | about | standard | made)
    found.sort(key=lambda row: (row["indicator_id"], row["area_id"], row["period_end"], row["period"]))
    return pa.Table.from_pylist(found, schema=STANDARDISED.arrow)


def _of(
    by_place: Mapping[Any, pd.DataFrame], rule: Rule, indicator: str, area: str, period: str
) -> pd.DataFrame | None:
    """Return an area's strata of a period in the order of the rule; None where one has no persons."""
    own = by_place.get((indicator, area, period))
    if own is None or not set(rule.strata) <= set(own.index):
        return None
    own = own.loc[list(rule.strata)]
    return own if own["denominator"].notna().all() else None


def _direct(own: pd.DataFrame, base: pd.DataFrame, rule: Rule) -> dict[str, Any] | None:
    if own["value"].isna().any() or (own["status"] == "incomplete").any():
        return None
    events, persons, standard = (
        frame.to_numpy(float) for frame in (own["numerator"], own["denominator"], base["denominator"])
    )
    few = bool((events < BYAR_FROM).any())
    method = gamma_standardised_rate if few else directly_standardised_rate
    value, lower, upper = method(events, persons, standard, multiplier=rule.multiplier)
    return {"method": GAMMA if few else DIRECT, "value": value, "lower": lower, "upper": upper}


def _indirect(
    row: Mapping[str, Any], own: pd.DataFrame, same: pd.DataFrame | None, rule: Rule
) -> dict[str, Any] | None:
    if same is None or same["value"].isna().any() or pd.isna(row["numerator"]):
        return None
    events, persons = same["numerator"].to_numpy(float), same["denominator"].to_numpy(float)
    expected = float(np.sum(own["denominator"].to_numpy(float) * events / persons))
    ratio = indirectly_standardised_ratio(row["numerator"], expected)
    crude = rule.multiplier * events.sum() / persons.sum()
    value, lower, upper = (float(figure) * crude for figure in ratio)
    return {"method": INDIRECT, "value": value, "lower": lower, "upper": upper}
