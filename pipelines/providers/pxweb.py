"""The PxWebApi client: asks SSB's StatBank (and any PxWeb) for tables, in dialect v2 and the older v0.

What belongs: which requests are made, in which order; whether the answers are what was planned; joining them.
What does not: reading metadata (`pxweb_metadata`), checking and splitting queries (`pxweb_plan`), connections
and patience (`transport`, `pace`), reading cubes (`jsonstat`).
"""

import math
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import orjson
import pyarrow as pa

from pipelines.errors import AnswerError, SourceError
from pipelines.formats import jsonstat
from pipelines.providers.pxweb_metadata import (
    CodeList,
    Config,
    Dialect,
    TableMetadata,
    Variable,
    read_codelist,
    read_config,
    read_table,
)
from pipelines.providers.pxweb_plan import Choice, Part, Plan, Query, QueryError, Selection, TableGone, plan
from pipelines.providers.transport import LiveTransport, Request, Response, Transport, json_object

__all__ = [
    "CodeList",
    "Config",
    "Fetched",
    "Plan",
    "PxWebClient",
    "Query",
    "QueryError",
    "Selection",
    "TableGone",
    "TableMetadata",
    "Variable",
    "assemble",
    "join",
]

# Beyond about 2,100 characters the server answers 404. Counted without the host, so that a replay asks the
# same; 1,900 leaves room for it.
_LONGEST_GET = 1900
_V0_CONFIG = Config(max_cells=800_000, calls=30, window_seconds=60)  # v0 does not state its limits


@dataclass(frozen=True)
class Fetched:
    """A table's answers as received, and what they do not say themselves.

    responses: (role, response) with role config, metadata, codelist or data.
    eliminated: variables that were summed away. codelists: variable -> id of the code list used. cubes: what the data
    answers say, in their order: they were decoded to see whether they are what was asked for.
    provisional: figures are older than the metadata, which the server caches apart: they may be of an earlier edition
    and have to be asked for again. It stays so where other contents of the table were updated than those asked for.
    """

    metadata: TableMetadata
    responses: tuple[tuple[str, Response], ...]
    eliminated: tuple[str, ...]
    codelists: Mapping[str, str]
    cubes: tuple[jsonstat.Cube, ...]
    provisional: bool = False


@dataclass(frozen=True)
class _Answer:
    """A data response, its cube, and what was asked for."""

    response: Response
    cube: jsonstat.Cube
    part: Part


class _Moved(Exception):
    """The table is no longer what the metadata said: it was revised meanwhile."""


class PxWebClient:
    """Asks one PxWeb server. Thread-safe; `workers` parts of a split query are asked for at once."""

    def __init__(
        self, transport: Transport, *, dialect: Dialect = "v2", language: str = "no", workers: int = 4
    ) -> None:
        self._transport, self._dialect, self._language, self._workers = transport, dialect, language, workers
        self._name = getattr(transport, "name", "pxweb")
        self._config: Config | None = None
        self._lock = threading.Lock()

    def config(self) -> Config:
        """The server's limits, asked for once; a live transport keeps to them from then on. Raises SourceError."""
        with self._lock:
            if self._config is None:
                self._config = _V0_CONFIG if self._dialect == "v0" else read_config(self._get("/config"))
                if isinstance(self._transport, LiveTransport):
                    self._transport.pace(self._config.calls, self._config.window_seconds)
            return self._config

    def metadata(self, table_id: str) -> TableMetadata:
        """A table without its figures.

        Raises TableGone where its description is not there either, QueryError where that cannot be asked (v0), and
        SourceError for every other fault.
        """
        path, params = f"/{self._language}/table/{table_id}", tuple[tuple[str, str], ...]()
        if self._dialect == "v2":
            path, params = f"/tables/{table_id}/metadata", (("lang", self._language),)
        response = self._or_404(path, params)
        there = self._dialect == "v2" and isinstance(response, AnswerError)
        there = there and not isinstance(self._or_404(f"/tables/{table_id}", params), AnswerError)
        if there:
            # The server turns every failure to read a table into 404, and there is this one.
            response = self._or_404(path, params)
        if isinstance(response, AnswerError) and there:
            raise SourceError(
                f"{self._where(table_id)}: 404 for the metadata, although the table is there: it is being renewed, "
                "or out of order. Try again later."
            ) from response
        if isinstance(response, AnswerError):
            fault = (
                f"404 for table '{table_id}': it does not exist, or is being renewed; "
                "check its number, and whether it was closed"
            )
            kind = TableGone if self._dialect == "v2" else QueryError  # v0 has one address for both
            raise kind(self._where(table_id), [fault]) from response
        return read_table(response, table_id, self._dialect)

    def updated(self, table_id: str, known: str | None = None) -> str | None:
        """When a table was last updated; PxWeb says so in its metadata. Raises SourceError, as `metadata`."""
        return self.metadata(table_id).updated

    def codelist(self, codelist_id: str) -> CodeList:
        """A code list: its codes, and which of the table's own codes each consists of (v2 only). Raises SourceError."""
        return read_codelist(self._get(f"/codelists/{codelist_id}", (("lang", self._language),)))

    def plan(self, query: Query) -> Plan:
        """Check a query against the table's metadata and split it. Raises QueryError listing all faults."""
        return self._plan(query, self.metadata(query.table_id))

    def fetch(self, query: Query, known_updated: str | None = None) -> Fetched | None:
        """Get the figures; None, and no data call, where the table's `updated` is still `known_updated`.

        A table that is revised while it is fetched is fetched once more from the start. Raises SourceError.
        """
        moved: _Moved | None = None
        for _ in range(2):
            metadata = self.metadata(query.table_id)
            if known_updated is not None and metadata.updated == known_updated:
                return None
            planned = self._plan(query, metadata)
            try:
                return self._fetched(planned, self._answers(planned))
            except _Moved as error:
                moved = error
        raise SourceError(
            f"{self._where(query.table_id)}: {moved}; the same after starting over. "
            "Expected one edition of the table, as its metadata describes it. Try again later."
        ) from moved

    # --- steps ----------------------------------------------------------------------------------------------

    def _where(self, table_id: str) -> str:
        return f"{self._name}/{table_id}"

    def _get(self, path: str, params: tuple[tuple[str, str], ...] = ()) -> Response:
        return self._transport.send(Request("GET", path, params), check=json_object)

    def _or_404(self, path: str, params: tuple[tuple[str, str], ...]) -> Response | AnswerError:
        """Return the answer, or the provider's word that there is none. Raises SourceError for every other fault."""
        try:
            return self._get(path, params)
        except AnswerError as error:
            if error.status != 404:
                raise
            return error

    def _plan(self, query: Query, metadata: TableMetadata) -> Plan:
        return plan(
            query,
            metadata,
            self._codelists(query, metadata),
            self.config().max_cells,
            self._where(query.table_id),
            self._dialect,
        )

    def _codelists(self, query: Query, metadata: TableMetadata) -> dict[str, CodeList]:
        """Get the code lists that a query names, as far as the table offers them (v0 shows none)."""
        wanted = {
            variable.id: query.selection[variable.id].codelist
            for variable in metadata.dimensions
            if variable.id in query.selection
        }
        return {
            variable.id: self.codelist(name)
            for variable in metadata.dimensions
            if (name := wanted.get(variable.id)) and name in variable.codelists
        }

    def _answers(self, planned: Plan) -> list[_Answer]:
        """Get all parts, and see that they are of one edition."""
        with ThreadPoolExecutor(self._workers) as pool:
            asked = [pool.submit(self._answer, planned, part) for part in planned.parts]
            try:
                answers = [part.result() for part in asked]
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        # An answer's time is that of the contents in it, so that only parts with the same contents are compared.
        contents = next((each.variable for each in planned.choices if _is_contents(planned, each.variable)), "")
        editions: dict[tuple[str, ...], set[str]] = {}
        for answer in answers:
            editions.setdefault(answer.part.get(contents, ()), set()).add(answer.cube.updated or "no time")
        for times in editions.values():
            if len(times) > 1:
                raise _Moved(f"the table was updated while it was fetched (parts of {' and '.join(sorted(times))})")
        known = planned.metadata.updated
        if len(editions) > 1 and any(known and _older([known], answer.cube.updated) for answer in answers):
            raise _Moved(f"the table was updated while it was fetched, after {known}")
        return answers

    def _answer(self, planned: Plan, part: Part) -> _Answer:
        where = self._where(planned.metadata.table_id)
        response, cube = data_answer(self._transport, self._data_request(planned, part), where)
        dimensions = {dimension.id: dimension.codes for dimension in cube.dimensions}
        difference = _difference(dimensions, part)
        if difference:
            raise _Moved(f"{response.url} brought other cells than asked for: {difference}")
        return _Answer(response, cube, part)

    def _data_request(self, planned: Plan, part: Part) -> Request:
        build = _data_request_v2 if self._dialect == "v2" else _data_request_v0
        return build(planned.metadata.table_id, planned.choices, part, self._language)

    def _fetched(self, planned: Plan, answers: list[_Answer]) -> Fetched:
        config = self.config().response
        lists = [choice.codelist.response for choice in planned.choices if isinstance(choice.codelist, CodeList)]
        metadata = planned.metadata
        return Fetched(
            # v0's metadata has no `updated`, its figures have.
            metadata=metadata if metadata.updated else replace(metadata, updated=answers[0].cube.updated),
            responses=(
                *((("config", config),) if config else ()),
                ("metadata", metadata.response),
                *(("codelist", response) for response in lists),
                *(("data", answer.response) for answer in answers),
            ),
            eliminated=planned.eliminated,
            codelists={choice.variable: choice.codelist_id for choice in planned.choices if choice.codelist_id},
            cubes=tuple(answer.cube for answer in answers),
            provisional=_older([answer.cube.updated for answer in answers], metadata.updated),
        )


def _is_contents(planned: Plan, name: str) -> bool:
    variable = planned.metadata.dimension(name)
    return variable is not None and variable.role == "metric"


def _older(times: Sequence[str | None], than: str | None) -> bool:
    """Whether the newest of the times is before another one; False where one of them cannot be told."""
    try:
        moments = [datetime.fromisoformat(time or "") for time in (*times, than)]
        return max(moments[:-1]) < moments[-1]
    except (ValueError, TypeError):
        return False


def data_answer(transport: Transport, request: Request, where: str) -> tuple[Response, jsonstat.Cube]:
    """Ask for data; return the answer and the cube that it holds. Raises SourceError naming `where`."""
    cubes: list[jsonstat.Cube] = []

    def decode(content: bytes) -> None:
        cubes[:] = jsonstat.decode(content, where)

    response = transport.send(request, check=decode)
    if not cubes:  # a replay may trust what was checked when it was fetched
        decode(response.content)
    return response, cubes[0]


def _difference(dimensions: Mapping[str, Sequence[str]], part: Part) -> str:
    """Say how an answer's codes differ from those asked for, '' where they do not."""
    texts = []
    for name, codes in part.items():
        if name not in dimensions:
            texts.append(f"dimension '{name}' is not there, but {', '.join(dimensions)}")
            continue
        lacking, extra = set(codes).difference(dimensions[name]), set(dimensions[name]).difference(codes)
        texts += [f"{name} lacks {', '.join(sorted(lacking)[:5])}"] if lacking else []
        texts += [f"{name} has {', '.join(sorted(extra)[:5])} besides"] if extra else []
    # A variable that was left out is missing, or shows the one code that stands for all.
    texts += [
        f"dimension '{name}' besides" for name, codes in dimensions.items() if name not in part and len(codes) > 1
    ]
    return "; ".join(texts)


# --- requests -----------------------------------------------------------------------------------------------


def _data_request_v2(table_id: str, choices: Sequence[Choice], part: Part, language: str) -> Request:
    """GET while it is short, else POST; the same query always becomes the same request."""
    path, params = f"/tables/{table_id}/data", (("lang", language), ("outputFormat", "json-stat2"))
    asked = [(choice, _value_codes(choice, part[choice.variable])) for choice in choices]
    get = Request("GET", path, (*params, *_as_params(asked)))
    in_the_way = any(char in code for _one, codes in asked for code in codes for char in ",[]")
    if len(get.target) <= _LONGEST_GET and not in_the_way:
        return get
    selection = [
        {
            "variableCode": choice.variable,
            **({"codelist": choice.codelist_id} if choice.codelist_id else {}),
            "valueCodes": codes,
        }
        for choice, codes in asked
    ]
    return Request("POST", path, params, orjson.dumps({"selection": selection}), _JSON)


_JSON = (("Content-Type", "application/json"),)


def _as_params(asked: Sequence[tuple[Choice, list[str]]]) -> Iterator[tuple[str, str]]:
    for choice, codes in asked:
        if choice.codelist_id:
            yield f"codelist[{choice.variable}]", choice.codelist_id
        yield f"valueCodes[{choice.variable}]", ",".join(codes)


def _value_codes(choice: Choice, codes: tuple[str, ...]) -> list[str]:
    """The codes to send: `*` for all that there are, else each once.

    With a code list `*` may bring its members beside its groups (GroupPres=B), so that its codes are written out.
    """
    return ["*"] if len(codes) > 1 and codes == choice.all_codes and not choice.codelist_id else list(codes)


def _data_request_v0(table_id: str, choices: Sequence[Choice], part: Part, language: str) -> Request:
    query = [{"code": choice.variable, "selection": _filter_v0(choice, part[choice.variable])} for choice in choices]
    body = orjson.dumps({"query": query, "response": {"format": "json-stat2"}})
    return Request("POST", f"/{language}/table/{table_id}", (), body, _JSON)


def _filter_v0(choice: Choice, codes: tuple[str, ...]) -> dict[str, object]:
    """v0 writes a code list as a filter, `agg:X` for v2's `agg_X`."""
    if choice.codelist_id:
        name = choice.codelist_id
        return {"filter": name if ":" in name else name.replace("_", ":", 1), "values": list(codes)}
    values = _value_codes(choice, codes)
    return {"filter": "all" if values == ["*"] else "item", "values": values}


# --- joining ------------------------------------------------------------------------------------------------


def assemble(parts: Sequence[tuple[str, bytes]], where: str) -> pa.Table:
    """Decode data answers, (SHA-256 of the snapshot, its bytes), and join them (see `join`). Raises SourceError."""
    return join([(sha256, read_cube(content, where, sha256)) for sha256, content in parts], where)


def join(parts: Sequence[tuple[str, jsonstat.Cube]], where: str) -> pa.Table:
    """Join the cubes of data answers into one tidy table: the dimensions' codes, value, status, snapshot_sha256.

    parts: (SHA-256 of the snapshot, its cube). Codes, status and SHA-256 are dictionary-encoded text.
    Raises SourceError where dimensions differ, or a cell is missing or occurs twice.
    """
    if not parts:
        raise SourceError(f"{where}: no data answers to join")
    cubes = [cube for _sha256, cube in parts]
    _see_that_they_tile(cubes, where)
    coded = pa.dictionary(pa.int32(), pa.string())
    kinds = pa.schema(
        [(dimension.id, coded) for dimension in cubes[0].dimensions] + [("value", pa.float64()), ("status", coded)]
    )
    tables = [
        cube.table.cast(kinds).append_column("snapshot_sha256", _constant(sha256, cube.table.num_rows))
        for sha256, cube in parts
    ]
    return pa.concat_tables(tables).unify_dictionaries().combine_chunks()


def read_cube(content: bytes, where: str, sha256: str) -> jsonstat.Cube:
    """Decode one data answer. Raises SourceError that names the snapshot."""
    try:
        return jsonstat.decode(content, where)[0]
    except jsonstat.JsonStatError as error:
        raise SourceError(f"{error} (snapshot {sha256})") from error


def _see_that_they_tile(cubes: Sequence[jsonstat.Cube], where: str) -> None:
    """Refuse parts that do not make up a whole cube, each cell once."""
    names = [dimension.id for dimension in cubes[0].dimensions]
    for cube in cubes[1:]:
        if [dimension.id for dimension in cube.dimensions] != names:
            other = ", ".join(dimension.id for dimension in cube.dimensions)
            raise SourceError(f"{where}: the parts differ in their dimensions: {', '.join(names)} against {other}")
    places = [_places([cube.dimensions[axis].codes for cube in cubes]) for axis in range(len(names))]
    whole, got = math.prod(len(codes) for codes in places), sum(cube.table.num_rows for cube in cubes)
    if whole > got:  # checked before memory is spent on it
        raise SourceError(f"{where}: {whole - got:,} of {whole:,} cells are in no part; expected every cell once")
    times = np.zeros([len(codes) for codes in places], np.uint8)
    for cube in cubes:
        axes = [[places[axis][code] for code in dimension.codes] for axis, dimension in enumerate(cube.dimensions)]
        box = np.ix_(*axes)
        if times[box].any():
            raise SourceError(f"{where}: two parts hold the same cells; expected every cell once")
        times[box] = 1


def _places(codes: Sequence[Sequence[str]]) -> dict[str, int]:
    """Number the codes of all parts along one dimension."""
    return {code: place for place, code in enumerate(dict.fromkeys(code for part in codes for code in part))}


def _constant(text: str, rows: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), pa.array([text]))
