"""Dagster assets and checks made of steps, of sources and of the edition: one factory for each, by mapping.

What an asset does stands in `steps` and `edition`; here is how Dagster sees it.
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg

# What Dagster's own observations are marked with, so that no materialisation is made of them; it has no public name.
from dagster._core.definitions.source_asset import SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION as _NOTHING_MADE

from indicators.catalogue import Catalogue
from pipelines.deliveries.faults import for_readers_of
from pipelines.edition.gathering import gathered_keys
from pipelines.edition.over_time import CHECK
from pipelines.edition.publishing import Publisher
from pipelines.errors import SourceError
from pipelines.formats.untrusted import in_markdown
from pipelines.report import site
from pipelines.steps.asking import Asking, counted, nobody_answered, only_warns, tonight
from pipelines.steps.remembering import SHOWN
from pipelines.steps.runner import NEVER_MADE, Made, Runner
from pipelines.steps.step import Check, Finding, Step
from pipelines.storage import warehouse
from pipelines.storage.nights import Nights, Tally
from pipelines.storage.public_names import PublicNames
from pipelines.workplace import check_results
from pipelines.workplace import overview as overviews
from pipelines.workplace.charts import ChartFolder
from pipelines.workplace.night import Progress

INBOX = dg.AssetKey(["snapshot", "inbox"])
EDITION = dg.AssetKey(["publication", "warehouse"])
PAGE = dg.AssetKey(["publication", "page"])
OVERVIEW = dg.AssetKey(["publication", "overview"])
ASKED = "asked"
_HELD = "No file waits for somebody to confirm figures that stand out; the job `confirm_delivery` confirms one."
PLAUSIBLE = "plausible"
"""The check of a delivery's snapshot that fails while a file is held."""
_MADE = "made"
_DAY = timedelta(days=1)
Yielded = Iterator[dg.MaterializeResult[Any] | dg.AssetCheckResult]


class NobodyAnswered(Exception):
    """Sources were asked that figures hang on, and not one gave an answer of use; what stood before stands."""


def asset_key(path: str) -> dg.AssetKey:
    """Return the asset key of a step, or of a source such as `snapshot/ssb/07459`."""
    return dg.AssetKey(path.split("/"))


def _stands(context: dg.AssetExecutionContext, **told: Any) -> dg.MaterializeResult[Any]:
    """Return the result of an asset that was not made anew, so that what needs it goes on, and Dagster shows none.

    told: what there is to say of it, as an observation; nothing: none is made.
    """
    if told:
        context.log_event(dg.AssetObservation(context.asset_key, metadata=told))
    return dg.MaterializeResult(metadata={_NOTHING_MADE: True})


# --- sources ----------------------------------------------------------------------------------------------------------


def source_assets(catalogue: Catalogue, progress: Progress) -> Iterator[dg.AssetsDefinition]:
    """Yield one asset per source table, classification and delivery contract."""
    for name in catalogue.source_names:
        yield _source(catalogue, name, progress)


def _source(catalogue: Catalogue, name: str, progress: Progress) -> dg.AssetsDefinition:
    key = asset_key(f"snapshot/{name}")
    warns = only_warns(catalogue, name)
    is_delivery = name in catalogue.deliveries

    @dg.asset(
        key=key,
        group_name="snapshots",
        description="The responses as received.",
        pool=name.partition("/")[0],
        freshness_policy=_freshness(catalogue, name),
        check_specs=[
            dg.AssetCheckSpec("fetched", asset=key, description="The source answered, and with sense."),
            *([dg.AssetCheckSpec(PLAUSIBLE, asset=key, description=_HELD)] if is_delivery else []),
        ],
    )
    def snapshot(
        context: dg.AssetExecutionContext, asking: dg.ResourceParam[Asking], names: dg.ResourceParam[PublicNames]
    ) -> Yielded:
        outcome = asking.take(name)
        progress(name, outcome.state if outcome.state != "failed" else f"failed: {outcome.message}")
        answers = [answer.sha256 for answer in outcome.fetch.responses] if outcome.fetch else []
        version = ",".join(map(names.of, answers) if is_delivery else answers) or "none"
        told = {"state": outcome.state, "message": outcome.message}
        if outcome.state == "new" or (outcome.state == "unchanged" and asking.heard.get(name)):
            yield dg.MaterializeResult(
                metadata={**told, ("readers' name of each file" if is_delivery else "sha256"): version},
                data_version=dg.DataVersion(hashlib.sha256(version.encode()).hexdigest()),
            )
        elif outcome.state == "failed":
            good = outcome.fetch.fetched_at if outcome.fetch else None
            last = f"last good of {good:%Y-%m-%d %H:%M} UTC" if good else "never good"
            yield _stands(context, **told, stands=last)
        else:
            yield _stands(context)
        yield dg.AssetCheckResult(
            check_name="fetched",
            passed=outcome.state != "failed",
            severity=dg.AssetCheckSeverity.WARN if warns else dg.AssetCheckSeverity.ERROR,
            metadata={"reason": outcome.message, "state": outcome.state},
        )
        if is_delivery:
            yield dg.AssetCheckResult(
                check_name=PLAUSIBLE,
                passed=outcome.held is None,
                severity=dg.AssetCheckSeverity.WARN,
                metadata={"reason": outcome.held} if outcome.held is not None else {},
            )

    return snapshot


def _freshness(catalogue: Catalogue, name: str) -> dg.FreshnessPolicy:
    """Return until when a source is fresh: a delivery by how often its figures come, a provider's by when it is read.

    Every source of a provider is read anew once in 30 days, whatever it says of itself; so where none of that came for
    45, it did not answer. An unchanged source is not read, and made no run, in the nights between.
    """
    if name not in catalogue.deliveries:
        return dg.FreshnessPolicy.time_window(fail_window=45 * _DAY, warn_window=35 * _DAY)
    years = [spacing.every for spacing in catalogue.spacings(name)]
    every = min((number for number in years if number is not None), default=5)
    return dg.FreshnessPolicy.time_window(fail_window=(every * 365 + 120) * _DAY, warn_window=(every * 365 + 30) * _DAY)


def inbox_asset(progress: Progress) -> dg.AssetsDefinition:
    """Return the asset that looks after files that no contract takes."""

    @dg.asset(
        key=INBOX,
        group_name="snapshots",
        description="Files in the inbox that fit no contract, cannot be read, or seem to hold personal data.",
        check_specs=[
            dg.AssetCheckSpec("understood", asset=INBOX, description="Every file in the inbox fits a contract.")
        ],
    )
    def inbox(asking: dg.ResourceParam[Asking]) -> Yielded:
        strange = asking.inbox.waiting(None)
        for file in strange:
            asking.inbox.refuse(file)
        progress("inbox", f"{len(strange)} file(s) not taken" if strange else "unchanged")
        known = sum(file.contract is not None for file in asking.inbox.pending)
        told = for_readers_of(file.error for file in strange) if strange else "every file fits a contract"
        # Neither names nor texts of files: Dagster keeps what it is told.
        yield dg.MaterializeResult(metadata={"not taken": len(strange), "taken by contracts": known})
        yield dg.AssetCheckResult(
            check_name="understood",
            passed=not strange,
            metadata={
                "reason": told,
                **({"state": "failed"} if strange else {}),
            },
        )

    return inbox


# --- steps ------------------------------------------------------------------------------------------------------------


def step_assets(steps: Iterable[Step], progress: Progress) -> Iterator[dg.AssetsDefinition]:
    """Yield one asset per step, with its checks."""
    for step in steps:
        yield _asset(step, progress)


def _asset(step: Step, progress: Progress) -> dg.AssetsDefinition:
    key = asset_key(step.key)

    @dg.asset(
        key=key,
        group_name=step.group,
        # What was shown follows from the editions themselves: not from an asset, or the graph would be a circle.
        deps=[asset_key(need) for need in step.needs if need != SHOWN],
        description=step.about,
        check_specs=[
            dg.AssetCheckSpec(_MADE, asset=key, description="The table could be made; if not, the one before stands."),
            *(
                dg.AssetCheckSpec(check.name, asset=key, blocking=check.blocking, description=check.about)
                for check in step.checks
            ),
        ],
    )
    def table(
        context: dg.AssetExecutionContext,
        runner: dg.ResourceParam[Runner],
        charts: dg.ResourceParam[ChartFolder],
        names: dg.ResourceParam[PublicNames],
    ) -> Yielded:
        try:
            made = runner.run(step)
        except SourceError as error:
            # A file that was taken, read anew by a contract that changed, say: Dagster keeps what an error says.
            raise SourceError(f"{step.key}: {error.for_readers()}") from None
        progress(step.key, _news(made))
        if made.error is not None:
            yield _stands(context, failed=_said(made.error), stands="the table that was made before")
        elif made.rebuilt or context.instance.get_latest_materialization_event(key) is None:
            drawn = {title: dg.MetadataValue.md(text) for title, text in charts.of(made).items()}
            yield dg.MaterializeResult(
                metadata=_metadata(made) | drawn,
                # The file's SHA-256 follows from counts that are hidden: who sees these pages must not try them out.
                data_version=dg.DataVersion(names.of(made.kept.version)),
            )
        else:
            yield _stands(context)
        yield _made(made)
        for check in step.checks:
            yield _result(check, made.findings.get(check.name) or Finding(False, "it was not looked at"))

    return table


def _news(made: Made) -> str:
    """Say how many rows were made, and, but for the first time, what made that necessary."""
    if not made.rebuilt or not made.kept.rows:
        return "unchanged"
    more = f" and {len(made.reasons) - 1} more" if len(made.reasons) > 1 else ""
    why = "" if made.reasons == (NEVER_MADE,) else f": {made.reasons[0]}{more}"
    return f"{made.kept.rows:,} rows{why}"


def _metadata(made: Made) -> dict[str, Any]:
    shown = {name: number for finding in made.findings.values() for name, number in finding.shown.items()}
    reasons = "\n".join(f"* {in_markdown(reason)}" for reason in made.reasons)
    why = {"why": dg.MetadataValue.md(reasons)} if made.rebuilt else {}
    return {"dagster/row_count": made.kept.rows, "rebuilt": made.rebuilt, **why, **shown}


def _said(error: Exception) -> str:
    """Return what readers get to know of an error: Dagster keeps it, and editions have it in `check_result`."""
    return error.for_readers() if isinstance(error, SourceError) else f"{type(error).__name__}: {error}"


def _made(made: Made) -> dg.AssetCheckResult:
    told = f"could not be made anew: {_said(made.error)}" if made.error else ""
    lines = [*map(in_markdown, told.splitlines()), "The figures computed before stand."] if told else []
    return dg.AssetCheckResult(
        check_name=_MADE,
        passed=made.error is None,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={"reason": dg.MetadataValue.md("\n".join(lines))} if lines else {},
    )


def _result(check: Check, finding: Finding) -> dg.AssetCheckResult:
    lines = map(in_markdown, finding.reason.splitlines()) if finding.reason is not None else ()
    reason = {"reason": dg.MetadataValue.md("\n".join(lines))} if finding.reason is not None else {}
    return dg.AssetCheckResult(
        check_name=check.name,
        passed=finding.passed,
        severity=dg.AssetCheckSeverity.WARN if check.warns else dg.AssetCheckSeverity.ERROR,
        metadata={**finding.shown, **reason},
    )


# --- the edition ------------------------------------------------------------------------------------------------------


def edition_asset(catalogue: Catalogue, progress: Progress, *, full: bool) -> dg.AssetsDefinition:
    """Return the one asset that readers see."""

    @dg.asset(
        key=EDITION,
        group_name="publication",
        deps=[asset_key(key) for key in gathered_keys(catalogue)],
        description="The edition that evaluators open: DuckDB, and Parquet beside it.",
        check_specs=[
            dg.AssetCheckSpec(ASKED, asset=EDITION, description="Whoever was asked tonight answered, and with sense."),
            dg.AssetCheckSpec(
                CHECK, asset=EDITION, description="Every figure that changed has a reason (levekar diff)."
            ),
        ],
    )
    def warehouse_edition(
        context: dg.AssetExecutionContext,
        asking: dg.ResourceParam[Asking],
        publisher: dg.ResourceParam[Publisher],
    ) -> Yielded:
        asked = tonight(asking)
        yield _asked(asking, asked, publisher)
        reason = _why_not(publisher, asking, full=full)
        if reason is not None:
            yield _stands(context, published=False, reason=reason, asked=str(asked))
        else:
            checks = check_results.rows(context.instance, context.run_id)
            started = datetime.fromtimestamp(context.instance.get_run_record_by_id(context.run_id).start_time, UTC)
            edition, rows = publisher.publish(checks, context.run_id, started)
            progress("publication/warehouse", edition.name)
            yield dg.MaterializeResult(metadata={"edition": edition.name, "asked": str(asked), **rows})
        yield _explained(publisher)
        if nobody_answered(asking):
            raise NobodyAnswered(f"{asked}. What stood before stands.")

    return warehouse_edition


def _why_not(publisher: Publisher, asking: Asking, *, full: bool) -> str | None:
    """Say why no edition is published; None where one is."""
    if publisher.is_current() and not full:
        return "nothing has changed"
    # Comparators of tables that were never tried are not enough for a first edition.
    if not any(map(asking.answered, counted(asking.catalogue))):
        return "no source has ever answered"
    return None


def _asked(asking: Asking, asked: Tally, publisher: Publisher) -> dg.AssetCheckResult:
    """Return who was asked and who answered: an error where a source did not that figures hang on."""
    failed = sorted(name for name, answered in asking.heard.items() if not answered)
    known = Nights(publisher.store.root).newest()
    lines = [f"{asked}"] if asked.asked else ["nobody was asked in this run"]
    for provider in sorted({name.partition("/")[0] for name in failed}):
        last = known.provider_answered(provider) if known is not None else None
        own = [name for name in failed if name.startswith(f"{provider}/")]
        lines.append(
            f"{provider}: no answer of use from {len(own)} source(s): {', '.join(own)}; last answered "
            + (f"{last:%Y-%m-%d %H:%M} UTC" if last else "never, as far as is known")
        )
    return dg.AssetCheckResult(
        check_name=ASKED,
        passed=all(only_warns(asking.catalogue, name) for name in failed),
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={
            "reason": dg.MetadataValue.md("\n".join(f"* {in_markdown(line)}" for line in lines)),
            "asked": asked.asked,
            "of": asked.of,
            "answered": asked.answered,
        },
    )


def page_asset(area: str, progress: Progress) -> dg.AssetsDefinition:
    """Return the asset of the page of one area. The command line's refresh leaves it to `levekar report`."""

    @dg.asset(
        key=PAGE,
        group_name="publication",
        deps=[EDITION],
        description="The edition as static pages, in Norwegian and English: report/index.html beside the warehouse.",
    )
    def page(publisher: dg.ResourceParam[Publisher]) -> dg.MaterializeResult[None]:
        root = publisher.store.root
        if warehouse.current(root) is None:
            return dg.MaterializeResult(metadata={"pages": 0, "reason": "nothing is published"})
        written = site.write(root, publisher.catalogue, [area], root / site.FOLDER)
        progress("publication/page", f"{written.pages} pages")
        path = dg.MetadataValue.path(written.folder / "index.html")
        return dg.MaterializeResult(metadata={"pages": written.pages, "bytes": written.size, "first page": path})

    return page


def overview_asset(area: str) -> dg.AssetsDefinition:
    """Return the asset whose page says where every indicator of an area stands, and what is to be done."""

    @dg.asset(
        key=OVERVIEW,
        group_name="publication",
        deps=[EDITION],
        description="Where every indicator stands, the worst first, and what waits for somebody: begin here.",
    )
    def overview(
        asking: dg.ResourceParam[Asking], publisher: dg.ResourceParam[Publisher]
    ) -> dg.MaterializeResult[None]:
        store = publisher.store
        if warehouse.current(store.root) is None:
            return dg.MaterializeResult(metadata={"reason": "nothing is published"})
        text = overviews.markdown(store, publisher.catalogue, area, asking.inbox.held.all(), datetime.now(UTC))
        return dg.MaterializeResult(metadata={"overview": dg.MetadataValue.md(text)})

    return overview


def _explained(publisher: Publisher) -> dg.AssetCheckResult:
    fault = publisher.unexplained()
    metadata = {"reason": fault} if fault else {}
    return dg.AssetCheckResult(
        check_name=CHECK, passed=fault is None, severity=dg.AssetCheckSeverity.ERROR, metadata=metadata
    )
