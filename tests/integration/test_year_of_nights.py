"""The PxWeb client through a year of nights against a server as nasty as the real one. No night waits: time is ours.

Each night something else goes wrong: a metadata cache or a data cache that was not emptied, a 404 or an error that the
cache keeps, calls that others have used up, answers cut short. What was seen is remembered as a refresh does it: not
where the figures are provisional. A change may be missed in nights in which the server itself gives old figures or
none, and in no other. What is taken is always one whole edition.
"""

import random
from datetime import UTC, datetime, timedelta

import pytest

from pipelines.errors import SourceError
from pipelines.providers.pxweb import PxWebClient
from pipelines.providers.transport import LiveTransport
from tests.integration.test_pxweb_client import WHOLE, Cells, cells, employed, joined, published
from tests.pxweb_server import PxWebServer


class Night:
    """The moment, for the server's closed hours and the client's waits alike."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, 9, 0, tzinfo=UTC)

    def clock(self) -> float:
        return self.now.timestamp()

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_no_change_is_missed_and_nothing_else_is_taken(seed: int) -> None:
    chance, night = random.Random(seed), Night()
    known: str | None = None
    standing: Cells = {}
    failed, editions = 0, [published(employed("2026-01-01T07:00:00Z"))]
    server = PxWebServer(
        [employed("2026-01-01T07:00:00Z")],
        max_cells=28,
        calls=40,
        says_reset=False,
        clock=night.clock,
        now=lambda: night.now,
        caches=True,
    )
    with server:
        for day in range(365):
            night.now = datetime(2026, 1, 1, 9, 0, tzinfo=UTC) + timedelta(days=day)
            if chance.random() < 0.2:
                server.tables["99001"] = employed(night.now.strftime("%Y-%m-%dT07:00:00Z"), shift=day)
                editions.append(published(server.tables["99001"]))
            stale = [part for part in ("/metadata", "/data") if chance.random() < 0.2]
            for part in {"/metadata", "/data", "/tables/99001?", "/config"} - set(stale):
                server.forget(part)
            trouble = chance.choice(["", "", "404", "429", "503", "truncated", "cut", "drop", "html", "used up"])
            if trouble == "used up":
                for _ in range(40):
                    server._count_call()
            elif trouble:
                server.fail(trouble, path=chance.choice(["/metadata", "/data"]), times=chance.choice([1, 2, 9]))
            live = LiveTransport(server.url, name="ssb", clock=night.clock, sleep=night.sleep)
            try:
                fetched = PxWebClient(live, workers=1).fetch(WHOLE, known)
            except SourceError:
                failed += 1
            else:
                if fetched is not None:
                    standing = cells(joined(fetched))
                    known = None if fetched.provisional else fetched.metadata.updated
                    assert standing in editions, f"a mixture, or zeros, on day {day}"
                assert standing == editions[-1] or stale, f"day {day}"
            server._faults.clear()
    assert len(editions) > 50
    assert 0 < failed < 120
