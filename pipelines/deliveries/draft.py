"""A first contract for a kind of file that has none: what its cells look like, with every guess marked.

A person reads the draft, puts it right and lays it beside the other contracts. Nothing is taken by a draft.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from indicators import periods
from pipelines.deliveries import checking
from pipelines.deliveries.checking import Rules
from pipelines.deliveries.faults import DeliveryError, NoContract
from pipelines.deliveries.opened import Opened, header_of, open_file
from pipelines.formats.cube import CODE, CubeGrid
from pipelines.formats.grid import Block, Grid

_FEW = 60  # distinct labels that a dimension may have
_NUMBER = r"^[-−]?\d+([ \x{a0}\x{202f}.,]\d+)*([eE][-+]?\d+)?$"
_FIGURE = re.compile(r"[-−]?\d+([ \u00a0\u202f.,]\d+)*$")
_SIGNS = {"": "..", ".": ".", "..": "..", ":": ":", "*": ":", "-": "-", "x": ":", "X": ":", "n/a": "..", "NA": ".."}


@dataclass(frozen=True)
class _Column:
    """A column: its name, its distinct texts, the share of cells that are numbers, and how many rows it has."""

    name: str
    texts: list[str]
    numbers: float
    rows: int

    @property
    def filled(self) -> list[str]:
        return [text for text in self.texts if text not in _SIGNS]


def contract(path: Path, rules: Rules) -> str:
    """Return a draft as YAML. Raises DeliveryError for a file that cannot be read or may hold personal data."""
    taken = checking.taken_from(path)
    checked = checking.check(taken, rules)
    if checked.error is None:
        raise DeliveryError(checked.name, [f"contract {checked.contract} takes this file already; no draft is needed"])
    if not isinstance(checked.error, NoContract):
        raise checked.error
    opened = open_file(taken.content, taken.name)
    return "\n".join([*_draft(opened, rules), ""])


def _draft(opened: Opened, rules: Rules) -> Iterator[str]:
    grid = opened.grids[0]
    row = 1 if isinstance(grid, CubeGrid) else _header_row(grid)
    header = header_of(grid, row)
    depth = 1 if isinstance(grid, CubeGrid) else _depth(grid, row)
    block = grid.block(row + depth, len(header))
    columns = [_column_of(name, number, block) for number, name in enumerate(header)]
    if isinstance(grid, CubeGrid):
        columns = [column for column in columns if not column.name.endswith(CODE)]
    across = _across(grid, row, depth, columns)
    wide = across.columns if across is not None else []
    identifiers = [column for column in columns if column not in wide]
    area = _area(identifiers, rules)
    code = next((column for column in identifiers if area is not None and _numbers_of(column, area)), None)
    identifiers = [column for column in identifiers if column is not code]
    period = None if wide else next((column for column in identifiers if column is not area and _is_time(column)), None)
    values = wide if wide else _values(identifiers, area, period)
    others = [column for column in identifiers if column not in (area, period, *values) and not _is_aid(column)]
    yield "# yaml-language-server: $schema=../schema/delivery.schema.json"
    yield f"# A draft, made from one file. {opened.how}; its header is row {row}."
    yield "# Every line with GUESS is one: put it right, or take the word away. TODO is what no file can tell."
    yield f"id: {_slug(Path(opened.name).stem)}  # GUESS: short, without a year"
    yield "name_no: TODO"
    yield "name_en: TODO"
    yield "provider: TODO  # who made the figures"
    yield "attribution: TODO"
    yield "licence: TODO"
    yield "levels: [municipality]  # GUESS"
    yield "published: false  # true only where their maker publishes these very figures"
    if grid.sheet is not None:
        yield f"sheet: {_scalar(grid.sheet)}  # GUESS: leave it out if the name changes"
    names = [column.name for column in columns if column not in wide]
    yield f"header: [{', '.join(map(_scalar, names))}]"
    if grid.sheet is not None and depth == 1 and across is not None:
        yield f"header_row: {row}  # GUESS: leave it out if the header may move"
    yield f"area: {{{f'code: {_scalar(code.name)}, ' if code is not None else ''}{_area_key(area)}}}  # GUESS"
    yield "# boundary_year: 2024  # TODO: where all rows use the area codes of one year"
    if across is not None:
        yield from across.lines()
    elif period is not None:
        yield f"period: {{column: {_scalar(period.name)}{_form(period.filled)}}}  # GUESS"
    else:
        yield "period: {column: TODO}  # no column looks like a period"
    yield from _dimensions(others)
    yield "contents:  # GUESS: kinds and units"
    codes = _distinct(["value"] if wide else [column.name for column in values])
    if wide:
        values = [_Column("value", sorted({text for column in wide for text in column.texts}), 1.0, wide[0].rows)]
    for column, contents in zip(values, codes, strict=True):
        stated = "" if wide else f", column: {_scalar(column.name)}"
        yield f"  - {{code: {contents}{stated}, unit: TODO, kind: {_kind(column)}}}"
    decimal = "," if any(re.search(r"\d,\d", text) for column in values for text in column.filled) else "."
    if decimal == ",":
        yield 'decimal: ","  # GUESS'
    texts = {text for column in values for text in column.texts}
    signs = sorted(text for text in texts if len(text) < 5 and not re.match(r"^[-−]?\d", text))
    if signs:
        meaning = ", ".join(f"{_scalar(text)}: {_scalar(_SIGNS.get(text, 'TODO'))}" for text in signs[:12])
        yield f"missing: {{{meaning}}}  # GUESS: ':' hidden, '..' not available, '.' not applicable"


@dataclass(frozen=True)
class _Wide:
    """Value columns, and what the parts of their headers are: the position of the period, labels of the others."""

    columns: list[_Column]
    rows: int
    separator: str | None
    parts: list[list[str]]
    prefixes: list[str]
    period: int
    notes: list[str]

    def lines(self) -> Iterator[str]:
        yield "across:  # GUESS: what the headers of the other columns tell"
        if self.rows > 1:
            yield f"  rows: {self.rows}"
        if self.separator is not None:
            yield f"  separator: {_scalar(self.separator)}"
        if self.notes:
            yield f"  without: [{', '.join(map(_quoted, self.notes))}]"
        yield "  parts:"
        names = _distinct([prefix or f"part {number}" for number, prefix in enumerate(self.prefixes, 1)])
        for number, (labels, prefix, name) in enumerate(zip(self.parts, self.prefixes, names, strict=True)):
            before = f", prefix: {_quoted(prefix)}" if prefix else ""
            if number == self.period:
                yield f"    - {{tells: period{before}}}"
            elif len(labels) == 1:
                yield f"    - {{tells: always, prefix: {_quoted(prefix + labels[0])}}}"
            else:
                codes = ", ".join(f"{_scalar(label)}: {code}" for label, code in _coded(labels))
                yield f"    - {{tells: {name}{before}, codes: {{{codes}}}}}"
        yield f"period: {{{'form: school_year' if _SCHOOL.fullmatch(self.parts[self.period][0]) else ''}}}"


_SCHOOL = re.compile(r"\d{4}-\d\d")
_PREFIX = re.compile(r"^([^:]{1,40}: ).*")


def _header_row(grid: Grid) -> int:
    """The row of periods above figures, if there is one; else the row that looks most like a header."""
    for number, cells in enumerate(grid.head[:30], 1):
        others = [cell for cell in cells[1:] if cell]
        if others and not cells[0] and all(map(_is_published_period, others)):
            return number
    return grid.likely_header


def _depth(grid: Grid, row: int) -> int:
    """Rows of header: below the first, those of words (or years) alone whose first cell is empty."""
    depth = 1
    for cells in grid.head[row:]:
        filled = [cell for cell in cells if cell]
        if (
            not cells
            or cells[0]
            or len(filled) < min(2, len(header_of(grid, row)) - 1)
            or all(_FIGURE.match(cell) for cell in filled)
        ):
            break
        depth += 1
    return depth


def _across(grid: Grid, row: int, depth: int, columns: list[_Column]) -> _Wide | None:
    """Return how the value columns' headers are made up, where one part of each is a period."""
    heads = [header_of(grid, row + number) for number in range(depth)]
    for separator in [None] if depth > 1 else [None, ".", "|", ";", "/", " - "]:
        headers: list[tuple[_Column, list[str]]] = []
        for number, column in enumerate(columns):
            texts = [head[number] if number < len(head) else "" for head in heads]
            headers.append((column, texts if separator is None else column.name.split(separator)))
        most = max(len(parts) for _column, parts in headers)
        prefixes = [_prefix([parts[at] for _column, parts in headers if len(parts) > at]) for at in range(most)]
        bare = [(column, list(map(str.removeprefix, parts, prefixes))) for column, parts in headers]
        good = [(column, parts) for column, parts in bare if any(map(_is_period, parts))]
        if len(good) < 2 and not (good and len(columns) == 2):
            continue
        usual = min(len(parts) for _column, parts in good)
        regular = [parts for _column, parts in good if len(parts) == usual]
        parts = [list(dict.fromkeys(labels)) for labels in zip(*regular, strict=True)]
        period = next(at for at, labels in enumerate(parts) if all(map(_is_period, labels)))
        # Those with more parts are taken for columns of notes.
        notes = sorted({f"{separator}{parts[-1]}" for _column, parts in good if len(parts) > usual})
        return _Wide([column for column, _parts in good], depth, separator, parts, prefixes[:usual], period, notes)
    return None


def _is_period(text: str) -> bool:
    return _is_published_period(text) or _SCHOOL.fullmatch(text) is not None


def _prefix(texts: Sequence[str]) -> str:
    """The words before a colon that most texts begin with."""
    found = [matched[1] for text in texts if (matched := _PREFIX.match(text))]
    return max(set(found), key=found.count) if len(found) > len(texts) / 2 else ""


def _distinct(texts: Sequence[str]) -> list[str]:
    """Return a name for each text, no two of them the same."""
    names: list[str] = []
    for text in texts:
        name = _slug(text)
        names.append(name if name not in names else f"{name}_{len(names) + 1}")
    return names


def _coded(labels: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each label with a code: itself where it is a number, else a name."""
    for label, name in zip(labels, _distinct(labels), strict=True):
        yield label, f'"{label}"' if label.isdigit() else _code(label) or name


def _column_of(name: str, number: int, block: Block) -> _Column:
    column = block.columns[number]
    texts = pc.unique(column.cast(pa.string())).to_pylist()
    is_number = pc.match_substring_regex(column.dictionary, _NUMBER).take(column.indices)
    filled = pc.invert(pc.is_in(column.dictionary, pa.array(list(_SIGNS)))).take(column.indices)
    count = pc.sum(filled).as_py() or 0
    return _Column(name, texts, (pc.sum(is_number).as_py() or 0) / count if count else 0.0, len(column))


def _is_published_period(text: str) -> bool:
    try:
        periods.parse(text)
    except periods.PeriodError:
        return False
    return True


_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def _is_time(column: _Column) -> bool:
    texts = column.filled
    return bool(texts) and all(_is_published_period(text.removesuffix(".0")) or _DATE.fullmatch(text) for text in texts)


def _is_aid(column: _Column) -> bool:
    """Whether a column only helps to sort or repeats the period as a date."""
    return column.name.casefold().startswith("sort") or (
        bool(column.filled) and all(map(_DATE.fullmatch, column.filled))
    )


def _area(columns: Sequence[_Column], rules: Rules) -> _Column | None:
    """The column with the most known names, or codes of areas."""

    def share(column: _Column) -> float:
        texts = column.filled
        if not texts or _is_time(column):
            return 0.0
        known = sum(text in rules.names or re.sub(r"\s*\(.*\)$", "", text) in rules.names for text in texts)
        coded = sum(bool(_AREA_CODE.fullmatch(text)) for text in texts) if column.numbers < 1 or _padded(texts) else 0
        # Few of many names are known where areas.yaml has one district; a column of one name says little.
        return max(known, coded) if max(known, coded) > min(1, len(texts) / 50) else 0.0

    best = max(columns, key=share, default=None)
    return best if best is not None and share(best) > 0 else None


def _numbers_of(column: _Column, area: _Column) -> bool:
    """Whether a column has the codes of the areas that another one names."""
    return column is not area and bool(_NUMBERED.search(column.name)) and len(column.filled) == len(area.filled)


_NUMBERED = re.compile(
    r"(kommune|bydel|fylke|geo|region|delområde|grunnkrets)s?_?(nr|nummer|kode|code|number)$", re.IGNORECASE
)
_AREA_CODE = re.compile(r"(K-?)?\d{4}(\d\d|\d{4})?(\s+\D.*)?")


def _padded(texts: Sequence[str]) -> bool:
    """Whether all are numbers of one length, some with a leading zero: codes."""
    return len({len(text) for text in texts}) == 1 and any(text.startswith("0") for text in texts)


def _area_key(area: _Column | None) -> str:
    if area is None:
        return "name: TODO"
    coded = [text for text in area.filled if _AREA_CODE.fullmatch(text)]
    if len(coded) <= len(area.filled) / 2:
        return f"name: {_scalar(area.name)}"
    found = re.match(r"K-?", coded[0])
    prefix = f", prefix: {found[0]}" if found else ""
    return f"code: {_scalar(area.name)}{prefix}"


def _values(columns: Sequence[_Column], area: _Column | None, period: _Column | None) -> list[_Column]:
    """Columns of numbers that are neither area nor time, the likeliest: those with many distinct ones."""
    others = [column for column in columns if column not in (area, period) and column.numbers > 0.5]
    values = [column for column in others if not _is_time(column) and not _is_aid(column)]
    return [column for column in values if len(column.filled) > 5] or values


def _dimensions(columns: Sequence[_Column]) -> Iterator[str]:
    dimensions = [column for column in columns if column.filled and len(column.filled) <= _FEW]
    if dimensions:
        yield "dimensions:  # GUESS: leave out what says nothing; contents_column is where one tells kinds of figures"
    for column, name in zip(dimensions, _distinct([column.name for column in dimensions]), strict=True):
        yield f"  {name}:"
        yield f"    column: {_scalar(column.name)}"
        codes = ", ".join(f"{_scalar(text)}: {code}" for text, code in _coded(column.filled))
        yield f"    codes: {{{codes}}}"
    for column in columns:
        if column not in dimensions:
            yield f"# column {_scalar(column.name)} has {len(column.filled):,} distinct texts and is read as nothing"


def _form(texts: Sequence[str]) -> str:
    if all(map(_DATE.fullmatch, texts)):
        return ", form: date_year" if all(text.endswith("-01-01") for text in texts) else ", form: date_month"
    return ", form: number" if all(text.endswith(".0") for text in texts) else ""


def _kind(column: _Column) -> str:
    figures = [float(text.replace(",", ".")) for text in column.filled if re.fullmatch(r"-?\d+([.,]\d+)?", text)]
    if not figures or min(figures) < 0:
        return "other"
    if all(number.is_integer() for number in figures):
        return "count"
    return "share" if max(figures) <= 1 else "percent" if max(figures) <= 100 else "amount"


def _code(label: str) -> str | None:
    """Return an age group or a span of years as a code: 18-29 of '18 - 29 år'."""
    found = re.match(r"(\d+)\s*[-/]\s*(\d+)", label)
    return f'"{found[1]}-{found[2]}"' if found else None


_LETTERS = str.maketrans({"æ": "ae", "ø": "o", "å": "a"})


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_").lstrip("0123456789_")[:40] or "unnamed"


def _scalar(text: str) -> str:
    """Write a text so that YAML reads it as that text."""
    if re.fullmatch(r"[A-Za-zÆØÅæøå][\wÆØÅæøå ()/.-]*", text) and not re.search(r"\s$|: | #", text):
        return text
    return _quoted(text)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t") + '"'
