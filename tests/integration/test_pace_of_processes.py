"""Processes of one machine that keep to a provider's limit together, by a small file with a lock."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from indicators.catalogue.models import Provider
from pipelines.providers.pace import Pace
from pipelines.providers.tonight import Providers
from pipelines.providers.transport import LiveTransport, Request
from tests.pxweb_server import PxWebServer


class Time:
    """A clock that only sleeping moves."""

    now = 1000.0

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def time() -> Iterator[Time]:
    yield Time()


def pace(file: Path | None, time: Time, calls: int = 3) -> Pace:
    return Pace(calls, file=file, clock=time.clock, sleep=time.sleep)


CALLS = """
import sys
from pathlib import Path
from pipelines.providers.pace import Pace

pace = Pace(1000, file=Path(sys.argv[1]))
pace.state("test", 5, 0.5)
for _ in range(8):
    pace.wait()
"""


def test_three_processes_together_make_no_more_calls_than_one_may(tmp_path: Path) -> None:
    file = tmp_path / "new" / "ssb.pace"
    running = [subprocess.Popen([sys.executable, "-c", CALLS, str(file)]) for _ in range(3)]
    assert [each.wait(timeout=60) for each in running] == [0, 0, 0]
    made = json.loads(file.read_bytes())[1]
    assert len(made) == 24
    assert all(later - earlier >= 0.49 for earlier, later in zip(made, made[5:], strict=False))


def test_a_second_refresh_waits_for_the_calls_of_the_first(tmp_path: Path, time: Time) -> None:
    first, second = pace(tmp_path / "p", time), pace(tmp_path / "p", time)
    for _ in range(3):
        first.wait()
    assert time.now == 1000
    second.wait()
    assert time.now == pytest.approx(1060)
    pace(None, time).wait()
    assert time.now == pytest.approx(1060)


def test_a_wish_to_be_left_alone_is_heeded_by_all(tmp_path: Path, time: Time) -> None:
    with PxWebServer() as server:
        asked = [
            LiveTransport(server.url, name="ssb", pace_file=tmp_path / "p", clock=time.clock, sleep=time.sleep)
            for _ in range(2)
        ]
        asked[0].send(Request("GET", "/config"))
        pace(tmp_path / "p", time).pause(40)
        asked[1].send(Request("GET", "/config"))
    assert time.now == pytest.approx(1040)


def test_the_providers_of_a_refresh_count_in_a_folder(tmp_path: Path) -> None:
    with PxWebServer() as server:
        ssb = Provider(id="ssb", name="SSB", url=server.url, dialect="v2", licence="x")
        Providers({"ssb": ssb}, paces=tmp_path / "paces").clients["ssb"].config()  # type: ignore[union-attr]
    assert len(json.loads((tmp_path / "paces" / "ssb.pace").read_bytes())[1]) == 1


@pytest.mark.parametrize("seconds", [0, -1, 10**18, float("nan"), float("inf")])
def test_a_window_that_cannot_be_meant_states_no_limit(time: Time, seconds: float) -> None:
    unhindered = pace(None, time)
    unhindered.state("configuration", 1, seconds)
    unhindered.wait()
    unhindered.wait()
    assert time.now == 1000


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"5", b'["x", null]', b"[1, [null]]", b"\xff", b'[0, {"a": 1}]'])
def test_a_damaged_file_is_written_anew(tmp_path: Path, time: Time, content: bytes) -> None:
    (tmp_path / "p").write_bytes(content)
    shared = pace(tmp_path / "p", time)
    for _ in range(4):
        shared.wait()
    assert time.now == pytest.approx(1060)
    assert len(json.loads((tmp_path / "p").read_bytes())[1]) == 4


def test_what_was_written_before_the_machine_started_anew_counts_no_longer(tmp_path: Path, time: Time) -> None:
    (tmp_path / "p").write_text("[900000, [899000, 899001, 899002]]")
    pace(tmp_path / "p", time).wait()
    assert time.now == 1000


@pytest.mark.parametrize("there", ["file/p", "folder"])
def test_where_no_file_can_be_written_a_process_counts_its_own(tmp_path: Path, time: Time, there: str) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    alone = pace(tmp_path / there, time)
    for _ in range(4):
        alone.wait()
    assert time.now == pytest.approx(1060)
