"""Why a file is refused and what to do, as Markdown for the analyst and for whoever made it: `reasons.md`.

What readers of an edition, of Dagster and of logs get to know instead stands in `faults`.
"""

from collections.abc import Iterator

from pipelines.deliveries.faults import DeliveryError, NoContract, PersonalData, StandsOut, Unsearchable
from pipelines.formats.format_error import IN_NORWEGIAN, Fault, Kind
from pipelines.formats.grid import Place
from pipelines.formats.untrusted import in_markdown

REASONS = "reasons.md"
_SHOWN = 200


def reasons_for(name: str, contract: str | None, error: DeliveryError) -> str:
    """Return the reasons as Markdown in which nothing that stands in the file is more than text.

    name: the file's name. contract: id of the contract that it was read by, where there is one.
    """
    if isinstance(error, StandsOut):
        return _held(name, contract, error)
    lines = [f"# {in_markdown(name)} was not taken", ""]
    if isinstance(error, PersonalData):
        lines += [
            "The file seems to hold **personal data**. It was not copied, and nothing of it is quoted here.",
            "",
            *(f"* {in_markdown(f'{_place(fault)}: {fault.expected}')}" for fault in error.faults),
            "",
            "Levekår takes figures about areas only. Remove the file from where it was put, delete copies that were "
            "sent along with it, and ask for a table of counts by area. If this is a mistake, and no number of a "
            "person is in it, `levekar deliver FILE --not-personal REASON` takes it and keeps the reason.",
        ]
        return "\n".join([*lines, ""])
    if isinstance(error, Unsearchable):
        lines += [
            "The file cannot be searched for **personal data**. So it was not copied, and stays where it lies.",
            "",
        ]
    if contract is not None:
        lines += [f"It was read by the contract `{contract}`. {_count(error)}", ""]
    if isinstance(error, NoContract):
        lines += [f"* {in_markdown(str(fault))}" for fault in error.faults]
    else:
        lines += ["| where | what stands there | what was expected | such as |", "|---|---|---|---|"]
        lines += [_table_row(fault) for fault in error.faults[:_SHOWN]]
        if len(error.faults) > _SHOWN:
            lines.append(f"| and {len(error.faults) - _SHOWN:,} more | | | |")
    if not isinstance(error, PersonalData | Unsearchable):
        lines += _in_norwegian(error)
    lines += [
        "",
        "What was delivered before stands and stays published. Put these right in a copy and deliver that: drop it "
        f"in the inbox, or run `levekar deliver FILE`. `{REASONS}` is for whoever made the file. Cells that could "
        "speak of a person are not repeated here: look them up in the file.",
    ]
    return "\n".join([*lines, ""])


def _held(name: str, contract: str | None, error: StandsOut) -> str:
    """Say which figures stand out, what was expected, and what to do."""
    lines = [
        f"# {in_markdown(name)} is held",
        "",
        f"It was read by the contract `{contract}`, and {_figures(error)} from what is known. Nothing of it is "
        "published, and it stays where it lies. Look the figures up in the file and ask its sender:",
        "",
        "| where | what stands there | what was expected |",
        "|---|---|---|",
        *(
            f"| {' | '.join(map(in_markdown, (_place(fault), fault.found or '', fault.expected)))} |"
            for fault in error.faults[:_SHOWN]
        ),
    ]
    if len(error.faults) > _SHOWN:
        lines.append(f"| and {len(error.faults) - _SHOWN:,} more | | |")
    lines += [
        "",
        "Where they are right: `levekar deliver FILE --confirm REASON`, or the job `confirm_delivery` in Dagster. "
        "Where they are not, put a corrected file in its place.",
    ]
    return "\n".join([*lines, *_in_norwegian(error), ""])


def _figures(error: StandsOut) -> str:
    number = len(error.faults)
    return "one figure stands out" if number == 1 else f"{number:,} figures stand out"


def _in_norwegian(error: DeliveryError) -> Iterator[str]:
    """Yield the same for a sender who reads Norwegian: each kind of fault, how often, and the first place."""
    asks = "Filen er ikke tatt inn ennå. Stemmer dette? Svar, eller send en rettet fil:"
    told = (
        asks if isinstance(error, StandsOut) else "Filen ble ikke tatt inn. Rett dette i en kopi og send den på nytt:"
    )
    yield from ("", "## På norsk", "", told, "")
    if isinstance(error, NoContract):
        yield "* kolonnene er ikke dem i noen avtalt leveranse: bruk samme overskrifter som sist, eller si fra"
        return
    kinds: dict[Kind, list[Fault]] = {}
    for fault in error.faults:
        kinds.setdefault(fault.kind, []).append(fault)
    for kind, faults in kinds.items():
        cells = sum(fault.cells for fault in faults)
        spot = faults[0].place.spot if isinstance(faults[0].place, Place) else ""
        where = f", først i {spot.replace('row', 'rad').replace('column', 'kolonne').replace('cell', 'celle')}"
        yield f"* {IN_NORWEGIAN[kind]} ({cells:,}{where if spot else ''})"


def _place(fault: Fault) -> str:
    return str(fault.place) or "the file"


def _table_row(fault: Fault) -> str:
    more = f" and {fault.cells - 1:,} more" if fault.cells > 1 else ""
    expected = fault.expected.removeprefix("expected ")
    cells = (f"{_place(fault)}{more}", fault.found or "", expected, fault.example or "")
    return f"| {' | '.join(map(in_markdown, cells))} |"


def _count(error: DeliveryError) -> str:
    number = len(error.faults)
    return "One thing is wrong with it:" if number == 1 else f"{number:,} things are wrong with it:"
