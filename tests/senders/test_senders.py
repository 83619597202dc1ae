"""Drafts of the collection read their files; and whatever a file is, a draft loads or is refused by name."""

import random
from pathlib import Path

import pytest

from indicators.catalogue import loading
from indicators.catalogue.contracts import DeliveryContract
from pipelines.deliveries import DeliveryError, draft, match, open_file, read
from tests.senders import measure, synthetic_files
from tests.senders.synthetic_files import File

FILES = synthetic_files.made()
QUICK = ("ssb_standard_csv.csv", "nav_helt_ledige_2024-10.xlsx")


def test_there_are_at_least_48_files_of_different_senders():
    assert len(FILES) >= 48
    assert len({file.name.partition("_")[0] for file in FILES}) > 15


@pytest.mark.parametrize("file", [file for file in FILES if file.name in QUICK], ids=lambda file: file.name)
def test_a_file_is_read_right_as_drafted(file: File, tmp_path: Path):
    assert measure.outcome(file, tmp_path) == ("right as drafted", "")


def test_a_draft_invents_neither_area_nor_period(tmp_path: Path):
    """Nothing in the file says where or when: both stay for a person to fill in, and till then the file is refused."""
    path = tmp_path / "synthetic.csv"
    path.write_text("Alder;Menn;Kvinner\n0-5 år;120;118\n6-15 år;201;199\n16-66 år;900;911\n", encoding="utf-8")
    drafted = draft.contract(path, measure.rules())
    assert drafted.count("{always: TODO}") == 2
    assert not any(word in drafted.replace("# boundary_year: 2024", "") for word in ("Drammen", "2024"))
    contract = tmp_path / "draft.yaml"
    contract.write_text(drafted, encoding="utf-8")
    found = match(open_file(path.read_bytes(), path.name), [loading.load(contract, DeliveryContract)])
    with pytest.raises(DeliveryError, match="expected a period"):
        read(found, path.name, measure.rules().areas)


@pytest.mark.slow
def test_of_the_collection_51_of_53_are_read_right_as_drafted_and_the_others_after_the_edits_that_the_draft_names(
    tmp_path: Path,
):
    """Measured 2026-11-27; the goal was 30 of 48 right as drafted and at most 8 not at all.

    *Partly* is a draft that reads some figures, and lacks others without a word of it: none does.
    """
    found = {file.name: measure.outcome(file, tmp_path) for file in FILES}
    told = [what for what, _why in found.values()]
    assert [told.count(what) for what in measure.OUTCOMES] == [51, 2, 0, 0], found


WORDS = ["Kommune", "År", "Antall", "Andel (%)", "2023", "2024", "Drammen", "3301 Drammen", "Menn", ":", "", "1,5",
         "5.000", "jan", "a: b", "#x", "- y", "{z}", "[A]", "'q'", '"', "\\", "\x1b[31m", "null", "yes", "é\u2028", "*",
         "Kjønn", "period", "contents", "ContentsCode", "2011-12", "1. kvartal 2024", "%", "9" * 30,
         "Skien (2020-2023)"]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("part", range(2))
def test_drafts_of_random_tables_load_or_are_refused_by_name(part: int, tmp_path: Path):
    drafted = 0
    for seed in range(part * 30, part * 30 + 30):
        draw = random.Random(seed)
        width, height = draw.randrange(1, 7), draw.randrange(1, 12)
        rows = [[draw.choice(WORDS) for _ in range(width)] for _ in range(draw.randrange(1, 4))]
        rows += [[draw.choice(["Drammen", "Skien", *WORDS])] + [str(draw.randrange(3000)) for _ in range(width - 1)]
                 for _ in range(height)]  # fmt: skip
        separator = draw.choice(";,\t|")
        path = tmp_path / f"tabell {seed}.csv"
        path.write_text("\n".join(separator.join(row) for row in rows), encoding="utf-8")
        try:
            text = draft.contract(path, measure.rules())
        except DeliveryError as error:
            assert path.name in str(error), seed
            assert "does not know why" not in str(error), (seed, str(error))
            continue
        drafted += 1
        (tmp_path / "draft.yaml").write_text(text, encoding="utf-8")
        loading.load(tmp_path / "draft.yaml", DeliveryContract)
    assert drafted > 5
