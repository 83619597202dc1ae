"""DCAT-AP-NO: the package described as a catalogue of one data set, in JSON-LD, so that data.norge.no can list it.

Who publishes, where and whom to ask is known to nobody but who publishes: it is asked for, never made up.
(data.norge.no/specification/dcat-ap-no, version 2.2)
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pipelines.exports.table_model import Exported
from pipelines.language import LANGUAGES, Language

_EU = "http://publications.europa.eu/resource/authority"
_LANGUAGES = {"nb": f"{_EU}/language/NOB", "en": f"{_EU}/language/ENG"}
_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_FORMATS = {
    "csv": ("CSV", "text/csv"),
    "json": ("JSON", "application/json"),
    "parquet": ("PARQUET", "application/vnd.apache.parquet"),
    "px": ("OCTET", "text/x-pcaxis"),
    "xlsx": ("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
_FOR_OTHER_PROGRAMS = ("datapackage.json",)


@dataclass(frozen=True)
class Publisher:
    """Who publishes the package, whom to ask about it (an e-mail address), and the address of its folder."""

    name: str
    contact: str
    url: str


def write(exported: Exported, folder: Path, publisher: Publisher, files: Sequence[Path]) -> Iterator[Path]:
    """Write the description of the files, which lie in `folder`'s parent; yield it."""
    path = folder / exported.named("levekar.jsonld")
    names = [file.relative_to(folder.parent).as_posix() for file in files if file.name not in _FOR_OTHER_PROGRAMS]
    text = json.dumps(_catalogue(exported, publisher, names), ensure_ascii=False, indent=1)
    path.write_text(text, encoding="utf-8")
    yield path


def _catalogue(exported: Exported, publisher: Publisher, names: Sequence[str]) -> dict[str, Any]:
    base = publisher.url.rstrip("/")
    rights = "; ".join(f"{attribution} ({licence})" for attribution, licence in exported.sources())
    agent = {"@id": f"{base}/#publisher", "@type": "foaf:Agent", "foaf:name": publisher.name}
    contact = {
        "@id": f"{base}/#contact",
        "@type": "vcard:Organization",
        "vcard:fn": publisher.name,
        "vcard:hasEmail": {"@id": f"mailto:{publisher.contact}"},
    }
    common = {
        "dct:publisher": agent,
        "dcat:contactPoint": contact,
        "dct:language": [{"@id": _LANGUAGES[code]} for code in LANGUAGES],
        "dct:modified": _typed("dateTime", exported.meta["built_at"]),
    }
    return {
        "@context": _CONTEXT,
        "@id": f"{base}/#catalogue",
        "@type": "dcat:Catalog",
        "dct:identifier": f"{base}/#catalogue",
        "dct:title": _in_both("dcat_catalogue", exported),
        "dct:description": _in_both("about_text", exported),
        "dcat:themeTaxonomy": {"@id": f"{_EU}/data-theme"},
        **common,
        "dcat:dataset": {
            "@id": f"{base}/#dataset",
            "@type": "dcat:Dataset",
            "dct:identifier": f"{base}/#dataset",
            "dct:title": _in_both("dcat_dataset", exported),
            "dct:description": _in_both("dcat_description", exported),
            "dcat:theme": {"@id": f"{_EU}/data-theme/SOCI"},
            "dct:accessRights": {"@id": f"{_EU}/access-right/PUBLIC"},
            "owl:versionInfo": exported.meta["edition"],
            "dct:temporal": _temporal(exported),
            "dct:rights": {"@id": f"{base}/#rights", "@type": "dct:RightsStatement", "dct:description": rights},
            **common,
            "dcat:distribution": [_distribution(base, name) for name in names],
        },
    }


def _typed(kind: str, value: str) -> Mapping[str, str]:
    return {"@type": f"xsd:{kind}", "@value": value}


def _in_both(name: str, exported: Exported) -> list[dict[str, str]]:
    found = []
    for code in LANGUAGES:
        say = Language(code)
        synthetic = f"{say('synthetic_short')}: " if exported.synthetic else ""
        found.append({"@language": code, "@value": synthetic + say(name)})
    return found


def _temporal(exported: Exported) -> dict[str, Any]:
    measures = exported.tables["measure"]
    first, last = min(measures["period_start"].to_pylist()), max(measures["period_end"].to_pylist())
    return {
        "@type": "dct:PeriodOfTime",
        "dcat:startDate": _typed("date", first.isoformat()),
        "dcat:endDate": _typed("date", last.isoformat()),
    }


def _distribution(base: str, name: str) -> dict[str, Any]:
    kind, media = _FORMATS[name.rpartition(".")[2]]
    address = f"{base}/{quote(name)}"
    return {
        "@id": address,
        "@type": "dcat:Distribution",
        "dct:title": name,
        "dcat:accessURL": {"@id": address},
        "dcat:downloadURL": {"@id": address},
        "dct:format": {"@id": f"{_EU}/file-type/{kind}"},
        "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{media}"},
        "dct:rights": {"@id": f"{base}/#rights"},
    }
