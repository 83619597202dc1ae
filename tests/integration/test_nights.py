"""When an answer counts as new: closed hours, stamps ahead of the clock, zeros, and sources too long unread.

The server is tests/pxweb_server.py with synthetic tables; only the clock is ours.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from pipelines.decoding.observations import FACTS
from pipelines.providers.pxweb import PxWebClient
from pipelines.providers.tonight import Providers
from pipelines.settings import Settings
from pipelines.steps.asking import PROVISIONAL, Outcome
from pipelines.workplace.night import Night, compose
from tests.integration.test_stages import synthetic_tables, unhurried
from tests.pxweb_server import PxWebServer, SyntheticTable
from tests.unit import real_catalogue

NAME, TABLE = "ssb/11084", "11084"
EVENING = datetime(2026, 12, 1, 21, 0, tzinfo=ZoneInfo("Europe/Oslo"))


@dataclass
class House:
    """A store, a server, and the time."""

    server: PxWebServer
    folder: Path
    now: datetime = EVENING
    anyway: bool = False
    asked: list[str] = field(default_factory=list)

    @property
    def table(self) -> SyntheticTable:
        return self.server.tables[TABLE]

    def night(self) -> Night:
        providers = Providers(real_catalogue().providers, anyway=self.anyway, clock=lambda: self.now)
        providers.clients = {"ssb": PxWebClient(unhurried(self.server.url, "ssb"))}
        return compose(Settings("live", data_dir=self.folder), providers=providers)

    def take(self) -> Outcome:
        """Do what a night does with one source; what was asked stands in `asked`."""
        asking = self.night().asking
        before = len(self.server.requests)
        outcome = asking.take(NAME) if asking.changed(NAME) else Outcome("unchanged", "nothing changed", None)
        self.asked = [request.path for request in self.server.requests[before:]]
        return outcome

    def figures(self) -> list[float | None]:
        found = self.night().asking.vintages.standing(NAME).tables(FACTS)
        return found[-1][1].read(["value"])["value"].to_pylist()


@pytest.fixture(scope="module")
def table() -> SyntheticTable:
    return synthetic_tables()[TABLE]


@pytest.fixture
def house(table: SyntheticTable, tmp_path: Path) -> Iterator[House]:
    with PxWebServer([deepcopy(table)]) as server:
        yield House(server, tmp_path)


def at(house: House, text: str) -> None:
    house.now = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Oslo"))


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("2026-12-02T04:44", None),
        ("2026-12-02T04:45", "08:20"),
        ("2026-12-02T08:19", "08:20"),
        ("2026-12-02T08:20", None),
        ("2026-12-02T11:30", "11:40"),
        ("2026-07-02T06:30", "08:20"),  # summer time
    ],
)
def test_in_closed_hours_nobody_is_asked_and_it_is_said_until_when(house: House, text: str, until: str | None) -> None:
    at(house, text)
    outcome = house.take()
    if until is None:
        assert outcome.state == "new"
        return
    assert house.asked == []
    assert outcome.state == "unchanged"
    said = house.night().asking.closed()
    assert f"until {until} (Europe/Oslo)" in said["ssb"]
    assert "--anyway" in said["ssb"]
    # As the user interface does, which materialises the asset without asking first.
    taken = house.night().asking.take(NAME)
    assert taken.state == "absent"
    assert f"until {until}" in taken.message


def test_who_insists_asks_all_the_same(house: House) -> None:
    at(house, "2026-12-02T06:30")
    house.anyway = True
    assert house.take().state == "new"
    assert house.night().asking.closed() == {}


def test_zeros_of_the_morning_are_not_published_and_the_true_figures_are(house: House) -> None:
    """As a person insists on at 06:30: the table is all zeros, stamped with the 08:00 to come, as the true ones are."""
    house.take()
    before = house.figures()
    values, status = house.table.values.copy(), house.table.status.copy()
    house.table.revise("2026-12-02T07:00:00Z", np.zeros_like(values), status)
    at(house, "2026-12-02T06:30")
    house.anyway = True
    outcome = house.take()
    assert outcome.state == "failed"
    assert "have become 0 or empty" in outcome.message
    assert "stand" in outcome.message
    assert house.figures() == before
    house.anyway = False
    house.table.revise("2026-12-02T07:00:00Z", values * 2, status)
    at(house, "2026-12-02T09:00")
    assert house.take().state == "new"
    assert house.figures() == [value and value * 2 for value in before]


def test_a_stamp_ahead_of_the_clock_is_not_remembered(house: House) -> None:
    values, status = house.table.values.copy(), house.table.status.copy()
    house.table.revise("2026-12-02T07:00:00Z", values, status)
    at(house, "2026-12-02T03:10")
    outcome = house.take()
    assert outcome.state == "new"
    assert outcome.fetch is not None
    assert "still to come" in outcome.fetch.notes[PROVISIONAL]
    # The true figures come under the same stamp.
    house.table.revise("2026-12-02T07:00:00Z", values + 1, status)
    at(house, "2026-12-03T03:10")
    assert house.take().state == "new"
    assert house.take().state == "unchanged"


def test_a_source_is_read_anew_when_it_is_too_old_each_on_a_day_of_its_own(house: House) -> None:
    house.now = start = datetime.now(UTC)
    house.anyway = True
    house.take()
    first = 1
    while f"/tables/{TABLE}/data" not in house.asked or first == 1:
        house.now = start + timedelta(days=first)
        house.take()
        first += 1
    assert 21 < first <= 32
    names = list(real_catalogue().tables)
    night = house.night()
    known = night.store.snapshots.latest("ssb", TABLE)
    assert known is not None
    due: dict[str, int] = {}
    for name in names:
        provider, _, table_id = name.partition("/")
        other = type(known)(**{**vars(known), "provider": provider, "table_id": table_id, "fetched_at": start})
        for day in range(1, 40):
            house.now = start + timedelta(days=day)
            if night.asking._is_to_be_read_anew(other):
                due[name] = day
                break
    assert max(due.values()) <= 31
    assert len(set(due.values())) >= 6


def test_a_rest_that_vanished_is_told_only_where_nearly_all_did(house: House) -> None:
    house.take()
    values, status = house.table.values.copy(), house.table.status.copy()
    values[..., -1] = 0  # the newest year alone
    house.table.revise("2026-11-30T07:00:00Z", values, status)
    assert house.take().state == "new"


class Broken:
    """A client whose answers nobody has thought of."""

    def updated(self, table_id: str, known: str | None = None) -> str | None:
        raise TypeError("unhashable type: 'list'")

    def fetch(self, query: Any, known_updated: str | None = None) -> None:
        raise TypeError("unhashable type: 'list'")


@pytest.mark.parametrize("first", [True, False])
def test_an_error_that_nobody_foresaw_is_one_sources_own(house: House, first: bool) -> None:
    if not first:
        house.take()
    asking = house.night().asking
    asking.providers.clients["ssb"] = Broken()  # type: ignore[assignment]
    assert asking.changed(NAME)
    outcome = asking.take(NAME)
    assert outcome.state == "failed"
    assert "ssb/11084: TypeError: unhashable type: 'list' (at test_nights.py:" in outcome.message
    assert ("stand" if not first else "no earlier figures") in outcome.message
