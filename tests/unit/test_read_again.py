"""What was taken is read again from the snapshot, as after a new version. Synthetic."""

from datetime import UTC, datetime

from pipelines.decoding.observations import FACTS, Answers, decode
from pipelines.storage.snapshots import DELIVERED, Fetch, StoredResponse
from tests.unit import real_catalogue


def test_a_survey_that_was_taken_is_read_again_whatever_years_it_leaves_out() -> None:
    """As after a new version, when what was taken is decoded anew: gaps are asked of a file once, by its indicators."""
    text = "Kommunedel;Periode;Indikator;Verdi\n" + "".join(
        f"Kommunedel 7;{year};Ensomhet (prosent);{value}\n" for year, value in ((2021, 21), (2024, 25))
    )
    taken = datetime(2026, 3, 2, 9, tzinfo=UTC)
    file = StoredResponse("data", "5a" * 32, "FILE", "synthetic.csv", (), None, "synthetic.csv", len(text), taken)
    fetch = Fetch(DELIVERED, "drammen_district_values", None, taken, "synthetic", "none", (file,), {}, {})
    answers = Answers(lambda _sha256: text.encode())
    found = decode(real_catalogue(), fetch, answers)[FACTS]
    assert list(zip(found["period"].to_pylist(), found["value"].to_pylist(), strict=True)) == [
        ("2021", 21),
        ("2024", 25),
    ]
