"""Which deliveries are expected and overdue; dates by hand."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from rich.console import Console

from indicators import catalogue
from pipelines.deliveries.expected import expected, overdue_since, received, request
from pipelines.language import Language
from pipelines.storage.snapshots import DELIVERED, Fetch, SnapshotStore, StoredResponse
from pipelines.terminal.deliveries import show


@pytest.mark.parametrize(
    ("due", "received", "today", "since"),
    [
        ([], None, date(2026, 11, 1), None),  # nobody has agreed on a day
        (["03-31"], None, date(2026, 11, 1), date(2026, 3, 31)),
        (["03-31"], None, date(2026, 3, 30), date(2025, 3, 31)),
        (["03-31"], date(2026, 4, 2), date(2026, 11, 1), None),  # late, but there
        (["03-31"], date(2025, 10, 1), date(2026, 11, 1), None),  # 181 days early: this round's
        (["03-31"], date(2025, 9, 1), date(2026, 11, 1), date(2026, 3, 31)),  # the round before
        # Once, and not each year: an evaluation, a survey.
        (["2025-12-31", "2030-12-31"], None, date(2025, 12, 30), None),
        (["2025-12-31", "2030-12-31"], None, date(2026, 11, 1), date(2025, 12, 31)),
        (["2025-12-31", "2030-12-31"], date(2025, 9, 1), date(2030, 12, 30), None),  # no day in the years between
        (["2025-12-31", "2030-12-31"], date(2025, 9, 1), date(2031, 1, 1), date(2030, 12, 31)),
    ],
)
def test_overdue_since(due: list[str], received: date | None, today: date, since: date | None) -> None:
    assert overdue_since(due, received, today) == since


def test_the_days_of_the_districts_own_files_are_those_of_the_evaluations_and_only_what_is_known_has_a_day() -> None:
    loaded = catalogue.load()
    [evaluations] = [
        [str(plan.due) for plan in programme.releases]
        for programme in loaded.programmes
        if programme.area == "drammen-7"
    ]
    days = {one.contract: list(one.due) for one in expected(loaded, {}, date(2026, 11, 27)) if one.due}
    assert days == {
        "drammen_district_counts": evaluations,
        "drammen_district_values": evaluations,
        "nav_unemployment_workbook": ["01-31"],  # December's figures are there about 15 January
    }
    assert evaluations == ["2025-12-31", "2030-12-31"]


def test_every_contract_is_listed_with_who_waits_for_it() -> None:
    loaded = catalogue.load()
    found = {one.contract: one for one in expected(loaded, {"nav_unemployment": date(2026, 1, 2)}, date(2026, 11, 1))}
    assert found.keys() == {name.partition("/")[2] for name in loaded.deliveries}
    assert "registered_unemployment" in found["nav_unemployment"].indicators
    assert found["nav_unemployment"].last_received == date(2026, 1, 2)
    assert found["fhi_crowding"].last_received is None


def test_a_request_says_columns_codes_signs_and_what_is_not_known() -> None:
    for contract in catalogue.load().contracts.values():
        text = request(contract)
        assert contract.name_no in text
        assert all(f"«{column}»" in text for column in contract.header if column)
        assert contract.sender is not None or "avsender er ikke kjent" in text
        assert "fødselsnumre" in text


def test_what_stands_is_received_and_what_was_taken_back_is_not(tmp_path: Path) -> None:
    loaded, snapshots = catalogue.load(), SnapshotStore(tmp_path)
    assert received(loaded, snapshots) == {}
    taken = datetime(2026, 3, 2, 9, tzinfo=UTC)
    sha256 = snapshots.put(b"synthetic")
    file = StoredResponse("data", sha256, "FILE", "synthetic.csv", (), None, "synthetic.csv", 9, taken)
    snapshots.record(Fetch(DELIVERED, "fhi_crowding", None, taken, "synthetic", "none", (file,), {}, {}))
    assert received(loaded, snapshots) == {"fhi_crowding": date(2026, 3, 2)}


def test_what_is_overdue_is_told_in_the_terminal_and_stands_above_the_rest() -> None:
    loaded = catalogue.load()
    contract = loaded.contracts["fhus_adults"].model_copy(update={"due": ["03-31"], "sender": "Fylkeskommunen"})
    undated = {id: one.model_copy(update={"due": []}) for id, one in loaded.contracts.items()}
    dated = replace(loaded, contracts={**undated, "fhus_adults": contract})
    written = io.StringIO()
    show(Console(file=written, width=200), expected(dated, {}, date(2026, 11, 1)), Language("en"))
    lines = written.getvalue().splitlines()
    assert lines[0].startswith("fhus_adults: ")
    assert lines[0].endswith("overdue since 2026-03-31")
    told = [line.strip() for line in lines[1:5]]
    assert told[0] == "sent by: Fylkeskommunen (made by FHI)"
    assert told[1].startswith("comes: Undersøkelser i 2021 og 2025; ")
    assert told[1].endswith(", by 03-31")
    assert "adult_insecurity" in told[2]
    assert told[3] == "last received: never"
    assert not any("overdue" in line for line in lines[1:])
