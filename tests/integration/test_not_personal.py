"""What only looks like personal data is let through where somebody says why; numbers of persons never are.

All files are synthetic.
"""

import json
from pathlib import Path

import pytest
from rich.console import Console

from indicators import catalogue
from pipelines.deliveries import checking
from pipelines.deliveries.checking import Checked, Rules
from pipelines.deliveries.faults import DeliveryError, PersonalData
from pipelines.edition import provenance
from pipelines.language import Language
from pipelines.settings import Settings
from pipelines.storage.snapshots import NOT_PERSONAL
from pipelines.terminal import delivery_report
from pipelines.terminal.deliver import deliver
from pipelines.workplace.night import compose

ROW = "4003,Skien,2024-01-01,alle aldre,totalt,0.09"
HEADER = "Kommunenummer,Geografi,År,Alder,Innvandringsbakgrunn,Andel"
CONTACT = "Tall ved Ola Nordmann <ola.nordmann@example.com>"
REASON = "the analyst: the consultant's address, in a footnote"


def check(folder: Path, note: str, not_personal: str | None) -> Checked:
    path = folder / "synthetic.csv"
    path.write_text(f"{HEADER}\n{ROW}\n,,,,,\n{note},,,,,\n", encoding="utf-8")
    rules = Rules.of(catalogue.load())
    return checking.check(checking.taken_from(path), rules, not_personal=not_personal)


@pytest.mark.slow
def test_what_looks_like_personal_data_is_let_through_for_a_reason_that_is_kept(tmp_path: Path) -> None:
    assert isinstance(check(tmp_path, CONTACT, None).error, PersonalData)
    checked = check(tmp_path, CONTACT, REASON)
    assert checked.error is None
    night = compose(Settings("files", data_dir=tmp_path / "store"), given=(checked,))
    assert night.asking.take("delivery/fhi_crowding").state == "new"
    # Beside the delivery's record, in the lake's provenance, and on the terminal.
    [fetch] = night.store.snapshots.fetches("delivery", "fhi_crowding")
    assert fetch.notes[NOT_PERSONAL] == {"kinds": ["e-mail addresses"], "reason": REASON}
    published = provenance.responses(night.store)
    [kept] = night.store.lake.read("provenance/responses")[NOT_PERSONAL].to_pylist()
    assert json.loads(kept) == fetch.notes[NOT_PERSONAL]
    console = Console(width=200)
    with console.capture() as shown:
        delivery_report.show(console, checked, night.catalogue, None, Language("en"))
    assert f"what looks like e-mail addresses: {REASON}" in shown.get()
    # What was found is told nowhere, and readers do not even get the reason.
    assert NOT_PERSONAL not in published.column_names
    for said in (str(published.to_pylist()), shown.get(), str(fetch.notes)):
        assert "nordmann" not in said.lower()


def test_a_file_in_which_nothing_looks_personal_keeps_no_reason(tmp_path: Path) -> None:
    checked = check(tmp_path, "Kilde: FHI", REASON)
    assert (checked.error, checked.let_through, checked.not_personal) == (None, (), None)


def test_a_number_of_a_person_is_never_let_through(tmp_path: Path) -> None:
    # Synthetic: month + 80, as the Tax Administration makes numbers of nobody.
    checked = check(tmp_path, "Saksbehandler 15819000066", REASON)
    assert isinstance(checked.error, PersonalData)


@pytest.mark.parametrize("reason", ["", "no", "Ola Nordmann, ola.nordmann@example.com"])
def test_a_reason_says_why_and_names_no_person(tmp_path: Path, reason: str) -> None:
    settings = Settings("files", data_dir=tmp_path / "store")
    path = tmp_path / "synthetic.csv"
    with pytest.raises(DeliveryError, match="expected who says so and why"):
        deliver(Console(), Console(), settings, path, None, dry_run=True, not_personal=reason)
