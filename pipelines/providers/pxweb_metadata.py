"""What a PxWeb server says of itself and its tables, as values: configuration, tables, variables, code lists.

What belongs: reading these answers in both dialects, v2 and v0. What does not: asking for them (`pxweb`) and
checking a query against them (`pxweb_plan`). A module of its own, because planning needs these values and not
the client.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from pipelines.errors import SourceError
from pipelines.providers.transport import Response, json_object

Dialect = Literal["v2", "v0"]
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
    role: Literal["time", "geo", "metric"] | None = None
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

    def read(body: dict[str, Any]) -> Config:
        return Config(
            max_cells=int(body["maxDataCells"]),
            calls=int(body.get("maxCallsPerTimeWindow") or 0),
            window_seconds=float(body.get("timeWindow") or 0),
            response=response,
        )

    return _read(response, read)


def read_table(response: Response, table_id: str, dialect: Dialect) -> TableMetadata:
    """Read a table's metadata in either dialect. Raises SourceError where it has another shape."""

    def read(body: dict[str, Any]) -> TableMetadata:
        return _table_v2(body, table_id, response) if dialect == "v2" else _table_v0(body, table_id, response)

    return _read(response, read)


def read_codelist(response: Response) -> CodeList:
    """Read `/codelists/{id}`. Raises SourceError where it has another shape."""

    def read(body: dict[str, Any]) -> CodeList:
        values = body["values"]
        return CodeList(
            id=body["id"],
            label=body.get("label", ""),
            type=body.get("type", ""),
            codes=tuple(value["code"] for value in values),
            labels=tuple(value.get("label", "") for value in values),
            value_map={value["code"]: tuple(value.get("valueMap") or ()) for value in values},
            response=response,
        )

    return _read(response, read)


def _read(response: Response, reader: Callable[[dict[str, Any]], T]) -> T:
    try:
        return reader(json_object(response.content))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        what = f"no {error}" if isinstance(error, KeyError) else str(error)
        raise SourceError(
            f"{response.url}: the answer has another shape than PxWebApi describes ({what}). "
            "Check that the URL is the root of a PxWebApi of the declared dialect."
        ) from error


def _table_v2(body: dict[str, Any], table_id: str, response: Response) -> TableMetadata:
    roles = {name: role for role, names in (body.get("role") or {}).items() for name in names or ()}
    variables = tuple(_variable_v2(name, body["dimension"][name], roles.get(name)) for name in body["id"])
    notes = list(_notes(body))
    return TableMetadata(
        table_id=table_id,
        label=body.get("label", ""),
        updated=body.get("updated"),
        dimensions=variables,
        notes=tuple(text for text, _mandatory in notes),
        mandatory_notes=tuple(text for text, mandatory in notes if mandatory),
        response=response,
    )


def _variable_v2(name: str, given: dict[str, Any], role: Literal["time", "geo", "metric"] | None) -> Variable:
    category, extension = given["category"], given.get("extension") or {}
    index = category["index"]
    codes = tuple(sorted(index, key=index.__getitem__)) if isinstance(index, dict) else tuple(index)
    labels = category.get("label") or {}
    return Variable(
        id=name,
        label=given.get("label", name),
        codes=codes,
        labels=tuple(labels.get(code, code) for code in codes),
        elimination=bool(extension.get("elimination")),
        role=role,
        codelists={codelist["id"]: codelist.get("label", "") for codelist in extension.get("codelists") or ()},
        units=category.get("unit") or {},
        reference_times=extension.get("refperiod") or {},
    )


def _notes(body: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    """Yield every note and whether it is mandatory: of the table, its variables, their values (named)."""
    yield from _marked(body.get("note"), (body.get("extension") or {}).get("noteMandatory"), "")
    for name in body["id"]:
        given = body["dimension"][name]
        extension = given.get("extension") or {}
        yield from _marked(given.get("note"), extension.get("noteMandatory"), f"{name}: ")
        of_values = extension.get("categoryNoteMandatory") or {}
        for code, notes in (given["category"].get("note") or {}).items():
            yield from _marked(notes, of_values.get(code), f"{name} {code}: ")


def _marked(notes: Any, mandatory: Any, prefix: str) -> Iterator[tuple[str, bool]]:
    """Pair notes with their marks, which are kept by position: {"0": true}."""
    listed = [notes] if isinstance(notes, str) else notes or []
    for place, text in enumerate(listed):
        yield prefix + text.strip(), bool((mandatory or {}).get(str(place)))


def _table_v0(body: dict[str, Any], table_id: str, response: Response) -> TableMetadata:
    """v0 says less: no time of update, no notes, no units, no code lists."""
    return TableMetadata(
        table_id=table_id,
        label=body["title"],
        updated=None,
        dimensions=tuple(_variable_v0(given) for given in body["variables"]),
        notes=(),
        mandatory_notes=(),
        response=response,
    )


def _variable_v0(given: dict[str, Any]) -> Variable:
    metric: Literal["metric"] | None = "metric" if given["code"] == "ContentsCode" else None
    return Variable(
        id=given["code"],
        label=given.get("text", given["code"]),
        codes=tuple(given["values"]),
        labels=tuple(given.get("valueTexts") or given["values"]),
        elimination=bool(given.get("elimination")),
        role="time" if given.get("time") else metric,
    )
