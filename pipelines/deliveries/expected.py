"""Which deliveries are expected: from whom, when, waited for by which indicators, received when, overdue since.

Facts come from contracts and from what stands; what no contract says is unknown (None), and never guessed.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from indicators.catalogue import Catalogue
from indicators.catalogue.contracts import Delivered, DeliveryContract
from pipelines.storage.snapshots import DELIVERED, SnapshotError, SnapshotStore

_OF_THIS_ROUND = timedelta(days=183)  # so long before its day a delivery may come and still be this round's


@dataclass(frozen=True)
class Expected:
    """One delivery that is expected. sender: a role, in Norwegian. None: unknown, or never, or not.

    due: MM-DD of each year, or YYYY-MM-DD once; none where no day is known.
    """

    contract: str
    name_no: str
    name_en: str
    provider: str
    sender: str | None
    comes: str | None
    due: tuple[str, ...]
    indicators: tuple[str, ...]
    last_received: date | None
    overdue_since: date | None


def expected(catalogue: Catalogue, received: Mapping[str, date], today: date) -> list[Expected]:
    """Return each contract's delivery, overdue ones first, then those that most indicators wait for.

    received: as `received` returns it.
    """
    found = [_expected(catalogue, contract, received.get(contract.id), today) for contract in _contracts(catalogue)]
    return sorted(found, key=lambda one: (one.overdue_since or date.max, -len(one.indicators), one.contract))


def received(catalogue: Catalogue, snapshots: SnapshotStore) -> dict[str, date]:
    """Return the day on which the newest file that stands of each contract was taken; none where none stands."""
    found = {}
    for name in catalogue.deliveries:
        contract = name.partition("/")[2]
        with suppress(SnapshotError):  # a damaged record, of which the doctor tells
            standing = snapshots.latest(DELIVERED, contract)
            if standing is not None:
                found[contract] = max(file.fetched_at for file in standing.data).date()
    return found


def _contracts(catalogue: Catalogue) -> list[Delivered]:
    return [*catalogue.contracts.values(), *catalogue.area_lists.values(), *catalogue.boundaries.values()]


def _expected(catalogue: Catalogue, contract: Delivered, received: date | None, today: date) -> Expected:
    table = f"delivery/{contract.id}"
    drawing = (
        indicator.id
        for indicator in catalogue.indicators.values()
        if any(source.table == table for source in indicator.sources)
    )
    return Expected(
        contract.id,
        contract.name_no,
        contract.name_en,
        contract.provider,
        contract.sender,
        contract.comes,
        tuple(contract.due),
        tuple(drawing),
        received,
        overdue_since(contract.due, received, today),
    )


def overdue_since(due: Sequence[str], received: date | None, today: date) -> date | None:
    """Return the newest of the days that has passed without a delivery in the half year before it or since.

    due: as in `Expected`.
    """
    days = (
        date.fromisoformat(day if len(day) > len("03-31") else f"{year}-{day}")
        for day in due
        for year in (today.year - 1, today.year)
    )
    last = max((day for day in days if day <= today), default=None)
    return last if last and (received is None or received < last - _OF_THIS_ROUND) else None


def request(contract: DeliveryContract) -> str:
    """Return the text of a request to the sender, in Norwegian: what is wanted, and in which columns."""
    columns = ", ".join(f"«{column}»" for column in contract.header if column) or "de avtalte kolonnene"
    kinds = "; ".join(
        dict.fromkeys(
            f"{contents.column or contents.label or contents.code} ({_KINDS[contents.kind]})"
            for contents in contract.contents
        )
    )
    lines = [
        f"Emne: Bestilling av tall: {contract.name_no}",
        "",
        f"Til {contract.sender or '[avsender er ikke kjent: fyll inn rollen]'}",
        "",
        f"Vi ber om: {contract.name_no}.",
        f"Når: {contract.comes or '[ikke avtalt: fyll inn når på året]'}.",
        "",
        f"Fil: regneark (XLSX) eller CSV med én overskriftsrad og kolonnene {columns}.",
        f"Tallene: {kinds}.",
    ]
    for name, codes in contract.dimension_codes.items():
        if codes:
            lines.append(f"{name}: skriv nøyaktig én av {len(codes)} tekster: {'; '.join(codes)}.")
    signs = [f"«{sign}»" if sign else "tom celle" for sign in contract.missing]
    if signs:
        lines.append(f"Der tall mangler eller er skjult: {', '.join(signs)}. Skriv aldri 0 for et tall som er skjult.")
    lines += [
        "",
        "Filen skal bare ha tall om områder. Ingen navn, fødselsnumre eller andre opplysninger om enkeltpersoner.",
    ]
    return "\n".join([*lines, ""])


_KINDS = {
    "count": "antall, hele tall",
    "share": "andel mellom 0 og 1",
    "percent": "prosent, 25 for 25 %",
    "per_1000": "per 1000",
    "amount": "beløp eller mengde",
    "other": "tall",
}
