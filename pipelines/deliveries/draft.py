"""A first contract for a kind of file that has none: what its cells look like, with every guess marked.

Several guesses are tried on the file itself, through the loader and the reader of contracts, and the one that reads
most is written down. A person reads the draft, puts it right and lays it beside the other contracts; it takes nothing.
"""

import json
import re
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import count, islice, pairwise
from pathlib import Path

from indicators.catalogue import Spacing, loading
from indicators.catalogue.contracts import DeliveryContract
from pipelines.deliveries import checking, layout, times
from pipelines.deliveries.checking import Checked, Rules
from pipelines.deliveries.faults import DeliveryError, PersonalData, Unsearchable, as_delivery_error
from pipelines.deliveries.layout import SIGNS, Guessed, Heading, Shape
from pipelines.deliveries.opened import Opened, header_of, match, open_file, plain
from pipelines.deliveries.reading import read
from pipelines.formats.cube import CODE, CubeGrid
from pipelines.formats.grid import letter

_FEW = 60  # distinct labels that a dimension may have
_MOST_TRIED = 60  # guesses
_MOST_CELLS = 20_000_000  # looked at in all of them
_MOST_SHEETS = 12
_LONGEST_SIGN = 16
_IRREGULAR = (Spacing("draft", {}, None),)
# What a person must fill in is never guessed: figures of no area or year that somebody thought of can be published.
_NO_AREA = "{always: TODO}  # TODO: no area stands in the table, above it or in a name"
_NO_PERIOD = "{always: TODO}  # TODO: no period stands in the table, above it or in a name: refused till then"
_ANY_PERIOD = '{always: "2024"}'  # to try the rest of the guess with


def contract(path: Path, rules: Rules) -> str:
    """Return a draft as YAML, which the catalogue's loader takes.

    Raises DeliveryError for a file that cannot be read, may hold personal data, has a contract, or holds no table.
    """
    taken = checking.taken_from(path)
    checked = checking.check(taken, rules)
    if checked.error is None:
        raise DeliveryError(checked.name, [f"contract {checked.contract} takes this file already; no draft is needed"])
    if checked.contract in rules.area_lists or checked.contract in rules.boundaries:
        raise checked.error
    if isinstance(checked.error, PersonalData | Unsearchable):
        raise checked.error
    drafted = checking.tried(lambda: _drafted(checked, taken.content, rules), taken.name)
    if isinstance(drafted, DeliveryError):
        raise drafted
    return drafted


@as_delivery_error()
def _drafted(checked: Checked, content: bytes, rules: Rules) -> str:
    opened = open_file(content, checked.name)
    note = ""
    if checked.contract is not None:
        note = (
            f"# Contract {checked.contract} has this header and refuses the file: keep to it, or give this one `fixed`."
        )
    best = _best(opened, rules)
    if best is None:
        raise DeliveryError(
            checked.name, ["no table of figures by area was found in it; expected a header above rows of figures"]
        )
    return "\n".join([best.lines[0], *filter(None, [note]), *best.verdict(), *best.lines[1:], ""])


@dataclass(frozen=True)
class _Tried:
    """A guess as YAML, how many figures it reads, and what it cannot read."""

    lines: list[str]
    figures: int
    faults: tuple[str, ...]

    def verdict(self) -> Iterator[str]:
        """Say what came of trying it, as comments."""
        if not self.faults:
            yield f"# Tried on the file: it reads {self.figures:,} figures. Compare some of them with the file."
            return
        yield f"# TODO: tried on the file, it is refused for {len(self.faults)} fault(s):"
        yield from (f"#   {' '.join(fault.split())[:160]}" for fault in self.faults[:5])


def _best(opened: Opened, rules: Rules) -> _Tried | None:
    """Return the guess that reads the most figures, or, where none reads any, the one with the fewest faults."""
    tried: list[_Tried] = []
    shapes = _shapes(opened)
    by_grid = [[shape.figures for shape in shapes if shape.grid is grid] for grid in opened.grids]
    # Of a text file there is a grid for each separator, of which one is right.
    there = (max if opened.grids[0].sheet is None else sum)(max(found, default=0) for found in by_grid)
    cells = 0
    with tempfile.TemporaryDirectory() as folder:
        for shape, lines in islice(_guesses(opened, shapes, rules), _MOST_TRIED):
            cells += sum(column.rows for column in shape.columns)
            if (one := _tried(list(lines), opened, rules, Path(folder) / "draft.yaml")) is not None:
                tried.append(one)
                if not one.faults and one.figures >= there:
                    break
            if cells > _MOST_CELLS:
                break
    return max(tried, key=lambda one: (one.figures, -len(one.faults)), default=None)


def _tried(lines: list[str], opened: Opened, rules: Rules, path: Path) -> _Tried | None:
    """Return what a guess reads; None for one that the loader refuses."""
    path.write_text("\n".join([*(line.replace(_NO_PERIOD, _ANY_PERIOD) for line in lines), ""]), encoding="utf-8")
    try:
        guess = loading.load(path, DeliveryContract)
    except loading.CatalogueError:
        return None
    found = checking.tried(
        lambda: read(match(opened, [guess]), opened.name, rules.areas, rules.names, _IRREGULAR), opened.name
    )
    if isinstance(found, DeliveryError):
        return _Tried(lines, 0, tuple(map(str, found.faults)))
    return _Tried(lines, len(found), ())


def _shapes(opened: Opened) -> list[Shape]:
    """Return the tables that people see in the file."""
    hidden = opened.contained.hidden_sheets if opened.contained is not None else ()
    grids = [grid for grid in opened.grids if grid.sheet not in hidden] or opened.grids
    shapes = [_of_cube(grid) for grid in grids if isinstance(grid, CubeGrid)]
    return shapes + [
        shape for grid in grids[:_MOST_SHEETS] if not isinstance(grid, CubeGrid) for shape in layout.shapes(grid)
    ]


def _guesses(opened: Opened, shapes: list[Shape], rules: Rules) -> Iterator[tuple[Shape, Iterator[str]]]:
    """Yield what the file may be, the likeliest first."""
    headers = Counter(_key(shape) for shape in {(id(shape.grid), _key(shape)): shape for shape in shapes}.values())
    for shape in shapes:
        alike = [other for other in shapes if _key(other) == _key(shape)]
        others = headers[_key(shape)] > 1 and shape.grid.sheet is not None
        ways: list[Heading | _Wide | None] = [*layout.headings(shape, rules.names)]
        wide = _across(shape)
        ways = [*([wide] if wide is not None and _is_deep(wide) else []), *ways, *([wide] if wide is not None else [])]
        # Areas in the header are no kinds of figures.
        own = shape.depth == 1 and not any(layout.is_area(column.name, rules.names) for column in shape.columns)
        for way in [*ways, *([None] if own else [])]:
            for thousands in (False, True) if shape.dotted else (False,):
                yield shape, _lines(opened, shape, way, rules, alike if others else [], thousands=thousands)


def _is_deep(wide: "_Wide") -> bool:
    return len(wide.parts) > 3


def _key(shape: Shape) -> tuple[str, ...]:
    return (str(shape.depth), *(plain(column.name) for column in shape.columns))


def _of_cube(grid: CubeGrid) -> Shape:
    block = grid.block(2, len(grid.head[0]))
    columns = [layout.guessed(name, number, block) for number, name in enumerate(grid.head[0])]
    return Shape(grid, 1, 1, [column for column in columns if not column.name.endswith(CODE)])


# --- one guess, written down ------------------------------------------------------------------------------------------


@dataclass
class _Told:
    """What the columns of a table are, and what stands around it. stated: name -> how the contract writes it."""

    identifiers: list[Guessed]
    values: list[Guessed]
    code: Guessed | None
    name: Guessed | None
    period: Guessed | None
    month: Guessed | None
    stated: dict[str, str]
    area: str = ""

    @property
    def others(self) -> list[Guessed]:
        """The identifiers that are neither area nor time."""
        taken = (self.code, self.name, self.period, self.month)
        return [column for column in self.identifiers if column not in taken and not column.is_aid and column.name]


def _lines(
    opened: Opened,
    shape: Shape,
    way: "Heading | _Wide | None",
    rules: Rules,
    alike: list[Shape],
    *,
    thousands: bool = False,
) -> Iterator[str]:
    columns = [replace(column, name=column.name or f"[{letter(column.number)}]") for column in shape.columns]
    if way is None:
        columns = [column for column, own in zip(columns, shape.columns, strict=True) if own.name]
    wide = {column.number for column in way.columns} if way is not None else set()
    told = _told(opened, shape, [column for column in columns if column.number not in wide], way, rules, alike)
    values = list(way.columns) if way is not None else told.values
    yield from _head(opened, shape)
    several = bool(alike) or shape.repeated
    if several:
        yield "tables: all  # GUESS: every table with this header is read"
    elif shape.grid.sheet is not None:
        yield f"sheet: {_scalar(shape.grid.sheet)}  # GUESS: leave it out if the name changes"
    names = [column.name for column in columns if column.number not in wide]
    yield f"header: [{', '.join(map(_scalar, names))}]"
    if shape.grid.sheet is not None and shape.depth == 1 and way is not None and not several:
        yield f"header_row: {shape.row}  # GUESS: leave it out if the header may move"
    if shape.ends:
        yield "ends: empty_row  # GUESS: what follows below is another table"
    down = [
        column.name
        for column in told.identifiers
        if column in (told.code, told.name, *told.others) and "" in column.texts
    ]
    if down:
        yield f"fill_down: [{', '.join(map(_scalar, down))}]  # GUESS: an empty cell means the one above"
    if told.stated:
        yield "stated:  # GUESS: columns that the table does not have"
        yield from (f"  {_scalar(name)}: {how}" for name, how in told.stated.items())
    yield f"area: {{{told.area}}}  # GUESS"
    yield "# boundary_year: 2024  # TODO: where all rows use the area codes of one year"
    yield from _time(told, way)
    yield from _dimensions(told, way)
    yield from _contents(told, way, values)
    yield from _signs(values, thousands=thousands)


def _head(opened: Opened, shape: Shape) -> Iterator[str]:
    yield "# yaml-language-server: $schema=../schema/delivery.schema.json"
    yield f"# A draft, made from one file. {opened.how}; its header is row {shape.row}."
    yield "# Every line with GUESS is one: put it right, or take the word away. TODO is what no file can tell."
    yield f"id: {_slug(Path(opened.name).stem)}  # GUESS: short, without a year"
    yield "name_no: TODO"
    yield "name_en: TODO"
    yield "provider: TODO  # who made the figures"
    yield "attribution: TODO"
    yield "licence: TODO"
    yield "levels: [municipality]  # GUESS"
    yield "published: false  # true only where their maker publishes these very figures"


def _signs(values: Sequence[Guessed], *, thousands: bool) -> Iterator[str]:
    texts = {text for column in values for text in column.texts}
    figures = [text for text in texts if re.match(r"^[-−]?\d", text)]
    comma, dot = (any(re.search(rf"\d[{sign}]\d", text) for text in figures) for sign in (",", "."))
    if thousands:
        yield 'thousands: "."  # GUESS: dots divide thousands'
    if comma or thousands:
        yield f"decimal: {'either' if dot and not thousands else _quoted(',')}  # GUESS"
    signs = sorted(text for text in texts if len(text) <= _LONGEST_SIGN and not re.match(r"^[-−]?\d", text))
    if signs:
        meaning = ", ".join(f"{_scalar(text)}: {_scalar(SIGNS.get(text, ':'))}" for text in signs[:12])
        yield f"missing: {{{meaning}}}  # GUESS: ':' hidden, '..' not available, '.' not applicable"


def _told(
    opened: Opened,
    shape: Shape,
    identifiers: list[Guessed],
    way: "Heading | _Wide | None",
    rules: Rules,
    alike: list[Shape],
) -> _Told:
    """Find area and time among the columns, or else in what stands around the table."""
    parts = dict(way.parts) if isinstance(way, Heading) else {}
    code, name = layout.area_columns(identifiers, rules.names)
    rest = [column for column in identifiers if column not in (code, name)]
    in_header = isinstance(way, _Wide) or "period" in parts
    months = [column for column in rest if column.is_month] if "month" not in parts and not in_header else []
    dated = [column for column in rest if column.is_time and column.filled]
    dated.sort(
        key=lambda column: (
            all(map(layout.is_date, column.filled)),
            re.match(r"(å|a|aa)r|period|tid|skole", column.name.casefold()) is None,
        )
    )
    period = None if in_header else next(iter(dated), None)
    month = next(iter(months), None) if period is not None else None
    rest = [column for column in rest if column not in (period, month)]
    values = [column for column in rest if column.holds_figures] if way is None else []
    told = _Told([column for column in identifiers if column not in values], values, code, name, period, month, {})
    sheets = [str(one.grid.sheet) for one in alike]
    _state_area(told, opened, shape, parts, rules, sheets)
    if period is None and not in_header:
        _state_period(told, opened, shape, sheets)
    if sheets and not any("where: sheet" in how for how in told.stated.values()):
        told.stated["Ark"] = "{where: sheet}"
    elif shape.repeated and not any("where: title" in how for how in told.stated.values()):
        told.stated["Tabell"] = "{where: title}"
    return told


def _state_area(
    told: _Told, opened: Opened, shape: Shape, parts: dict[str, list[str]], rules: Rules, sheets: list[str]
) -> None:
    coded = next(
        (column for column in (told.code, told.name) if column is not None and layout.coded(column.filled)), None
    )
    if "area_code" in parts or "area_name" in parts:
        prefix = _prefix_of(parts.get("area_code", []))
        told.area = prefix.removeprefix(", ")
    elif coded is not None:
        also = f", name: {_scalar(told.name.name)}" if told.name is not None and told.name is not coded else ""
        digits = ", digits: 4" if all(re.fullmatch(r"\d{3,4}", text) for text in coded.filled) else ""
        told.area = f"code: {_scalar(coded.name)}{_prefix_of(coded.filled)}{also}{digits}"
    elif told.name is not None:
        told.area = f"name: {_scalar(told.name.name)}"
    else:
        told.stated["Område"] = _area_around(opened, shape, rules, sheets)
        told.area = "name: Område"


def _prefix_of(texts: Sequence[str]) -> str:
    found = re.match(r"K-?(?=\d)", texts[0]) if texts else None
    return f", prefix: {found[0]}" if found else ""


def _area_around(opened: Opened, shape: Shape, rules: Rules, sheets: list[str]) -> str:
    if sheets and any(sheet in rules.names for sheet in sheets):
        return "{where: sheet}"
    texts = [str(shape.grid.sheet or ""), *shape.above, Path(opened.name).stem]
    for name in sorted(rules.names, key=len, reverse=True):
        if any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) for text in texts):
            return f"{{always: {_scalar(name)}}}"
    return _NO_AREA


_MONTH_AND_YEAR = r"((?i:januar|februar|mars|april|mai|juni|juli|august|september|oktober|november|desember) \d{4})"
_QUARTER_AND_YEAR = r"([1-4]\. kvartal \d{4})"
_SCHOOL_YEAR = r"((?:19|20)\d\d/\d\d)"
_YEAR = r"(?<!\d)((?:19|20)\d\d)(?!\d)"


def _state_period(told: _Told, opened: Opened, shape: Shape, sheets: list[str]) -> None:
    """Look for a period in the sheets' names, above the table and in the file's name."""
    around = {"sheet": sheets or [str(shape.grid.sheet or "")], "title": shape.above, "file": [Path(opened.name).stem]}
    for where, texts in around.items():
        for pattern in (_MONTH_AND_YEAR, _QUARTER_AND_YEAR, _SCHOOL_YEAR, _YEAR):
            if where == "sheet" and not all(re.search(pattern, text) for text in texts):
                continue
            if any(re.search(pattern, text) for text in texts):
                told.stated["Periode"] = f"{{where: {where}, pattern: {_quoted(pattern)}}}"
                return
    told.stated["Periode"] = _NO_PERIOD


def _time(told: _Told, way: "Heading | _Wide | None") -> Iterator[str]:
    parts = dict(way.parts) if isinstance(way, Heading) else {}
    if isinstance(way, _Wide):
        yield from way.lines()
        return
    if way is not None:
        yield "across:  # GUESS: what the headers of the other columns tell"
        yield from _across_lines(way)
    month = f", month: {_scalar(told.month.name)}" if told.month is not None else ""
    years: list[int] = []
    if told.period is not None:
        years = _years(told.period.filled)
        column = f"column: {_scalar(told.period.name)}{_form(told.period.filled)}{month}"
    elif "period" in parts:
        years = _years(parts["period"])
        column = "form: school_year" if all(map(layout.school_year, parts["period"])) else ""
    else:
        column = f"column: Periode{month}"
    this_year = date.today().year
    if years and years[-1] > this_year + 1:
        column += f"{', ' if column else ''}projected_from: {this_year}"
    yield f"period: {{{column}}}  # GUESS{': the first year that is projected' if 'projected_from' in column else ''}"
    if {later - earlier for earlier, later in pairwise(years)} - {1}:
        named = ", ".join(map(str, years[:6]))
        yield f"# TODO: the years are {named}: the indicator that uses them says how often they come (`every:`)"


def _years(texts: Sequence[str]) -> list[int]:
    return sorted({int(found[1]) for text in texts if (found := re.search(_YEAR, text))})


def _across_lines(way: Heading) -> Iterator[str]:
    if way.depth > 1:
        yield f"  rows: {way.depth}"
    if way.pattern != "(.+)" or way.depth > 1:
        yield f"  pattern: {_quoted(way.pattern)}"
    yield "  parts:"
    for part, _labels in way.parts:
        yield f"    - {{tells: {part}}}"


def _dimensions(told: _Told, way: "Heading | _Wide | None") -> Iterator[str]:
    others = [column for column in told.others if column.filled]
    few = [column for column in others if len(column.filled) <= _FEW]
    stated = [name for name in told.stated if name in ("Ark", "Tabell")]
    if few or stated:
        yield "dimensions:  # GUESS: leave out what says nothing; contents_column is where one tells kinds of figures"
    for name in stated:
        yield f"  {name.lower()}: {{column: {name}}}"
    for column, name in zip(few, _distinct_words([column.name for column in few]), strict=True):
        yield f"  {_scalar(name)}:"
        yield f"    column: {_scalar(column.name)}"
        codes = ", ".join(f"{_scalar(text)}: {code}" for text, code in _coded(column.filled))
        yield f"    codes: {{{codes}}}"
    for column in others:
        if column not in few:
            yield f"# column {_scalar(column.name)} has {len(column.filled):,} distinct texts and is read as nothing"


def _contents(told: _Told, way: "Heading | _Wide | None", values: Sequence[Guessed]) -> Iterator[str]:
    yield "contents:  # GUESS: kinds and units"
    labels = dict(way.parts).get("contents") if isinstance(way, Heading) else None
    if labels:
        for label, code in zip(labels, _distinct([label.replace(" | ", " ") for label in labels]), strict=True):
            own = [column for column in values if isinstance(way, Heading) and way.label_of(column) == label]
            yield f"  - {{code: {code}, label: {_scalar(label)}, unit: TODO, kind: {_kind(label, own)}}}"
    elif way is not None:
        yield f"  - {{code: value, unit: TODO, kind: {_kind('', values)}}}"
    else:
        for column, code in zip(values, _distinct([column.name for column in values]), strict=True):
            kind = _kind(column.name, [column])
            yield f"  - {{code: {code}, column: {_scalar(column.name)}, unit: TODO, kind: {kind}}}"


@dataclass(frozen=True)
class _Wide:
    """Value columns, and what the parts of their headers are: the position of the period, labels of the others."""

    columns: list[Guessed]
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
        yield f"period: {{{'form: school_year' if layout.school_year(self.parts[self.period][0]) else ''}}}"


_PREFIX = re.compile(r"^([^:]{1,40}: ).*")


def _across(shape: Shape) -> _Wide | None:
    """Return how the value columns' headers are made up, where one part of each is a period."""
    grid, row, depth, columns = shape.grid, shape.row, shape.depth, shape.columns
    heads = [header_of(grid, row + number) for number in range(depth)]
    for separator in [None] if depth > 1 else [None, ".", "|", ";", "/", " - "]:
        headers: list[tuple[Guessed, list[str]]] = []
        for number, column in enumerate(columns):
            texts = [head[number] if number < len(head) else "" for head in heads]
            headers.append((column, texts if separator is None else column.name.split(separator)))
        most = max(len(parts) for _column, parts in headers)
        prefixes = [_prefix([parts[at] for _column, parts in headers if len(parts) > at]) for at in range(most)]
        bare = [(column, list(map(str.removeprefix, parts, prefixes))) for column, parts in headers]
        good = [(column, parts) for column, parts in bare if any(map(_in_header, parts))]
        if len(good) < 2 and not (good and len(columns) == 2):
            continue
        usual = min(len(parts) for _column, parts in good)
        regular = [parts for _column, parts in good if len(parts) == usual]
        parts = [list(dict.fromkeys(labels)) for labels in zip(*regular, strict=True)]
        period = next((at for at, labels in enumerate(parts) if all(map(_in_header, labels))), None)
        if period is None:
            continue
        # Those with more parts are taken for columns of notes.
        notes = sorted({f"{separator}{parts[-1]}" for _column, parts in good if len(parts) > usual})
        return _Wide([column for column, _parts in good], depth, separator, parts, prefixes[:usual], period, notes)
    return None


def _prefix(texts: Sequence[str]) -> str:
    """The words before a colon that most texts begin with."""
    found = [matched[1] for text in texts if (matched := _PREFIX.match(text))]
    return max(set(found), key=found.count) if len(found) > len(texts) / 2 else ""


def _in_header(text: str) -> bool:
    return times.is_period(text) or layout.school_year(text)


def _distinct(texts: Sequence[str]) -> list[str]:
    """Return a name of plain letters for each text, no two of them the same."""
    return _apart([_slug(text) for text in texts])


def _distinct_words(texts: Sequence[str]) -> list[str]:
    """Return a name for each text, with the letters that it has, no two of them the same and none of them taken."""
    words = [re.sub(r"[^\w]+", "_", text).strip("_")[:40] or "unnamed" for text in texts]
    return [name if name not in _TAKEN else f"{name}_1" for name in _apart(words)]


_TAKEN = ("ContentsCode", "period", "month", "contents", "always", "area_code", "area_name", "ark", "tabell")


def _apart(names: Sequence[str]) -> list[str]:
    found: list[str] = []
    for name in names:
        tries = (name if number == 1 else f"{name}_{number}" for number in count(1))
        found.append(next(one for one in tries if one not in found))
    return found


def _coded(labels: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each label with a code: itself where it is a number, else a name."""
    codes = _apart([label if label.isdigit() else _code(label) or _slug(label) for label in labels])
    yield from ((label, _quoted(code)) for label, code in zip(labels, codes, strict=True))


def _form(texts: Sequence[str]) -> str:
    if all(map(layout.is_date, texts)):
        return ", form: date_year" if all(text.endswith("-01-01") for text in texts) else ", form: date_month"
    if all(map(layout.school_year, texts)):
        return ", form: school_year"
    return ", form: number" if all(text.endswith(".0") for text in texts) else ""


_PER_CENT = re.compile(r"andel|prosent|%|pst\b|percent|dekning", re.IGNORECASE)


def _kind(label: str, columns: Sequence[Guessed]) -> str:
    texts = [text for column in columns for text in column.filled]
    in_per_cent = any(text.endswith("%") for text in texts)
    plain_texts = (re.sub(r"[ \u00a0\u202f]", "", text.removesuffix("%")) for text in texts)
    figures = [float(text.replace(",", ".")) for text in plain_texts if re.fullmatch(r"-?\d+([.,]\d+)?", text)]
    if not figures or min(figures) < 0:
        return "percent" if in_per_cent else "other"
    whole = all(number.is_integer() for number in figures)
    if in_per_cent or (max(figures) <= 100 and max(figures) > 1 and (_PER_CENT.search(label) or not whole)):
        return "percent" if max(figures) <= 100 else "other"
    if whole:
        return "count"
    return "share" if max(figures) <= 1 else "amount"


def _code(label: str) -> str | None:
    """Return an age group or a span of years as a code: 18-29 of '18 - 29 år'."""
    found = re.match(r"(\d+)\s*[-/]\s*(\d+)", label)
    return f"{found[1]}-{found[2]}" if found else None


_LETTERS = str.maketrans({"æ": "ae", "ø": "o", "å": "a"})  # of names that are ASCII alone


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_").lstrip("0123456789_")[:40] or "unnamed"


def _scalar(text: str) -> str:
    """Write a text so that YAML reads it as that text."""
    if re.fullmatch(r"[A-Za-zÆØÅæøå][A-Za-z0-9_ÆØÅæøå ()/.-]*", text) and not text.endswith((" ", "-")):
        return text
    return _quoted(text)


def _quoted(text: str) -> str:
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(sign if sign.isprintable() else json.dumps(sign)[1:-1] for sign in quoted)
