"""A template of a delivery: an empty file that its contract takes as soon as rows are filled in.

Of figures it is a workbook: the sheet to fill in, the texts that its cells may have, an example and a guide, all in
Norwegian, for whoever sends the file. The example is synthetic, is called so, and no contract ever reads its sheet.
"""

import io
import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from xlsxwriter.workbook import Workbook

from indicators import geography
from indicators.catalogue.contracts import Across, AreaListContract, Contents, DeliveryContract
from indicators.catalogue.models import Area
from pipelines.deliveries.expected import request
from pipelines.deliveries.faults import DeliveryError
from pipelines.deliveries.opened import EXAMPLE_SHEET, match, open_file
from pipelines.deliveries.reading import boundary_year
from pipelines.formats.spreadsheet_text import NEVER_ACTING

FIGURES_SHEET = "Tall"
_CODES_SHEET, _GUIDE_SHEET = "Tillatte tekster", "Veiledning"
_LAST_ROW = 1_048_575  # from 0
_MOST_ROWS = 200  # of the example
_MOST_COLUMNS = 2_000
_LONGEST_MESSAGE = 255
_INVENTED = {"count": 10.0, "share": 0.125, "percent": 12.5, "per_1000": 12.5, "amount": 1000.0, "other": 12.5}


@dataclass(frozen=True)
class Template:
    """A file to be filled in, as name and bytes, and where the file has no room for it, a note on how."""

    name: str
    content: bytes
    note: str | None = None


def of_figures(contract: DeliveryContract, areas: Sequence[Area], year: int) -> Template:
    """Return the workbook of a contract. Raises DeliveryError where its headers are such that none can be made up.

    areas: of areas.yaml, of which those of the contract's levels are offered. year: of the example's figures.
    """
    if contract.tables == "all" and any(stated.where == "sheet" for stated in contract.stated.values()):
        why = "is its publisher's own workbook, whose sheets have names that tell what they hold: nobody fills it in"
        raise DeliveryError(f"--template {contract.id}", [why])
    name = _name(contract, year)
    layout = _Layout.of(contract, areas, year, boundary_year(contract, name) or year)
    content = _workbook(contract, layout)
    try:
        match(open_file(content, name), [contract])
    except DeliveryError:
        why = "its headers cannot be made up from the contract; `levekar deliveries --request` writes a request instead"
        raise DeliveryError(f"--template {contract.id}", [why]) from None
    return Template(name, content)


def of_areas(contract: AreaListContract) -> Template:
    """Return the header of a list of areas, which is CSV, and a note on its columns."""
    lines = [f"{contract.name_no}: CSV i UTF-8, med denne overskriftsraden og én rad for hvert område.", ""]
    if contract.day_column is not None:
        lines.append(f"«{contract.day_column}»: dagen raden gjelder, som 2026-01-01.")
    for level, columns in contract.levels.items():
        lines.append(f"«{columns.code}» og «{columns.name}»: kode (bare sifre, med nuller foran) og navn ({level}).")
        lines += [f"«{parent}»: koden til området det ligger i." for parent in (columns.parent,) if parent]
    lines.append("Kolonner som ikke er nevnt her, kan stå tomme, men må være der.")
    header = io.StringIO(newline="")
    header.write(",".join(contract.header) + "\n")
    return Template(f"mal_{contract.id}.csv", header.getvalue().encode(), "\n".join([*lines, ""]))


def _name(contract: DeliveryContract, year: int) -> str:
    """Return a file name; where the contract takes the year of the boundaries from it, one that says that year."""
    names = [f"mal_{contract.id}{end}.xlsx" for end in ("", f"_{year}", f"_b{year}")]
    for name in names:
        try:
            boundary_year(contract, name)
        except DeliveryError:
            continue
        return name
    raise DeliveryError(
        f"--template {contract.id}", [f"no file name could be made up that fits {contract.boundary_year_in_name}"]
    )


# --- what stands in it ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Layout:
    """The header's rows, the first row of figures (from 0), the texts that columns may have, and example rows.

    allowed: column -> its texts, and whether no other text is right. values: number of each column of figures.
    """

    header: list[list[str]]
    top: int
    first: int
    allowed: dict[int, tuple[list[str], bool]]
    values: dict[int, list[Contents]]
    example: list[list[str | float | None]]

    @classmethod
    def of(cls, contract: DeliveryContract, areas: Sequence[Area], year: int, boundaries: int) -> "_Layout":
        texts = _texts(contract, areas, year, boundaries)
        columns = list(contract.header)
        titled = any(stated.where == "title" for stated in contract.stated.values())
        top = (contract.header_row or (3 if titled else 1)) - 1
        heads, cells = [columns], list[dict[str, str]]()
        if contract.across is not None:
            cells = list(itertools.islice(_across(contract, texts), _MOST_COLUMNS))
            heads = _stacked(contract.across, columns, cells)
        allowed = {
            at: texts[column] for at, column in enumerate(columns) if column in texts and texts[column][0] is not None
        }
        if cells:
            values = {len(columns) + at: _kinds(contract, cell) for at, cell in enumerate(cells)}
        else:
            values = {
                at: found
                for at, column in enumerate(columns)
                if (found := [contents for contents in contract.contents if contents.column == column])
            }
        rows = list(itertools.islice(_rows(contract, columns, cells, texts), _MOST_ROWS))
        first = contract.first_row - 1 if contract.first_row is not None else top + len(heads)
        return cls(heads, top, first, allowed, values, rows)


_Texts = dict[str, tuple[list[str], bool]]
"""By the name of a column, or of a part of a header, its texts, and whether no other text is right."""


def _texts(contract: DeliveryContract, areas: Sequence[Area], year: int, boundaries: int) -> _Texts:
    found: _Texts = {column: ([""], False) for column in contract.header}
    found |= {column: (texts, True) for column, texts in (contract.only | contract.fixed).items()}
    for name, codes in contract.dimension_codes.items():
        column = contract.dimensions[name].column if name in contract.dimensions else name
        found[column] = (list(codes), True) if codes is not None else (["1"], False)
    labels = [str(contents.label) for contents in contract.contents]
    found[contract.contents_column or "contents"] = (labels, True)
    found[contract.period.column or "period"] = (_periods(contract, year), False)
    found[contract.period.month or "month"] = ([str(month) for month in range(1, 13)], False)
    own_code, own_name = contract.area.code, contract.area.name
    area_codes, area_names = _areas(contract, areas, boundaries)
    # A code may stand with its name in one cell; the name alone tells the area where the contract has no code.
    found["area_code" if own_code is None else own_code] = (area_codes, False)
    found["area_name" if own_name is None else own_name] = (area_names, contract.area.known and own_code is None)
    return found


def _areas(contract: DeliveryContract, areas: Sequence[Area], boundaries: int) -> tuple[list[str], list[str]]:
    """Return codes, and names in every spelling, of the areas that the contract's files are about, by its levels."""
    of_name, digits = geography.names(areas), contract.area.digits
    levels = {level: number for number, level in enumerate(contract.levels)}
    chosen = [area for area in areas if not levels or area.kind in levels]
    chosen.sort(key=lambda area: levels.get(area.kind, 0))
    # Districts have no official code: their names alone are offered.
    spellings = {name: of_name(name, boundaries) for area in chosen for name in (*area.published_names, area.name)}
    known = {name: code for name, code in spellings.items() if code is not None}
    official = [code for code in dict.fromkeys(known.values()) if code.isdigit() and digits in (None, len(code))]
    return [contract.area.prefix + code for code in official], list(known)


def _periods(contract: DeliveryContract, year: int) -> list[str]:
    """Return the periods of a year in the form that the contract declares; the first one stands in the example."""
    match contract.period.form:
        case "date_month":
            return [f"{year}-{month:02d}-01" for month in range(1, 13)]
        case "date_year":
            return [f"{year}-01-01"]
        case "school_year":
            return [f"{year - 1}-{year % 100:02d}"]
    return [str(year)]


def _across(contract: DeliveryContract, texts: _Texts) -> Iterator[dict[str, str]]:
    """Yield what the header of each column of figures tells: every combination of texts, of the first period only."""
    parts = contract.across.parts if contract.across is not None else []
    told = [part.tells for part in parts if part.tells != "always"]
    choices = [texts[part][0][:1] if part in ("period", "month") else texts[part][0] for part in told]
    for chosen in itertools.product(*choices):
        yield dict(zip(told, chosen, strict=True))


def _stacked(across: Across, columns: Sequence[str], cells: Sequence[Mapping[str, str]]) -> list[list[str]]:
    """Return the header's rows: the names of the other columns in the first, then what the columns of figures tell."""
    parts = [[part.prefix + cell.get(part.tells, "") for part in across.parts] for cell in cells]
    if across.rows == 1:
        return [[*columns, *((across.separator or " ").join(texts) for texts in parts)]]
    heads = [[*columns], *([""] * len(columns) for _row in range(across.rows - 1))]
    return [[*head, *texts] for head, texts in zip(heads, zip(*parts, strict=True), strict=True)]


def _kinds(contract: DeliveryContract, cell: Mapping[str, str]) -> list[Contents]:
    return [contents for contents in contract.contents if contents.label == cell.get("contents", contents.label)]


# --- the example ------------------------------------------------------------------------------------------------------


def _rows(
    contract: DeliveryContract, columns: Sequence[str], cells: Sequence[Mapping[str, str]], texts: _Texts
) -> Iterator[list[str | float | None]]:
    """Yield rows for one area and period: one for each combination of the texts that columns of labels may have."""
    labels = [dimension.column for dimension in contract.dimensions.values()]
    labels += [contract.contents_column] if contract.contents_column is not None else []
    labels = [column for column in labels if column in columns]
    for chosen in itertools.product(*(texts[column][0] for column in labels)):
        told = {column: texts[column][0][0] if texts[column][0] else "" for column in columns}
        told |= dict(zip(labels, chosen, strict=True))
        row: list[str | float | None] = [told[column] for column in columns]
        for contents in contract.contents:
            if contents.column in columns and _is_of(contract, contents, told):
                row[columns.index(contents.column)] = _invented(contract, contents, told)
        for cell in cells:
            row.append(_invented(contract, _kinds(contract, cell)[0], {**told, **cell}))
        yield row


def _is_of(contract: DeliveryContract, contents: Contents, told: Mapping[str, str]) -> bool:
    """Whether a row with these texts holds that kind of figure."""
    if contract.contents_column is not None and told.get(contract.contents_column) != contents.label:
        return False
    return all(_code(contract, name, told) in codes for name, codes in contents.only.items())


def _code(contract: DeliveryContract, dimension: str, told: Mapping[str, str]) -> str:
    column = contract.dimensions[dimension].column if dimension in contract.dimensions else dimension
    text = told.get(column, "")
    return (contract.dimension_codes[dimension] or {}).get(text, text)


def _invented(contract: DeliveryContract, contents: Contents, told: Mapping[str, str]) -> float:
    """Return a synthetic figure that the contract allows: wholes are larger than their parts, and sums add up."""
    value = _INVENTED[contents.kind]
    if any(other.part_of == contents.code for other in contract.contents):
        value *= 4
    for total in contract.totals:
        if contents.code in total.contents and _code(contract, total.dimension, told) == total.whole:
            value *= len(total.parts)
    lowest, highest = contents.allowed
    if not lowest <= value <= highest:
        value = (lowest + highest) / 2 if math.isfinite(lowest + highest) else max(lowest, min(value, highest))
    return float(round(value)) if contents.kind == "count" else value


# --- the workbook -----------------------------------------------------------------------------------------------------


def _workbook(contract: DeliveryContract, layout: _Layout) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {**NEVER_ACTING, "in_memory": True}) as book:
        name = contract.sheet or FIGURES_SHEET
        figures = _sheet(book, name, layout)
        _validate(figures, layout, _codes(book, contract, layout))
        example = _sheet(book, EXAMPLE_SHEET, layout)
        for number, row in enumerate(layout.example, layout.first):
            for column, cell in enumerate(row):
                if isinstance(cell, float):
                    example.write_number(number, column, cell)
                elif cell:
                    example.write_string(number, column, cell)
        example.set_tab_color("#C00000")
        _guide(book, contract, name)
        figures.activate()
    return file.getvalue()


def _sheet(book: Workbook, name: str, layout: _Layout) -> Any:
    """Add a sheet with the header. What are no figures is text, so that no program makes a number of a code."""
    head, text = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "@"})
    sheet = book.add_worksheet(name)
    sheet.set_column(0, len(layout.header[0]) - 1, 22)
    for column in range(len(layout.header[0])):
        if column not in layout.values:
            sheet.set_column(column, column, 26, text)
    for number, cells in enumerate(layout.header, layout.top):
        for column, cell in enumerate(cells):
            if cell:
                sheet.write_string(number, column, cell, head)
    sheet.freeze_panes(layout.first, 0)
    return sheet


def _codes(book: Workbook, contract: DeliveryContract, layout: _Layout) -> dict[int | None, str]:
    """Add the sheet of allowed texts. Returns where those of each column stand; under None, the signs of what lacks."""
    sheet = book.add_worksheet(_CODES_SHEET)
    lists: dict[int | None, list[str]] = {at: texts for at, (texts, _only) in layout.allowed.items() if any(texts)}
    signs = [*contract.missing, *(sign for contents in contract.contents for sign in contents.missing)]
    lists[None] = list(dict.fromkeys(filter(None, signs)))
    ranges = {}
    for number, (at, texts) in enumerate(lists.items()):
        title = f"Tillatt i «{layout.header[0][at]}»" if at is not None else "Tegn der tall mangler"
        sheet.write_string(0, number, title, book.add_format({"bold": True}))
        sheet.set_column(number, number, 34)
        sheet.write_column(1, number, texts)
        if texts:
            letter = xlsxwriter.utility.xl_col_to_name(number, True)
            ranges[at] = f"'{_CODES_SHEET}'!{letter}$2:{letter}${len(texts) + 1}"
    return ranges


def _validate(sheet: Any, layout: _Layout, ranges: Mapping[int | None, str]) -> None:
    for at, (_texts, only) in layout.allowed.items():
        if at in ranges:
            kind = "stop" if only else "information"
            title, message = "Ikke på listen", f"Se arket {_CODES_SHEET}."
            options = {"validate": "list", "source": f"={ranges[at]}", "error_type": kind}
            told = {"error_title": title, "error_message": message}
            sheet.data_validation(layout.first, at, _LAST_ROW, at, options | told)
    for at, kinds in layout.values.items():
        cell = xlsxwriter.utility.xl_rowcol_to_cell(layout.first, at)
        limits = [f"ISNUMBER({cell})"]
        for sign, ends in ((">=", [kind.allowed[0] for kind in kinds]), ("<=", [kind.allowed[1] for kind in kinds])):
            end = min(ends) if sign == ">=" else max(ends)
            limits += [f"{cell}{sign}{end:g}"] if math.isfinite(end) else []
        if all(kind.kind == "count" for kind in kinds):
            limits.append(f"INT({cell})={cell}")
        formula = f"AND({','.join(limits)})"
        if None in ranges:
            # What is no number is compared only with the signs; EXACT takes '*' for what it is.
            signs = f"SUMPRODUCT(--EXACT({ranges[None]},{cell}))>0"
            formula = f"IF(ISNUMBER({cell}),{formula},{signs})"
        units = ", ".join(dict.fromkeys(kind.unit for kind in kinds))
        options = {"validate": "custom", "value": f"={formula}", "input_title": "Enhet"}
        options |= {"input_message": units[:_LONGEST_MESSAGE], "error_title": "Ikke et mulig tall"}
        sheet.data_validation(layout.first, at, _LAST_ROW, at, options)


def _guide(book: Workbook, contract: DeliveryContract, figures: str) -> None:
    sheet = book.add_worksheet(_GUIDE_SHEET)
    sheet.set_column(0, 0, 110, book.add_format({"text_wrap": True, "valign": "top"}))
    others = ". Andre enn år skrives: måned 2025M03, kvartal 2025K1, flere år 2019-2025"
    lines = [
        f"Fyll inn arket «{figures}», en rad under overskriften for hvert område og hver periode. Arket "
        f"«{EXAMPLE_SHEET}» viser hvordan; tallene der er oppdiktet, og det arket leses aldri.",
        f"Skriv perioder slik eksempelet gjør{others if contract.period.form == 'published' else ''}.",
        *_stated(contract),
        *(f"Enhet for {kind.column or kind.label or kind.code}: {kind.unit}" for kind in contract.contents),
        "",
        *request(contract).splitlines()[2:],
    ]
    sheet.write_column(0, 0, list(dict.fromkeys(line for line in lines if line)))


def _stated(contract: DeliveryContract) -> Iterable[str]:
    """Say what must stand around the table."""
    places = {"title": "i celle A1", "sheet": "i arkets navn", "file": "i filens navn"}
    for column, stated in contract.stated.items():
        if stated.where is not None:
            yield f"{column} skal stå {places[stated.where]}, etter mønsteret {stated.pattern}"
    if contract.boundary_year_in_name is not None:
        yield f"Filens navn sier hvilket års grenser områdene har, etter mønsteret {contract.boundary_year_in_name}"
