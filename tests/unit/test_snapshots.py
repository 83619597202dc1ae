import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.errors import SourceError
from pipelines.providers.replay import ReplayTransport
from pipelines.providers.transport import Request
from pipelines.storage import files
from pipelines.storage.snapshots import Fetch, SnapshotError, SnapshotStore, StoredResponse

NOON = datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=UTC)
# From FIPS 180-2, appendix B.1: the digest of "abc".
ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.fixture
def store(tmp_path: Path) -> SnapshotStore:
    return SnapshotStore(tmp_path / "snapshots")


def stored(store: SnapshotStore, content: bytes, path: str = "/tables/99001/data", **given: object) -> StoredResponse:
    answer = StoredResponse(
        role="data",
        sha256=store.put(content),
        method="GET",
        path=path,
        params=(("lang", "no"), ("valueCodes[Tid]", "*")),
        body=None,
        url=f"http://127.0.0.1:1/api{path}?lang=no",
        size=len(content),
        fetched_at=NOON,
    )
    return replace(answer, **given)


def fetch(*responses: StoredResponse, at: datetime = NOON, table_id: str = "99001", **given: object) -> Fetch:
    made = Fetch(
        provider="ssb",
        table_id=table_id,
        updated="2026-02-26T07:00:00Z",
        fetched_at=at,
        attribution="Synthetic, table 99001",
        licence="CC BY 4.0",
        responses=responses,
        query={"Region": ["", "3301"], "Tid": ["", "from(2015)"]},
        notes={"eliminated": ["Kjonn"], "notes": ["Å, ø og æ"]},
    )
    return replace(made, **given)


def test_bytes_are_named_by_their_sha256_and_come_back_as_they_were(store: SnapshotStore) -> None:
    assert store.put(b"abc") == ABC
    assert store.get(ABC) == b"abc"
    assert store.get(store.put(b"")) == b""


def test_bytes_are_kept_as_a_plain_zst_file(store: SnapshotStore) -> None:
    store.put(b"abc")
    kept = store.root / ABC[:2] / f"{ABC}.zst"
    assert kept.read_bytes()[:4] == b"\x28\xb5\x2f\xfd"  # the magic number of RFC 8878, 3.1.1


def test_the_same_bytes_are_written_once(store: SnapshotStore) -> None:
    kept = store.root / ABC[:2] / f"{ABC}.zst"
    store.put(b"abc")
    before = kept.stat()
    store.put(b"abc")
    assert (kept.stat().st_ino, kept.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert everything(store.root) == [kept]


@pytest.mark.parametrize("damage", [b"", b"not zstd at all", b"\x28\xb5\x2f\xfd"])
def test_damaged_bytes_are_refused_with_file_and_remedy_and_healed_by_the_right_ones(
    store: SnapshotStore, damage: bytes
) -> None:
    store.put(b"abc")
    kept = store.root / ABC[:2] / f"{ABC}.zst"
    kept.write_bytes(damage)
    with pytest.raises(SnapshotError, match=rf"{ABC}\.zst: damaged.*levekar refresh --full"):
        store.get(ABC)
    store.put(b"abc")
    assert store.get(ABC) == b"abc"


def test_a_truncated_file_is_refused(store: SnapshotStore) -> None:
    content = random.Random(1).randbytes(200_000)
    sha256 = store.put(content)
    kept = store.root / sha256[:2] / f"{sha256}.zst"
    kept.write_bytes(kept.read_bytes()[:-1])
    with pytest.raises(SnapshotError, match="damaged"):
        store.get(sha256)


def test_bytes_that_are_whole_but_others_are_refused(store: SnapshotStore) -> None:
    other = store.put(b"other")
    kept = store.root / store.put(b"abc")[:2] / f"{ABC}.zst"
    kept.write_bytes((store.root / other[:2] / f"{other}.zst").read_bytes())
    with pytest.raises(SnapshotError, match=f"its content has SHA-256 {other}"):
        store.get(ABC)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", ABC.upper(), ABC[:-1]])
def test_only_a_sha256_is_looked_for(store: SnapshotStore, name: str) -> None:
    with pytest.raises(SnapshotError, match="not a SHA-256"):
        store.get(name)


def test_absent_bytes_say_what_to_do(store: SnapshotStore) -> None:
    with pytest.raises(SnapshotError, match=r"not in the store.*levekar refresh --full"):
        store.get(ABC)


def test_a_fetch_comes_back_as_it_was(store: SnapshotStore) -> None:
    post = stored(store, b"abc", method="POST", body='{"Tid": "år"}')
    made = fetch(post, stored(store, b"meta", role="metadata"))
    path = store.record(made)
    assert store.fetches("ssb", "99001") == [made]
    assert path.parent == store.root / "index" / "ssb" / "99001"
    assert path.name.startswith("20260301T120000000005Z-")
    assert "Å, ø og æ" in path.read_text(encoding="utf-8")
    assert [one.sha256 for one in made.data] == [ABC]


def test_recording_the_same_fetch_again_changes_nothing(store: SnapshotStore) -> None:
    made = fetch(stored(store, b"abc"))
    path = store.record(made)
    before = path.stat()
    assert store.record(made) == path
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert len(store.fetches()) == 1


def test_times_in_another_zone_are_kept_as_utc(store: SnapshotStore) -> None:
    oslo = datetime.fromisoformat("2026-03-01T13:00:00.000005+01:00")
    store.record(fetch(stored(store, b"abc"), at=oslo))
    assert store.latest("ssb", "99001") == fetch(stored(store, b"abc"), at=NOON)


def test_fetches_come_oldest_first_and_the_latest_is_the_newest_accepted(store: SnapshotStore) -> None:
    first = fetch(stored(store, b"one"))
    second = fetch(stored(store, b"two"), at=NOON + timedelta(days=1))
    refused = fetch(stored(store, b"bad"), at=NOON + timedelta(days=2), accepted=False, reason="no observations")
    for one in (first, second, refused):
        store.record(one)
    assert store.fetches("ssb", "99001") == [first, second, refused]
    assert store.latest("ssb", "99001") == second
    assert store.latest("ssb", "99002") is None
    other = fetch(stored(store, b"one"), table_id="99002")
    store.record(other)
    assert len(store.fetches("ssb")) == len(store.fetches()) == 4
    assert store.fetches("fhi") == []


def delivered(store: SnapshotStore, content: bytes, name: str, at: datetime) -> Fetch:
    file = stored(store, content, path=name, method="FILE", fetched_at=at)
    return fetch(file, at=at, provider="delivery", table_id="counts", query={"contract": "counts"})


def test_a_correction_taken_while_the_clock_stood_two_hours_back_comes_last(store: SnapshotStore) -> None:
    first = delivered(store, b"first", "counts.csv", NOON)
    correction = delivered(store, b"correction", "counts corrected.csv", NOON - timedelta(hours=2))
    third = delivered(store, b"third", "counts again.csv", NOON - timedelta(hours=1))
    for taken in (first, correction, third):
        store.record(taken)
    assert store.fetches("delivery", "counts") == [first, correction, third]
    assert [file.path for file in store.latest("delivery", "counts").data] == [
        "counts.csv", "counts corrected.csv", "counts again.csv",
    ]  # fmt: skip
    # What is withdrawn while the clock stands back is withdrawn.
    gone = replace(third, responses=(), fetched_at=NOON - timedelta(days=1), query={"withdraws": third.data[0].sha256})
    store.record(gone)
    assert [file.path for file in store.latest("delivery", "counts").data] == ["counts.csv", "counts corrected.csv"]


def test_an_old_store_keeps_its_order_and_what_is_new_comes_after(store: SnapshotStore) -> None:
    made = [fetch(stored(store, content), at=NOON + timedelta(days=day)) for day, content in enumerate((b"1", b"2"))]
    for one in made:
        store.record(one)
    # Names as every earlier version wrote them: the time of the fetch and a digest.
    assert [name[:22] for name in store.records("ssb")] == ["20260301T120000000005Z", "20260302T120000000005Z"]
    put_back = fetch(stored(store, b"3"), at=NOON - timedelta(days=300))
    assert store.record(put_back).name.startswith("20260302T120000000006Z-")
    assert store.latest("ssb", "99001") == put_back


def test_a_replay_answers_in_the_order_of_the_store_whatever_the_clock_said(store: SnapshotStore) -> None:
    store.record(fetch(stored(store, b"first")))
    back = NOON - timedelta(hours=2)
    store.record(fetch(stored(store, b"correction", fetched_at=back), at=back))
    asked = Request("GET", "/tables/99001/data", (("valueCodes[Tid]", "*"), ("lang", "no")))
    assert ReplayTransport(store, "ssb").send(asked).content == b"correction"


@pytest.mark.parametrize("damage", [b"", None])
def test_the_only_copy_of_a_delivery_is_never_to_be_deleted(store: SnapshotStore, damage: bytes | None) -> None:
    taken = delivered(store, b"figures", "counts.csv", NOON)
    store.record(taken)
    sha256 = taken.data[0].sha256
    kept = store.root / sha256[:2] / f"{sha256}.zst"
    kept.unlink() if damage is None else kept.write_bytes(damage)
    with pytest.raises(SnapshotError, match=r"'counts.csv'.*only copy: do not delete it.*levekar deliver") as raised:
        store.get(sha256)
    assert "refresh --full" not in str(raised.value)


def test_a_withdrawn_delivery_is_known_until_it_is_delivered_anew(store: SnapshotStore) -> None:
    def delivered(*files: StoredResponse, at: datetime, **given: object) -> None:
        store.record(fetch(*files, at=at, provider="delivery", table_id="counts", **given))

    first, second = stored(store, b"first"), stored(store, b"second")
    delivered(first, at=NOON)
    delivered(second, at=NOON + timedelta(days=1))
    assert store.withdrawn() == {}
    later = NOON + timedelta(days=2)
    delivered(at=later, query={"withdraws": first.sha256})
    [(sha256, record)] = store.withdrawn().items()
    assert (sha256, record.table_id, record.fetched_at) == (first.sha256, "counts", later)
    delivered(first, at=NOON + timedelta(days=3))
    assert store.withdrawn() == {}
    assert store.delivered_before() == {first.sha256, second.sha256}


def test_one_flipped_byte_is_noticed(store: SnapshotStore) -> None:
    sha256 = store.put(random.Random(3).randbytes(50_000))
    kept = store.root / sha256[:2] / f"{sha256}.zst"
    content = bytearray(kept.read_bytes())
    for place in random.Random(4).sample(range(len(content)), 20):
        content[place] ^= 0x10
        kept.write_bytes(content)
        with pytest.raises(SnapshotError, match="damaged"):
            store.get(sha256)
        content[place] ^= 0x10
    kept.write_bytes(content)
    assert store.get(sha256)


def test_a_record_never_names_bytes_that_are_not_there(store: SnapshotStore, tmp_path: Path) -> None:
    elsewhere = stored(SnapshotStore(tmp_path / "elsewhere"), b"abc")
    with pytest.raises(SnapshotError, match=f"not in the store: {ABC}"):
        store.record(fetch(elsewhere))
    assert store.fetches() == []


@pytest.mark.parametrize("name", ["..", "a/b", "", ".hidden"])
def test_a_table_cannot_lead_out_of_the_store(store: SnapshotStore, name: str) -> None:
    with pytest.raises(SnapshotError, match="cannot name"):
        store.record(fetch(stored(store, b"abc"), table_id=name))


@pytest.mark.parametrize("damage", ["", "{", "[]", "{}", '{"responses": [{"params": []}]}'])
def test_a_damaged_record_is_named(store: SnapshotStore, damage: str) -> None:
    path = store.record(fetch(stored(store, b"abc")))
    path.write_text(damage)
    with pytest.raises(SnapshotError, match=rf"{path.name}: not the record of a fetch.*sets it aside"):
        store.latest("ssb", "99001")


def test_adopting_copies_every_vintage_and_what_is_there_stays(store: SnapshotStore, tmp_path: Path) -> None:
    other = SnapshotStore(tmp_path / "other")
    vintages = [
        fetch(stored(other, content), at=NOON + timedelta(days=day)) for day, content in enumerate([b"one", b"two"])
    ]
    for one in vintages:
        other.record(one)
    own = fetch(stored(store, b"own"), at=NOON + timedelta(days=9))
    store.record(own)
    store.adopt(other, "ssb", "99001")
    store.adopt(other, "ssb", "99001")
    assert store.fetches("ssb", "99001") == [*vintages, own]
    assert [store.get(one.data[0].sha256) for one in vintages] == [b"one", b"two"]


def test_a_replay_answers_with_the_newest_accepted_answer_as_it_was(store: SnapshotStore) -> None:
    later = NOON + timedelta(days=1)
    store.record(fetch(stored(store, b"one")))
    store.record(fetch(stored(store, b"two", fetched_at=later), at=later))
    last = NOON + timedelta(days=2)
    store.record(fetch(stored(store, b"bad", fetched_at=last), at=last, accepted=False, reason="cut off"))
    asked = Request("GET", "/tables/99001/data", (("valueCodes[Tid]", "*"), ("lang", "no")))
    answer = ReplayTransport(store, "ssb").send(asked)
    assert (answer.content, answer.fetched_at, answer.request) == (b"two", later, asked)
    assert answer.url == "http://127.0.0.1:1/api/tables/99001/data?lang=no"


def test_a_replay_tells_requests_apart_by_method_parameters_and_body(store: SnapshotStore) -> None:
    path = "/tables/99001/data"
    store.record(
        fetch(
            stored(store, b"get"),
            stored(store, b"post a", method="POST", body='{"a": 1}'),
            stored(store, b"post b", method="POST", body='{"b": "ø"}'),
        )
    )
    replay = ReplayTransport(store, "ssb")
    params = (("lang", "no"), ("valueCodes[Tid]", "*"))
    assert replay.send(Request("POST", path, params, b'{"a": 1}')).content == b"post a"
    assert replay.send(Request("POST", path, params, '{"b": "ø"}'.encode())).content == b"post b"
    with pytest.raises(SourceError):
        replay.send(Request("GET", path, (("lang", "en"),)))


def test_a_replay_says_what_it_lacks_and_what_it_has(store: SnapshotStore) -> None:
    store.record(fetch(stored(store, b"abc")))
    replay = ReplayTransport(store, "ssb")
    with pytest.raises(SourceError) as raised:
        replay.send(Request("GET", "/tables/99009/metadata"))
    message = str(raised.value)
    for part in ("ssb: no stored answer to GET /tables/99009/metadata", str(store.root), "the tables 99001",
                 "GET /tables/99001/data?lang=no&valueCodes", "--sources live"):  # fmt: skip
        assert part in message
    with pytest.raises(SourceError, match=r"\(none\).*nothing"):
        ReplayTransport(store, "fhi").send(Request("GET", "/tables"))


def test_a_replayed_answer_passes_the_clients_check_or_is_an_error_of_the_source(
    store: SnapshotStore,
) -> None:
    store.record(fetch(stored(store, b"<html>", params=())))
    replay = ReplayTransport(store, "ssb")

    def refuse(content: bytes) -> None:
        raise ValueError(f"no JSON in {content!r}")

    asked = Request("GET", "/tables/99001/data")
    with pytest.raises(SourceError, match="is broken: no JSON in b'<html>'"):
        replay.send(asked, refuse)
    assert replay.send(asked, lambda content: None).content == b"<html>"


def test_what_a_killed_process_left_is_swept_and_what_a_living_one_writes_is_not(store: SnapshotStore) -> None:
    made = fetch(stored(store, b"abc"))
    path = store.record(made)
    dead, just_made = path.parent / f"{files.UNFINISHED}dead", store.root / ABC[:2] / f"{files.UNFINISHED}young"
    for left in (dead, just_made):
        left.write_bytes(b"half a")
    past = time.time() - 60
    os.utime(dead, (past, past))
    with files.replacing(path.parent / "living") as living:
        living.write_bytes(b"half a")
        os.utime(living, (past, past))
        assert SnapshotStore(store.root).fetches() == [made]
        assert living.exists()
    assert not dead.exists()
    assert just_made.exists()


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "file"
    files.write(target, b"old")
    with pytest.raises(OSError, match="disk full"), files.replacing(target) as unfinished:
        unfinished.write_bytes(b"half a n")
        raise OSError("disk full")
    assert target.read_bytes() == b"old"
    assert everything(tmp_path) == [target]


WRITER = """
import itertools, sys
from datetime import UTC, datetime
from pathlib import Path
from pipelines.storage.snapshots import Fetch, SnapshotStore, StoredResponse
store = SnapshotStore(Path(sys.argv[1]))
first, last = int(sys.argv[2]), int(sys.argv[3])
print("ready", flush=True)
for number in range(first, last):
    content = b"%d " % number * 20_000
    at = datetime.fromtimestamp(number, UTC)
    answer = StoredResponse("data", store.put(content), "GET", "/x", (), None, "u", len(content), at)
    store.record(Fetch("ssb", "99001", None, at, "synthetic", "none", (answer,), {}, {}))
"""


def writers(root: Path, *ranges: tuple[int, int]) -> Iterator[subprocess.Popen[str]]:
    for first, last in ranges:
        arguments = [sys.executable, "-c", WRITER, str(root), str(first), str(last)]
        writer = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        yield writer


def test_kill_9_at_any_moment_leaves_every_record_readable(store: SnapshotStore) -> None:
    chance = random.Random(2)
    for kill in range(3):
        (writer,) = writers(store.root, (kill * 100_000, (kill + 1) * 100_000))
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(chance.uniform(0.005, 0.15))
        while kill == 2 and not store.fetches():  # a busy machine is no fault of the store
            time.sleep(0.01)
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
        assert writer.returncode == -signal.SIGKILL
        reopened = SnapshotStore(store.root)
        for one in reopened.fetches():
            content = reopened.get(one.data[0].sha256)
            assert content == b"%d " % one.fetched_at.timestamp() * 20_000
    assert store.fetches()


def test_two_writers_of_the_same_make_one_store_without_rests(store: SnapshotStore) -> None:
    both = list(writers(store.root, (0, 40), (0, 40)))
    assert [one.communicate() and one.returncode for one in both] == [0, 0]
    assert [one.fetched_at.timestamp() for one in store.fetches()] == list(range(40))
    assert len(everything(store.root)) == 80


def everything(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
