"""What becomes of delivered files: kept as snapshots, or refused and put in quarantine with reasons.

How a file is read and what is wrong with it belongs to `sources.delivery`; figures, to the stages after it.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg

from indicators.catalogue import Catalogue
from pipelines.deliveries.checking import Checked
from pipelines.deliveries.faults import DeliveryError, NoContract, PersonalData
from pipelines.deliveries.quarantine import REASONS, Refusal, now
from pipelines.formats.format_error import Fault
from pipelines.resources import Workspace
from pipelines.storage.snapshots import DELIVERED, WITHDRAWS, Fetch, StoredResponse

_SHOWN = 200
KEY = dg.AssetKey(["snapshot", "inbox"])


def pending(workspace: Workspace, contract: str | None) -> list[Checked]:
    """Return the files that wait for a contract, or (None) those that fit none."""
    return [one for one in workspace.pending if one.contract == contract]


def accept(workspace: Workspace, checked: Checked) -> None:
    """Keep a file that may be used; it stands from now on."""
    workspace.store.put(checked.content)
    workspace.store.record(record_of(workspace, checked))


def record_of(workspace: Workspace, checked: Checked) -> Fetch:
    """Return the record of a delivery, which does not stand before it is kept."""
    if checked.contract is None or checked.sha256 is None:
        raise ValueError(f"{checked.name}: only a file that fits a contract can be kept")
    contract = workspace.catalogue.deliveries[f"{DELIVERED}/{checked.contract}"]
    moment = datetime.now(UTC)
    stored = StoredResponse(
        role="data",
        sha256=checked.sha256,
        method="FILE",
        path=checked.name,
        params=(),
        body=None,
        url=checked.name,
        size=len(checked.content),
        fetched_at=moment,
    )
    return Fetch(
        provider=DELIVERED,
        table_id=checked.contract,
        updated=None,
        fetched_at=moment,
        attribution=contract.attribution,
        licence=contract.licence,
        responses=(stored,),
        query={"contract": checked.contract},
        notes={"remarks": list(checked.remarks)} if checked.remarks else {},
    )


def withdraw(workspace: Workspace, table_id: str, sha256: str) -> None:
    """Record that a delivery stands no longer; its bytes and its record stay."""
    contract = workspace.catalogue.deliveries[f"{DELIVERED}/{table_id}"]
    fetch = Fetch(
        provider=DELIVERED,
        table_id=table_id,
        updated=None,
        fetched_at=datetime.now(UTC),
        attribution=contract.attribution,
        licence=contract.licence,
        responses=(),
        query={"contract": table_id, WITHDRAWS: sha256},
        notes={},
    )
    workspace.store.record(fetch)


def refuse(workspace: Workspace, checked: Checked) -> str:
    """Put a refused file in quarantine with its reasons, and return these (Markdown).

    A file of the inbox is moved there; one from elsewhere is copied. One that may hold personal data stays where it is.
    """
    reasons = reasons_for(checked)
    if checked.sha256 is None:
        return reasons  # not read to its end: it is looked at again
    folder = workspace.quarantine.left(checked.sha256, workspace.judge)
    if folder is None:
        refusal = Refusal(checked.name, checked.sha256, checked.contract, now(), workspace.judge)
        inside = workspace.settings.inbox in checked.path.parents
        source = checked.path if checked.may_be_kept else None
        folder = workspace.quarantine.keep(refusal, reasons, source, move=inside)
    what = "These reasons and the file lie" if checked.may_be_kept else "These reasons lie"
    return f"{reasons}\n{what} in `{folder.parent.name}/{folder.name}`.\n"


def reasons_for(checked: Checked) -> str:
    """Return why a file is refused and what to do, as Markdown that its sender can read."""
    error = checked.error
    if error is None:
        raise ValueError(f"{checked.name}: nothing is wrong with it")
    lines = [f"# {checked.name} was not taken", ""]
    if isinstance(error, PersonalData):
        lines += [
            "The file seems to hold **personal data**. It was not copied, and nothing of it is quoted here.",
            "",
            *(f"* {fault.place or 'the file'}: {fault.expected}" for fault in error.faults),
            "",
            "Levekår takes figures about areas only. Remove the file from where it was put, delete copies that were "
            "sent along with it, and ask for a table of counts by area. If this is a mistake, tell those who run it.",
        ]
        return "\n".join([*lines, ""])
    if checked.contract is not None:
        lines += [f"It was read by the contract `{checked.contract}`. {_count(error)}", ""]
    if isinstance(error, NoContract):
        lines += [f"* {fault}" for fault in error.faults]
    else:
        lines += ["| where | what stands there | what was expected | such as |", "|---|---|---|---|"]
        lines += [_line(fault) for fault in error.faults[:_SHOWN]]
        if len(error.faults) > _SHOWN:
            lines.append(f"| and {len(error.faults) - _SHOWN:,} more | | | |")
    lines += [
        "",
        "What was delivered before stands and stays published. Put these right in a copy and deliver that: drop it "
        f"in the inbox, or run `levekar deliver FILE`. `{REASONS}` is for whoever made the file.",
    ]
    return "\n".join([*lines, ""])


def _line(fault: Fault) -> str:
    more = f" and {fault.cells - 1:,} more" if fault.cells > 1 else ""
    cells = (
        f"{fault.place or 'the file'}{more}",
        fault.found or "",
        fault.expected.removeprefix("expected "),
        fault.example or "",
    )
    return f"| {' | '.join(map(_cell, cells))} |"


def _count(error: DeliveryError) -> str:
    number = len(error.faults)
    return "One thing is wrong with it:" if number == 1 else f"{number:,} things are wrong with it:"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def assets(_catalogue: Catalogue) -> Iterator[dg.AssetsDefinition]:
    """Yield the asset that looks after files that no contract takes."""

    @dg.asset(
        key=KEY,
        group_name="snapshots",
        description="Files in the inbox that fit no contract, cannot be read, or seem to hold personal data.",
        check_specs=[
            dg.AssetCheckSpec("understood", asset=KEY, description="Every file in the inbox fits a contract.")
        ],
    )
    def inbox(workspace: dg.ResourceParam[Workspace]) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        strange = pending(workspace, None)
        reasons = [refuse(workspace, one) for one in strange]
        workspace.progress("inbox", f"{len(strange)} file(s) not taken" if strange else "unchanged")
        known = [one.name for one in workspace.pending if one.contract is not None]
        yield dg.MaterializeResult(metadata={"not taken": [one.name for one in strange], "taken by contracts": known})
        yield dg.AssetCheckResult(
            check_name="understood",
            passed=not strange,
            metadata={
                "reason": dg.MetadataValue.md("\n\n".join(reasons) or "every file fits a contract"),
                **({"state": "failed"} if strange else {}),
            },
        )

    yield inbox
