"""JSON-stat 2.0: the figures of an indicator as a dataset, in Norwegian and in English.

(json-stat.org/format)
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipelines.exports.table_model import Axis, Cube, Exported
from pipelines.language import LANGUAGES, Language

_ROLES = {"time": ["period"], "geo": ["area"], "metric": ["contents"]}


def write(exported: Exported, folder: Path) -> Iterator[Path]:
    """Write two files per indicator, <id>.json and <id>.en.json; yield them."""
    for cube in exported.cubes():
        for code in LANGUAGES:
            language = "" if code == LANGUAGES[0] else f".{code}"
            path = folder / exported.named(f"{cube.indicator['indicator_id']}{language}.json")
            text = json.dumps(dataset(exported, cube, Language(code)), ensure_ascii=False, separators=(",", ":"))
            path.write_text(text, encoding="utf-8")
            yield path


def dataset(exported: Exported, cube: Cube, say: Language) -> dict[str, Any]:
    """Return a cube as a JSON-stat dataset; status has the mark of each cell that has one, by its number."""
    cells = list(cube.cells())
    row = cube.indicator
    notes = [say.of(row, "definition"), *filter(None, [say.of(row, "caveats")])]
    return {
        "version": "2.0",
        "class": "dataset",
        "label": say.of(row, "name") + (f" ({say('synthetic_short')})" if exported.synthetic else ""),
        "source": "; ".join(attribution for attribution, _licence in exported.sources()),
        "updated": exported.meta["built_at"],
        "note": [*([say("synthetic_sentence")] if exported.synthetic else []), *notes],
        "id": [axis.id for axis in cube.axes],
        "size": [len(axis.codes) for axis in cube.axes],
        "role": _ROLES,
        "dimension": {axis.id: _dimension(cube, axis, say) for axis in cube.axes},
        "value": [value for _key, value, _status in cells],
        "status": {str(number): status for number, (_key, _value, status) in enumerate(cells) if status is not None},
        "extension": {
            "edition": exported.meta["edition"],
            "synthetic": exported.synthetic,
            "status": {name: say.known("status", name) for name in sorted({one[2] for one in cells if one[2]})},
        },
    }


def _dimension(cube: Cube, axis: Axis, say: Language) -> dict[str, Any]:
    category: dict[str, Any] = {
        "index": list(axis.codes),
        "label": dict(zip(axis.codes, axis.labels[say.code], strict=True)),
    }
    if axis.id == "contents":
        row = cube.indicator
        figure = {"base": row["unit"], "decimals": row["decimals"]}
        counted = {"base": say.term("contents", "counted"), "decimals": 0}
        category["unit"] = {code: figure if code in ("value", "lower", "upper") else counted for code in axis.codes}
    return {"label": say.term("axis", axis.id), "category": category}
