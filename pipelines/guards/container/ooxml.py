"""XLSX: the parts of the package, what may not be among them, and which of them are sheets."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from pipelines.guards.container import parts, pivot
from pipelines.guards.container.archive import Archive
from pipelines.guards.container.contained import (
    Contained,
    ContainerError,
    check_extent,
    check_hidden_rows,
    hidden_numbers,
)
from pipelines.guards.container.markup import Attributes, local, walk
from pipelines.guards.container.shared import SharedTexts
from pipelines.guards.container.texts import PartTexts, Texts
from pipelines.guards.container.worksheet import look_through

WORKBOOK = "xl/workbook.xml"
_AS_XLSX = "save the sheet as XLSX without macros"
_AS_VALUES = "copy the figures as values into a new workbook and save that"
# What is refused, by a word in a part's name, its content type or the type of a relationship to it (ECMA-376, part 1).
_REFUSED = {
    "vbaproject": ("macros (VBA)", "they are programs", _AS_XLSX),
    "vbadata": ("macros (VBA)", "they are programs", _AS_XLSX),
    "macrosheet": ("a sheet of Excel 4 macros", "they are programs", _AS_XLSX),
    "dialogsheet": ("a dialogue sheet", "it runs macros", _AS_XLSX),
    "externallink": ("links to other workbooks", "their figures may be old ones of another file", "break the links "
                     "(Data > Edit Links > Break Link) and save again"),
    "connections": ("a connection to a database or a query", "its figures may change unseen", _AS_VALUES),
    "querytable": ("a query table", "its figures may change unseen", _AS_VALUES),
    "oleobject": ("an embedded object", "its contents are not looked into", "delete the object and save again"),
    "embeddings/": ("an embedded object", "its contents are not looked into", "delete the object and save again"),
    "relationships/package": ("an embedded document", "its contents are not looked into", "delete it and save again"),
    "activex": ("ActiveX controls", "they are programs", "delete the controls and save again"),
    "webextension": ("an Office add-in", "it is a program", "remove the add-in and save again"),
    "xl/model/": ("a data model (Power Pivot)", "it keeps rows that nobody sees", _AS_VALUES),
    "powerpivotdata": ("a data model (Power Pivot)", "it keeps rows that nobody sees", _AS_VALUES),
    "revisionheaders": ("a history of changes", "it keeps earlier contents of cells that nobody sees", "stop sharing "
                        "the workbook (Review > Unshare Workbook) and save again"),
    "revisionlog": ("a history of changes", "it keeps earlier contents of cells that nobody sees", "stop sharing the "
                    "workbook (Review > Unshare Workbook) and save again"),
}  # fmt: skip

# What the texts of a part are, for people; those of others are called by their element.
_KINDS = {
    "/comments": "comment",
    "/threadedcomments/": "comment",
    "/drawings/": "text box",
    "/charts/": "chart",
    "/diagrams/data": "diagram",
    "/pivotcachedefinition": "pivot table's stored values",
    "/tables/": "table",
    "docprops/": "document property",
    "customxml/": "data behind the document",
}


def examine(archive: Archive) -> Contained:
    """Return what a person should know about an XLSX. Raises ContainerError with everything that is refused."""
    archive.check()
    relations = {name: list(_relations(archive, name)) for name in archive.names if name.lower().endswith(".rels")}
    faults = [*_forbidden(archive, relations), *_external(relations)]
    if faults:
        raise ContainerError(faults)
    names, hidden = _sheet_names(archive, relations)
    texts, shared = Texts(), SharedTexts(archive)
    sheets = {part: look_through(archive, part, name, texts, shared) for part, name in names.items()}
    check_extent([(sheet.name, sheet.rows, sheet.columns) for sheet in sheets.values()])
    check_hidden_rows({sheet.name: [(row, row) for row in sheet.hidden_rows] for sheet in sheets.values()})
    shared.keep_others(texts)
    records = _pivot_records(archive, relations)
    tables = tuple(pivot.tables(archive, records, texts))
    _search_others(archive, relations, names, texts, {*names, *records, shared.part or ""})
    return Contained(
        formulas={sheet.name: (sheet.formulas, sheet.first_formula) for sheet in sheets.values() if sheet.formulas},
        errors={sheet.name: tuple(sheet.errors) for sheet in sheets.values() if sheet.errors},
        uncalculated={sheet.name: tuple(sheet.uncalculated) for sheet in sheets.values() if sheet.uncalculated},
        hidden_sheets=hidden,
        hidden_rows={sheet.name: frozenset(sheet.hidden_rows) for sheet in sheets.values() if sheet.hidden_rows},
        hidden_columns={
            sheet.name: hidden_numbers(sheet.hidden_columns) for sheet in sheets.values() if sheet.hidden_columns
        },
        texts=texts.found(),
        tables=tables,
    )


# --- the package ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Relation:
    """One relationship: from the part `source` to `target`, which is a part, or an address where external."""

    id: str
    kind: str
    source: str
    target: str
    external: bool


def _relations(archive: Archive, name: str) -> Iterator[_Relation]:
    """Yield the relationships in a part such as xl/_rels/workbook.xml.rels."""
    folder = posixpath.dirname(posixpath.dirname(name))
    source = posixpath.join(folder, posixpath.basename(name)[: -len(".rels")])
    elements: list[Attributes] = []

    def start(tag: str, attributes: Attributes) -> None:
        if tag == "Relationship":
            elements.append(attributes)

    walk(archive.blocks(name), name, start)
    for attributes in elements:
        target, external = attributes.get("Target", ""), attributes.get("TargetMode", "").lower() == "external"
        if not external:
            target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        yield _Relation(attributes.get("Id", ""), attributes.get("Type", "").lower(), source, target, external)


def _inside(relations: dict[str, list[_Relation]]) -> Iterator[_Relation]:
    """Yield the relationships between parts of the file."""
    return (relation for relation in chain.from_iterable(relations.values()) if not relation.external)


def _forbidden(archive: Archive, relations: dict[str, list[_Relation]]) -> Iterator[str]:
    types: list[str] = []
    if "[Content_Types].xml" in archive:
        walk(
            archive.blocks("[Content_Types].xml"),
            "[Content_Types].xml",
            # A default names an extension; the part itself need not be there.
            lambda tag, attributes: types.append(attributes.get("ContentType", "")) if tag == "Override" else None,
        )
    words = " ".join([*archive.names, *types, *(relation.kind for relation in _inside(relations))]).lower()
    for word, (what, why, todo) in _REFUSED.items():
        if word in words:
            yield f"the workbook holds {what}: {why}; {todo}"
    if any(name.lower().endswith("workbook.bin") for name in archive.names):
        yield "the workbook is a binary one (XLSB), which cannot be looked into; save it as XLSX"
    for relation in _inside(relations):
        # Such parts may be in UTF-16 (`archive`): so none of them may be what a program reads cells from.
        if relation.target.lower().startswith("customxml/") and "customxml" not in relation.kind:
            yield f"part '{relation.target}' is used as {relation.kind.rpartition('/')[2]}; {_AS_VALUES}"


def _external(relations: dict[str, list[_Relation]]) -> Iterator[str]:
    for relation in chain.from_iterable(relations.values()):
        if relation.external and not relation.kind.endswith("/hyperlink"):
            yield (
                f"part '{relation.source}' draws on something outside the file ({relation.kind.rpartition('/')[2]}: "
                f"{relation.target[:80]}), which is not fetched; break the link (Data > Edit Links) or delete the "
                "picture, and save again"
            )


def _sheet_names(archive: Archive, relations: dict[str, list[_Relation]]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the name of each sheet's part, and the names of the hidden sheets."""
    if WORKBOOK not in archive:
        raise ContainerError([f"the file has no part '{WORKBOOK}', so it is no XLSX workbook; save it as XLSX"])
    targets = {
        relation.id: relation for relation in relations.get("xl/_rels/workbook.xml.rels", []) if not relation.external
    }
    names: dict[str, str] = {}
    hidden: list[str] = []
    faults: list[str] = []

    def start(tag: str, attributes: Attributes) -> None:
        if tag != "sheet":
            return
        name, part = attributes.get("name", ""), targets.get(local(attributes, "id") or "")
        if part is None or part.target not in archive:
            faults.append(f"sheet '{name}' is named but not in the file; ask its sender for the file again")
        elif part.target in names:
            faults.append(f"sheets '{names[part.target]}' and '{name}' are one part of the file; {_AS_VALUES}")
        elif part.kind.endswith("/worksheet"):
            names[part.target] = name
        if attributes.get("state", "visible") != "visible":
            hidden.append(name)

    walk(archive.blocks(WORKBOOK), WORKBOOK, start)
    faults += [
        f"part '{part}' is a sheet that the workbook does not show; {_AS_VALUES}"
        for part in archive.names
        if part not in names and re.fullmatch(r"xl/worksheets/[^/]+\.xml", part, re.IGNORECASE)
    ]
    if faults:
        raise ContainerError(faults)
    return names, tuple(hidden)


def _pivot_records(archive: Archive, relations: dict[str, list[_Relation]]) -> dict[str, str]:
    """Return the parts with the rows behind pivot tables, and the part that defines each. Raises ContainerError."""
    records = {
        relation.target: relation.source
        for relation in _inside(relations)
        if relation.kind.endswith("/pivotcacherecords") and relation.target in archive and relation.source in archive
    }
    if any(
        "pivotcacherecords" in name.lower() and not name.lower().endswith(".rels")
        for name in archive.names
        if name not in records
    ):
        raise ContainerError(
            [
                "the workbook holds the hidden copy of the rows that a pivot table was made from, and no names of its "
                f"columns: nobody sees whether they are rows about persons; {_AS_VALUES}"
            ]
        )
    return records


def _search_others(
    archive: Archive, relations: dict[str, list[_Relation]], names: dict[str, str], texts: Texts, searched: set[str]
) -> None:
    """Keep the texts of all parts but those that were searched as tables, by place."""
    parents = {relation.target: relation.source for relation in _inside(relations)}

    def handlers(part: str) -> PartTexts:
        what = next((kind for word, kind in _KINDS.items() if word in part.lower()), "")
        return PartTexts(texts, _owner(part, parents, names), what)

    parts.search(archive, texts, searched, handlers)


def _owner(part: str, parents: dict[str, str], names: dict[str, str]) -> str:
    """Return the sheet that a part belongs to, over however many others (chart, drawing, sheet)."""
    owner, seen = part, set[str]()
    while owner not in names and owner in parents and owner not in seen:
        seen.add(owner)
        owner = parents[owner]
    return f"sheet '{names[owner]}'" if owner in names else f"part '{part}'"
