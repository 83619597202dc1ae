"""One run at a time on a store, copies of it, and what lies on a network drive."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.storage.store import Store, StoreError, network_drive

HOLDER = """
import sys, time
from pathlib import Path
from pipelines.storage.store import Store
with Store(Path(sys.argv[1])).alone("levekar refresh", 5, print):
    print("has it", flush=True)
    time.sleep(float(sys.argv[2]))
"""


def holder(root: Path, seconds: float) -> subprocess.Popen[str]:
    """Another process that works on the store."""
    process = subprocess.Popen([sys.executable, "-c", HOLDER, root, str(seconds)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "has it\n"
    return process


def test_the_second_says_for_whom_it_waits_and_then_that_it_is_busy(tmp_path: Path) -> None:
    said: list[str] = []
    with holder(tmp_path, 60) as first:
        second = Store(tmp_path).alone("levekar deliver", 0.3, said.append)
        with pytest.raises(StoreError, match=r"is busy: levekar refresh \(process \d+ on .*Run it again later"), second:
            pass
        [line] = said
        assert f"in use by levekar refresh (process {first.pid} on " in line
        # A dead process's lock is none.
        first.send_signal(signal.SIGKILL)
    said.clear()
    with Store(tmp_path).alone("levekar deliver", 5, said.append):
        assert said == []


def test_the_second_goes_on_when_the_first_is_done(tmp_path: Path) -> None:
    said: list[str] = []
    with holder(tmp_path, 0.5), Store(tmp_path).alone("levekar deliver", 30, said.append):
        assert len(said) == 1


def test_a_folder_that_cannot_be_written_to_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    refused = Store(tmp_path / "file" / "demo").alone("levekar refresh", 1, print)
    with pytest.raises(StoreError, match=r"cannot be worked on: .*Nothing was changed.*writable") as raised, refused:
        pass
    assert "\n" not in str(raised.value)


def test_a_copy_is_of_links_and_goes_and_what_is_changed_in_it_changes_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / "demo")
    sha256 = store.snapshots.put(b"abc")
    with store.copied(tmp_path) as copy:
        assert copy.snapshots.get(sha256) == b"abc"
        assert copy.snapshots.path_of_bytes(sha256).stat().st_nlink == 2
        copy.snapshots.put(b"other")
        copy.snapshots.path_of_bytes(sha256).unlink()
    assert store.snapshots.get(sha256) == b"abc"
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]


def test_a_copy_waits_for_no_disk_and_a_store_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waited, to_disk = [], os.fsync
    monkeypatch.setattr(os, "fsync", lambda descriptor: (waited.append(descriptor), to_disk(descriptor)))
    store = Store(tmp_path / "demo")
    store.snapshots.put(b"abc")
    assert waited
    waited.clear()
    with store.copied(tmp_path) as copy:
        copy.snapshots.put(b"other")
    assert not waited
    store.snapshots.put(b"more")
    assert waited


MOUNTS = """/dev/vda1 / ext4 rw 0 0
server:/shared /net nfs4 rw,vers=4.2 0 0
//server/felles /mnt/felles\\040disk cifs rw 0 0
tmpfs /net/scratch tmpfs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/net/store", "nfs4"),
        ("/mnt/felles disk/store", "cifs"),
        ("/net/scratch/store", None),
        ("/srv/store", None),
    ],
)
def test_a_network_drive_is_known_by_what_is_mounted_there(tmp_path: Path, path: str, kind: str | None) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS, encoding="utf-8")
    assert network_drive(Path(path), mounts) == kind
    assert network_drive(Path(path), tmp_path / "none") is None
