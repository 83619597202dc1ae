"""Changes of official areas: one row per old and new code, as Klass states them or inferred from yearly lists.

Where only yearly lists of valid codes exist, the successor of a code that ended is inferred, and the row says from what
evidence. Following changes over several years is `graph`'s work.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import cast

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from indicators.dictionary import SCHEMA
from indicators.geography.tree import MUNICIPALITY, TRACT, UNIT

CHANGES = SCHEMA["area_change"].arrow
_PAIR = ["old_code", "new_code"]
_UNPLACED = ("9999", "0000")  # the last digits of units for residents without a known address in the municipality
_ENOUGH = 0.2  # share of a municipality's units that must have moved to another for that to be its successor
_NEARLY_ALL = 0.8  # share of a tract's units that must have moved to another for the tract to have moved as a whole


class ChangeError(ValueError):
    """Changes that contradict themselves; the message names the date and the codes."""


def changes_from_klass(stated: pd.DataFrame, areas: pd.DataFrame, level: str) -> pd.DataFrame:
    """Return changes (columns of CHANGES) of a level as Klass states them.

    stated: change_date, old_code, old_name, new_code, new_name; old is null where an area is new, new where it ends.
    areas: official areas, which show what stays valid beside the change.
    """
    rows = stated.assign(level=level, evidence="stated by Klass").drop_duplicates([*_PAIR, "change_date"])
    return with_kinds(rows, areas)


def with_kinds(rows: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """Return the changes with their kind, which depends on how many areas take part before (n) and after (m).

    1→1: `renumbered`, `renamed`, `respelled` (case and spacing alone) or `renumbered and renamed`; n→1 `merged`; 1→n
    `split`; n→m `rearranged`; `born` without a predecessor and `ended` without a successor. An area that keeps its code
    while it takes in another, or gives a part away, counts on both sides.
    """
    kinds = [_with_kinds_of_day(group, _continuing_codes(areas, level, day)) for (level, day), group in _by_day(rows)]
    if not kinds:
        return pd.DataFrame(columns=CHANGES.names)
    return pd.concat(kinds, ignore_index=True)[CHANGES.names]


def _by_day(rows: pd.DataFrame) -> Iterator[tuple[tuple[str, date], pd.DataFrame]]:
    for (level, day), group in rows.groupby(["level", "change_date"], sort=True):
        yield (str(level), cast(date, day)), group


def _continuing_codes(areas: pd.DataFrame, level: str, day: date) -> set[str]:
    """Codes of the level that are valid both the day before and on the day."""
    own = areas[areas["level"] == level]
    ends = own["valid_to"].map(lambda end: date.max if end is None or pd.isna(end) else end)
    before = own.loc[(own["valid_from"] < day) & (ends >= day), "code"]
    after = own.loc[(own["valid_from"] <= day) & (ends > day), "code"]
    return set(before) & set(after)


def _with_kinds_of_day(group: pd.DataFrame, continuing: set[str]) -> pd.DataFrame:
    kind = pd.Series("ended", index=group.index).mask(group["old_code"].isna(), "born")
    linked = group.dropna(subset=_PAIR)
    if linked.empty:
        return group.assign(kind=kind)
    stays = sorted(continuing & {*linked["old_code"], *linked["new_code"]})
    old, olds = pd.factorize(np.array([*linked["old_code"], *stays]))
    new, news = pd.factorize(np.array([*linked["new_code"], *stays]))
    edges = coo_array((np.ones(len(old)), (old, new + len(olds))), shape=(len(olds) + len(news),) * 2)
    count, component = connected_components(edges, directed=False)
    olds = np.bincount(component[: len(olds)], minlength=count)
    news = np.bincount(component[len(component) - len(news) :], minlength=count)
    at = component[old[: len(linked)]]
    parts = (olds[at], news[at], *(linked[name] for name in ("old_code", "new_code", "old_name", "new_name")))
    kinds = [_kind(*row) for row in zip(*parts, strict=True)]
    return group.assign(kind=pd.Series(kinds, index=linked.index).reindex(group.index).fillna(kind))


def _kind(before: int, after: int, old_code: str, new_code: str, old_name: str | None, new_name: str | None) -> str:
    if before > 1:
        return "rearranged" if after > 1 else "merged"
    if after > 1:
        return "split"
    renamed = _normalised(str(old_name)) != _normalised(str(new_name))
    if old_code != new_code:
        return "renumbered and renamed" if renamed else "renumbered"
    return "renamed" if renamed else "respelled"


def _normalised(name: str) -> str:
    """Return the name without case, extra spaces and leading zeros: `Tangen-åskollen  01` is `Tangen - Åskollen 1`."""
    return re.sub(r"\b0+(?=\d)", "", re.sub(r"\s*([-/.])\s*", r"\1", " ".join(name.casefold().split())))


# --- inference from yearly lists ------------------------------------------------------------------------------------


def changes_from_lists(areas: pd.DataFrame) -> pd.DataFrame:
    """Return changes (columns of CHANGES) of basic statistical units, tracts and municipalities, inferred.

    areas: official areas as `tree.from_yearly_lists` gives them. For each day on which units end and others begin,
    successors are sought in the municipality itself and in those that enough of its units went to. Two match by,
    in this order: last four digits and name; name; last two digits in a tract that moved as a whole; the name alone,
    anywhere; the name with an addition, in the same tract; and last, all that ended in a tract with all that began
    there. A unit without successor is `ended`, one without predecessor `born`. A unit that lost a part but kept its
    code leaves no trace in lists; only Klass' own changes show it. Changes of municipalities and tracts follow from
    where their units went.
    """
    units = areas[areas["level"] == UNIT]
    edges = [_inferred_edges(units, day) for day in _days_of_change(units)]
    found = pd.concat(edges, ignore_index=True) if edges else pd.DataFrame(columns=[*_PAIR, "change_date", "evidence"])
    names = _names_by_period(units)
    rows = [_with_names(found, names).assign(level=UNIT)]
    for level, digits in ((MUNICIPALITY, 4), (TRACT, 6)):
        rows.append(_changes_of_larger_areas(found, areas[areas["level"] == level], level, digits))
    return with_kinds(pd.concat(rows, ignore_index=True), areas)


def _days_of_change(units: pd.DataFrame) -> list[date]:
    first = units["valid_from"].min()
    days = {*units["valid_from"], *units["valid_to"].dropna()}
    return sorted(day for day in days if day is not None and day > first)


def _names_by_period(areas: pd.DataFrame) -> pd.DataFrame:
    return areas[["code", "name", "valid_from", "valid_to"]]


def _with_names(edges: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """Add the names that the codes had the day before and on the day of the change."""
    before = names.rename(columns={"code": "old_code", "name": "old_name", "valid_to": "change_date"})
    after = names.rename(columns={"code": "new_code", "name": "new_name", "valid_from": "change_date"})
    named = edges.merge(before.drop(columns="valid_from"), on=["old_code", "change_date"], how="left")
    return named.merge(after.drop(columns="valid_to"), on=["new_code", "change_date"], how="left")


def _inferred_edges(units: pd.DataFrame, day: date) -> pd.DataFrame:
    """Infer one day's edges: old_code, new_code (null where none), change_date, evidence; also changes of name."""
    ended = units[units["valid_to"].map(lambda end: end == day)]
    begun = units[units["valid_from"] == day]
    same = ended[["code", "name"]].merge(begun[["code", "name"]], on="code")
    renamed = same[same["name_x"] != same["name_y"]]["code"]
    gone = _match_keys(ended[~ended["code"].isin(begun["code"])])
    born = _match_keys(begun[~begun["code"].isin(ended["code"])])
    edges = [
        pd.DataFrame({"old_code": renamed, "new_code": renamed, "evidence": "same code"}),
        *_successors(gone, born),
    ]
    found = pd.concat(edges, ignore_index=True)
    left = gone.loc[~gone["code"].isin(found["old_code"]), "code"]
    new = born.loc[~born["code"].isin(found["new_code"]), "code"]
    alone = [
        pd.DataFrame({"old_code": left, "new_code": None, "evidence": "no successor in the lists"}),
        pd.DataFrame({"old_code": None, "new_code": new, "evidence": "no predecessor in the lists"}),
    ]
    return pd.concat([found, *alone], ignore_index=True).assign(change_date=day)


def _match_keys(units: pd.DataFrame) -> pd.DataFrame:
    code = units["code"]
    return pd.DataFrame(
        {
            "code": code,
            "municipality": code.str[:4],
            "tract": code.str[:6],
            "last4": code.str[4:],
            "last2": code.str[6:],
            "name": units["name"].map(_letters),
            "stem": units["name"].map(_stem),
        }
    )


def _successors(gone: pd.DataFrame, born: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield edges from the strongest evidence to the weakest, each among the units that have no match yet."""
    pairs = _successor_municipalities(gone, born)
    unplaced = gone["last4"].isin(_UNPLACED)
    yield _match_unplaced(gone[unplaced], born, pairs)
    gone, born = gone[~unplaced], born[~born["last4"].isin(_UNPLACED)]
    matched: list[pd.DataFrame] = []
    for keys, evidence in (
        (["last4", "name"], "same last four digits and name, in the municipality's successor"),
        (["name"], "same name, in the municipality's successor"),
    ):
        edges = _match_one_to_one(gone, born, pairs, keys)
        matched.append(edges)
        yield edges.assign(evidence=evidence)
        gone, born = _unmatched(gone, born, edges)
    tracts = _successor_tracts(pd.concat(matched))
    edges = _match_one_to_one(gone, born, tracts.rename(columns={"old": "old_tract", "new": "new_tract"}), ["last2"])
    yield edges.assign(evidence="same place in a tract that moved as a whole")
    gone, born = _unmatched(gone, born, edges)
    edges = _match_one_to_one(gone, born, None, ["name"])
    yield edges.assign(evidence="same name, the only one of that name that changed")
    gone, born = _unmatched(gone, born, edges)
    edges = _match_by_stem(gone, born)
    yield edges
    gone, born = _unmatched(gone, born, edges)
    edges = _match_within_tracts(gone, born, tracts)
    yield edges.assign(evidence="all that ended and began in one tract")


def _unmatched(gone: pd.DataFrame, born: pd.DataFrame, edges: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    return gone[~gone["code"].isin(edges["old_code"])], born[~born["code"].isin(edges["new_code"])]


def _successor_municipalities(gone: pd.DataFrame, born: pd.DataFrame) -> pd.DataFrame:
    """Return pairs old_municipality, new_municipality: those between which enough units moved, and each with itself."""
    certain = pd.concat([_match_one_to_one(gone, born, None, keys) for keys in (["last4", "name"], ["name"])])
    certain = certain.drop_duplicates()
    votes = pd.DataFrame({"old": certain["old_code"].str[:4], "new": certain["new_code"].str[:4]}).value_counts()
    pairs = votes.rename("votes").reset_index()
    smaller = np.minimum(
        pairs["old"].map(gone["municipality"].value_counts()), pairs["new"].map(born["municipality"].value_counts())
    )
    believed = pairs[pairs["votes"] >= _ENOUGH * smaller][["old", "new"]]
    own = pd.DataFrame({"old": gone["municipality"].unique()}).assign(new=lambda frame: frame["old"])
    found = pd.concat([believed, own]).drop_duplicates()
    return found.rename(columns={"old": "old_municipality", "new": "new_municipality"})


def _match_one_to_one(
    gone: pd.DataFrame, born: pd.DataFrame, within: pd.DataFrame | None, keys: list[str]
) -> pd.DataFrame:
    """Return edges between units that agree in the keys, where neither has another candidate."""
    old, new = gone.add_prefix("old_"), born.add_prefix("new_")
    on = ([f"old_{key}" for key in keys], [f"new_{key}" for key in keys])
    if within is None:
        met = old.merge(new, left_on=on[0], right_on=on[1])
    else:
        left, right = within.columns
        met = old.merge(within, on=left).merge(new, left_on=[right, *on[0]], right_on=[right, *on[1]])
    alone = ~met["old_code"].duplicated(keep=False) & ~met["new_code"].duplicated(keep=False)
    return met.loc[alone, _PAIR].reset_index(drop=True)


def _match_unplaced(gone: pd.DataFrame, born: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Match units for residents without a known address with those of each of their municipality's successors."""
    old, new = gone.add_prefix("old_"), born[born["last4"].isin(_UNPLACED)].add_prefix("new_")
    met = old.merge(pairs, on="old_municipality").merge(
        new, left_on=["new_municipality", "old_last4"], right_on=["new_municipality", "new_last4"]
    )
    return met[_PAIR].assign(evidence="the unplaced of the municipality's successor")


def _successor_tracts(edges: pd.DataFrame) -> pd.DataFrame:
    """Return pairs old, new of tracts (six digits) where nearly all matched units of the old went to the new."""
    votes = pd.DataFrame({"old": edges["old_code"].str[:6], "new": edges["new_code"].str[:6]}).value_counts()
    pairs = votes.rename("votes").reset_index()
    share = pairs["votes"] / pairs.groupby("old")["votes"].transform("sum")
    return pairs[share >= _NEARLY_ALL][["old", "new"]]


def _letters(name: str) -> str:
    """Return the name's letters and digits: the same for `Missingmyr og slangsvold` and `Missingmyr - Slangsvold`."""
    return re.sub(r"\bog\b|[\W_]", "", _normalised(name))


def _stem(name: str) -> str:
    """Return the name without its last number or point of the compass: `Loenga` for `Loenga sør` and `Loenga 2`."""
    ending = r"[\s-]+((rode )?\d+|nord|sør|øst|vest|nedre|øvre|midt|indre|ytre|nordre|søndre|østre|vestre)$"
    return _letters(re.sub(ending, "", _normalised(name)))


def _match_by_stem(gone: pd.DataFrame, born: pd.DataFrame) -> pd.DataFrame:
    """Match a unit that ended with those in its tract that have its name with an addition: `Ljabru` → nord, sør."""
    met = gone.merge(born, left_on=["tract", "name"], right_on=["tract", "stem"])
    edges = pd.DataFrame({"old_code": met["code_x"], "new_code": met["code_y"]})
    return edges.assign(evidence="its name with an addition, in the same tract")


def _match_within_tracts(gone: pd.DataFrame, born: pd.DataFrame, tracts: pd.DataFrame) -> pd.DataFrame:
    """Match all unmatched units of a tract with all new ones in it: exact for their sum, by weight for each unit."""
    own = pd.DataFrame({"old": gone["tract"].unique()}).assign(new=lambda frame: frame["old"])
    within = pd.concat([tracts, own]).drop_duplicates()
    met = gone.merge(within, left_on="tract", right_on="old").merge(born, left_on="new", right_on="tract")
    return pd.DataFrame({"old_code": met["code_x"], "new_code": met["code_y"]})


def _changes_of_larger_areas(edges: pd.DataFrame, areas: pd.DataFrame, level: str, digits: int) -> pd.DataFrame:
    """Return changes of municipalities or tracts, from where their units went; only of codes that ended or began."""
    ends = "00" if level == TRACT else ""
    placed = edges.dropna(subset=_PAIR)
    placed = placed[~placed["old_code"].str[4:].isin(_UNPLACED)]
    pairs = pd.DataFrame(
        {
            "old_code": placed["old_code"].str[:digits] + ends,
            "new_code": placed["new_code"].str[:digits] + ends,
            "change_date": placed["change_date"],
        }
    ).drop_duplicates()
    gone, born = (areas[["code", day]].set_axis(["code", "change_date"], axis=1) for day in ("valid_to", "valid_from"))
    # A code that only has a new name or parent from that day on continues.
    continuing = gone.merge(born)
    gone = _rows_not_in(continuing, gone.dropna()).rename(columns={"code": "old_code"})
    born = _rows_not_in(continuing, born).rename(columns={"code": "new_code"})
    moved = pairs[pairs["old_code"] != pairs["new_code"]]
    met = moved.merge(gone, on=["old_code", "change_date"], how="left", indicator="ended").merge(
        born, on=["new_code", "change_date"], how="left", indicator="begun"
    )
    real = met[(met["ended"] == "both") | (met["begun"] == "both")].drop(columns=["ended", "begun"])
    return _with_names(real.drop_duplicates(), _names_by_period(areas)).assign(
        level=level, evidence="where its units went"
    )


def _rows_not_in(others: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    return rows[~pd.MultiIndex.from_frame(rows).isin(pd.MultiIndex.from_frame(others))]
