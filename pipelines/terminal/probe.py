"""The first look at live services: every table's metadata, code lists and one cell, kept to be looked at again.

What belongs: what is asked, keeping the answers as snapshots, the report. What does not: what a difference is and what
would mend it (`mending`), how services are spoken to (`providers`).

A recording is a folder of snapshots. It holds refusals too, in the notes of its records, so that what was gone or out
of reach there is so again wherever the recording is played.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import orjson
from pydantic import ValidationError

from indicators.catalogue import HERE, Catalogue
from indicators.catalogue.models import Asked, Classification, SourceTable
from pipelines.errors import AnswerError, NotKept, SourceError, Unreachable
from pipelines.providers.fhi import FhiClient
from pipelines.providers.klass import KlassClient
from pipelines.providers.pxweb import PxWebClient, Query, Selection
from pipelines.providers.pxweb_metadata import TableMetadata
from pipelines.providers.pxweb_plan import Plan, TableGone
from pipelines.providers.registers import CLIENTS, CountsOnly
from pipelines.providers.replay import ReplayTransport, record_of
from pipelines.providers.tonight import Providers, query_of
from pipelines.providers.transport import Check, LiveTransport, Request, Response, Transport
from pipelines.settings import SettingsError
from pipelines.steps.asking import declared_query
from pipelines.storage.snapshots import Fetch, SnapshotStore
from pipelines.terminal import mending, zones
from pipelines.terminal.mending import Change, Difference

REPORT, CHANGES = "report.md", "changes.json"
State = Literal["confirmed", "differs", "gone", "not reached"]
TransportOf = Callable[[str], Transport]
Client = PxWebClient | FhiClient

_REFUSED, _CLOSED = "refused", "closed"  # notes of a recording's fetches
_CANDIDATES = 5  # tables that the report names in place of one that is gone
_ALIKE = 0.6  # of two titles, from which on one table is suggested in place of the other
_LANGUAGE = ("lang", "no")


@dataclass(frozen=True)
class Result:
    """What came of looking at one source, or at all of a provider that is out of reach."""

    sources: tuple[str, ...]
    state: State
    message: str
    differences: tuple[Difference, ...] = ()
    unverified: bool = False

    @property
    def subject(self) -> str:
        """The source's name; of several, their provider's."""
        return self.sources[0] if len(self.sources) == 1 else self.sources[0].partition("/")[0]

    @property
    def changes(self) -> list[Change]:
        """The changes of sources.yaml that would mend it."""
        return [change for difference in self.differences for change in difference.changes]

    @property
    def words(self) -> str:
        """All of it in one line."""
        others = f" (and so {', '.join(self.sources)} were not looked at)" if len(self.sources) > 1 else ""
        found = "; ".join(f"{difference.kind}: {difference.words}" for difference in self.differences)
        return f"{self.state}: {found or self.message}{others}"


# --- what is kept ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Refusal:
    """A request that brought no answer, and why; `status` where the provider said so."""

    key: str
    message: str
    status: int | None = None
    title: str = ""
    unreachable: bool = False

    @classmethod
    def of(cls, key: str, error: SourceError) -> "Refusal":
        """Return what is kept of an error."""
        if isinstance(error, AnswerError):
            return cls(key, str(error), error.status, error.title)
        return cls(key, str(error), unreachable=isinstance(error, Unreachable))

    def error(self) -> SourceError:
        """Return the error again."""
        if self.status is not None:
            return AnswerError(self.message, self.status, self.title)
        return Unreachable(self.message) if self.unreachable else SourceError(self.message)


class Recording:
    """Asks through another transport, each request once, and keeps what came of it for the source at hand."""

    def __init__(self, inner: Transport, name: str) -> None:
        self.inner, self.name = inner, name
        self._answers: dict[str, Response] = {}
        self._refusals: dict[str, Refusal] = {}
        self._asked: dict[str, None] = {}

    def begin(self) -> None:
        """Begin with another source."""
        self._asked = {}

    @property
    def responses(self) -> list[Response]:
        """The answers that the source at hand got, in the order of asking."""
        return [self._answers[key] for key in self._asked if key in self._answers]

    @property
    def refusals(self) -> list[Refusal]:
        """The refusals that it got."""
        return [self._refusals[key] for key in self._asked if key in self._refusals]

    @property
    def has_answered(self) -> bool:
        """Whether the provider answered or refused anything yet, and so is there."""
        return bool(self._answers) or any(refusal.status for refusal in self._refusals.values())

    def pace(self, calls: int, seconds: float) -> None:
        """Keep to a limit that the provider's configuration states."""
        if isinstance(self.inner, LiveTransport):
            self.inner.pace(calls, seconds)

    def send(self, request: Request, check: Check | None = None) -> Response:
        """Return the answer. Raises SourceError."""
        key = request.key
        self._asked[key] = None
        if key in self._answers:
            if check is not None:
                check(self._answers[key].content)
            return self._answers[key]
        if key in self._refusals:
            raise self._refusals[key].error()
        try:
            self._answers[key] = self.inner.send(request, check)
        except NotKept:
            raise
        except SourceError as error:
            self._refusals[key] = Refusal.of(key, error)
            raise
        return self._answers[key]


class Replayed:
    """A recording's answers, and its refusals, for one provider."""

    def __init__(self, store: SnapshotStore, provider: str) -> None:
        self._kept = ReplayTransport(store, provider)
        notes = [fetch.notes for fetch in store.fetches(provider)]
        refused = [Refusal(**kept) for note in notes for kept in note.get(_REFUSED, ())]
        self._refusals = {refusal.key: refusal for refusal in refused}
        self._closed = next((note[_CLOSED] for note in notes if _CLOSED in note), None)

    def send(self, request: Request, check: Check | None = None) -> Response:
        """Return the kept answer. Raises SourceError as it was raised then, and NotKept."""
        if self._closed is not None:
            raise Unreachable(self._closed)
        if request.key in self._refusals:
            raise self._refusals[request.key].error()
        return self._kept.send(request, check)


def is_recording(folder: Path | None) -> bool:
    """Whether a folder of snapshots was written by a probe."""
    return folder is not None and (folder / CHANGES).is_file()


def transports(providers: Providers) -> TransportOf:
    """Return how each provider is asked: over the network, or from a recording."""

    def transport_of(name: str) -> Transport:
        if providers.replayed is not None:
            return Replayed(providers.replayed, name)
        return LiveTransport(providers.urls.get(name) or providers.declared[name].url, name=name)

    return transport_of


# --- looking --------------------------------------------------------------------------------------------------------


def look(
    catalogue: Catalogue,
    providers: Providers,
    folder: Path | None = None,
    *,
    transport_of: TransportOf | None = None,
    declared_in: Path = HERE,
) -> Iterator[Result]:
    """Look at every declared source and yield what is found; with `folder`, record it there, and at last the report.

    transport_of: asks providers otherwise than over the network. declared_in: the folder that the catalogue was read
    from. Raises SettingsError where the folder is in use already.
    """
    if folder is not None and folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SettingsError(f"--record {folder}: is there and not empty; expected a new folder")
    store = SnapshotStore(folder) if folder is not None else None
    probe = _Probe(catalogue, providers, transport_of or transports(providers), store)
    results: list[Result] = []
    try:
        for result in probe.results():
            results.append(result)
            yield result
    finally:  # what was seen before an interrupt is told too
        if folder is not None:
            _write(folder, results, probe.moments, catalogue, declared_in)


def _write(
    folder: Path, results: Sequence[Result], moments: Sequence[datetime], catalogue: Catalogue, declared_in: Path
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = (declared_in / "sources.yaml").read_text(encoding="utf-8")
    changes = [change.as_json() for result in results for change in result.changes]
    (folder / REPORT).write_text(report(results, moments, text, catalogue), encoding="utf-8")
    (folder / CHANGES).write_text(json.dumps(changes, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


@dataclass
class _Probe:
    """One look at all sources. moments: when each answer came."""

    catalogue: Catalogue
    providers: Providers
    transport_of: TransportOf
    store: SnapshotStore | None
    moments: list[datetime] = field(default_factory=list)

    def results(self) -> Iterator[Result]:
        """Yield the results, provider by provider."""
        for name in self.catalogue.providers:
            sources = [source for source in self.catalogue.asked.values() if source.provider == name]
            if sources:
                yield from self._provider(name, sources)

    def _provider(self, name: str, sources: Sequence[Asked]) -> Iterator[Result]:
        """Look at a provider's sources. It is given up where it never answered, or not for two tables running."""
        asked = self.transport_of(name)
        # What units are called is not recorded either.
        recording = Recording(CountsOnly(asked) if self.catalogue.providers[name].dialect == "brreg" else asked, name)
        ids = [source.id for source in sources]
        until = self.providers.closed_until(name)
        if until is not None:
            closed = (
                f"{name} renews its figures until {until:%H:%M} (Europe/Oslo); LEVEKAR_ANYWAY=1 asks it all the same"
            )
            self._keep(sources[0].id, declared_query(sources[0]), recording, {_CLOSED: closed})
            yield Result(tuple(ids), "not reached", closed)
            return
        silent, given_up = set[str](), False
        for place, source in enumerate(sources):
            recording.begin()
            try:
                result, silent = self._source(source, recording), set()
            except Unreachable as error:
                silent.add(source.asked_as)
                given_up = not recording.has_answered or len(silent) > 1
                result = Result(tuple(ids[place:]) if given_up else (source.id,), "not reached", str(error))
            self._keep(source.id, declared_query(source), recording, {})
            yield result
            if given_up:
                return
        if self.catalogue.providers[name].dialect == "fhi":
            yield self._zones(name, recording)

    def _zones(self, name: str, recording: Recording) -> Result:
        """Look which of all the provider's tables have living-conditions zones, those of no indicator among them."""
        recording.begin()
        declared = [table for table in self.catalogue.tables.values() if table.provider == name]
        try:
            told = "; ".join(zones.survey(FhiClient(recording)).lines(declared))
            result = Result((f"{name}/zones",), "confirmed", told)
        except SourceError as error:
            result = Result((f"{name}/zones",), "not reached", str(error), unverified=True)
        self._keep(result.subject, {}, recording, {})
        return result

    def _source(self, source: Asked, recording: Recording) -> Result:
        """Look at one source. Raises Unreachable; any other fault is the source's result."""
        try:
            if isinstance(source, Classification):
                return self._classification(source, recording)
            if isinstance(source, SourceTable):
                return self._table(source, recording)
        except Unreachable:
            raise
        except NotKept as error:
            return Result((source.id,), "not reached", str(error))
        except Exception as error:
            said = str(error) if isinstance(error, SourceError) else f"{type(error).__name__}: {error}"
            return _result(source, [Difference("not answered", said)], "")
        raise TypeError(f"{source.id}: neither a table nor a classification")

    def _keep(self, name: str, query: dict[str, list[str]], recording: Recording, notes: dict[str, Any]) -> None:
        """Record a source's answers and refusals; a look is no vintage, and has no `updated`."""
        responses, refusals = recording.responses, [asdict(refusal) for refusal in recording.refusals]
        moments = [response.fetched_at for response in responses]
        self.moments += moments
        if self.store is None or not (responses or refusals or notes):
            return
        for response in responses:
            self.store.put(response.content)
        provider_id, _, table_id = name.partition("/")
        provider = self.catalogue.providers[provider_id]
        fetch = Fetch(
            provider=provider_id,
            table_id=table_id,
            updated=None,
            fetched_at=max(moments, default=datetime.now(UTC)),
            attribution=provider.name,
            licence=provider.licence,
            responses=tuple(record_of(_role(response.request), response) for response in responses),
            query=query,
            notes={**notes, **({_REFUSED: refusals} if refusals else {})},
            accepted=bool(responses),
            reason=None if responses else "no answer",
        )
        self.store.record(fetch)

    # --- tables -----------------------------------------------------------------------------------------------------

    def _table(self, table: SourceTable, recording: Recording) -> Result:
        if table.register:
            dialect = self.catalogue.providers[table.provider].dialect
            CLIENTS[dialect](recording, self.providers.clock).probe(query_of(table))
            return _result(table, [], "answers in the shape that is documented")
        client = self._client(table, recording)
        try:
            metadata = client.metadata(table.asked_as)
        except TableGone:
            return self._gone(table, client, recording)
        except SourceError as error:
            if _status(error) != 404:
                raise
            if self.catalogue.providers[table.provider].dialect == "v2":  # being renewed: the table itself is there
                return Result((table.id,), "not reached", str(error))
            return _result(table, [Difference("table gone", f"404 for table '{table.asked_as}'")], "")
        return self._compared(table, [], metadata, client)

    def _client(self, table: SourceTable, recording: Recording) -> Client:
        """Return a client for one source, so that each asks for all that it needs; the recording asks once."""
        dialect = self.catalogue.providers[table.provider].dialect
        if dialect == "fhi":
            return FhiClient(recording)
        client = PxWebClient(recording, dialect="v0" if dialect == "v0" else "v2")
        config = client.config()
        recording.pace(config.calls, config.window_seconds)
        return client

    def _compared(
        self, table: SourceTable, found: Sequence[Difference], metadata: TableMetadata, client: Client
    ) -> Result:
        """Hold the table to its query, and ask for one cell of it, as it would be asked for after mending."""
        shows_codelists = self.catalogue.providers[table.provider].dialect == "v2"
        codelist_of = client.codelist if isinstance(client, PxWebClient) and shows_codelists else None
        differences = [*found, *mending.compare(table, metadata, codelist_of)]
        if not all(difference.changes for difference in differences):
            return _result(table, differences, "")
        try:
            asked = mending.mended(table, [change for difference in differences for change in difference.changes])
            plan = client.plan(query_of(asked))
            client.fetch(_one_cell(asked, plan))
        except (Unreachable, NotKept):
            raise
        except (SourceError, ValidationError) as error:
            differences.append(Difference("not answered", str(error)))
            return _result(table, differences, "")
        requests = f"{len(plan.parts)} request{'s' if len(plan.parts) > 1 else ''}"
        return _result(table, differences, f"{plan.cells:,} cells in {requests}, of which one was asked for")

    def _gone(self, table: SourceTable, client: Client, recording: Recording) -> Result:
        """Return what may have come in a table's place."""
        number = table.asked_as
        candidates = self._candidates(table, recording)
        named = "; ".join(f"'{known}' ({label})" for _likeness, known, label in candidates) or "none"
        words = f"404 for table '{number}', and again; tables with such a title: {named}"
        if not candidates or candidates[0][0] < _ALIKE:
            return _result(table, [Difference("table gone", words)], "")
        change = mending.renumbered(table, candidates[0][1])
        moved = table.model_copy(update={"number": change.new})
        gone = Difference("table gone", words, (change,))
        return self._compared(moved, [gone], client.metadata(moved.asked_as), client)

    def _candidates(self, table: SourceTable, recording: Recording) -> list[tuple[float, str, str]]:
        """Return likeness of title, number and label of tables that are not asked for yet, the likest first."""
        words = re.split(r"[,.(]", table.title)[0].strip()
        response = _answers(recording, Request("GET", "/tables", (("query", words), ("pageSize", "50"), _LANGUAGE)))
        if response is None:
            return []
        declared = {known.asked_as for known in self.catalogue.tables.values()}
        listed = [(str(entry["id"]), str(entry.get("label", ""))) for entry in orjson.loads(response.content)["tables"]]
        likest = [
            (mending.likeness(table.title, re.sub(r"^\d+: ", "", label)), number, label)
            for number, label in listed
            if number not in declared
        ]
        return sorted(likest, reverse=True)[:_CANDIDATES]

    # --- classifications --------------------------------------------------------------------------------------------

    def _classification(self, classification: Classification, recording: Recording) -> Result:
        """Look at the newest version's codes and correspondences."""
        number, client = classification.table_id, KlassClient(recording)
        try:
            modified = client.updated(number)
        except SourceError as error:
            if isinstance(error, Unreachable | NotKept):
                raise
            return _result(classification, [Difference("table gone", str(error))], "")
        [metadata] = recording.responses
        today = metadata.fetched_at.date().isoformat()
        begins = [str(version["validFrom"]) for version in orjson.loads(metadata.content)["versions"]]
        day = datetime.fromisoformat(max(begin for begin in begins if begin <= today)).date()
        codes = client.codes_at(number, day)
        message = f"{codes.num_rows:,} codes on {day}, modified {modified or 'at an unknown time'}"
        for target in classification.correspondences:
            try:
                client.correspondences_at(number, target, day)
            except SourceError as error:
                # Klass has tables for some versions and for others not: that is known, and no fault.
                if _status(error) != 404:
                    raise
                message += f"; no table of correspondences with {target} on that day"
        return _result(
            classification, mending.compare_classification(classification, codes["level"].to_pylist()), message
        )


def _result(source: Asked, differences: Sequence[Difference], message: str) -> Result:
    gone = any(difference.kind == "table gone" for difference in differences)
    state: State = "gone" if gone else "differs" if differences else "confirmed"
    return Result((source.id,), state, message, tuple(differences), getattr(source, "unverified", False))


def _one_cell(table: SourceTable, plan: Plan) -> Query:
    """Return the query for one code along each variable, and the newest period."""
    chosen = {
        choice.variable: Selection((choice.codes[-1 if choice.variable == table.time else 0],), choice.codelist_id)
        for choice in plan.choices
    }
    return Query(table.asked_as, chosen)


def _answers(recording: Recording, request: Request) -> Response | None:
    """Return the answer, or None where the provider refuses one. Raises SourceError where it does not answer."""
    try:
        return recording.send(request)
    except AnswerError:
        return None


def _status(error: BaseException | None) -> int | None:
    """Return the HTTP status behind an error."""
    while error is not None and not isinstance(error, AnswerError):
        error = error.__cause__
    return error.status if error is not None else None


def _role(request: Request) -> str:
    """Return what an answer is, as the store's records name it."""
    last = request.path.rpartition("/")[2]
    if request.method == "POST" or last == "data":
        return "data"
    named = {"config": "config", "codesAt": "codes", "correspondsAt": "correspondences"}
    return named.get(last, "codelist" if "/codelists/" in request.path else "metadata")


# --- the report -----------------------------------------------------------------------------------------------------


def report(results: Sequence[Result], moments: Sequence[datetime], text: str, catalogue: Catalogue) -> str:
    """Return the report in Markdown. text: sources.yaml, of which it shows the entries as they would be."""
    counts = ", ".join(
        f"{sum(len(result.sources) for result in results if result.state == state)} {state}" for state in _HEADINGS
    )
    when = f"{min(moments):%Y-%m-%d %H:%M} to {max(moments):%H:%M} UTC" if moments else "never: nobody answered"
    parts = [f"# What the providers answer\n\nAnswers of {when}. Queries: {counts}.\n"]
    for state, heading in _HEADINGS.items():
        mine = [result for result in results if result.state == state]
        if mine:
            parts += [f"## {heading}\n", *(_section(result, text, catalogue) for result in mine)]
    return "\n".join(parts)


_HEADINGS: dict[State, str] = {
    "differs": "Differs",
    "gone": "Gone",
    "not reached": "Not reached",
    "confirmed": "Confirmed",
}


def _section(result: Result, text: str, catalogue: Catalogue) -> str:
    if result.state == "confirmed":
        settled = "; `unverified: true` can go" if result.unverified else ""
        return f"- `{result.subject}`: {result.message}{settled}"
    if result.state == "not reached":
        return f"- `{result.subject}` ({', '.join(result.sources)}): {result.message}\n"
    lines = [f"### {result.subject}\n"]
    lines += [f"- *{difference.kind}*: {difference.words}{_todo(difference)}" for difference in result.differences]
    if result.changes:
        entry = mending.entry_of(mending.applied(text, result.changes), result.subject)
        lines += ["\nIts entry in sources.yaml, mended:\n", f"```yaml\n{entry}```"]
        if named := _named_otherwise(result.changes, catalogue):
            lines.append(f"\nIndicators whose cells are named otherwise with it: {', '.join(named)}.")
    return "\n".join([*lines, ""])


def _todo(difference: Difference) -> str:
    return "" if difference.changes else " **Somebody must decide.**"


def _named_otherwise(changes: Sequence[Change], catalogue: Catalogue) -> list[str]:
    return [
        indicator.id
        for indicator in catalogue.indicators.values()
        if any(mending.concerned(used, changes) for used in indicator.sources)
    ]
