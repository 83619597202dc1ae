"""One delivery from the command line: what it is, what it would change or changes, and how it is taken back.

The work is the job's, run on the file alone; a dry run does it on a copy of the store.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from indicators import catalogue
from indicators.catalogue import Catalogue
from pipelines.decoding.delivered import facts_of
from pipelines.deliveries import checking, draft, template
from pipelines.deliveries.checking import Checked, Rules
from pipelines.deliveries.faults import DeliveryError, StandsOut
from pipelines.deliveries.held import confirmation_of, reason_of
from pipelines.deliveries.reasons import reasons_for
from pipelines.language import Language
from pipelines.settings import Settings
from pipelines.storage import warehouse
from pipelines.storage.snapshots import DELIVERED
from pipelines.terminal import delivery_report
from pipelines.workplace import definitions, refreshing
from pipelines.workplace.night import Night, compose

REFUSED = 2
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_SHORTEST = 6  # letters of a delivery's name


def deliver(
    console: Console,
    errors: Console,
    settings: Settings,
    file: Path,
    contract: str | None,
    *,
    dry_run: bool,
    not_personal: str | None = None,
    confirm: str | None = None,
) -> int:
    """Take one file, or say what taking it would change. Returns the exit code: 0, 2 refused, 1 or 3 as a refresh.

    not_personal: why what looks like personal data in it is none. confirm: why figures that stand out are right. Raises
    DeliveryError for a reason that is none.
    """
    path = file.expanduser().resolve()
    reason = reason_of(not_personal, "--not-personal") if not_personal is not None else None
    rules = Rules.of(catalogue.load())
    checked = checking.check(checking.taken_from(path), rules, contract, not_personal=reason)
    if confirm is not None:
        checked = replace(checked, confirmed=confirmation_of(confirm))
    night = compose(settings, given=(checked,))
    if checked.error is not None:
        return _refused(errors, night, checked, checked.error, dry_run=dry_run)
    language = Language(settings.lang)
    delivery_report.show(console, checked, night.catalogue, _against_the_edition(night, checked), language)
    taken_back = night.store.snapshots.withdrawn().get(str(checked.sha256))
    if taken_back is not None:
        moment = f"{taken_back.fetched_at:%Y-%m-%d %H:%M} UTC"
        told = language.term("delivery", "withdrawn_before").format(at=moment)
        console.print(told, highlight=False, soft_wrap=True)
    standing = night.store.snapshots.latest(DELIVERED, str(checked.contract))
    if standing is not None and standing.data[-1].sha256 == checked.sha256:
        night.store.snapshots.put(checked.content)  # where the kept bytes are damaged, these mend them
        if night.runner.stands(night.steps) and night.publisher.is_current():
            console.print(language.term("delivery", "stands_already"))
            return 0
        # A run that broke off behind the snapshot: the file is taken, and no edition has it.
        console.print(language.term("delivery", "kept_already"))
    weighed = night.asking.weighed(checked)
    if isinstance(weighed.error, StandsOut):
        return _held(errors, night, weighed, weighed.error, dry_run=dry_run)
    code = _carry_out(console, errors, night, str(checked.contract), dry_run=dry_run)
    if not dry_run and code in (0, 3):
        name = night.store.names.of(str(checked.sha256))
        told = language.term("delivery", "kept").format(name=name, short=name[:8])
        console.print(told, highlight=False, soft_wrap=True)
    return code


def withdraw(console: Console, errors: Console, settings: Settings, named: str, *, dry_run: bool) -> int:
    """Take a delivery back, or say what that would change. Returns the exit code.

    named: how its public name begins, or its SHA-256. Raises DeliveryError where no delivery, or more than one, is
    named so.
    """
    night = compose(settings, given=())
    contract, whole, name = _standing(night, named.strip().lower())
    public = night.store.names.of(whole)
    told = Language(settings.lang).term("delivery", "is_withdrawn")
    console.print(escape(told.format(name=name, contract=contract, short=public[:8])), style="bold", highlight=False)
    return _carry_out(console, errors, night, contract, dry_run=dry_run, withdrawn=whole)


def drafted(file: Path) -> str:
    """Return a first contract for a file. Raises DeliveryError."""
    return draft.contract(file.expanduser().resolve(), Rules.of(catalogue.load()))


def write_template(loaded: Catalogue, contract: str, output: Path | None) -> Iterator[Path]:
    """Write a contract's template, and yield each file. Raises DeliveryError where there is none, or a file is there.

    output: the template's file; without it, it lies where the analyst is and is called by its contract.
    """
    if contract in loaded.boundaries:
        why = "boundaries are GeoJSON of a map program, for which there is no template"
        raise DeliveryError(f"--template {contract}", [why])
    if contract in loaded.area_lists:
        made = template.of_areas(loaded.area_lists[contract])
    else:
        last_year = datetime.now(UTC).year - 1
        made = template.of_figures(loaded.contracts[contract], list(loaded.areas.values()), last_year)
    path = output.expanduser() if output is not None else Path(made.name)
    if path.suffix.lower() != Path(made.name).suffix:
        raise DeliveryError(str(path), [f"expected a name that ends in {Path(made.name).suffix}"])
    written = {path: made.content}
    if made.note is not None:
        written[path.with_suffix(".txt")] = made.note.encode()
    if there := next((file for file in written if file.exists()), None):
        raise DeliveryError(str(there), ["is there already, and is not overwritten; name another with -o"])
    for file, content in written.items():
        file.write_bytes(content)
        yield file


def _against_the_edition(night: Night, checked: Checked) -> dict[str, int] | None:
    """Count the figures that are new, the same, changed and hidden; None for a list of areas."""
    if checked.reading is None:
        return None
    given = facts_of(checked.reading, str(checked.sha256), _LONG_AGO)
    return delivery_report.against(night.store.root, str(checked.contract), given)


def _refused(errors: Console, night: Night, checked: Checked, error: DeliveryError, *, dry_run: bool) -> int:
    errors.print(reasons_for(checked.name, checked.contract, error), highlight=False, markup=False, soft_wrap=True)
    if not dry_run:
        refreshing.deliver(definitions.build(night), night, [checked.contract])
        refused = reversed(night.asking.inbox.quarantine.refusals())
        folder = next((folder for folder, refusal in refused if refusal.sha256 == checked.sha256), None)
        if folder is not None:
            what = "These reasons and the file lie" if checked.may_be_kept else "These reasons lie"
            place = f"{what} in {folder.parent.name}/{folder.name}."
            errors.print(place, highlight=False, markup=False, soft_wrap=True)
    return REFUSED


def _held(errors: Console, night: Night, checked: Checked, error: StandsOut, *, dry_run: bool) -> int:
    errors.print(reasons_for(checked.name, checked.contract, error), highlight=False, markup=False, soft_wrap=True)
    if not dry_run:
        refreshing.deliver(definitions.build(night), night, [checked.contract])
    return REFUSED


def _carry_out(
    console: Console, errors: Console, night: Night, contract: str, *, dry_run: bool, withdrawn: str | None = None
) -> int:
    before, language = warehouse.current(night.store.root), Language(night.settings.lang)
    with _on_a_copy(night) if dry_run else nullcontext(night) as used:
        if withdrawn is not None:
            used.asking.withdraw(contract, withdrawn)
        done = refreshing.deliver(definitions.build(used), used, [contract])
        for subject, reason in done.failures.items():
            errors.print(f"[bold red]failed:[/] {subject}: {escape(reason)}", highlight=False, soft_wrap=True)
        if done.state == "nothing published":
            errors.print(language.term("delivery", "nothing_published"), style="bold red")
            return done.exit_code
        if dry_run:
            console.print(language.term("delivery", "dry_run"), style="yellow")
        delivery_report.show_indicators(console, used.store.root, before, used.settings.area, language)
    return done.exit_code


@contextmanager
def _on_a_copy(night: Night) -> Iterator[Night]:
    """Yield a night on a copy of the store."""
    night.store.make_folders()
    with night.store.copied(night.settings.data_dir) as copied:
        copy = night.settings.model_copy(update={"data_dir": copied.root.parent})
        yield compose(copy, given=night.asking.inbox.given)


def _standing(night: Night, named: str) -> tuple[str, str, str]:
    """Return contract, SHA-256 and file name of the standing delivery that is named so. Raises DeliveryError."""
    standing = {
        (name.partition("/")[2], file.sha256): file.path
        for name in night.catalogue.deliveries
        if (fetch := night.store.snapshots.latest(*name.split("/"))) is not None
        for file in fetch.data
    }
    public = {key: night.store.names.of(key[1]) for key in standing}
    found = [key for key in standing if public[key].startswith(named) or key[1].startswith(named)]
    if len(named) < _SHORTEST or len(found) != 1:
        known = (
            "".join(f"\n  {public[key][:12]}  {key[0]}  {path}" for key, path in sorted(standing.items())) or " none"
        )
        expected = f"expected at least {_SHORTEST} letters that begin the name of one delivery that stands"
        raise DeliveryError(f"--withdraw {named}", [f"{expected}; these do:{known}"])
    [(contract, whole)] = found
    return contract, whole, standing[contract, whole]
