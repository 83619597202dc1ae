"""The client of FHI's open statistics (statistikk-data.fhi.no): tables of the Norwegian Institute of Public Health.

Asks as the PxWeb client does and gives the same answers, so that all after it is shared. What is FHI's own: tables
belong to a source (`nokkel`, public-health statistics), a query is a POST with every dimension in it, areas are a tree,
periods are written `2018_2022`, and areas of all years are today's.
(github.com/folkehelseinstituttet/Fhi.Statistikk.OpenAPI)
"""

from collections.abc import Iterator
from contextlib import contextmanager

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.errors import AnswerError, SourceError
from pipelines.formats import jsonstat
from pipelines.providers.nodes import Node
from pipelines.providers.pxweb import Fetched, data_answer
from pipelines.providers.pxweb_metadata import Role, TableMetadata, Variable
from pipelines.providers.pxweb_plan import Part, Plan, Query, QueryError, plan
from pipelines.providers.transport import LiveTransport, Request, Response, Transport, json_object

SOURCE = "nokkel"
MOST_ROWS = 50_000  # of one answer; above what is asked for FHI gives an error and no part of the figures
_JSON = (("Content-Type", "application/json"),)
_ROLES: dict[str, Role] = {"AAR": "time", "GEO": "geo", "MEASURE_TYPE": "metric"}


class FhiClient:
    """Asks FHI for tables of one source. Thread-safe."""

    def __init__(self, transport: Transport, source: str = SOURCE) -> None:
        self._transport, self._source = transport, source
        self._name = getattr(transport, "name", "fhi")

    def updated(self, table_id: str, known: str | None = None) -> str | None:
        """When a table was last modified. Raises SourceError.

        known: what was known before; where FHI lists no table as modified after that day, it still holds.
        """
        if known is not None and isinstance(self._transport, LiveTransport) and not self._listed(table_id, known):
            return known
        return _modified(self._table(table_id))

    def metadata(self, table_id: str) -> TableMetadata:
        """A table without its figures. Raises QueryError where there is no such table."""
        return self._metadata(table_id)[0]

    def plan(self, query: Query) -> Plan:
        """Check a query against the table's dimensions and split it. Raises QueryError listing all faults."""
        return self._plan(query, self.metadata(query.table_id))

    def fetch(self, query: Query, known_updated: str | None = None) -> Fetched | None:
        """Get the figures; None, and no further call, where the table was not modified since `known_updated`.

        Raises QueryError where the table cannot answer the query, SourceError for every other fault.
        """
        if known_updated is not None and self.updated(query.table_id, known_updated) == known_updated:
            return None
        metadata, table = self._metadata(query.table_id)
        planned = self._plan(query, metadata)
        answers = [self._answer(planned, part) for part in planned.parts]
        data = [("data", response) for response, _cube in answers]
        responses = (("metadata", table), ("metadata", metadata.response), *data)
        return Fetched(metadata, responses, planned.eliminated, {}, tuple(cube for _response, cube in answers))

    def listed(self) -> dict[str, str]:
        """Return every table of the source: number -> title. Raises SourceError."""
        response = self._transport.send(Request("GET", f"/{self._source}/table"), check=_list)
        with _named(response, "the list of tables"):
            return {
                str(table["tableId"].value): table["title"].text_or_none() or "" for table in _list(response.content)
            }

    def areas(self, table_id: str) -> tuple[str, ...]:
        """Return the codes of a table's areas, those within others among them; none where it has no areas.

        One call. Raises SourceError, QueryError where there is no such table.
        """
        variables, _response = self._variables(table_id)
        return next((variable.codes for variable in variables if variable.role == "geo"), ())

    # --- steps --------------------------------------------------------------------------------------------------------

    def _listed(self, table_id: str, known: str) -> bool:
        """Whether the table is among those modified after the day of `known`, that day included."""
        request = Request("GET", f"/{self._source}/table", (("modifiedAfter", known[:10]),))
        response = self._transport.send(request, check=_list)
        with _named(response, "the list of tables"):
            return any(str(table["tableId"].value) == table_id for table in _list(response.content))

    def _table(self, table_id: str) -> Response:
        return self._get(f"/{self._source}/Table/{table_id}", table_id)

    def _metadata(self, table_id: str) -> tuple[TableMetadata, Response]:
        table = self._table(table_id)
        variables, described = self._variables(table_id)
        with _named(table, f"table {table_id}"):
            title = Node(json_object(table.content))["title"].text(table_id)
        return TableMetadata(table_id, title, _modified(table), variables, (), (), described), table

    def _variables(self, table_id: str) -> tuple[tuple[Variable, ...], Response]:
        described = self._get(f"/{self._source}/Table/{table_id}/dimension", table_id)
        with _named(described, f"table {table_id}"):
            dimensions = Node(json_object(described.content))["dimensions"].needed()
            variables = tuple(_variable(dimension) for dimension in dimensions.entries())
            dimensions.each_once(tuple(variable.id for variable in variables))
        return variables, described

    def _get(self, path: str, table_id: str) -> Response:
        try:
            return self._transport.send(Request("GET", path), check=json_object)
        except AnswerError as error:
            if error.status != 404:
                raise
            fault = f"404 for table '{table_id}': source '{self._source}' has no such table; check its number"
            raise QueryError(f"{self._name}/{table_id}", [fault]) from error

    def _plan(self, query: Query, metadata: TableMetadata) -> Plan:
        return plan(query, metadata, {}, MOST_ROWS, f"{self._name}/{query.table_id}", "v0")

    def _answer(self, planned: Plan, part: Part) -> tuple[Response, jsonstat.Cube]:
        where = f"{self._name}/{planned.metadata.table_id}"
        body = {
            "dimensions": [{"code": name, "filter": "item", "values": list(codes)} for name, codes in part.items()],
            "response": {"format": "json-stat2", "maxRowCount": MOST_ROWS},
        }
        path = f"/{self._source}/Table/{planned.metadata.table_id}/data"
        request = Request("POST", path, (), orjson.dumps(body), _JSON)
        response, cube = data_answer(self._transport, request, where)
        found = {dimension.id: set(dimension.codes) for dimension in cube.dimensions}
        for name, codes in part.items():
            if lacking := set(codes) - found.get(name, set()):
                shown = ", ".join(sorted(lacking)[:5])
                raise SourceError(f"{where}: the answer lacks {name} {shown}, which the table lists. Try again later.")
        return response, cube


def as_published(cube: pa.Table, time: str) -> pa.Table:
    """Return a cube with periods as FHI shows them, `2020` and `2018-2022`, and without empty statuses.

    A confidential figure is marked by `:` or by `k`, which is the same.
    """
    periods = cube[time].combine_chunks()
    shown = [_shown(code) for code in periods.dictionary.to_pylist()]
    cube = cube.set_column(
        cube.schema.get_field_index(time), time, pa.DictionaryArray.from_arrays(periods.indices, shown)
    )
    status = cube["status"].cast(pa.string())
    status = pc.if_else(pc.equal(status, "k"), ":", status)
    return cube.set_column(
        cube.schema.get_field_index("status"), "status", pc.if_else(pc.equal(status, ""), None, status)
    )


def _shown(code: str) -> str:
    first, _, last = code.partition("_")
    return code if not last else first if first == last else f"{first}-{last}"


@contextmanager
def _named(response: Response, what: str) -> Iterator[None]:
    """Let what is malformed name its answer."""
    try:
        yield
    except ValueError as error:
        raise SourceError(f"{response.url}: {what} has another shape than FHI describes ({error})") from error


def _list(content: bytes) -> list[Node]:
    try:
        return Node(orjson.loads(content)).entries()
    except orjson.JSONDecodeError as error:
        raise ValueError(f"not JSON, or not all of it ({error})") from error


def _modified(table: Response) -> str | None:
    with _named(table, "the table"):
        described = Node(json_object(table.content))
        return described["modifiedAt"].text_or_none() or described["publishedAt"].text_or_none()


def _variable(dimension: Node) -> Variable:
    """Read one dimension; its categories may be a tree, as areas are."""
    code = dimension["code"].text()
    pairs = dict(_categories(dimension["categories"].needed()))
    return Variable(
        id=code,
        label=dimension["label"].text_or_none() or code,
        codes=tuple(pairs),
        labels=tuple(pairs.values()),
        elimination=False,  # every dimension must be in a query
        role=_ROLES.get(code),
    )


def _categories(roots: Node) -> Iterator[tuple[str, str]]:
    """Yield value and label of each category, parents before their children."""
    seen: set[str] = set()
    waiting = roots.entries()[::-1]
    while waiting:
        category = waiting.pop()
        value = category["value"].code()
        if value not in seen:
            seen.add(value)
            yield value, category["label"].text_or_none() or value
        waiting.extend(category["children"].entries()[::-1])
