"""The committed files that follow from the catalogue: JSON Schema for editors, and docs/coverage.md.

`python -m pipelines.edition.derived` (`make docs`) writes them; a test holds them to what the catalogue says.
"""

import json
from pathlib import Path

from indicators import catalogue
from indicators.catalogue import coverage, json_schema
from pipelines.settings import PROJECT


def files() -> dict[Path, str]:
    """Return the text of each file by its path."""
    folder = catalogue.HERE / json_schema.FOLDER
    schemas = {
        folder / f"{kind}.schema.json": json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
        for kind, schema in json_schema.schemas().items()
    }
    return {PROJECT / "docs" / "coverage.md": coverage.page(catalogue.load()), **schemas}


def write() -> None:
    """Write every file."""
    for path, text in files().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
