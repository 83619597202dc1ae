"""How the graph explains itself: of each asset its group, owner, kind, tags, columns, and whose figures they are.

What an asset does belongs to `factory`; all that is said of it here follows from its key and the catalogue.
"""

from collections.abc import Iterable

import dagster as dg

from indicators.catalogue import Catalogue
from indicators.catalogue.models import SourceTable
from indicators.dictionary import SCHEMA
from pipelines.edition.gathering import KEPT_WHOLE
from pipelines.steps.revising import REVISIONS

SHARED = "shared"
"""The group of sources that several pillars draw on, or none, such as the lists of areas."""
_OF_SOURCES = ("snapshot", "facts")
_BY_PILLAR = ("computed", "measures", "forecasts", "skill", "series")
_STATBANK = "https://www.ssb.no/statbank/table/"
_PUBLISHED_AS = {
    "facts": "observation",
    "measures": "measure",
    "series": "series",
    "skill": "forecast_skill",
    **{key: name for name, key in KEPT_WHOLE.items()},
    REVISIONS: "revision",
}
"""By stage or key, the published table with the same columns."""


def described(
    assets: Iterable[dg.AssetsDefinition], catalogue: Catalogue, *, synthetic: bool
) -> list[dg.AssetsDefinition]:
    """Return the assets with what the Dagster pages say of them."""
    pillars = _pillars_of_sources(catalogue)

    def told(spec: dg.AssetSpec) -> dg.AssetSpec:
        stage, name = spec.key.path[0], "/".join(spec.key.path[1:])
        tags = {"levekar/stage": stage}
        group = stage
        if stage in _BY_PILLAR:
            group = tags["levekar/pillar"] = name
        elif stage in _OF_SOURCES:
            group = pillars.get(name, SHARED)
            tags |= _tags_of_source(catalogue, name)
            if group != SHARED:
                tags["levekar/pillar"] = group
        made_up = synthetic or (name in catalogue.deliveries and catalogue.deliveries[name].synthetic)
        if made_up:
            tags["levekar/synthetic"] = ""
        return spec.replace_attributes(
            group_name=group,
            description=_description(spec, catalogue, name, synthetic=made_up),
            # A role, not a person.
            owners=["team:evaluator" if stage in ("evaluation", "backtest") else "team:analyst"],
            kinds={_kind(stage, name)},
            tags={**spec.tags, **tags},
            metadata={**spec.metadata, **_metadata(catalogue, stage, name, "/".join(spec.key.path))},
        )

    return [asset.map_asset_specs(told) for asset in assets]


def _pillars_of_sources(catalogue: Catalogue) -> dict[str, str]:
    """Return the pillar of each source that only one pillar draws on, and that counts no residents for all of them."""
    drawn: dict[str, list[str]] = {}
    for pillar in catalogue.pillars:
        for table in catalogue.tables_of(pillar):
            drawn.setdefault(table, []).append(pillar)
    return {table: own[0] for table, own in drawn.items() if len(own) == 1 and table not in catalogue.residents}


def _tags_of_source(catalogue: Catalogue, name: str) -> dict[str, str]:
    source = catalogue.asked.get(name)
    unverified = isinstance(source, SourceTable) and source.unverified
    return {"levekar/source": name.partition("/")[0], **({"levekar/unverified": ""} if unverified else {})}


def _kind(stage: str, name: str) -> str:
    if stage == "publication":
        return {"warehouse": "duckdb", "page": "html", "overview": "markdown"}[name]
    if stage != "snapshot":
        return "parquet"
    return "file" if name == "inbox" or name.startswith("delivery/") else name.partition("/")[0]


def _description(spec: dg.AssetSpec, catalogue: Catalogue, name: str, *, synthetic: bool) -> str:
    """Begin with the title: the graph shows a table's number, and the first line of this below it."""
    title = _title(catalogue, name)
    own = spec.description or ""
    text = own if title is None else f"{title}. {own}"
    return f"SYNTHETIC FIGURES. {text}" if synthetic else text


def _title(catalogue: Catalogue, name: str) -> str | None:
    if name in catalogue.asked:
        asked = catalogue.asked[name]
        return asked.title_en or asked.title
    return catalogue.deliveries[name].name_en if name in catalogue.deliveries else None


def _metadata(catalogue: Catalogue, stage: str, name: str, key: str) -> dict[str, dg.MetadataValue | dg.TableSchema]:
    found: dict[str, dg.MetadataValue | dg.TableSchema] = {}
    if columns := _columns(stage, key):
        found["dagster/column_schema"] = dg.TableSchema(columns=columns)
    if stage not in _OF_SOURCES:
        return found
    source = catalogue.asked.get(name)
    if source is not None:
        is_table = source.provider == "ssb" and source.asked_as.isdigit()
        page = f"{_STATBANK}{source.asked_as}" if is_table else catalogue.providers[source.provider].url
        found["page of the provider"] = dg.MetadataValue.url(page)
    if name in catalogue.deliveries:
        delivery = catalogue.deliveries[name]
        found["sender"] = dg.MetadataValue.text(delivery.sender or f"{delivery.provider}; the role is not known")
    drawing = [
        f"* `{indicator.id}`: {indicator.name_en} / {indicator.name_no}"
        for indicator in catalogue.indicators.values()
        if any(one.table == name for one in indicator.sources)
    ]
    if drawing:
        found["indicators that draw on it"] = dg.MetadataValue.md("\n".join(drawing))
    return found


def _columns(stage: str, key: str) -> list[dg.TableColumn]:
    """Return the columns of a table with what the dictionary says of them; none where it has none."""
    name = _PUBLISHED_AS.get(key) or _PUBLISHED_AS.get(stage)
    return [
        dg.TableColumn(column.name, column.type, column.comment, dg.TableColumnConstraints(nullable=column.nullable))
        for column in (SCHEMA[name].columns if name is not None else ())
    ]
