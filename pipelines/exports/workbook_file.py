"""XLSX for case workers: where each indicator stands, all figures, definitions, and what the workbook is.

In Norwegian. Headers stay in sight, numbers are numbers with their format, and no text is ever a formula or a link.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook

from pipelines.exports.table_model import Exported
from pipelines.formats.spreadsheet_text import NEVER_ACTING
from pipelines.formats.untrusted import visible
from pipelines.language import Language

_LONGEST = 32_767  # characters in a cell
_FIGURES = ("value", "lower", "upper")


def write(exported: Exported, folder: Path) -> Iterator[Path]:
    """Write one workbook; yield it."""
    path = folder / exported.named("levekar.xlsx")
    with xlsxwriter.Workbook(str(path), NEVER_ACTING) as workbook:
        _Sheets(exported, workbook, Language("nb")).write()
    yield path


class _Sheets:
    def __init__(self, exported: Exported, workbook: Workbook, say: Language) -> None:
        self.exported, self.workbook, self.say = exported, workbook, say
        self.names = {row["area_id"]: row["name"] for row in exported.tables["area"].to_pylist()}
        self.indicators = {row["indicator_id"]: row for row in exported.indicators}
        self.head = workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
        self.strong = workbook.add_format({"bold": True, "font_size": 14})
        self._formats: dict[str, Format] = {}

    def write(self) -> None:
        self._about()
        self._figures()
        self._definitions()

    def _format(self, pattern: str) -> Format:
        return self._formats.setdefault(pattern, self.workbook.add_format({"num_format": pattern}))

    def _pattern(self, row: dict[str, Any]) -> str:
        """Return the number format of an indicator: shares are shown in per cent, and stay shares."""
        decimals = "." + "0" * row["decimals"] if row["decimals"] else ""
        return f"0{decimals}%" if row["unit"] == "share" else f"#,##0{decimals}"

    def _sheet(self, name: str, columns: Sequence[tuple[str, float]]) -> Any:
        sheet = self.workbook.add_worksheet(self.say.term("sheet", name))
        for number, (title, width) in enumerate(columns):
            sheet.set_column(number, number, width)
            sheet.write_string(0, number, title, self.head)
        sheet.freeze_panes(1, 0)
        return sheet

    def _about(self) -> None:
        say, meta = self.say, self.exported.meta
        sheet = self.workbook.add_worksheet(say.term("sheet", "about"))
        sheet.set_column(0, 0, 100, self.wrapped)
        lines = [
            say("edition_line", edition=meta["edition"], day=say.day(datetime.fromisoformat(meta["built_at"]))),
            say("workbook_text"),
        ]
        if self.exported.synthetic:
            lines.insert(0, say("synthetic_banner"))
        lines += [
            f"{name}: {say.term('status', name)}" for name in ("suppressed", "unreliable", "estimated", "missing")
        ]
        lines += [f"{attribution} ({licence})" for attribution, licence in self.exported.sources()]
        sheet.write_string(0, 0, say("site_name"), self.strong)
        for number, line in enumerate(lines, 2):
            sheet.write_string(number, 0, _inert(line), self.wrapped)

    def _figures(self) -> None:
        say = self.say
        titles = [
            *((say("indicator"), 38), ("indicator_id", 22), (say("area"), 30), ("area_id", 14), (say("period"), 12)),
            *((say("sex"), 9), (say("age"), 14), (say("figure"), 11), (say.term("contents", "lower"), 11)),
            *(
                (say.term("contents", "upper"), 11),
                (say("numerator"), 11),
                (say("denominator"), 11),
                (say("status"), 26),
            ),
        ]
        sheet = self._sheet("figures", titles)
        rows = self.exported.tables["measure"].to_pylist()
        for number, row in enumerate(rows, 1):
            own = self.indicators[row["indicator_id"]]
            texts = (say.of(own, "name"), row["indicator_id"], self.names.get(row["area_id"], ""), row["area_id"])
            for column, text in enumerate((*texts, row["period"], say.known("sex", row["sex"]), row["age"])):
                sheet.write_string(number, column, _inert(text))
            for column, name in enumerate((*_FIGURES, "numerator", "denominator"), 7):
                if row[name] is not None:
                    pattern = self._pattern(own) if name in _FIGURES else "#,##0"
                    sheet.write_number(number, column, row[name], self._format(pattern))
            sheet.write_string(number, 12, say.known("status", row["status"]))
        sheet.autofilter(0, 0, len(rows), len(titles) - 1)

    def _definitions(self) -> None:
        say = self.say
        columns = [
            *(("indicator_id", 24.0), (say("indicator"), 36.0), (say("definition_title"), 70.0), (say("unit"), 12.0)),
            *((say("direction"), 20.0), (say("periodicity"), 20.0), (say("caveats"), 70.0)),
        ]
        sheet = self._sheet("definitions", columns)
        for number, row in enumerate(self.exported.indicators, 1):
            texts = (
                *(row["indicator_id"], say.of(row, "name"), say.of(row, "definition"), say.term("unit", row["unit"])),
                *(say.term("direction", row["direction"]), say.known("periodicity", row["periodicity"])),
                say.of(row, "caveats") or "",
            )
            for column, text in enumerate(texts):
                sheet.write_string(number, column, _inert(text), self.wrapped)


def _inert(text: str) -> str:
    """Return a text for a cell of text: nothing in it acts, and it fits."""
    return visible(text)[:_LONGEST]
