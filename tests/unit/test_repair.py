"""What is damaged in a store is told and mended where that loses nothing; what is original is never deleted."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from pipelines.storage import repair
from pipelines.storage.lake import Memo
from pipelines.storage.public_names import KeyDamaged
from pipelines.storage.snapshots import Fetch, StoredResponse
from pipelines.storage.store import Store
from pipelines.terminal import doctor

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A provider's answer, a delivery, a table of the lake, an edition with its pointers (synthetic)."""
    made = Store(tmp_path / "demo")
    for provider, table_id, content, method in (
        ("ssb", "99001", b"figures", "GET"),
        ("delivery", "counts", b"file", "FILE"),
    ):
        answer = StoredResponse(
            "data", made.snapshots.put(content), method, "counts.csv", (), None, "u", len(content), NOON
        )
        made.snapshots.record(Fetch(provider, table_id, None, NOON, "synthetic", "none", (answer,), {}, {}))
    made.lake.write("facts/ssb/99001", pa.table({"value": [1.0]}), Memo())
    (made.root / "warehouse").mkdir()
    (made.root / "warehouse" / "levekar-20260301T120000000000Z.duckdb").write_bytes(b"an edition")
    (made.root / "levekar.duckdb").symlink_to("warehouse/levekar-20260301T120000000000Z.duckdb")
    (made.root / "CURRENT").write_text("warehouse/levekar-20260301T120000000000Z.duckdb")
    return made


def mended(store: Store) -> list[tuple[str, str]]:
    return [(damage.kind, repair.mend(store, damage)) for damage in repair.damages(Store(store.root))]


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_a_whole_store_has_no_damage(store: Store) -> None:
    assert list(repair.damages(store)) == []


def test_an_answer_with_one_byte_wrong_is_set_aside_and_can_be_fetched_anew(store: Store) -> None:
    path = store.snapshots.path_of_bytes(store.snapshots.fetches("ssb")[0].data[0].sha256)
    flipped(path)
    damaged = path.read_bytes()
    [(kind, said)] = mended(store)
    assert kind == "answer"
    assert "levekar refresh --full" in said
    [kept] = (store.root / repair.SET_ASIDE).rglob("*.zst")
    assert kept.read_bytes() == damaged
    store.snapshots.put(b"figures")
    assert list(repair.damages(Store(store.root))) == []


def test_the_only_copy_of_a_delivery_is_left_and_named(store: Store) -> None:
    path = store.snapshots.path_of_bytes(store.snapshots.fetches("delivery")[0].data[0].sha256)
    flipped(path)
    damaged = path.read_bytes()
    [damage] = repair.damages(store)
    assert "'counts.csv'" in damage.words
    assert "do not delete it" in damage.words
    [(kind, said)] = mended(store)
    assert (kind, "cannot be mended" in said, "Deliver the file again" in said) == ("delivery", True, True)
    assert path.read_bytes() == damaged
    assert not (store.root / repair.SET_ASIDE).exists()


def test_a_damaged_record_is_set_aside_and_names_what_to_do(store: Store) -> None:
    for provider, words in (("ssb", "asks the provider again"), ("delivery", "deliver the file again")):
        [record] = store.snapshots.records(provider)
        store.snapshots.path_of(record).write_text("{")
        [(kind, said)] = mended(store)
        assert (kind, words in said) == ("record", True)
        assert store.snapshots.records(provider) == []
    assert len(list((store.root / repair.SET_ASIDE).rglob("*.json"))) == 2
    # The bytes that the records told of are all there.
    assert len(list(store.snapshots.root.rglob("*.zst"))) == 2


@pytest.mark.parametrize("cut", [True, False])
def test_a_cut_or_flipped_table_is_made_anew(store: Store, cut: bool) -> None:
    path = store.lake.path("facts/ssb/99001")
    path.write_bytes(path.read_bytes()[:-5]) if cut else flipped(path)
    [(kind, said)] = mended(store)
    assert (kind, "makes it anew" in said) == ("derived", True)
    assert Store(store.root).lake.kept("facts/ssb/99001") is None
    assert list(repair.damages(Store(store.root))) == []


def test_a_dangling_pointer_names_the_newest_edition_again(store: Store) -> None:
    (store.root / "levekar.duckdb").unlink()
    (store.root / "levekar.duckdb").symlink_to("warehouse/levekar-20990101T000000000000Z.duckdb")
    (store.root / "CURRENT").write_text("warehouse/levekar-20990101T000000000000Z.duckdb")
    assert {kind for kind, _said in mended(store)} == {"pointer"}
    assert (store.root / "levekar.duckdb").read_bytes() == b"an edition"
    assert list(repair.damages(store)) == []


@pytest.mark.parametrize("left", [0, 31])
def test_a_key_that_was_cut_names_nothing_and_is_told_of(store: Store, left: int) -> None:
    """With an empty key everybody could make the public names, and try rebuilt files."""
    whole = store.names.key
    path = store.root / "secret"
    path.chmod(0o600)
    path.write_bytes(whole[:left])
    again = Store(store.root)
    with pytest.raises(KeyDamaged, match=rf"secret: expected the store's key of 32 bytes, found {left}: copy .*backup"):
        again.names.of("a" * 64)
    [(kind, said)] = mended(again)
    assert (kind, "left where it is" in said) == ("key", True)
    assert path.read_bytes() == whole[:left]


def test_one_damaged_record_does_not_hide_the_others(store: Store) -> None:
    [record] = store.snapshots.records("delivery")
    whole = store.snapshots.fetch(record)
    later = replace(whole, table_id="others")
    store.snapshots.record(later)
    store.snapshots.path_of(record).write_text("[]")
    assert store.snapshots.delivered_before() == {later.data[0].sha256}


def test_unless_it_is_asked_to_mend_the_doctor_changes_nothing(store: Store) -> None:
    path = store.snapshots.path_of_bytes(store.snapshots.fetches("ssb")[0].data[0].sha256)
    flipped(path)
    before = {file: file.read_bytes() for file in store.root.rglob("*") if file.is_file()}
    told = [finding.message for finding in doctor._store(Store(store.root), mends=False)]
    assert {file: file.read_bytes() for file in store.root.rglob("*") if file.is_file()} == before
    assert not any("Repair:" in message for message in told)
    assert any("Repair: set aside" in finding.message for finding in doctor._store(Store(store.root), mends=True))


def test_the_history_of_publications_is_an_original_and_stays_where_it_is(store: Store) -> None:
    key = "history/measure/levekar-20260301T120000000000Z"
    store.lake.write(key, pa.table({"value": [1.0]}), Memo())
    path = store.lake.path(key)
    path.write_bytes(path.read_bytes()[:-4])
    damaged = path.read_bytes()
    [(kind, said)] = mended(store)
    assert (kind, path.read_bytes()) == ("history", damaged)
    assert "backup" in said
