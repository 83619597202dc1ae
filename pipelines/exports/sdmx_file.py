"""SDMX-CSV 2.0: all figures in one file, with their structure as an SDMX-JSON 2.0 message beside it.

Five measures (value, limits, numerator, denominator) per indicator, area, sex, age and period. OBS_STATUS is SDMX's own
code list; LEVEKAR_STATUS keeps the edition's word, PERIOD_TEXT the period as published. (SDMX 3.0, sections 5 and 6)
"""

import csv
import json
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pipelines.exports.table_model import CONTENTS, Exported
from pipelines.language import Language

_AGENCY, _ID, _VERSION = "LEVEKAR", "LEVEKAR", "1.0.0"
_FLOW = f"{_AGENCY}:{_ID}({_VERSION})"
_DIMENSIONS = {"INDICATOR": "indicator_id", "REF_AREA": "area_id", "SEX": "sex", "AGE": "age"}
_MEASURES = {"OBS_VALUE": "value", **{name.upper(): name for name in CONTENTS[1:]}}
_ATTRIBUTES = ("OBS_STATUS", "LEVEKAR_STATUS", "PERIOD_TEXT")
# CL_OBS_STATUS, version 2.2 (sdmx.org): A normal, E estimated, M cannot exist, O missing, P provisional, Q suppressed,
# U low reliability.
_STATUS = {
    "suppressed": "Q",
    "missing": "O",
    "not_applicable": "M",
    "incomplete": "P",
    "estimated": "E",
    "unreliable": "U",
}
_NORMAL = "A"


def write(exported: Exported, folder: Path) -> Iterator[Path]:
    """Write the figures and their structure; yield the two files."""
    data = folder / exported.named("levekar.csv")
    rows = exported.tables["measure"].to_pylist()
    with data.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["STRUCTURE", "STRUCTURE_ID", "ACTION", *_DIMENSIONS, "TIME_PERIOD", *_MEASURES, *_ATTRIBUTES])
        for row in rows:
            writer.writerow(
                [
                    *("dataflow", _FLOW, "R"),
                    *(_code(row[name]) for name in _DIMENSIONS.values()),
                    time_period(row["period_start"], row["period_end"]),
                    *("" if row[name] is None else repr(row[name]) for name in _MEASURES.values()),
                    *(_STATUS.get(row["status"], _NORMAL), row["status"] or "", row["period"]),
                ]
            )
    yield data
    structure = folder / exported.named("levekar-structure.json")
    structure.write_text(json.dumps(_structure(exported, rows), ensure_ascii=False, indent=1), encoding="utf-8")
    yield structure


def time_period(first: date, last: date) -> str:
    """Return SDMX's way to write a period: 2020, or 2018-01-01/P3Y for one of other length or start."""
    after = last + timedelta(days=1)
    months = (after.year - first.year) * 12 + after.month - first.month
    if (first.month, first.day, months) == (1, 1, 12):
        return str(first.year)
    return f"{first.isoformat()}/P{months // 12}Y" if months % 12 == 0 else f"{first.isoformat()}/P{months}M"


def _code(text: str) -> str:
    """Return a text as an SDMX identifier: letters, digits, _ @ $ and -."""
    return "".join(
        letter if letter.isascii() and (letter.isalnum() or letter in "_-@$") else "_PLUS" if letter == "+" else "_"
        for letter in text
    )


# --- structure --------------------------------------------------------------------------------------------------------


def _structure(exported: Exported, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    areas = {row["area_id"]: (row["name"], row["name"]) for row in exported.tables["area"].to_pylist()}
    used = {row["area_id"] for row in rows}
    lists = {
        "INDICATOR": {row["indicator_id"]: (row["name_no"], row["name_en"]) for row in exported.indicators},
        "REF_AREA": {area: names for area, names in areas.items() if area in used},
        "SEX": {sex: _both("sex", sex) for sex in sorted({row["sex"] for row in rows})},
        "AGE": {age: (age, age) for age in sorted({row["age"] for row in rows})},
    }
    concepts = [*lists, "TIME_PERIOD", *_MEASURES, *_ATTRIBUTES]
    return {
        "meta": {
            "schema": "https://json.sdmx.org/2.0.0/sdmx-json-structure-schema.json",
            "id": exported.named(exported.meta["edition"]),
            "prepared": exported.meta["built_at"],
            "test": exported.synthetic,
            "contentLanguages": ["nb", "en"],
            "sender": {"id": _AGENCY},
        },
        "data": {
            "codelists": [_codelist(name, codes) for name, codes in lists.items()],
            "conceptSchemes": [_concepts(concepts)],
            "dataStructures": [_definition(list(lists))],
            "dataflows": [
                {
                    **_maintained(_ID, "Levekår" + (" (SYNTHETIC FIGURES)" if exported.synthetic else "")),
                    "structure": _urn("datastructure.DataStructure", _ID),
                }
            ],
        },
    }


def _both(group: str, name: str) -> tuple[str, str]:
    return Language("nb").known(group, name), Language("en").known(group, name)


def _maintained(name: str, title: str) -> dict[str, Any]:
    names = {"name": title, "names": {"en": title}}
    return {"id": name, "agencyID": _AGENCY, "version": _VERSION, **names}


def _urn(kind: str, name: str, item: str = "") -> str:
    return f"urn:sdmx:org.sdmx.infomodel.{kind}={_AGENCY}:{name}({_VERSION}){'.' if item else ''}{item}"


def _codelist(name: str, codes: dict[str, tuple[str, str]]) -> dict[str, Any]:
    listed = [
        {"id": _code(code), "name": english, "names": {"nb": norwegian, "en": english}}
        for code, (norwegian, english) in codes.items()
    ]
    return {**_maintained(f"CL_{name}", name), "codes": listed}


def _concepts(names: Sequence[str]) -> dict[str, Any]:
    concepts = [{"id": name, "name": name, "names": {"en": name}} for name in names]
    return {**_maintained("CS_LEVEKAR", "Concepts"), "concepts": concepts}


def _component(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "conceptIdentity": _urn("conceptscheme.Concept", "CS_LEVEKAR", name), **more}


def _definition(listed: Sequence[str]) -> dict[str, Any]:
    dimensions = [
        _component(
            name,
            position=number,
            localRepresentation={"enumeration": _urn("codelist.Codelist", f"CL_{name}")},
        )
        for number, name in enumerate(listed)
    ]
    time = _component("TIME_PERIOD", localRepresentation={"format": {"dataType": "ObservationalTimePeriod"}})
    number = {"format": {"dataType": "Double"}}
    text = {"format": {"dataType": "String"}}
    return {
        **_maintained(_ID, "Levekår"),
        "dataStructureComponents": {
            "dimensionList": {"id": "DimensionDescriptor", "dimensions": dimensions, "timeDimension": time},
            "measureList": {
                "id": "MeasureDescriptor",
                "measures": [_component(name, usage="optional", localRepresentation=number) for name in _MEASURES],
            },
            "attributeList": {
                "id": "AttributeDescriptor",
                "attributes": [
                    _component(
                        name,
                        usage="mandatory" if name == "OBS_STATUS" else "optional",
                        attributeRelationship={"observation": {}},
                        localRepresentation=text,
                    )
                    for name in _ATTRIBUTES
                ],
            },
        },
    }
