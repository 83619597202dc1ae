"""What the cells of an unknown table are: where its header stands, which columns are areas, times, labels and figures.

Guesses only, made of the cells' own texts; `draft` tries them on the file and writes down the best.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.deliveries import times
from pipelines.formats.grid import Block, Grid

_NUMBER = r"^[-−]?\d+([ \x{a0}\x{202f}.,]\d+)*([eE][-+]?\d+)?([ \x{a0}\x{202f}]?%)?$"
_FIGURE = re.compile(r"[-−]?\d+([ \u00a0\u202f.,]\d+)*([eE][-+]?\d+)?([ \u00a0\u202f]?%)?")
_YEAR_LIKE = re.compile(r"(?:18|19|20|21)\d\d")
SIGNS = {"": "..", ".": ".", "..": "..", "...": "..", ":": ":", "*": ":", "-": "-", "x": ":", "X": ":", "n/a": "..",
         "NA": ".."}  # fmt: skip
_AREA_CODE = re.compile(r"(K-?)?\d{4}(\d\d|\d{4})?((\s*[-–:]?\s+)\D.*)?|\D+\(\d{4,8}\)")
_CODES = re.compile(
    r"(kommune|bydel|fylke|geo|region|delområde|grunnkrets|krets|sone)s?[ _.]?(nr|nummer|kode|code|number)?s?[.]?",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r".*(nr|nummer|kode|code|number|_?id)[.]?", re.IGNORECASE)
_AID = re.compile(r"(sort.*|nr|no|rad|rang|id|løpenr)[.]?", re.IGNORECASE)
_LABELS = re.compile(r"(kj.?.?nn|sex|alder|age|trinn|klassetrinn|år_?slutt)", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_SCHOOL = re.compile(r"\d{4}-\d\d")
_DOTTED = re.compile(r"-?\d{1,3}(\.\d{3})+(,\d+)?")
MOST_DEEP = 5
_MOST_IN_TITLE = 3


@dataclass(frozen=True)
class Guessed:
    """A column: its name, its number, its distinct texts, the share of cells that are numbers, how many rows it has."""

    name: str
    number: int
    texts: list[str]
    numbers: float
    rows: int

    @property
    def filled(self) -> list[str]:
        """The distinct texts that are no signs of missing figures."""
        return [text for text in self.texts if text not in SIGNS]

    @property
    def is_time(self) -> bool:
        """Whether every text is a period, or a date that may stand for one."""
        texts = self.filled
        return bool(texts) and all(map(is_time, texts))

    @property
    def is_month(self) -> bool:
        """Whether every text is a month or quarter without a year."""
        texts = self.filled
        words = re.match(r"m.ned|month|kvartal|mnd", self.name, re.IGNORECASE) is not None
        return bool(texts) and all(map(times.is_month, texts)) and (words or not any(map(str.isdigit, texts)))

    @property
    def is_aid(self) -> bool:
        """Whether it only helps to sort, or repeats the period as a date."""
        return _AID.fullmatch(self.name) is not None or (bool(self.filled) and all(map(_DATE.fullmatch, self.filled)))

    @property
    def holds_figures(self) -> bool:
        """Whether it holds numbers that are no codes, times or labels."""
        if self.numbers <= 0.5 or self.is_aid or _LABELS.fullmatch(self.name) or _NUMBERED.fullmatch(self.name):
            return False
        return not (self.is_time and not set(map(len, self.filled)) - {4} and len(self.filled) < 40)


@dataclass(frozen=True)
class Heading:
    """How the headers of the value columns are made up: an expression with a group for each part, and their labels.

    parts: what each group tells (period, month, area_name, area_code, contents), with its labels in order.
    """

    pattern: str
    parts: list[tuple[str, list[str]]]
    columns: list[Guessed]
    headers: dict[int, str]
    depth: int = 1

    def label_of(self, column: Guessed) -> str:
        """Return which kind of figure a column holds."""
        at = [part for part, _labels in self.parts].index("contents") + 1
        found = re.fullmatch(self.pattern, self.headers[column.number])
        return found[at] if found else ""


@dataclass
class Shape:
    """A table of a grid: its header's first row, how many rows that has, its columns, and what repeats it."""

    grid: Grid
    row: int
    depth: int
    columns: list[Guessed]
    repeated: bool = False
    ends: bool = False  # at the first empty row
    above: list[str] = field(default_factory=list)

    @property
    def figures(self) -> int:
        """How many cells of it are numbers in columns of figures."""
        return round(sum(column.numbers * column.rows for column in self.columns if column.holds_figures))

    @property
    def dotted(self) -> bool:
        """Whether dots may divide thousands in it."""
        return any(_DOTTED.fullmatch(text) for column in self.columns for text in column.texts)


def is_time(text: str) -> bool:
    """Whether a text is a period, a school year, a year as a number or a date."""
    text = text.removesuffix(".0")
    return bool(times.is_period(text) or _DATE.fullmatch(text) or school_year(text))


def is_date(text: str) -> bool:
    """Whether a text is a date."""
    return _DATE.fullmatch(text) is not None


def school_year(text: str) -> bool:
    """Whether a text is a school year as 2011-12."""
    return _SCHOOL.fullmatch(text) is not None and times.is_period(text.replace("-", "/"))


def is_area(text: str, names: Collection[str]) -> bool:
    """Whether a text is the name of an area that is known, perhaps with its code."""
    plain = re.sub(r"\s*\(.*\)$|^(K-?)?\d{1,8}[ .:–-]+", "", text)
    return text in names or plain in names


def coded(texts: Sequence[str]) -> bool:
    """Whether most texts are codes of areas, with or without their names."""
    return sum(bool(_AREA_CODE.fullmatch(text)) for text in texts) > len(texts) / 2


# --- where a table stands ---------------------------------------------------------------------------------------------


def shapes(grid: Grid, most: int = 6) -> Iterator[Shape]:
    """Yield the tables that a grid may hold, the likeliest first, each with every depth that its header may have."""
    lines = grid.head
    runs = sorted(_runs(lines), key=lambda run: run[0] - run[1])[:most]
    for start, _end in runs:
        top = start - 1
        while top >= 0 and not any(lines[top]) and start - top <= 2:
            top -= 1
        while top > 0 and _goes_on(lines[top - 1], lines[top]):
            top -= 1
        depth = 0
        while top - depth >= 0 and depth < MOST_DEEP and _may_be_header(lines[top - depth]):
            depth += 1
        for deep in range(depth, 0, -1):
            yield from _shape(grid, top - deep + 2, deep)


def _runs(lines: Sequence[Sequence[str]]) -> Iterator[tuple[int, int]]:
    """Yield first and last row (from 0) of each run of rows that hold figures; empty rows do not end one."""
    start = last = None
    for number, cells in enumerate(lines):
        if _holds_figures(cells):
            start, last = (number if start is None else start), number
        elif any(cells) and start is not None and last is not None and (_may_be_header(cells) or number - last > 2):
            yield start, last
            start = None
    if start is not None and last is not None:
        yield start, last


def _holds_figures(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    numbers = [cell for cell in filled if _FIGURE.fullmatch(cell) and not _YEAR_LIKE.fullmatch(cell)]
    # Of a row of years alone nobody can say; one with a text before them is more likely a header.
    return len(filled) > 1 and (bool(numbers) or (any(cell in SIGNS for cell in filled) and len(filled) > 2))


def _may_be_header(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    if not filled or (len(filled) == 1 and cells[0]):
        return False
    return all(not _FIGURE.fullmatch(cell) or is_time(cell) for cell in filled)


def _goes_on(above: Sequence[str], cells: Sequence[str]) -> bool:
    """Whether a row with years, or numbers like years, lies below a header that is whole without it."""
    texts, filled = [cell for cell in above if cell], [cell for cell in cells if cell]
    numbers = sum(bool(_YEAR_LIKE.fullmatch(cell)) for cell in filled)
    return (
        len(cells) > 0
        and bool(cells[0])
        and len(texts) == len(filled) == len(above)
        and numbers > 0
        and not any(_FIGURE.fullmatch(cell) for cell in texts)
        and len(set(texts)) == len(texts)
    )


def _shape(grid: Grid, row: int, depth: int) -> Iterator[Shape]:
    """Yield the table below a header as a whole, and as it is down to the first empty row."""
    lines = grid.lines()
    head = [list(cells) for cells in lines[row - 1 : row - 1 + depth]]
    width = max(len(cells) for cells in head)
    names = [next((cells[at] for cells in head if at < len(cells) and cells[at]), "") for at in range(width)]
    while names and not names[-1]:
        names.pop()
    if not names:
        return
    beside = _side_by_side(names)
    below = [
        number + 1
        for number in range(row, len(lines))
        if lines[number][: len(head[0])] == head[0] and [*map(list, lines[number : number + depth])] == head
    ]
    titles = [cells for cells in lines[: row - 1][::-1] if len(list(filter(None, cells))) < _MOST_IN_TITLE]
    above = [cell for cells in titles for cell in cells if cell]
    if beside or below:
        end = below[0] - 1 if below else len(lines)
        table = grid.part(range(row - 1, end), beside or slice(None))
        names = names[: beside.stop] if beside else names
    else:
        table = grid
    block = table.block(row + depth, len(names))
    for part, ends in ((block, False), (block.before_empty_row(), True)):
        if len(part.rows) and not (ends and part is block):
            columns = [guessed(name, number, part) for number, name in enumerate(names)]
            yield Shape(grid, row, depth, columns, bool(beside or below), ends, above)


def _side_by_side(names: Sequence[str]) -> slice | None:
    """Return the columns of the first of several tables beside each other that have the same header."""
    filled = [(at, name) for at, name in enumerate(names) if name]
    for times_over in range(6, 1, -1):
        each, rest = divmod(len(filled), times_over)
        own = [name for _at, name in filled]
        if not rest and each > 1 and own == own[:each] * times_over and len(set(own[:each])) == each:
            return slice(filled[0][0], filled[each - 1][0] + 1)
    return None


def guessed(name: str, number: int, block: Block) -> Guessed:
    """Return what a column of a table looks like."""
    column = block.columns[number]
    texts = pc.unique(column.cast(pa.string())).to_pylist()
    is_number = pc.match_substring_regex(column.dictionary, _NUMBER).take(column.indices)
    filled = pc.invert(pc.is_in(column.dictionary, pa.array(list(SIGNS)))).take(column.indices)
    count = pc.sum(filled).as_py() or 0
    return Guessed(name, number, texts, (pc.sum(is_number).as_py() or 0) / count if count else 0.0, len(column))


# --- what the headers of value columns tell ---------------------------------------------------------------------------

_PERIOD = r"(?:18|19|20|21)\d\d(?:[KQ][1-4]|M\d\d|[-/_]\d\d(?:\d\d)?(?:-\d{4}/\d\d)?)?"
_BETWEEN = r"[ .,:_|/-]+"


def headings(shape: Shape, names: Collection[str]) -> Iterator[Heading]:
    """Yield how headers may be made up, the likeliest first; nothing where each column has a meaning of its own."""
    if shape.depth > 1:
        yield from _in_rows(shape, names)
        return
    columns = [column for column in shape.columns if column.name]
    whole = {
        "period": lambda text: times.is_period(text) or school_year(text),
        "month": times.is_month,
    }
    for part, test in whole.items():
        chosen = [column for column in columns if test(column.name)]
        if len(chosen) > 1 or (chosen and len(columns) == 2):
            yield Heading("(.+)", [(part, [column.name for column in chosen])], chosen, _names(chosen))
    # Of areas beside each other some are known; the others are areas too.
    chosen = [column for column in columns if column.holds_figures and not times.is_period(column.name)]
    known = sum(is_area(column.name, names) for column in chosen)
    if len(chosen) > 1 and known > 0.3 * len(chosen):
        told = _area_part([column.name for column in chosen])
        yield Heading("(.+)", [(told, [column.name for column in chosen])], chosen, _names(chosen))
    for pattern, order in (
        (rf"(.*[^ .,:_|/-]){_BETWEEN}({_PERIOD})", ("contents", "period")),
        (rf"({_PERIOD}){_BETWEEN}(.+)", ("period", "contents")),
    ):
        found = [(column, re.fullmatch(pattern, column.name)) for column in columns]
        good = [(column, one) for column, one in found if one and is_time(one[order.index("period") + 1])]
        if len(good) > 1 and all(column.numbers > 0.5 or not column.filled for column, _one in good):
            labels = [list(dict.fromkeys(one[at] for _column, one in good)) for at in (1, 2)]
            chosen = [column for column, _one in good]
            yield Heading(pattern, list(zip(order, labels, strict=True)), chosen, _names(chosen))


def _names(columns: Sequence[Guessed]) -> dict[int, str]:
    return {column.number: column.name for column in columns}


def _area_part(texts: Sequence[str]) -> str:
    return "area_code" if coded(texts) else "area_name"


def _in_rows(shape: Shape, names: Collection[str]) -> Iterator[Heading]:
    """Yield what several header rows tell: rows of periods, months or areas, and the others together as contents."""
    stacked = _stacked(shape)
    chosen = [column for column in shape.columns if column.holds_figures and len(stacked[column.number]) > 1]
    chosen = [column for column in chosen if any(stacked[column.number][1:])] or chosen
    if not chosen:
        return
    rows = list(zip(*(stacked[column.number] for column in chosen), strict=True))
    groups: list[str] = []
    parts: list[tuple[str, list[str]]] = []
    for texts in rows:
        part = _told_by(texts, names)
        if part == "contents" and parts and parts[-1][0] == "contents":
            continue  # the same group takes it
        groups.append({"period": "([^|]+?)", "contents": "(.*)"}.get(part, "([^|]+?)"))
        parts.append((part, []))
    if len({part for part, _labels in parts}) < len(parts):
        return
    pattern = r" \| ".join(groups)
    found = [re.fullmatch(pattern, " | ".join(stacked[column.number])) for column in chosen]
    if not all(found):
        return
    told = [(part, list(dict.fromkeys(one[at] for one in found if one))) for at, (part, _labels) in enumerate(parts, 1)]
    headers = {column.number: " | ".join(stacked[column.number]) for column in chosen}
    yield Heading(pattern, told, chosen, headers, shape.depth)


def _told_by(texts: Sequence[str], names: Collection[str]) -> str:
    if all(times.is_period(text) or school_year(text) for text in texts):
        return "period"
    if all(map(times.is_month, texts)):
        return "month"
    known = sum(is_area(text, names) for text in texts)
    if known == len(texts) or (known and all(map(_AREA_CODE.fullmatch, texts))):
        return _area_part(texts)
    return "contents"


def _stacked(shape: Shape) -> list[list[str]]:
    """Return the header cells of each column, from the top; an empty one above the last row has that to its left."""
    width = len(shape.columns)
    rows = []
    for number in range(shape.depth):
        cells = [*shape.grid.lines()[shape.row - 1 + number][:width]]
        cells += [""] * (width - len(cells))
        if number < shape.depth - 1:
            for at in range(1, width):
                cells[at] = cells[at] or cells[at - 1]
        rows.append(cells)
    return [list(cells) for cells in zip(*rows, strict=True)]


# --- what the other columns are ---------------------------------------------------------------------------------------


def area_columns(columns: Sequence[Guessed], names: Collection[str]) -> tuple[Guessed | None, Guessed | None]:
    """Return the column of the area's code and that of its name, as far as there are any."""

    def known(column: Guessed) -> float:
        texts = column.filled
        if not texts or column.is_time or column.is_month:
            return 0.0
        found = sum(is_area(text, names) for text in texts)
        # Few of many names are known where areas.yaml has one district; a column of one name says little.
        return found if found > min(1, len(texts) / 50) or found == len(texts) else 0.0

    def codes(column: Guessed) -> float:
        texts = column.filled
        if not texts or column.is_time or not all(_AREA_CODE.fullmatch(text.removesuffix(".0")) for text in texts):
            return 0.0
        named = _CODES.fullmatch(column.name) is not None
        bare = all(text.isdigit() for text in texts)
        # Bare numbers of four digits are codes where the header says so, or one of them begins with a zero.
        padded = len({len(text) for text in texts}) == 1 and any(text.startswith("0") for text in texts)
        return len(texts) if named or padded or not bare else 0.0

    by_code = max(columns, key=lambda column: (codes(column), -column.number), default=None)
    by_name = max(columns, key=lambda column: (known(column), -column.number), default=None)
    code = by_code if by_code is not None and codes(by_code) else None
    name = by_name if by_name is not None and known(by_name) and by_name is not code else None
    if code is not None and name is not None and len(code.filled) < len(name.filled):
        code = None
    # A cell with code and name tells both.
    if code is not None and any(re.search(r"[^\W\d]{2}", text) for text in code.filled):
        name = None
    return code, name
