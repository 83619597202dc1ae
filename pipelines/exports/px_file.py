"""PX: the figures of an indicator in one file with Norwegian and English texts, as PxWin and PxWeb read it.

Dots stand for what has no figure, and DATASYMBOL says how each is shown: . there can be none, .. missing, : hidden,
.... no row at all. A remark beside a figure is a CELLNOTE. (PX-file format, axis version 2013)
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipelines.exports.table_model import NO_ROW, Axis, Cube, Exported
from pipelines.language import LANGUAGES, Language

_SYMBOLS = {"not_applicable": ".", "suppressed": "...", NO_ROW: "...."}
_MISSING = ".."
_SHOWN = {"DATASYMBOL1": ".", "DATASYMBOL2": "..", "DATASYMBOL3": ":", "DATASYMBOL4": "...."}
_IN_PX = {"nb": "no", "en": "en"}
_NOTED = ("estimated", "incomplete", "no_denominator", "unreliable")


def write(exported: Exported, folder: Path) -> Iterator[Path]:
    """Write a file per indicator; yield them."""
    for cube in exported.cubes():
        path = folder / exported.named(f"{cube.indicator['indicator_id']}.px")
        path.write_text("\r\n".join(_lines(exported, cube)) + "\r\n", encoding="utf-8", newline="")
        yield path


def _lines(exported: Exported, cube: Cube) -> Iterator[str]:
    main, other = (Language(code) for code in LANGUAGES)
    built = datetime.fromisoformat(exported.meta["built_at"])
    yield 'CHARSET="ANSI";'
    yield 'AXIS-VERSION="2013";'
    yield 'CODEPAGE="utf-8";'
    yield f'LANGUAGE="{_IN_PX[main.code]}";'
    yield f"LANGUAGES={_texts([_IN_PX[code] for code in LANGUAGES])};"
    yield f'CREATION-DATE="{built:%Y%m%d %H:%M}";'
    yield f"MATRIX={_text(cube.indicator['indicator_id'])};"
    yield "DECIMALS=15;"
    yield f"SHOWDECIMALS={min(cube.indicator['decimals'] + (2 if cube.indicator['unit'] == 'share' else 0), 6)};"
    for keyword, symbol in _SHOWN.items():
        yield f"{keyword}={_text(symbol)};"
    for say in (main, other):
        yield from _described(exported, cube, say)
    for say in (main, other):
        yield from _noted(cube, say)
    yield "DATA="
    yield from _data(cube)


def _described(exported: Exported, cube: Cube, say: Language) -> Iterator[str]:
    mark = "" if say.code == LANGUAGES[0] else f"[{_IN_PX[say.code]}]"
    row = cube.indicator
    *stub, heading = (say.term("axis", axis.id) for axis in cube.axes)
    synthetic = f" ({say('synthetic_short')})" if exported.synthetic else ""
    yield f"SUBJECT-AREA{mark}={_text(say('site_name'))};"
    if not mark:
        yield 'SUBJECT-CODE="levekar";'
    yield f"TITLE{mark}={_text(say.of(row, 'name') + synthetic)};"
    yield f"CONTENTS{mark}={_text(say.of(row, 'name') + synthetic)};"
    yield f"UNITS{mark}={_text(say.term('unit', row['unit']))};"
    yield f"STUB{mark}={_texts(stub)};"
    yield f"HEADING{mark}={_texts([heading])};"
    for axis in cube.axes:
        yield f"VALUES{mark}({_text(say.term('axis', axis.id))})={_texts(_labels(axis, say))};"
    for axis in cube.axes:
        name = _text(say.term("axis", axis.id))
        yield f"CODES{mark}({name})={_texts(axis.codes)};"
        yield f"VARIABLECODE{mark}({name})={_text(axis.id)};"
    yield f"SOURCE{mark}={_text('; '.join(attribution for attribution, _licence in exported.sources()))};"
    notes = [*([say("synthetic_sentence")] if exported.synthetic else []), say.of(row, "definition")]
    yield f"NOTE{mark}={_text('#'.join([*notes, *filter(None, [say.of(row, 'caveats')])]))};"


def _labels(axis: Axis, say: Language) -> list[str]:
    """Return the labels of an axis, each different: one that is there twice has its code behind it."""
    labels = axis.labels[say.code]
    return [
        f"{label} ({code})" if labels.count(label) > 1 else label
        for label, code in zip(labels, axis.codes, strict=True)
    ]


def _noted(cube: Cube, say: Language) -> Iterator[str]:
    """Yield a note for each figure with a remark."""
    mark = "" if say.code == LANGUAGES[0] else f"[{_IN_PX[say.code]}]"
    called = [dict(zip(axis.codes, _labels(axis, say), strict=True)) for axis in cube.axes[:-1]]
    for key, row in cube.rows.items():
        if row["status"] in _NOTED:
            place = _texts([names[code] for names, code in zip(called, key, strict=True)])
            yield f'CELLNOTE{mark}({place},"*")={_text(say.term("status", row["status"]))};'


def _data(cube: Cube) -> Iterator[str]:
    width = len(cube.axes[-1].codes)
    line: list[str] = []
    cells = [_cell(value, status) for _key, value, status in cube.cells()]
    for start in range(0, len(cells), width):
        line = cells[start : start + width]
        yield " ".join(line) + (";" if start + width >= len(cells) else "")


def _cell(value: float | None, status: str | None) -> str:
    if value is None:
        return f'"{_SYMBOLS.get(status or "", _MISSING)}"'
    return format(Decimal(repr(value)), "f")


def _texts(texts: Sequence[str]) -> str:
    return ",".join(map(_text, texts))


def _text(text: Any) -> str:
    """Return a text in quotes; PX has no way to write a quote within one, and no line breaks."""
    return '"' + " ".join(str(text).replace('"', "'").split()) + '"'
