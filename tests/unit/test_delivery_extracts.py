"""Long extracts, as Statistics Norway makes them on order: pairs of code and label, one count, a row per category.

All figures are synthetic.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from indicators.catalogue import Catalogue
from indicators.catalogue.contracts import DeliveryContract
from pipelines.decoding.delivered import facts_of
from pipelines.deliveries.checking import Checked
from tests.stages import checked, measures_of
from tests.unit import VINTAGE, made_catalogue, made_indicator
from tests.unit.test_delivery import SYNTHETIC

HEADER = "aargang;bydel;bydel_fmt;status;status_fmt;kjoenn;kjoenn_fmt;antall"
EXTRACT: dict[str, Any] = {
    **SYNTHETIC,
    "id": "extract",
    "header": HEADER.split(";"),
    "area": {"name": "bydel_fmt", "known": True},
    "boundary_year": 2024,
    "period": {"column": "aargang"},
    "dimensions": {
        "Status": {
            "column": "status_fmt",
            "codes": {"Sysselsatt": "employed", "Arbeidsledig": "unemployed", "Utdanning": "study", "Annet": "other"},
        },
        "Kjonn": {"column": "kjoenn_fmt", "codes": {"Menn": "1", "Kvinner": "2"}},
    },
    "contents": [{"code": "persons", "column": "antall", "unit": "persons", "kind": "count"}],
    "missing": {":": ":"},
    "absent": "zero",
}
EVERYONE = {"ContentsCode": "persons", "Kjonn": ["1", "2"]}
OUTSIDE = {**EVERYONE, "Status": ["unemployed", "other"]}
ALL = {**EVERYONE, "Status": ["employed", "unemployed", "study", "other"]}
# In 2024 no man is in education and no woman unemployed: such rows are not there.
ROWS = [
    "_x0032_023;7;Kommunedel 7;1;Sysselsatt;1;Menn;400",
    "_x0032_023;7;Kommunedel 7;1;Sysselsatt;2;Kvinner;380",
    "_x0032_023;7;Kommunedel 7;2;Arbeidsledig;1;Menn;30",
    "_x0032_023;7;Kommunedel 7;2;Arbeidsledig;2;Kvinner;20",
    "_x0032_023;7;Kommunedel 7;3;Utdanning;1;Menn;50",
    "_x0032_023;7;Kommunedel 7;3;Utdanning;2;Kvinner;60",
    "_x0032_023;7;Kommunedel 7;4;Annet;1;Menn;25",
    "_x0032_023;7;Kommunedel 7;4;Annet;2;Kvinner;35",
    "_x0032_024;7;Kommunedel 7;1;Sysselsatt;1;Menn;410",
    "_x0032_024;7;Kommunedel 7;1;Sysselsatt;2;Kvinner;390",
    "_x0032_024;7;Kommunedel 7;2;Arbeidsledig;1;Menn;40",
    "_x0032_024;7;Kommunedel 7;3;Utdanning;2;Kvinner;70",
    "_x0032_024;7;Kommunedel 7;4;Annet;1;Menn;44",
    "_x0032_024;7;Kommunedel 7;4;Annet;2;Kvinner;46",
]


def with_contracts(*contracts: dict[str, Any], **sources: dict[str, Any]) -> Catalogue:
    indicators = [made_indicator(name, [{"method": "proportion", **source}]) for name, source in sources.items()]
    read = [DeliveryContract.model_validate(contract) for contract in contracts]
    return replace(made_catalogue(*indicators), contracts={contract.id: contract for contract in read})


def delivered(folder: Path, one: Catalogue, rows: list[str], header: str = HEADER) -> Checked:
    path = folder / f"extract {len(rows)}.csv"
    path.write_text("\n".join([header, *rows, ""]))
    return checked(one, path)


def figures(one: Catalogue, *files: Checked) -> dict[tuple[str, str], tuple[Any, ...]]:
    """Return numerator, denominator, value and status of district 7 by indicator and period."""
    facts = {}
    for file in files:
        assert file.error is None and file.reading is not None, file.error
        facts[f"delivery/{file.contract}"] = facts_of(file.reading, "5a" * 32, VINTAGE)
    return {
        (row["indicator_id"], row["period"]): tuple(row[key] for key in ("numerator", "denominator", "value", "status"))
        for row in measures_of(one, "made", facts).to_pylist()
        if row["area_id"] == "drammen-7"
    }


def test_categories_are_summed_into_numerator_and_denominator_and_an_absent_one_is_zero(tmp_path: Path):
    one = with_contracts(EXTRACT, outside={"table": "delivery/extract", "numerator": OUTSIDE, "denominator": ALL})
    file = delivered(tmp_path, one, ROWS)
    assert figures(one, file) == {
        ("outside", "2023"): (30 + 20 + 25 + 35, 1000, 110 / 1000, None),
        ("outside", "2024"): (40 + 0 + 44 + 46, 1000, 130 / 1000, None),
    }
    assert file.remarks == ("2 figure(s) that have no row are 0, as the contract has it (`absent`)",)


def test_without_that_word_an_absent_row_is_not_known_and_a_hidden_one_never_is(tmp_path: Path):
    source = {"table": "delivery/extract", "numerator": OUTSIDE, "denominator": ALL}
    silent = with_contracts({**EXTRACT, "absent": None}, outside=source)
    found = figures(silent, delivered(tmp_path, silent, ROWS))
    assert found["outside", "2023"][2] == 110 / 1000
    assert found["outside", "2024"] == (None, None, None, "missing")
    hidden = [":".join(row.rsplit("40", 1)) if row.endswith(";Menn;40") else row for row in ROWS]
    one = with_contracts(EXTRACT, outside=source)
    assert figures(one, delivered(tmp_path, one, hidden))["outside", "2024"] == (None, None, None, "suppressed")


def test_an_area_without_any_row_in_a_year_is_not_filled(tmp_path: Path):
    one = with_contracts(EXTRACT, outside={"table": "delivery/extract", "numerator": OUTSIDE, "denominator": ALL})
    rows = [*ROWS, "_x0032_024;6;Kommunedel 6;1;Sysselsatt;1;Menn;700"]
    reading = delivered(tmp_path, one, rows).reading
    assert reading is not None
    places = set(zip(reading.area.to_pylist(), reading.columns["period"].to_pylist(), strict=True))
    assert len(places) == 3
    assert len(reading) == 3 * 4 * 2


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"dimensions": {"Status": {"column": "status"}}}, "dimension 'Status' needs 'codes'"),
        ({"contents": [{**EXTRACT["contents"][0], "kind": "share"}]}, "of kind count alone"),
        ({"period": {"column": "aargang", "projected_from": 2027}}, "goes with years that are counted"),
    ],
)
def test_only_counts_of_known_codes_can_be_absent(changes: dict[str, Any], fault: str):
    with pytest.raises(ValidationError, match=fault):
        DeliveryContract.model_validate({**EXTRACT, **changes})
