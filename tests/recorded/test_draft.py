"""First contracts for the county's real files, as if none had one: each loads, and reads its file as it is drafted."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from indicators import catalogue
from indicators.catalogue import loading
from indicators.catalogue.contracts import DeliveryContract
from pipelines import deliveries as delivery
from pipelines.deliveries import draft
from pipelines.deliveries.checking import Rules
from tests.recorded import RECORDED

pytestmark = pytest.mark.slow  # each draft is tried on its file, of up to half a million figures

COUNTY = RECORDED / "county"
FILES = sorted(path.name for path in COUNTY.iterdir())
# Schools stand among the counties here: which rows are observations, no file can tell.
NEEDS_A_PERSON = "20220505-1453_Slutta_VGO.csv"


@cache
def rules() -> Rules:
    return Rules.of(catalogue.load())


@cache
def drafted(name: str) -> str:
    return draft.contract(COUNTY / name, replace(rules(), contracts={}))


@pytest.mark.parametrize("name", FILES)
def test_a_draft_is_a_contract_and_says_what_it_guesses(name: str, tmp_path: Path) -> None:
    path = tmp_path / "draft.yaml"
    path.write_text(drafted(name), encoding="utf-8")
    loading.load(path, DeliveryContract)
    guessed = [line.partition(":")[0].strip() for line in drafted(name).splitlines() if "GUESS" in line]
    assert {"id", "levels", "area", "contents"} <= set(guessed)
    assert drafted(name).count("TODO") >= 6


@pytest.mark.parametrize("name", [name for name in FILES if name != NEEDS_A_PERSON])
def test_a_draft_reads_its_file_to_the_last_figure(name: str, tmp_path: Path) -> None:
    path = tmp_path / "draft.yaml"
    path.write_text(drafted(name), encoding="utf-8")
    opened = delivery.open_file((COUNTY / name).read_bytes(), name)
    by_draft = delivery.read(delivery.match(opened, [loading.load(path, DeliveryContract)]), name, rules().areas)
    if "ark" in by_draft.columns:  # every sheet of the layout is read; the contract names one
        own = pc.equal(by_draft.columns["ark"].cast(pa.string()), "Sysselsatte")
        by_draft = replace(by_draft, value=by_draft.value.filter(own))
    by_contract = delivery.read(delivery.match(opened, list(rules().contracts.values())), name, rules().areas)
    assert len(by_draft) == len(by_contract)
    # The same numbers, but for those that the contract knows to be hidden counts.
    if name != "arbeidsledighet.csv":
        assert pc.sum(by_draft.value).as_py() == pytest.approx(pc.sum(by_contract.value).as_py())


def test_a_file_that_has_a_contract_needs_no_draft() -> None:
    with pytest.raises(delivery.DeliveryError, match="contract fhi_crowding takes this file already"):
        draft.contract(COUNTY / "trangboddhet.csv", rules())
