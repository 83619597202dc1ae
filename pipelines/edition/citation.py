"""How a release is cited: CITATION.cff (1.2.0), DataCite's metadata (schema 4) as JSON, and a README.

Nobody is named as author who is not: the data's publishers are its contributors, as they ask to be named.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

SYNTHETIC = "SYNTHETIC FIGURES: "
_AUTHOR = "Levekår"


def write(folder: Path, manifest: Mapping[str, Any], terms: Sequence[tuple[str, str]]) -> None:
    """Write the three files into a release's folder. terms: attribution and licence of every source."""
    title = f"{SYNTHETIC if manifest['synthetic'] == 'true' else ''}Levekår, release {manifest['name']}"
    (folder / "CITATION.cff").write_text(_cff(title, manifest, terms), encoding="utf-8")
    (folder / "datacite.json").write_text(
        json.dumps(_datacite(title, manifest, terms), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    (folder / "README.md").write_text(_readme(title, manifest, terms), encoding="utf-8")


def _cff(title: str, manifest: Mapping[str, Any], terms: Sequence[tuple[str, str]]) -> str:
    # JSON in quotes is YAML: whatever an attribution holds stays text.
    quoted = {name: json.dumps(value, ensure_ascii=False) for name, value in _common(title, manifest).items()}
    sources = "".join(
        f"  - type: data\n    title: {json.dumps(said, ensure_ascii=False)}\n    authors:\n"
        f"      - name: {json.dumps(said, ensure_ascii=False)}\n    notes: {json.dumps(licence, ensure_ascii=False)}\n"
        for said, licence in terms
    )
    return (
        "cff-version: 1.2.0\nmessage: If you use these figures, cite the release and its sources.\ntype: dataset\n"
        f"title: {quoted['title']}\nversion: {quoted['version']}\ndate-released: {quoted['date']}\n"
        f"abstract: {quoted['abstract']}\nauthors:\n  - name: {json.dumps(_AUTHOR, ensure_ascii=False)}\n"
        + (f"references:\n{sources}" if sources else "")
    )


def _datacite(title: str, manifest: Mapping[str, Any], terms: Sequence[tuple[str, str]]) -> dict[str, Any]:
    common = _common(title, manifest)
    return {
        "schemaVersion": "http://datacite.org/schema/kernel-4",
        "titles": [{"title": common["title"], "lang": "en"}],
        "creators": [{"name": _AUTHOR, "nameType": "Organizational"}],
        "publisher": {"name": _AUTHOR},
        "publicationYear": common["date"][:4],
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Frozen edition of small-area statistics"},
        "version": common["version"],
        "dates": [
            {"date": common["date"], "dateType": "Issued"},
            {
                "date": manifest["as_of"],
                "dateType": "Valid",
                "dateInformation": "figures as known at the end of this day",
            },
        ],
        "contributors": [
            {"name": said, "nameType": "Organizational", "contributorType": "DataCollector"} for said, _licence in terms
        ],
        "rightsList": [{"rights": licence} for licence in sorted({licence for _said, licence in terms})],
        "descriptions": [{"description": common["abstract"], "descriptionType": "Abstract", "lang": "en"}],
    }


def _common(title: str, manifest: Mapping[str, Any]) -> dict[str, str]:
    about = f"Edition {manifest['edition']} of Levekår, figures as published at the end of {manifest['as_of']} (UTC)."
    if manifest["corrects"]:
        about += f" It corrects the release {manifest['corrects']}; CHANGES.md lists what is different."
    note = f" {manifest['note']}" if manifest["note"] else ""
    return {
        "title": title,
        "version": str(manifest["name"]),
        "date": str(manifest["created_at"])[:10],
        "abstract": f"{about}{note}",
    }


def _readme(title: str, manifest: Mapping[str, Any], terms: Sequence[tuple[str, str]]) -> str:
    rebuilt = "and is built anew from the snapshots inside, which is compared cell by cell"
    if not manifest["can_be_rebuilt"]:
        rebuilt = "; it cannot be built anew from here, for delivered files are left out (release.json lists them)"
    warning = (
        "\n**CONFIDENTIAL: holds delivered files and every figure that is hidden.**\n"
        if manifest["confidential"]
        else ""
    )
    sources = "".join(f"* {said} ({licence})\n" for said, licence in terms)
    return f"""# {title}
{warning}
{_common(title, manifest)["abstract"]}

Open `levekar.duckdb` with DuckDB, or the same tables in `parquet/`. `catalogue/` says what is measured, `methods/` how.

`levekar release verify` with this folder or its archive checks every SHA-256 {rebuilt}. Without the program:
`sha256sum --check SHA256SUMS`. Code {manifest["code_version"]}, catalogue {str(manifest["catalogue_hash"])[:16]},
libraries in `requirements.lock`.

## Sources

{sources}"""
