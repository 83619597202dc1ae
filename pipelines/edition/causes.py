"""Why a published figure is another than in the edition before: from what the two editions were made of.

A row names its answers, its indicator and its area, so that most reasons are the row's own: a new answer, a file that
was taken back, a key of the catalogue, other boundaries. What is worked out from measures has the reasons of theirs.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from indicators.catalogue import Catalogue
from pipelines.storage.snapshots import DELIVERED

NEW_PERIOD, REVISED, DELIVERY, WITHDRAWAL = "new period", "revised by the source", "delivery", "withdrawal"
CATALOGUE, BOUNDARY, DISCLOSURE, CODE = "catalogue change", "boundary change", "disclosure", "code change"
OTHER_FIGURES, NEWER_ANSWER = "other figures", "newer answer"
FIRST_EDITION, NOT_RECORDED = "first edition", "not recorded"
ORDER = (
    *(NEW_PERIOD, REVISED, DELIVERY, WITHDRAWAL, CATALOGUE, BOUNDARY, DISCLOSURE, CODE, OTHER_FIGURES),
    *(NEWER_ANSWER, FIRST_EDITION, NOT_RECORDED),
)
"""All reasons, the most particular first."""
_NAMED = 4
_LETTERS = 12  # of an answer's name

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Why:
    """The reasons of one change, in ORDER, each with what is to be named."""

    found: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def reasons(self) -> list[str]:
        """The reasons alone; empty where none is known."""
        return [reason for reason in ORDER if reason in self.found]

    @property
    def because(self) -> str | None:
        """What is named, in the order of the reasons; None for nothing."""
        return listed(name for reason in self.reasons for name in self.found[reason])


def listed(names: Iterable[str]) -> str | None:
    """Return the first few names, each once, and how many more there are."""
    once = list(dict.fromkeys(names))
    more = [f"and {len(once) - _NAMED} more"] if len(once) > _NAMED else []
    return "; ".join([*once[:_NAMED], *more]) or None


@dataclass(frozen=True)
class Causes:
    """What two editions were made of differently.

    came, gone: answers by name, with their sources. withdrawn: names of files that were taken back. keys: of the
    catalogue, those that changed by entry. areas: those whose codes changed. code: modules that changed, by the table.
    """

    catalogue: Catalogue
    came: Mapping[str, str]
    gone: Mapping[str, str]
    withdrawn: frozenset[str]
    keys: Mapping[str, Sequence[str]]
    areas: frozenset[str]
    code: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, catalogue: Catalogue, changed: Iterable[Row], withdrawn: Iterable[str]) -> "Causes":
        """Return the causes that changed rows of `ingredient` are."""
        answers: dict[str, dict[str, str]] = {"new": {}, "gone": {}}
        named: dict[str, defaultdict[str, list[str]]] = {kind: defaultdict(list) for kind in ("catalogue", "code")}
        areas = set()
        for row in changed:
            if row["kind"] == "answer":
                answers[row["event"]][row["name"]] = row["part"]
            elif row["kind"] == "boundary":
                areas.add(row["part"])
            else:
                named[row["kind"]][row["part"]].append(row["name"])
        gone = frozenset(withdrawn)
        return cls(
            catalogue, answers["new"], answers["gone"], gone, named["catalogue"], frozenset(areas), named["code"]
        )

    def of_measure(self, row: Row) -> Why:
        """Return why a row of `measure` changed.

        row: its key, `event`, `known_period` (whether any area had a figure of the period before), and with `new_` and
        `old_` before them source_table, snapshots, denominator and periods_counted; None where there is no such row.
        """
        found: defaultdict[str, list[str]] = defaultdict(list)
        new, old = set(row["new_snapshots"] or ()), set(row["old_snapshots"] or ())
        for answer in sorted((new - old) & self.came.keys()):
            found[self._kind_of_answer(row, self.came[answer])].append(_answer(self.came[answer], answer))
        for answer in sorted((old - new) & self.gone.keys()):
            source = self.gone[answer]
            if answer in self.withdrawn:
                found[WITHDRAWAL].append(_answer(source, answer))
            elif not new:
                found[DELIVERY if source.startswith(DELIVERED) else REVISED].append(f"{source} no longer has it")
        self._of_catalogue(found, row["indicator_id"], [row["area_id"]], _sources(row))
        if row["event"] in ("hidden", "shown"):
            found[DISCLOSURE].append(f"now {row['event']}")
        self._of_code(found, "measure")
        hides = row["new_denominator"] is None
        if not found and row["event"] == "changed" and hides != (row["old_denominator"] is None):
            # Of a figure that stays hidden, the denominator is hidden too where it would tell what a sender hides.
            found[DISCLOSURE].append(f"denominator now {'hidden' if hides else 'shown'}")
        return _why(found)

    def of_derived(self, row: Row, table: str, measures: "MeasureChanges") -> Why:
        """Return why a row of `series` or `comparison` changed: its key, period_end, and the areas that it is about."""
        areas = [area for area in row["areas"] if area is not None]
        found = measures.of(row["indicator_id"], areas, row["period_end"])
        self._of_catalogue(found, row["indicator_id"], areas, ())
        self._of_code(found, table)
        if not found and (others := measures.of(row["indicator_id"], None, None)):
            found[OTHER_FIGURES] = list(dict.fromkeys(name for reason in ORDER for name in others.get(reason, ())))
        return _why(found)

    def _kind_of_answer(self, row: Row, source: str) -> str:
        if source.startswith(f"{DELIVERED}/"):
            return DELIVERY
        if row["event"] == "renewed":
            return NEWER_ANSWER
        more = (row["new_periods_counted"] or 0) > (row["old_periods_counted"] or 0)
        return NEW_PERIOD if more and (row["event"] != "new" or not row["known_period"]) else REVISED

    def _of_catalogue(
        self, found: defaultdict[str, list[str]], indicator: str, areas: Sequence[str], sources: Iterable[str]
    ) -> None:
        about = {part for area in areas for part in self._parts(area)}
        entries = [
            *(f"indicator {indicator}", "disclosure", "programmes"),
            *(f"areas {area}" for area in sorted(about)),
            *(f"tables {source}" for source in sources),
            *(f"contracts {source.removeprefix(f'{DELIVERED}/')}" for source in sources),
        ]
        changed = [f"{entry}: {', '.join(self.keys[entry][:_NAMED])}" for entry in entries if entry in self.keys]
        if changed:
            found[CATALOGUE] += changed
        if moved := sorted(about & self.areas):
            found[BOUNDARY] += [f"codes of {area}" for area in moved]

    def _parts(self, area: str) -> Iterable[str]:
        """An area, and what it is the rest of."""
        known = self.catalogue.areas.get(area)
        rest = known.rest_of if known is not None else None
        return [area] if rest is None else [area, rest.whole, *rest.without]

    def _of_code(self, found: defaultdict[str, list[str]], table: str) -> None:
        if modules := self.code.get(table):
            found[CODE] += list(modules)


class MeasureChanges:
    """Why measures changed, for what is worked out from them."""

    def __init__(self) -> None:
        self._by_indicator: defaultdict[str, list[tuple[str, date | None, Why]]] = defaultdict(list)

    def add(self, row: Row, why: Why) -> None:
        """Take in a changed row of `measure`."""
        if row["event"] != "renewed":
            self._by_indicator[row["indicator_id"]].append((row["area_id"], row["period_end"], why))

    def of(self, indicator: str, areas: Sequence[str] | None, until: date | None) -> defaultdict[str, list[str]]:
        """Return the reasons of an indicator's changes: of these areas, or all; of periods that end by then, or all.

        A row of a series follows from figures up to its own period.
        """
        found: defaultdict[str, list[str]] = defaultdict(list)
        for area, end, why in self._by_indicator[indicator]:
            if (areas is None or area in areas) and (until is None or end is None or end <= until):
                for reason, names in why.found.items():
                    found[reason] += [name for name in names if name not in found[reason]]
        return found


def _why(found: Mapping[str, Sequence[str]]) -> Why:
    return Why({reason: tuple(names) for reason, names in found.items()})


def _answer(source: str, name: str) -> str:
    return f"{source} {name[:_LETTERS]}"


def _sources(row: Row) -> list[str]:
    """The sources of a row now and before; of a rest, those of the whole and its parts."""
    named = [row["new_source_table"], row["old_source_table"]]
    found = (source for text in named if text for part in text.split(" minus ") for source in part.split(", "))
    return list(dict.fromkeys(found))
