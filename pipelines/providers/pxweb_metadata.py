"""What a PxWeb server says of itself and its tables, as values: configuration, tables, variables, code lists.

What belongs: reading these answers in both dialects, v2 and v0. What does not: asking for them (`pxweb`) and
checking a query against them (`pxweb_plan`). A module of its own, because planning needs these values and not
the client.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar, get_args

from pipelines.errors import SourceError
from pipelines.providers.nodes import Node
from pipelines.providers.transport import Response, json_object

Dialect = Literal["v2", "v0"]
Role = Literal["time", "geo", "metric"]
T = TypeVar("T")


@dataclass(frozen=True)
class Config:
    """The server's limits. `calls` is 0 where it states none, which does not mean that there is none."""

    max_cells: int
    calls: int = 0
    window_seconds: float = 0.0
    response: Response | None = None


@dataclass(frozen=True)
class Variable:
    """A variable of a table: its codes in the table's order, and whether it may be left out (`elimination`).

    codelists: ids of the code lists that replace the codes, with their labels.
    units: per content code its unit (`base`) and decimals.
    reference_times: per content code, the time that the figure is as of.
    """

    id: str
    label: str
    codes: tuple[str, ...]
    labels: tuple[str, ...]
    elimination: bool
    role: Role | None = None
    codelists: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    reference_times: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TableMetadata:
    """A table without its figures. `notes` holds every note, `mandatory_notes` those that must be shown."""

    table_id: str
    label: str
    updated: str | None
    dimensions: tuple[Variable, ...]
    notes: tuple[str, ...]
    mandatory_notes: tuple[str, ...]
    response: Response

    def dimension(self, name: str) -> Variable | None:
        """The variable of that id, or None."""
        return next((variable for variable in self.dimensions if variable.id == name), None)


@dataclass(frozen=True)
class CodeList:
    """Another set of codes for a variable. `value_map`: the table's own codes that each code consists of."""

    id: str
    label: str
    type: str
    codes: tuple[str, ...]
    labels: tuple[str, ...]
    value_map: Mapping[str, tuple[str, ...]]
    response: Response


def read_config(response: Response) -> Config:
    """Read `/config`. Raises SourceError where it has another shape."""

    def read(body: Node) -> Config:
        cells = body["maxDataCells"]
        if cells.number() < 1:
            raise cells.wrong("at least 1")
        return Config(
            max_cells=int(cells.number()),
            calls=int(body["maxCallsPerTimeWindow"].number(0)),
            window_seconds=float(body["timeWindow"].number(0)),
            response=response,
        )

    return _read(response, "the configuration", read)


def read_table(response: Response, table_id: str, dialect: Dialect) -> TableMetadata:
    """Read a table's metadata in either dialect. Raises SourceError where it has another shape."""

    def read(body: Node) -> TableMetadata:
        return _table_v2(body, table_id, response) if dialect == "v2" else _table_v0(body, table_id, response)

    return _read(response, f"table {table_id}", read)


def read_codelist(response: Response) -> CodeList:
    """Read `/codelists/{id}`. Raises SourceError where it has another shape."""

    def read(body: Node) -> CodeList:
        values = body["values"].needed().entries()
        codes = body["values"].each_once(tuple(value["code"].text() for value in values))
        return CodeList(
            id=body["id"].text(),
            label=body["label"].text(""),
            type=body["type"].text(""),
            codes=codes,
            labels=tuple(value["label"].text("") for value in values),
            value_map={code: value["valueMap"].texts() for code, value in zip(codes, values, strict=True)},
            response=response,
        )

    return _read(response, "the code list", read)


def _read(response: Response, what: str, reader: Callable[[Node], T]) -> T:
    try:
        return reader(Node(json_object(response.content)))
    except ValueError as error:
        raise SourceError(
            f"{response.url}: {what} has another shape than PxWebApi describes ({error}). "
            "Check that the URL is the root of a PxWebApi of the declared dialect."
        ) from error


def _table_v2(body: Node, table_id: str, response: Response) -> TableMetadata:
    roles = {name: role for role in get_args(Role) for name in body["role"][role].texts()}
    variables = tuple(
        _variable_v2(name, body["dimension"][name].needed(), roles.get(name)) for name in body["id"].needed().codes()
    )
    notes = list(_notes(body))
    return TableMetadata(
        table_id=table_id,
        label=body["label"].text(""),
        updated=body["updated"].text_or_none(),
        dimensions=variables,
        notes=tuple(text for text, _mandatory in notes),
        mandatory_notes=tuple(text for text, mandatory in notes if mandatory),
        response=response,
    )


def _variable_v2(name: str, given: Node, role: Role | None) -> Variable:
    category, extension = given["category"], given["extension"]
    codes = _codes(category["index"].needed())
    # The specification says `codelists`; older servers say `codeLists`.
    offered = [*extension["codelists"].entries(), *extension["codeLists"].entries()]
    return Variable(
        id=name,
        label=given["label"].text(name),
        codes=codes,
        labels=tuple(category["label"][code].text(code) for code in codes),
        elimination=bool(extension["elimination"].value),
        role=role,
        codelists={codelist["id"].text(): codelist["label"].text("") for codelist in offered},
        units={code: unit.mapping() for code, unit in category["unit"].named()},
        reference_times={code: time.text("") for code, time in extension["refperiod"].named()},
    )


def _codes(index: Node) -> tuple[str, ...]:
    """The codes in their order, of a list or of an object that gives each its place."""
    if isinstance(index.value, list):
        return index.codes()
    places = {code: place.number() for code, place in index.named()}
    return tuple(sorted(places, key=places.__getitem__))


def _notes(body: Node) -> Iterator[tuple[str, bool]]:
    """Yield every note and whether it is mandatory: of the table, its variables, their values (named)."""
    yield from _marked(body["note"], body["extension"]["noteMandatory"], "")
    for name in body["id"].texts():
        given = body["dimension"][name]
        extension = given["extension"]
        yield from _marked(given["note"], extension["noteMandatory"], f"{name}: ")
        for code, notes in given["category"]["note"].named():
            yield from _marked(notes, extension["categoryNoteMandatory"][code], f"{name} {code}: ")


def _marked(notes: Node, mandatory: Node, prefix: str) -> Iterator[tuple[str, bool]]:
    """Pair notes with their marks, which are kept by position: {"0": true}."""
    texts = (notes.value,) if isinstance(notes.value, str) else notes.texts()
    for place, text in enumerate(texts):
        yield prefix + text.strip(), bool(mandatory[str(place)].value)


def _table_v0(body: Node, table_id: str, response: Response) -> TableMetadata:
    """v0 says less: no time of update, no notes, no units, no code lists."""
    variables = tuple(_variable_v0(given) for given in body["variables"].needed().entries())
    body["variables"].each_once(tuple(variable.id for variable in variables))
    return TableMetadata(
        table_id=table_id,
        label=body["title"].text(),
        updated=None,
        dimensions=variables,
        notes=(),
        mandatory_notes=(),
        response=response,
    )


def _variable_v0(given: Node) -> Variable:
    code, codes = given["code"].text(), given["values"].needed().codes()
    labels = given["valueTexts"].texts() or codes
    if len(labels) != len(codes):
        raise given["valueTexts"].wrong(f"{len(codes)} labels")
    return Variable(
        id=code,
        label=given["text"].text(code),
        codes=codes,
        labels=labels,
        elimination=bool(given["elimination"].value),
        role="time" if given["time"].value else "metric" if code == "ContentsCode" else None,
    )
