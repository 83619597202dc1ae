"""Every twelfth night of a hostile year through the whole refresh, from the servers to the edition that readers open.

The servers are the tests' own, with synthetic figures, and only the clock is ours: no night waits. Statistics Norway
publishes now and then; its caches are not always emptied, its answers fail in every known way, and now and then a
person refreshes in the morning's closed hours, when all figures are zeros. On New Year's Day Klass begins a version.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from pipelines.providers.fhi import FhiClient
from pipelines.providers.klass import KlassClient
from pipelines.providers.pxweb import PxWebClient
from pipelines.providers.tonight import Providers
from pipelines.providers.transport import LiveTransport
from pipelines.settings import Settings
from pipelines.storage import warehouse
from pipelines.workplace import definitions, refreshing
from pipelines.workplace.night import compose
from tests.fhi_server import FhiServer
from tests.integration.test_stages import classifications, fhi_tables, synthetic_tables
from tests.klass_server import KlassServer
from tests.pxweb_server import FaultKind, PxWebServer
from tests.unit import real_catalogue

FIRST, NEW_YEAR, DAYS = date(2026, 7, 1), date(2027, 1, 1), 365
NIGHT, MORNING, REOPENED = time(3, 10), time(6, 30), time(8, 0)
OSLO = ZoneInfo("Europe/Oslo")
WATCHED = "11084"  # published anew some twenty times; of the others no figure ever changes
NEW_CODE = "9998"
TROUBLES: list[FaultKind] = ["404", "429", "500", "503", "truncated", "cut", "drop", "html"]


@dataclass
class Year:
    """The servers, one store, and the time that all of them and the product go by."""

    ssb: PxWebServer
    fhi: FhiServer
    klass: KlassServer
    folder: Path
    now: datetime

    def live(self, url: str, name: str) -> LiveTransport:
        """A transport for which waiting takes no time, but passes it."""
        return LiveTransport(
            url,
            name=name,
            calls_per_minute=10_000,
            clock=lambda: self.now.timestamp(),
            sleep=self.wait,
            now=lambda: self.now,
        )

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def refresh(self, *, anyway: bool = False) -> refreshing.Refreshed:
        """Do the night's work as the command line does."""
        settings = Settings("live", data_dir=self.folder, inbox=self.folder / "inbox")
        providers = Providers(real_catalogue().providers, settings.urls, anyway=anyway, clock=lambda: self.now)
        providers.clients = {
            "ssb": PxWebClient(self.live(self.ssb.url, "ssb")),
            "fhi": FhiClient(self.live(self.fhi.url, "fhi")),
        }
        providers.klass = KlassClient(self.live(self.klass.url, "klass"))
        night = compose(settings, providers=providers)
        return refreshing.refresh(definitions.build(night), night)

    def published(self) -> pd.Series:
        """The watched table's figures, as readers see them."""
        with warehouse.connect(self.folder / "live") as connection:
            found = connection.execute(
                "SELECT area_id, period, dimensions::VARCHAR, value FROM observation WHERE table_id = ? ORDER BY ALL",
                [WATCHED],
            ).df()
        return found.set_index(list(found.columns[:3]))["value"]

    def codes(self) -> set[str]:
        with warehouse.connect(self.folder / "live") as connection:
            return {code for (code,) in connection.execute("SELECT code FROM official_area").fetchall()}


@contextmanager
def serving(folder: Path) -> Iterator[Year]:
    tables = deepcopy(list(synthetic_tables().values()))
    start = datetime.combine(FIRST, NIGHT, OSLO)
    for table in tables:
        table.revise("2026-06-30T06:00:00Z", table.values, table.status)
    municipalities = classifications()["131"]
    code = municipalities.codes.iloc[-1].to_dict() | {"code": NEW_CODE, "name_": "Syntetisk", "valid_from": NEW_YEAR}
    grown = pd.concat([municipalities.codes, pd.DataFrame([code])], ignore_index=True)
    served = classifications() | {"131": replace(municipalities, codes=grown)}
    year: list[Year] = []
    server = PxWebServer(
        tables, caches=True, clock=lambda: year[0].now.timestamp(), now=lambda: year[0].now.astimezone(UTC)
    )
    with server as ssb, FhiServer(fhi_tables()) as fhi, KlassServer(served, today=FIRST) as klass:
        year.append(Year(ssb, fhi, klass, folder, start))
        yield year[0]


@pytest.mark.slow
def test_readers_never_see_less_or_other_than_what_was_published(tmp_path: Path) -> None:
    chance = random.Random(20261125)
    counted = {"published": 0, "failed": 0, "closed": 0, "zeros": 0}
    with serving(tmp_path) as year:
        assert year.refresh().exit_code == 0
        before, first = year.published(), year.ssb.tables[WATCHED].values.copy()
        shifts = [0]
        for day in (FIRST + timedelta(days=number) for number in range(1, DAYS, 12)):
            year.now, year.klass.today = datetime.combine(day, NIGHT, OSLO), day
            table = year.ssb.tables[WATCHED]
            if chance.random() < 0.2:  # at eight in the morning, and from five on there are zeros
                shifts.append(len(shifts))
                opened = datetime.combine(day, REOPENED, OSLO).astimezone(UTC)
                table.revise(
                    f"{opened:%Y-%m-%dT%H:%M:%SZ}", np.where(first > 0, first + shifts[-1], first), table.status
                )
                table.closed = (opened - timedelta(hours=3), opened)
                year.ssb.forget()
                year.now = datetime.combine(day, MORNING, OSLO)
                insists = chance.random() < 0.5
                done = year.refresh(anyway=insists)
                assert insists or "ssb" in done.closed
                counted["zeros" if insists else "closed"] += 1
                assert told_well(done)
                assert (year.published() - before).dropna().unique().tolist() in ([shifts[-2]], *([s] for s in shifts))
                year.now = datetime.combine(day, NIGHT, OSLO) + timedelta(days=1)
            stale = [part for part in ("/metadata", "/data") if chance.random() < 0.1]
            for part in {"/metadata", "/data", "/config"} - set(stale):
                year.ssb.forget(part)
            trouble = chance.choice(TROUBLES) if chance.random() < 0.35 else None
            if trouble:
                hit = chance.choice([WATCHED, WATCHED, *year.ssb.tables])
                path = f"/tables/{hit}{chance.choice(['/metadata', '/data'])}"
                year.ssb.fail(trouble, path=path, times=chance.choice([1, 9]))
            if chance.random() < 0.03:
                year.fhi.faults += [("/data", chance.choice(["429", "503", "truncated", "html"]))] * 9
            if chance.random() < 0.03:
                year.klass.faults += [("/131", "500")] * 9
            done = year.refresh()
            year.ssb._faults.clear()
            year.fhi.faults.clear()
            year.klass.faults.clear()
            counted["published"] += done.state == "published"
            counted["failed"] += bool(done.failures)
            assert told_well(done), day
            [shift] = (year.published() - before).dropna().unique().tolist()
            assert shift in shifts, f"{day}: a mixture, or zeros"
            assert shift == shifts[-1] or trouble or stale, f"{day}: a publication was missed"
            assert (NEW_CODE in year.codes()) == (day >= NEW_YEAR) or "klass" in str(done.failures), day
        year.ssb.forget()
        year.now = datetime.combine(FIRST, NIGHT, OSLO) + timedelta(days=DAYS + 1)
        assert year.refresh().failures == {}
        assert (year.published() - before).dropna().unique().tolist() == [shifts[-1]]
    assert min(counted.values()) >= 3


def told_well(done: refreshing.Refreshed) -> bool:
    """Whether an edition stands, and each failure is a source's own in plain words."""
    known = {*real_catalogue().source_names, "inbox"}
    return all(
        name in known and "Traceback" not in message and "Error:" not in message
        for name, message in done.failures.items()
    )
