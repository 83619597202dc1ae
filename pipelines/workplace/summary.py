"""What is told of a night, in Markdown: how it went, what moved, what failed, what to do next.

For the store's folder `nights`, a mail, a webhook and the page of a run. What was delivered is told of as its readers
may know it (`deliveries.faults`): no text here stands in a file.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from pipelines.edition.figure_text import difference, figure
from pipelines.formats.untrusted import in_markdown
from pipelines.language import Language
from pipelines.storage.nights import Moved, NightRecord

_MANY = 20  # lines of one kind
_NAMED = 3  # of many sources with one fault


def title(record: NightRecord) -> str:
    """Return the night in one line, the subject of a mail."""
    made_up = " (SYNTHETIC)" if record.synthetic else ""
    return f"Levekår {record.source_set}{made_up}, night of {record.started_at:%Y-%m-%d}: {verdict(record)}"


def verdict(record: NightRecord) -> str:
    """Say in few words how the night went."""
    if record.outcome in ("missed", "broke off"):
        return record.outcome
    if record.outcome == "nothing published":
        return "FAILED, nothing was published"
    failed = f", {len(record.failed)} failed" if record.failed else ""
    return ("published" if record.outcome == "published" else "nothing changed") + failed


def markdown(record: NightRecord) -> str:
    """Return the night's summary."""
    return "\n".join([f"# {title(record)}", "", *_lines(record), ""])


def grouped(messages: Mapping[str, str], but: Mapping[str, str] | None = None) -> Iterator[tuple[str, str]]:
    """Yield subjects and what is to be said of them, once where it is the same of several, as of all of one host.

    but: messages whose faults were told already.
    """
    known = {message.partition("\n")[0] for message in (but or {}).values()}
    by_fault: dict[str, list[str]] = {}
    for subject, message in messages.items():
        if message.partition("\n")[0] in known:
            continue
        by_fault.setdefault(message.partition("\n")[0], []).append(subject)
    for fault, subjects in by_fault.items():
        if len(subjects) == 1:
            yield subjects[0], messages[subjects[0]]
        else:
            shown = ", ".join(subjects[:_NAMED]) + (", …" if len(subjects) > _NAMED else "")
            yield (
                f"{len(subjects)} sources ({shown})",
                f"{fault}\nWhat was fetched of them before, if anything, stands.",
            )


def _lines(record: NightRecord) -> Iterator[str]:
    yield f"Started {_at(record.started_at)} by {record.trigger}, ended {_at(record.finished_at)}."
    if record.remark:
        yield f"**{in_markdown(record.remark)}.**"
    if record.asked.asked:
        yield f"{record.asked}."[0].upper() + f"{record.asked}."[1:]
    if record.edition and record.outcome != "published":
        yield f"Readers see edition `{record.edition}`, as before."
    elif record.edition:
        yield f"Edition `{record.edition}`."
    for provider, moment in record.silent().items():
        last = f"last answered {_at(moment)}" if moment else "never answered"
        yield f"**{provider}: {last}.** Its last good figures stand."
    yield from _listed("Failed", (f"{subject}: {reason}" for subject, reason in grouped(record.failed)))
    yield from _listed("Moved beyond chance", map(_moved, record.moved))
    counts = ", ".join(f"{number:,} {word}" for word, number in record.changes.items() if number)
    yield from _listed("Figures against the edition before", [counts] if counts else [])
    yield from _listed("New from", [", ".join(record.new)] if record.new else [])
    yield from _listed("Held, until someone confirms it", record.held)
    yield from _listed("Overdue", record.overdue)
    yield from _listed("Not asked", (f"{provider}: {until}" for provider, until in record.not_asked.items()))
    yield from _listed(
        "Warnings", (f"{subject}: {reason}" for subject, reason in grouped(record.warnings, but=record.failed))
    )
    if not record.good:
        yield from ["", "What to do next: `levekar doctor` says what is wrong; `levekar refresh` goes on from here."]


def what_next(record: NightRecord, language: Language) -> Iterator[str]:
    """Yield what moved and what is to be done, for who has read the scorecard."""
    if record.moved:
        yield language.term("run", "moved").format(listed="; ".join(map(_moved, record.moved)))
    for provider, moment in record.silent().items():
        when = _at(moment) if moment else language.term("delivery", "never")
        yield language.term("run", "silent").format(provider=provider, when=when)
    if record.failed and not record.silent():
        yield language.term("run", "some_failed")


def _listed(heading: str, lines: Iterable[str]) -> Iterator[str]:
    found = list(lines)
    if not found:
        return
    yield from ["", f"## {heading}", ""]
    yield from (f"* {in_markdown(' '.join(line.split()))}" for line in found[:_MANY])
    if len(found) > _MANY:
        yield f"* … and {len(found) - _MANY} more"


def _moved(one: Moved) -> str:
    row = {**vars(one), "by": one.value - one.old_value}
    old, new, by = figure(row, "old_value"), figure(row, "value"), difference(row, "by")
    when = f"{one.period}, revised" if one.period == one.old_period else f"{one.old_period} to {one.period}"
    return f"{one.name}, {one.area_id}: {old} to {new} ({by}; {when})"


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
