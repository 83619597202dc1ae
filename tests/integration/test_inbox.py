"""Deliveries from the inbox to the store: taken, superseded row by row, withdrawn, refused; and the sensor that looks.

Every file here is synthetic, made in the layout of a real contract.
"""

import base64
import binascii
import json
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipelines.deliveries import checking
from pipelines.deliveries.faults import DeliveryError
from pipelines.deliveries.inbox import Inbox
from pipelines.deliveries.receive import StillWritten, content_of
from pipelines.settings import Settings
from pipelines.steps.asking import Outcome
from pipelines.terminal import doctor
from pipelines.workplace import automation, definitions
from pipelines.workplace.factory import INBOX
from pipelines.workplace.night import compose
from tests.stages import checked, standing_facts

NAME = "delivery/fhi_crowding"
HEADER = "Kommunenummer,Geografi,År,Alder,Innvandringsbakgrunn,Andel"


def file(*rows: str) -> str:
    return "\n".join([HEADER, *rows, ""])


def row(year: int, share: float | str, code: str = "4003", name: str = "Skien") -> str:
    return f"{code},{name},{year}-01-01,alle aldre,totalt,{share}"


FIRST = file(row(2023, 0.08), row(2024, 0.09))
SECOND = file(row(2024, 0.10), row(2025, 0.11))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "inbox").mkdir()
    return Settings("files", data_dir=tmp_path / "store", inbox=tmp_path / "inbox")


def drop(settings: Settings, name: str, text: str) -> Path:
    path = settings.inbox / name
    path.write_text(text, encoding="utf-8")
    return path


def take(settings: Settings) -> Outcome:
    """Do what the asset does, with the tools of a new run."""
    return compose(settings).asking.take(NAME)


def standing(settings: Settings) -> dict[str, float | None]:
    """The figures that stand, by period."""
    facts = standing_facts(compose(settings), NAME)
    return {row["period"]: row["value"] for row in facts.to_pylist()} if facts is not None else {}


@pytest.mark.slow
def test_a_later_delivery_supersedes_row_by_row(settings: Settings) -> None:
    drop(settings, "synthetic-1.csv", FIRST)
    assert take(settings).state == "new"
    assert standing(settings) == {"2023": 0.08, "2024": 0.09}
    drop(settings, "synthetic-2.csv", SECOND)
    assert take(settings).state == "new"
    assert standing(settings) == {"2023": 0.08, "2024": 0.10, "2025": 0.11}
    assert take(settings).state == "unchanged"


@pytest.mark.slow
def test_every_row_keeps_the_vintage_of_its_own_file(settings: Settings) -> None:
    drop(settings, "synthetic-1.csv", FIRST)
    take(settings)
    drop(settings, "synthetic-2.csv", SECOND)
    take(settings)
    facts = standing_facts(compose(settings), NAME)
    vintages = {row["period"]: row["vintage"] for row in facts.to_pylist()}
    assert vintages["2023"] < vintages["2024"] == vintages["2025"]


@pytest.mark.slow
def test_a_withdrawn_delivery_gives_way_to_what_stood_before(settings: Settings) -> None:
    for number, text in enumerate((FIRST, SECOND)):
        drop(settings, f"synthetic-{number}.csv", text)
        take(settings)
    night = compose(settings)
    newest = night.store.snapshots.latest(*NAME.split("/")).data[-1].sha256
    before = {path: path.read_bytes() for path in settings.root.rglob("*.json")}
    night.asking.withdraw("fhi_crowding", newest)
    assert standing(settings) == {"2023": 0.08, "2024": 0.09}
    # Nothing was overwritten, and the file, which still lies in the inbox, is not taken anew.
    assert all(path.read_bytes() == content for path, content in before.items())
    assert take(settings).state == "unchanged"
    # Delivered again by name, it stands again.
    given = (checked(night.catalogue, settings.inbox / "synthetic-1.csv"),)
    assert compose(settings, given=given).asking.take(NAME).state == "new"
    assert standing(settings) == {"2023": 0.08, "2024": 0.10, "2025": 0.11}


@pytest.mark.slow
def test_with_its_only_delivery_withdrawn_a_contract_has_no_figures(settings: Settings) -> None:
    drop(settings, "synthetic.csv", FIRST)
    take(settings)
    night = compose(settings)
    night.asking.withdraw("fhi_crowding", night.store.snapshots.latest(*NAME.split("/")).data[0].sha256)
    assert standing(settings) == {}
    assert take(settings).state == "absent"


@pytest.mark.slow
def test_the_doctor_tells_of_a_withdrawn_file_in_the_inbox_and_takes_it_for_none_that_waits(settings: Settings) -> None:
    path = drop(settings, "synthetic.csv", FIRST)
    take(settings)
    night = compose(settings)
    night.asking.withdraw("fhi_crowding", night.store.snapshots.latest(*NAME.split("/")).data[0].sha256)
    path.unlink()
    drop(settings, "dropped again.csv", FIRST)
    [told] = [finding for finding in doctor.examine(settings) if finding.subject == "dropped again.csv"]
    assert told.good is None
    assert f"was withdrawn on {datetime.now(UTC):%Y-%m-%d}" in told.message
    assert "`levekar deliver FILE` takes it again, by contract fhi_crowding" in told.message
    assert take(settings).state == "absent"


def test_the_contract_is_found_by_the_header_whatever_the_name(settings: Settings) -> None:
    drop(settings, "arbeidsledighet.csv", FIRST)
    assert [one.contract for one in compose(settings).asking.inbox.pending] == ["fhi_crowding"]


@pytest.mark.slow
def test_a_refused_file_moves_to_quarantine_with_all_its_faults(settings: Settings) -> None:
    drop(settings, "synthetic.csv", FIRST)
    take(settings)
    bad = file(row(2023, '"8,0"'), row(2024, 9), row(2024, 0.09, "403"))
    path = drop(settings, "dårlig (synthetic).csv", bad)
    outcome = take(settings)
    assert outcome.state == "failed"
    assert not path.exists()
    [folder] = (settings.data_dir.parent / "quarantine").iterdir()
    assert folder.name.endswith("Z-dårlig (synthetic).csv")
    assert (folder / path.name).read_text(encoding="utf-8") == bad
    reasons = (folder / "reasons.md").read_text(encoding="utf-8")
    for text in ("(cell F2)", "'8,0'", "(cell F3)", "'9'", "(cell A4)", "'403'", "0.125"):
        assert text in reasons
    # Readers get kinds, numbers and places.
    assert outcome.message.splitlines()[0] == (
        "a file was not taken: no area that is known (1, the first in cell A4); "
        "neither a number nor a known sign (1, the first in cell F2); "
        "a figure outside what its kind allows (1, the first in cell F3)"
    )
    assert standing(settings) == {"2023": 0.08, "2024": 0.09}
    assert take(settings).state == "unchanged"


def test_a_file_for_no_contract_is_told_by_the_inbox_itself(settings: Settings) -> None:
    drop(settings, "synthetic.csv", "a,b\n1,2\n")
    inbox = compose(settings).asking.inbox
    [strange] = inbox.waiting(None)
    assert "`levekar deliver --draft`" in (inbox.refuse(strange) / "reasons.md").read_text(encoding="utf-8")
    assert list(settings.inbox.iterdir()) == []


def test_an_exception_over_one_file_leaves_the_others_and_the_doctor(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = checking.read

    def reads(found: Any, name: str, *rest: Any) -> Any:
        if name == "strange.csv":
            raise KeyError("secret of a cell")
        return real(found, name, *rest)

    monkeypatch.setattr("pipelines.deliveries.checking.read", reads)
    drop(settings, "good.csv", FIRST)
    drop(settings, "strange.csv", SECOND)
    found = {finding.subject: finding for finding in doctor.examine(settings)}
    assert found["good.csv"].good is True
    assert found["strange.csv"].good is False
    assert "cannot read this file, and does not know why (KeyError" in found["strange.csv"].message
    assert "secret" not in found["strange.csv"].message


@pytest.mark.parametrize("name", ["~$synthetic.xlsx", ".synthetic.csv", "synthetic.csv.part", "synthetic.crdownload"])
def test_what_programs_leave_on_the_way_is_left_alone(settings: Settings, name: str) -> None:
    drop(settings, name, FIRST)
    assert compose(settings).asking.inbox.pending == []


def test_names_that_would_lead_elsewhere_stay_names(settings: Settings) -> None:
    name = "up\\..\\synthetic ;rm -rf $HOME.csv"
    drop(settings, name, "a,b\n1,2\n")
    inbox = compose(settings).asking.inbox
    inbox.refuse(inbox.pending[0])
    [folder] = (settings.data_dir.parent / "quarantine").iterdir()
    assert folder.name.endswith("Z-synthetic _rm -rf _HOME.csv")
    assert sorted(path.name for path in folder.iterdir()) == [
        "reasons.md",
        "refusal.json",
        "synthetic _rm -rf _HOME.csv",
    ]


def test_a_file_with_personal_data_stays_is_not_copied_and_is_told_of_each_night(settings: Settings) -> None:
    # Synthetic: the first number of 15 January 1990 whose check digits exist.
    text = file(row(2023, 0.08), row(2024, 0.09, name="15019000181"))
    path = drop(settings, "synthetic.csv", text)
    for _night in range(2):
        outcome = take(settings)
        assert outcome.state == "failed"
        assert "personal data" in outcome.message
        assert "column B" not in outcome.message
        assert "15019000181" not in outcome.message
    assert path.read_text(encoding="utf-8") == text
    [folder] = (settings.data_dir.parent / "quarantine").iterdir()
    assert sorted(one.name for one in folder.iterdir()) == ["reasons.md", "refusal.json"]
    kept = [one for one in settings.data_dir.parent.rglob("*") if one.is_file() and one != path]
    assert all(b"15019000181" not in one.read_bytes() for one in kept)


@pytest.mark.parametrize("broken", [b"\nB\xf8,\xe5\n", b'\n"B\n', b"\n1\0\n"], ids=["encoding", "quotation", "NUL"])
def test_personal_data_is_found_in_a_file_that_cannot_be_read_as_a_table(settings: Settings, broken: bytes) -> None:
    path = drop(settings, "synthetic.csv", "")
    path.write_bytes("Kommune,Nr\nBø,15019000181".encode() + broken)  # synthetic
    [found] = compose(settings).asking.inbox.pending
    assert not found.may_be_kept
    assert "line 2: seems to hold national identity numbers" in str(found.error)


# --- what is copied and removed is what was checked -----------------------------------------------------------------

BAD = file(row(2023, 9))
SECRET = "Navn,Nr\nSynthetic,15019000181\n"  # the number is synthetic


def looked_at(settings: Settings) -> tuple[Inbox, Path]:
    """An inbox that has checked a file which it is going to refuse."""
    path = drop(settings, "synthetic.csv", BAD)
    inbox = compose(settings).asking.inbox
    assert len(inbox.pending) == 1
    return inbox, path


def in_quarantine(settings: Settings) -> dict[str, bytes]:
    [folder] = (settings.data_dir.parent / "quarantine").iterdir()
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("how", ["another file", "rewritten", "a link"])
def test_quarantine_keeps_the_bytes_that_were_checked_and_leaves_what_came_after(
    settings: Settings, tmp_path: Path, how: str
) -> None:
    inbox, path = looked_at(settings)
    other = tmp_path / "other.csv"
    other.write_text(SECRET, encoding="utf-8")
    if how == "another file":
        other.replace(path)
    elif how == "rewritten":
        path.write_text(SECRET, encoding="utf-8")
    else:
        path.unlink()
        path.symlink_to(other)
    inbox.refuse(inbox.pending[0])
    kept = in_quarantine(settings)
    assert kept["synthetic.csv"].decode() == BAD
    assert json.loads(kept["refusal.json"])["left"]
    assert not any(b"15019000181" in content for content in kept.values())
    assert path.read_text(encoding="utf-8") == SECRET


def test_the_same_bytes_in_another_file_stay(settings: Settings) -> None:
    inbox, path = looked_at(settings)
    copy = path.with_suffix(".part")
    copy.write_text(BAD, encoding="utf-8")
    copy.replace(path)
    inbox.refuse(inbox.pending[0])
    assert path.exists()


def test_a_file_that_vanished_is_kept_all_the_same(settings: Settings) -> None:
    inbox, path = looked_at(settings)
    path.unlink()
    inbox.refuse(inbox.pending[0])
    kept = in_quarantine(settings)
    assert kept["synthetic.csv"].decode() == BAD
    assert not json.loads(kept["refusal.json"])["left"]


def test_a_name_in_another_encoding_is_taken_for_latin_1(settings: Settings) -> None:
    path = Path(os.fsdecode(os.fsencode(settings.inbox) + b"/d\xe5rlig.csv"))
    path.write_text(BAD, encoding="utf-8")
    inbox = compose(settings).asking.inbox
    [found] = inbox.pending
    assert found.name == "dårlig.csv"
    inbox.refuse(found)
    assert in_quarantine(settings)["dårlig.csv"].decode() == BAD


# --- what cannot be searched stays ------------------------------------------------------------------------------------

PACKED = b"Navn;Fnr\n" + b"Synt Syntetisk;15819000066\n" * 20
UNSEARCHABLE = {
    "synthetic.pdf": b"%PDF-1.7\n1 0 obj << >> endobj\n",
    "synthetic.csv": b"Kommunenummer,Geografi\n" + bytes(range(256)) * 4,
    "synthetic.xlsx": b"PK\x03\x04 cut",
    "synthetic.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "synthetic.gz": b"\x1f\x8b\x08" + bytes(20),
    "message.eml": b"To: b\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(PACKED),
    "page.html": b"<img src='data:text/csv;base64," + base64.b64encode(PACKED) + b"'>\n",
    "attached.csv": b"Kode;Vedlegg\n1;" + base64.b64encode(PACKED) + b"\n",
    "attached.json": b'{"a": "' + base64.urlsafe_b64encode(PACKED) + b'"}',
    "wide.csv": ("Kode;Vedlegg\n1;" + base64.b64encode(PACKED).decode()).encode("utf-16"),
    "message.uu": b"begin 644 a\n" + binascii.b2a_uu(PACKED[:40]) + b"`\nend\n",
    "page.xml": b"<a nr='&#49;&#53;&#x38;&#49;&#57;&#48;&#48;&#48;&#48;&#54;&#54;'/>\n",
}


def test_outlines_in_hexadecimal_digits_are_text(settings: Settings) -> None:
    path = settings.inbox / "synthetic.csv"
    path.write_bytes(b"nr;geom\n1;" + b"0106000020E9640000" * 80 + b"\n")
    inbox = compose(settings).asking.inbox
    inbox.refuse(inbox.pending[0])
    assert "synthetic.csv" in in_quarantine(settings)


@pytest.mark.parametrize("name", UNSEARCHABLE)
def test_what_cannot_be_searched_is_refused_and_stays_where_it_lies(settings: Settings, name: str) -> None:
    path = settings.inbox / name
    path.write_bytes(UNSEARCHABLE[name])
    inbox = compose(settings).asking.inbox
    reasons = (inbox.refuse(inbox.pending[0]) / "reasons.md").read_text(encoding="utf-8")
    assert "cannot be searched for **personal data**. So it was not copied, and stays where it lies." in reasons
    assert path.read_bytes() == UNSEARCHABLE[name]
    assert sorted(in_quarantine(settings)) == ["reasons.md", "refusal.json"]


# --- files that are not what they seem -------------------------------------------------------------------------------


def refused(path: Path, **options: Any) -> str:
    with pytest.raises(DeliveryError) as caught:
        content_of(path, path.name, **options)
    return str(caught.value)


def test_a_link_a_pipe_a_folder_and_a_giant_are_refused(settings: Settings, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.csv"
    elsewhere.write_text(FIRST, encoding="utf-8")
    (settings.inbox / "link.csv").symlink_to(elsewhere)
    assert "is a link to another place" in refused(settings.inbox / "link.csv")
    os.mkfifo(settings.inbox / "pipe.csv")
    assert "is no ordinary file" in refused(settings.inbox / "pipe.csv")
    (settings.inbox / "folder.csv").mkdir()
    assert "is no ordinary file" in refused(settings.inbox / "folder.csv")
    assert "more than the 10 that are taken" in refused(elsewhere, largest=10)
    assert "cannot be read (No such file" in refused(settings.inbox / "none.csv")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who has a file open (docs/deliveries.md)")
def test_a_file_that_is_open_for_writing_waits(settings: Settings) -> None:
    path = drop(settings, "synthetic.csv", FIRST)
    with path.open("ab"), pytest.raises(StillWritten, match="another program is writing"):
        content_of(path, path.name)
    assert content_of(path, path.name)[0].decode() == FIRST


def test_a_file_that_changes_while_it_is_read_waits(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    path = drop(settings, "synthetic.csv", FIRST)
    real, calls = os.fstat, []

    def later(descriptor: int) -> os.stat_result:
        calls.append(descriptor)
        if len(calls) == 2:  # a writer adds a row between the first look and the last
            with path.open("a", encoding="utf-8") as opened:
                opened.write(row(2025, 0.1))
        return real(descriptor)

    monkeypatch.setattr("pipelines.deliveries.receive.os.fstat", later)
    with pytest.raises(StillWritten, match="changed while it was read"):
        content_of(path, path.name)


@pytest.mark.slow
def test_a_full_disk_leaves_what_stood_and_the_file(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(settings, "synthetic-1.csv", FIRST)
    take(settings)
    path = drop(settings, "synthetic-2.csv", SECOND)

    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipelines.storage.files.write", full)
    outcome = take(settings)
    assert outcome.state == "failed"
    assert "No space left on device" in outcome.message
    monkeypatch.undo()
    assert path.exists()
    assert standing(settings) == {"2023": 0.08, "2024": 0.09}
    assert take(settings).state == "new"


# --- the sensor -------------------------------------------------------------------------------------------------------


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as found:
        yield found


def tick(settings: Settings, instance: dg.DagsterInstance, cursor: str | None) -> dg.SensorResult:
    defined = definitions.build(compose(settings))
    context = dg.build_sensor_context(instance=instance, cursor=cursor, definitions=defined)
    found = defined.resolve_sensor_def("inbox")(context)
    assert isinstance(found, dg.SensorResult)
    return found


def test_the_sensor_is_on_and_looks_often(settings: Settings) -> None:
    [sensor] = definitions.build(compose(settings)).sensors
    assert sensor.default_status is dg.DefaultSensorStatus.RUNNING
    assert sensor.minimum_interval_seconds == automation.TICK <= 30


def test_the_sensor_asks_for_a_run_once_a_file_is_settled(settings: Settings, instance: dg.DagsterInstance) -> None:
    path = drop(settings, "synthetic.csv", FIRST)
    first = tick(settings, instance, None)
    assert not first.run_requests
    # Not as large as it was: it is being copied.
    path.write_text(FIRST + row(2025, 0.1) + "\n", encoding="utf-8")
    growing = tick(settings, instance, first.cursor)
    assert not growing.run_requests
    settled = tick(settings, instance, growing.cursor)
    [request] = settled.run_requests
    # Nothing is published yet: so the run has all that follows from deliveries, and asks no provider.
    keys = {"/".join(key.path) for key in request.asset_selection}
    assert {"snapshot/delivery/fhi_crowding", "facts/delivery/fhi_crowding", "measures/housing"} < keys
    assert "publication/warehouse" in keys
    assert not any(key.startswith(("snapshot/ssb", "snapshot/klass")) for key in keys)
    assert not tick(settings, instance, settled.cursor).run_requests
    # No name of a file is written into Dagster's own database.
    assert "synthetic" not in settled.cursor


def test_a_file_that_fits_no_contract_asks_for_the_inbox_alone(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    (settings.root).mkdir(parents=True)
    drop(settings, "synthetic.csv", "a,b\n1,2\n")
    settled = tick(settings, instance, tick(settings, instance, None).cursor)
    [request] = settled.run_requests
    assert INBOX in request.asset_selection
    assert json.loads(settled.cursor)["asked"]
