"""The command line: `levekar refresh | deliver | doctor | scorecard | explain | report | export | areas | sql | …`.

Reads options, calls the stages, prints. Heavy libraries are imported by the command that needs them, so that a
question to the warehouse does not wait for Dagster.
"""

import json
import logging
import signal
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from pipelines.terminal import screen

if TYPE_CHECKING:
    from indicators.catalogue import Catalogue
    from pipelines.settings import Settings
    from pipelines.terminal.progress import Progress
    from pipelines.workplace.refreshing import Refreshed

WRONG = 64
"""The exit code for an option, a name or a value that makes no sense (EX_USAGE)."""
EXITS = (
    "Exit codes: 0 done. 1 failed, or nothing is published. 2 a delivery was refused or is held. 3 published, but some "
    "source failed and its last good figures stand. 4 published, but a file waits for a confirmation. 64 an option or "
    "a name makes no sense. 130 interrupted."
)

app = typer.Typer(
    help="Living conditions of a city district: fetch, keep, compute, publish.",
    epilog=EXITS,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
console = screen.output()
errors = screen.errors()

Sources = Annotated[str | None, typer.Option(help="demo, live, files or replay:DIR (or LEVEKAR_SOURCES)")]
Area = Annotated[str | None, typer.Option(help="id or name in areas.yaml (or LEVEKAR_AREA)")]
DataDir = Annotated[Path | None, typer.Option(help="where everything is kept (or LEVEKAR_DATA_DIR)")]
InboxDir = Annotated[Path | None, typer.Option(help="where deliveries lie (or LEVEKAR_INBOX)")]
Lang = Annotated[str | None, typer.Option(help="nb or en (or LEVEKAR_LANG, or the machine's own)")]
AsJson = Annotated[bool, typer.Option("--json", help="an array of row objects")]


def main() -> None:
    """Run the command line; an error of our own, or of the disk, is one clear message and exit code 1 (64: `WRONG`)."""
    from pipelines.storage import files

    files.keep_private()
    console.quiet = False
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        app()
    except SystemExit as ended:
        # Typer ends with 2 after a wrong option, and that is the code of a delivery that was refused.
        wrong = isinstance(ended.__context__, typer.BadParameter.__base__ or ())
        sys.exit(WRONG if wrong else ended.code)
    except Exception as error:
        # Told apart by where the class is defined, so that no command imports what it does not use. What the system
        # says of files (no room, no permission, no such folder) is clear as it is; any other error is a traceback.
        if not type(error).__module__.startswith(("indicators.", "pipelines.")) and not isinstance(error, OSError):
            raise
        errors.print(f"[bold red]error:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
        sys.exit(WRONG if type(error).__name__ in ("SettingsError", "Unknown") else 1)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"levekar {version('levekar')}")
        raise typer.Exit


@app.callback()
def whole(
    asked: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="print the version and end")
    ] = False,
) -> None:
    """Living conditions of a city district: fetch, keep, compute, publish."""


@app.command(epilog=EXITS)
def refresh(
    sources: Sources = None,
    area: Area = None,
    inbox: InboxDir = None,
    data_dir: DataDir = None,
    only: Annotated[str | None, typer.Option(help="run one group alone: snapshots, facts, measures …")] = None,
    full: Annotated[bool, typer.Option("--full", help="fetch and compute everything anew")] = False,
    anyway: Annotated[
        bool | None, typer.Option("--anyway", help="ask providers in their closed hours too (or LEVEKAR_ANYWAY)")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="say nothing but what failed, as for cron")] = False,
    scope: Annotated[
        str | None, typer.Option(help="declared, or norway: every municipality of open tables (or LEVEKAR_SCOPE)")
    ] = None,
    plan: Annotated[bool, typer.Option("--plan", help="only say how many calls and cells open tables take")] = False,
    lang: Lang = None,
) -> None:
    """Do the night's work now: ask every source, fetch what changed, publish; ends with the scorecard."""
    from pipelines.language import Language
    from pipelines.settings import Settings
    from pipelines.storage import warehouse
    from pipelines.terminal.scorecard import show, show_changes
    from pipelines.workplace import definitions, notices, refreshing, summary
    from pipelines.workplace.night import compose

    settings = Settings(sources, area=area, inbox=inbox, data_dir=data_dir, anyway=anyway, scope=scope, lang=lang)
    if plan:
        _plan(settings)
        return
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    before = warehouse.current(settings.root)
    told = notices.Notices()
    console.quiet = quiet
    with _interruptible(), _alone(settings, "levekar refresh"), _progress() as progress:
        settings = _with_area(settings)
        night = compose(settings, full=full, progress=progress)
        progress.expect(len(night.catalogue.source_names) + len(night.steps) + 2)
        done = refreshing.refresh(definitions.build(night, full=full), night, only)
    _tell_faults(done)
    if done.night is not None:
        for fault in notices.send(done.night, summary.markdown(done.night), told):
            errors.print(f"[yellow]not sent:[/] {escape(fault)}", highlight=False, soft_wrap=True)
    if done.state == "nothing published":
        errors.print("[bold red]Nothing was published.[/] An earlier edition, if there is one, stands.")
    elif not quiet:
        language = Language(settings.lang)
        show(console, settings.root, settings.area, language)
        show_changes(console, settings.root, before, language)
        for line in summary.what_next(done.night, language) if done.night is not None else ():
            console.print(line, highlight=False, markup=False)
    raise typer.Exit(done.exit_code)


def _plan(settings: "Settings") -> None:
    from pipelines.settings import SettingsError
    from pipelines.terminal import planned
    from pipelines.workplace.night import compose

    if not settings.asks_providers:
        raise SettingsError("--plan asks providers for metadata: expected --sources live, demo or replay:DIR")
    night = compose(settings)
    for line in planned.lines(night.catalogue.tables, night.asking.providers):
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def _tell_faults(done: "Refreshed") -> None:
    from pipelines.workplace import summary

    for provider, until in done.closed.items():
        errors.print(f"[yellow]not asked:[/] {provider}: {escape(until)}", highlight=False, soft_wrap=True)
    for subject, reason in summary.grouped(done.failures):
        errors.print(f"[bold red]failed:[/] {escape(subject)}: {escape(reason)}", highlight=False, soft_wrap=True)
    for subject, reason in summary.grouped(done.warnings, but=done.failures):
        errors.print(f"[yellow]warning:[/] {escape(subject)}: {escape(reason)}", highlight=False, soft_wrap=True)
    for subject, reason in done.held.items():
        errors.print(f"[bold yellow]held:[/] {escape(subject)}: {escape(reason)}", highlight=False, soft_wrap=True)


@app.command(epilog=EXITS)
def deliver(
    file: Annotated[Path | None, typer.Argument(help="a file that somebody handed over")] = None,
    contract: Annotated[
        str | None, typer.Option(help="id of the contract to read it by; else found by its header")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="only show what would change, and in which indicator")
    ] = False,
    withdraw: Annotated[str | None, typer.Option(help="Name (or how it begins) of a delivery to take back")] = None,
    draft: Annotated[bool, typer.Option("--draft", help="write a first contract for an unknown kind of file")] = False,
    template: Annotated[
        str | None, typer.Option(help="id of a contract: write an empty file that it takes once rows are filled in")
    ] = None,
    output: Annotated[Path | None, typer.Option("-o", help="the template's file; without it a name of its own")] = None,
    not_personal: Annotated[
        str | None,
        typer.Option(help="why what looks like personal data is none; numbers of persons are never let through"),
    ] = None,
    confirm: Annotated[
        str | None, typer.Option(help="why figures that stand out are right: the file is published and marked so")
    ] = None,
    sources: Sources = None,
    area: Area = None,
    data_dir: DataDir = None,
    lang: Lang = None,
) -> None:
    """Check a delivered file, keep it, and publish what follows from it; exit code 2 where it is refused or held."""
    from pipelines.settings import Settings, SettingsError
    from pipelines.terminal import deliver

    if [file, withdraw, template].count(None) != 2 or (draft and file is None) or (output and template is None):
        raise SettingsError("expected one of FILE, --withdraw NAME and --template CONTRACT; -o goes with a template")
    if file is not None and not file.expanduser().exists():
        raise SettingsError(f"{file}: no such file")
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    settings = Settings(sources, area=area, data_dir=data_dir, lang=lang)
    catalogue = _catalogue(settings)
    settings = _with_area(settings)
    if draft and file is not None:
        typer.echo(deliver.drafted(file), nl=False)
        return
    if template is not None:
        _check_known("contract", template, catalogue.contracts | catalogue.area_lists | catalogue.boundaries)
        for path in deliver.write_template(catalogue, template, output):
            typer.echo(str(path))
        return
    if contract is not None:
        _check_known("contract", contract, catalogue.contracts)
    with _interruptible(), _alone(settings, "levekar deliver"):
        if withdraw is not None:
            raise typer.Exit(deliver.withdraw(console, errors, settings, withdraw, dry_run=dry_run))
        if file is not None:
            taken = deliver.deliver(
                console, errors, settings, file, contract, dry_run=dry_run, not_personal=not_personal, confirm=confirm
            )
            raise typer.Exit(taken)


@app.command()
def deliveries(
    as_json: AsJson = False,
    request: Annotated[
        str | None, typer.Option(help="id of a contract: the text of a request to its sender, in Norwegian")
    ] = None,
    sources: Sources = None,
    data_dir: DataDir = None,
    lang: Lang = None,
) -> None:
    """Show which deliveries are expected: from whom, when, waited for by which indicators, overdue since."""
    from pipelines.deliveries.expected import request as text_of_request
    from pipelines.language import Language
    from pipelines.settings import Settings
    from pipelines.terminal.deliveries import rows, show

    settings = Settings(sources, data_dir=data_dir, lang=lang)
    catalogue = _catalogue(settings)
    if request is not None:
        _check_known("contract", request, catalogue.contracts)
        typer.echo(text_of_request(catalogue.contracts[request]), nl=False)
        return
    found = rows(settings, catalogue)
    if as_json:
        _write_json([row.__dict__ for row in found])
    else:
        show(console, found, Language(settings.lang))


@app.command()
def doctor(
    as_json: AsJson = False,
    sources: Sources = None,
    inbox: InboxDir = None,
    data_dir: DataDir = None,
    record: Annotated[
        Path | None, typer.Option(help="a new folder for what providers answer, with a report and what would mend it")
    ] = None,
    repair: Annotated[
        bool, typer.Option("--repair", help="mend the store: what is derived is made anew, no original is deleted")
    ] = False,
) -> None:
    """Check catalogue, declared queries against the provider's metadata, store, inbox and edition."""
    from pipelines.settings import Settings, SettingsError
    from pipelines.terminal.doctor import examine

    settings = Settings(sources, inbox=inbox, data_dir=data_dir)
    if record is not None and settings.source_set not in ("live", "replay"):
        raise SettingsError("--record asks providers: expected --sources live, or replay:DIR of an earlier recording")
    found = []
    with _alone(settings, "levekar doctor --repair") if repair else nullcontext():
        for finding in examine(settings, record, mends=repair):
            found.append(finding)
            if as_json:
                continue
            mark = {True: "[green]ok[/]   ", False: "[bold red]fault[/]", None: "[yellow]note[/] "}[finding.good]
            console.print(
                f"{mark} {escape(finding.subject)}: {escape(finding.message)}", highlight=False, soft_wrap=True
            )
    if as_json:
        _write_json([finding.__dict__ for finding in found])
    elif record is not None:
        console.print(f"recorded in {record}: read report.md there", highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(1 if any(finding.good is False for finding in found) else 0)


@app.command()
def scorecard(
    area: Area = None,
    as_json: AsJson = False,
    sources: Sources = None,
    data_dir: DataDir = None,
    lang: Lang = None,
) -> None:
    """Show the newest value, baseline, target, gap and assessment per indicator."""
    from indicators.dictionary import SCHEMA
    from pipelines.language import Language
    from pipelines.settings import Settings
    from pipelines.storage import warehouse
    from pipelines.terminal.scorecard import rows, show

    settings = Settings(sources, area=area, data_dir=data_dir, lang=lang)
    with warehouse.connect(settings.root, SCHEMA) as connection:
        if not warehouse.rows(connection, "SELECT 1 FROM area WHERE area_id = ?", settings.area):
            settings = _with_area(settings)
    if not as_json:
        show(console, settings.root, settings.area, Language(settings.lang))
        return
    with warehouse.connect(settings.root, SCHEMA) as connection:
        _write_json(rows(connection, settings.area))


@app.command()
def backtest(
    indicator: Annotated[str | None, typer.Argument(help="id of an indicator, by years ahead; without it all")] = None,
    as_json: AsJson = False,
    sources: Sources = None,
    data_dir: DataDir = None,
) -> None:
    """Show how past forecasts came out: what was said to be 70 % likely, and how often it happened."""
    from pipelines.settings import Settings
    from pipelines.terminal.backtest import rows, show

    settings = Settings(sources, data_dir=data_dir)
    if indicator is not None:
        _check_known("indicator", indicator, _catalogue(settings).indicators)
    if as_json:
        _write_json(rows(settings.root, indicator))
    else:
        show(console, settings.root, indicator)


@app.command()
def explain(
    indicator: Annotated[str, typer.Argument(help="id of an indicator, such as employment_rate")],
    area: Area = None,
    period: Annotated[str | None, typer.Option(help="as published, such as 2024; without it the newest")] = None,
    as_json: AsJson = False,
    sources: Sources = None,
    data_dir: DataDir = None,
) -> None:
    """Show a figure's whole chain: definition, rows, snapshots, method with its arithmetic, checks."""
    from pipelines.settings import Settings
    from pipelines.terminal.explain import as_row, show

    settings = Settings(sources, area=area, data_dir=data_dir)
    catalogue = _catalogue(settings)
    area = _area_id(settings.area, catalogue)
    if as_json:
        _write_json([as_row(settings.root, catalogue, indicator, area, period)])
        return
    show(console, settings.root, catalogue, indicator, area, period)


@app.command()
def report(
    area: Annotated[
        list[str] | None,
        typer.Option(
            help="id or name in areas.yaml, for several areas several times; all: each with figures (or LEVEKAR_AREA)"
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", help="folder of the pages; without it report/ beside the warehouse")
    ] = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="also two printed pages per pillar, by Chromium")] = False,
    release: Annotated[
        str | None, typer.Option(help="a release instead of the current edition: its name, folder or archive")
    ] = None,
    sources: Sources = None,
    data_dir: DataDir = None,
) -> None:
    """Write the current edition, or a release, as pages in Norwegian and English that any browser opens."""
    from pipelines.report import paper, site
    from pipelines.settings import Settings

    settings = Settings(sources, data_dir=data_dir)
    catalogue = _catalogue(settings)
    chosen = [one if one == "all" else _area_id(one, catalogue) for one in area or [settings.area]]
    if release is None:
        written = site.write(settings.root, catalogue, chosen, output or settings.root / site.FOLDER)
    else:
        from pipelines.terminal import frozen

        written = frozen.pages(settings, release, chosen, output)
    if pdf:
        for printed in paper.print_pillars(written.folder, "synthetic-" if written.synthetic else ""):
            console.print(f"{printed}", highlight=False, markup=False, soft_wrap=True)
    size = f"{written.size / 1e6:.1f} MB"
    console.print(
        f"{written.folder / 'index.html'}: {written.pages} pages, {size}", highlight=False, markup=False, soft_wrap=True
    )


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="a new folder, or one that an export wrote")],
    formats: Annotated[
        str | None,
        typer.Option("--format", help="some of parquet,csv,json-stat,px,xlsx,sdmx-csv,dcat; without it all but dcat"),
    ] = None,
    publisher: Annotated[str | None, typer.Option(help="for dcat: who publishes it")] = None,
    contact: Annotated[str | None, typer.Option(help="for dcat: an e-mail address for questions")] = None,
    url: Annotated[str | None, typer.Option(help="for dcat: the address that the folder will have")] = None,
    sources: Sources = None,
    data_dir: DataDir = None,
) -> None:
    """Write the current edition as open data, in formats that other programs read."""
    from pipelines.exports import writing
    from pipelines.exports.dcat_file import Publisher
    from pipelines.settings import Settings

    settings = Settings(sources, data_dir=data_dir)
    named = Publisher(publisher, contact, url) if publisher and contact and url else None
    chosen = formats.split(",") if formats else list(writing.FORMATS)
    package = writing.export(settings.root, folder, chosen, named)
    console.print(f"{folder}: {len(package.files)} files", highlight=False, markup=False, soft_wrap=True)


@app.command()
def diff(
    earlier: Annotated[str, typer.Argument(help="a day such as 2025-12-01 (its end, UTC), an edition or a release")],
    later: Annotated[str, typer.Argument(help="the same, later")],
    area: Annotated[str | None, typer.Option(help="id in areas.yaml; without it all")] = None,
    indicator: Annotated[str | None, typer.Option(help="id of an indicator; without it all")] = None,
    as_json: AsJson = False,
    as_markdown: Annotated[bool, typer.Option("--markdown")] = False,
    sources: Sources = None,
    data_dir: DataDir = None,
) -> None:
    """Show what changed between two days, editions or releases, and why; exit code 1 where a change has no reason."""
    from pipelines.edition import difference
    from pipelines.settings import Settings
    from pipelines.terminal import changed

    found = difference.between(Settings(sources, data_dir=data_dir).root, earlier, later, indicator, area)
    if as_json:
        _write_json([change.as_json() for change in found.changes])
    elif as_markdown:
        typer.echo(changed.markdown(found), nl=False)
    else:
        changed.show(console, found)
    raise typer.Exit(1 if found.unexplained else 0)


@app.command()
def release(
    name: Annotated[str | None, typer.Argument(help="its name, such as midterm-2025; `verify` checks one")] = None,
    archive: Annotated[Path | None, typer.Argument(help="of `verify`: the folder or archive")] = None,
    as_of: Annotated[
        str | None, typer.Option(help="the day whose figures are frozen (its end, UTC); else today")
    ] = None,
    output: Annotated[Path | None, typer.Option("-o", help="where folder and archive go; else releases/")] = None,
    corrects: Annotated[str | None, typer.Option(help="the release that this one takes the place of")] = None,
    note: Annotated[str | None, typer.Option(help="what it is for")] = None,
    confidential: Annotated[
        bool, typer.Option("--confidential", help="with delivered files and what else tells hidden figures")
    ] = False,
    due: Annotated[bool, typer.Option("--due", help="which releases are planned, and when")] = False,
    as_json: AsJson = False,
    hashes_only: Annotated[bool, typer.Option("--hashes-only", help="of `verify`: build nothing anew")] = False,
    sources: Sources = None,
    data_dir: DataDir = None,
) -> None:
    """Freeze an edition with all that it takes to cite and rebuild it; `release verify ARCHIVE` checks one."""
    from pipelines.settings import Settings, SettingsError
    from pipelines.terminal import frozen

    settings = Settings(sources, data_dir=data_dir)
    if name == "verify":
        if archive is None:
            raise SettingsError("expected `levekar release verify ARCHIVE`: a release's folder or archive")
        raise typer.Exit(frozen.verify(console, archive, rebuild=not hashes_only))
    if archive is not None:
        raise SettingsError(f"'{archive}': only `verify` takes a second argument")
    if due or name is None:
        planned = frozen.due(settings.root, _catalogue(settings))
        _write_json(planned) if as_json else frozen.show_due(console, planned)
        return
    with _interruptible(), _alone(settings, "levekar release"):
        frozen.freeze(console, settings, _catalogue(settings), name, as_of, output, corrects, note, confidential)


@app.command()
def backup(
    folder: Annotated[Path, typer.Argument(help="where the archive goes: another disk; it holds what is confidential")],
    sources: Sources = None,
    data_dir: DataDir = None,
) -> None:
    """Keep all of the store that cannot be made anew in one archive, and read it again to be sure."""
    from datetime import UTC, datetime

    from pipelines.settings import Settings
    from pipelines.storage import backup as backups

    settings = Settings(sources, data_dir=data_dir)
    with _interruptible(), _alone(settings, "levekar backup"):
        archive, told = backups.write(settings.root, folder, datetime.now(UTC), synthetic=settings.synthetic)
    console.print(f"{archive}: {told.files:,} files of {told.bytes / 1e6:,.1f} MB", highlight=False, soft_wrap=True)
    console.print("It tells hidden figures and holds the store's key: keep it as you keep the store.", highlight=False)


@app.command()
def restore(
    archive: Annotated[Path, typer.Argument(help="what `levekar backup` wrote")],
    sources: Sources = None,
    data_dir: DataDir = None,
) -> None:
    """Bring a store back from a backup, where there is none; `levekar refresh` goes on from there."""
    from pipelines.settings import Settings
    from pipelines.storage import backup as backups

    settings = Settings(sources, data_dir=data_dir)
    with _interruptible():
        told = backups.restore(archive, settings.root)
    kept = f"{settings.root}: {told.files:,} files, as kept on {told.made_at}"
    console.print(f"{kept}. Run `levekar refresh`.", highlight=False, soft_wrap=True)


@app.command()
def areas(
    area: Annotated[str | None, typer.Argument(help="id in areas.yaml; without it the whole tree")] = None,
    as_json: AsJson = False,
    sources: Sources = None,
    data_dir: DataDir = None,
) -> None:
    """Show the tree of areas; of one area its definition, units, zones, residents and what changed when."""
    from pipelines.settings import Settings
    from pipelines.terminal.areas import rows, show, show_tree

    settings = Settings(sources, data_dir=data_dir)
    catalogue = _catalogue(settings)
    if as_json:
        _write_json(rows(settings.root, catalogue, _area_id(area, catalogue) if area is not None else None))
    elif area is None:
        show_tree(console, settings.root, catalogue)
    else:
        show(console, settings.root, catalogue, _area_id(area, catalogue))


@app.command()
def sql(
    query: Annotated[str, typer.Argument(help="a query on the published warehouse")],
    as_csv: Annotated[bool, typer.Option("--csv")] = False,
    as_json: AsJson = False,
    sources: Sources = None,
    data_dir: DataDir = None,
) -> None:
    """Put a question to the current edition: one statement that reads."""
    from pipelines.settings import Settings
    from pipelines.terminal import question

    settings = Settings(sources, data_dir=data_dir)
    with question.put(settings.root, query) as answer:
        if as_json:
            question.write_json(sys.stdout, answer)
        elif as_csv:
            question.write_csv(sys.stdout, answer)
        else:
            question.show_table(console, errors, answer)


@app.command()
def decode(
    file: Annotated[Path, typer.Argument(help="JSON-stat 1.x or 2.0 (dataset, bundle or collection), or PX")],
    output: Annotated[
        Path | None, typer.Option("-o", help="OUT.parquet or OUT.csv; without it CSV on the screen")
    ] = None,
    labels: Annotated[bool, typer.Option("--labels", help="add a column <id>_label to each dimension")] = False,
) -> None:
    """Turn any JSON-stat or PX file into a tidy table: dimensions, value, status."""
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    from pipelines.formats import jsonstat, px
    from pipelines.formats.spreadsheet_text import inert_table

    if not file.is_file():
        raise jsonstat.JsonStatError(f"{file}: no such file")
    if output is not None and output.suffix not in (".csv", ".parquet"):
        raise jsonstat.JsonStatError(f"{output}: expected a name that ends in .csv or .parquet")
    content = file.read_bytes()
    is_px = px.looks_like_px(content) or file.suffix.lower() == ".px"
    cubes = [px.decode(content, str(file))] if is_px else jsonstat.decode(content, str(file))
    if len(cubes) > 1 and output is None:
        raise jsonstat.JsonStatError(
            f"{file} holds {len(cubes)} datasets: give -o, and each gets its number in the name"
        )
    for number, cube in enumerate(cubes, 1):
        table: pa.Table = cube.labelled() if labels else cube.table
        if output is None:
            pa.csv.write_csv(inert_table(table), sys.stdout.buffer)
            continue
        target = output if len(cubes) == 1 else output.with_stem(f"{output.stem}-{number}")
        if target.suffix == ".csv":
            pa.csv.write_csv(inert_table(table), target)
        else:
            pa.parquet.write_table(table, target, compression="zstd")
        console.print(f"{target}: {table.num_rows:,} rows  {cube.label or ''}", highlight=False, markup=False)


def _write_json(rows: list[dict[str, Any]]) -> None:
    from pipelines.formats.untrusted import in_json

    sys.stdout.write(in_json(json.dumps(rows, ensure_ascii=False, indent=1, default=str)) + "\n")


def _with_area(settings: "Settings") -> "Settings":
    """Return the settings with the id of an area that was given by its name. Raises SettingsError."""
    from pipelines import catalogue_cache

    found = _area_id(settings.area, catalogue_cache.load(settings.root))
    return settings.model_copy(update={"area": found})


def _area_id(given: str, catalogue: "Catalogue") -> str:
    """Return the id of an area by its id or one of its names. Raises SettingsError with the nearest."""
    if given in catalogue.areas:
        return given
    names = {
        name.casefold(): area.id
        for area in reversed(catalogue.areas.values())
        for name in (*area.published_names, area.name, area.name.partition(" (")[0])
    }
    if given.casefold() in names:
        return names[given.casefold()]
    _check_known("area", given, catalogue.areas, names)
    raise AssertionError("an unknown area was known")  # pragma: no cover


def _catalogue(settings: "Settings") -> "Catalogue":
    from pipelines import catalogue_cache

    return catalogue_cache.load(settings.root)


def _check_known(kind: str, name: str, known: Collection[str], names: Mapping[str, str] | None = None) -> None:
    """Refuse an unknown id, with the nearest one. names: other words for them. Raises SettingsError."""
    import difflib

    from pipelines.settings import SettingsError

    if name in known:
        return
    others = {**{one.casefold(): one for one in known}, **(names or {})}
    near = difflib.get_close_matches(name.casefold(), others, n=1)
    hint = f" (did you mean '{others[near[0]]}'?)" if near else ""
    raise SettingsError(f"unknown {kind} '{name}'{hint}; known are {', '.join(known)}")


@contextmanager
def _progress() -> Iterator["Progress"]:
    """Yield what shows each finished step: one bar on a terminal, otherwise a line for each that brings news."""
    from pipelines.terminal.progress import on_a_terminal, on_lines

    terminal = screen.own_terminal()
    if terminal is None or console.quiet:
        yield on_lines(console)
        return
    with on_a_terminal(terminal) as shown:
        yield shown


@contextmanager
def _alone(settings: "Settings", what: str) -> Iterator[None]:
    """Have the store to oneself; say for whom one waits. Raises StoreError where that takes too long."""
    from pipelines.storage.store import Store, network_warning

    for path in (settings.root, settings.dagster_home):
        if warning := network_warning(path):
            errors.print(f"[yellow]warning:[/] {escape(warning)}", highlight=False, soft_wrap=True)
            break

    def say(line: str) -> None:
        errors.print(f"[yellow]waiting:[/] {escape(line)}", highlight=False, soft_wrap=True)

    with Store(settings.root).alone(what, settings.wait, say):
        yield


@contextmanager
def _interruptible() -> Iterator[None]:
    """Say of Ctrl-C and SIGTERM what they leave."""
    try:
        yield
    except KeyboardInterrupt:
        said = "[bold red]interrupted:[/] what stood before stands; `levekar refresh` goes on where this ended."
        errors.print(said, soft_wrap=True)
        raise typer.Exit(130) from None
