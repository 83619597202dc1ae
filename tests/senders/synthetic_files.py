"""Synthetic files in the layouts of real senders: every figure is drawn from a seed, every area is a real one's name.

The layouts are those of exports and workbooks as their senders describe them (Statistics Norway's Statbank and KOSTRA,
NAV, Udir, IMDi, FHI, Ungdata, Husbanken, the police, municipalities' own workbooks); no figure of theirs is in them.
`FILES` gives each file's bytes and what is right: area, period and figure, as often as each occurs.
"""

import io
import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import xlsxwriter

Figure = tuple[str, str, float | None]
"""Area (its name, or its code where the file has no names), period as published, and value; None where hidden."""

TOWNS = [("3301", "Drammen"), ("3303", "Kongsberg"), ("4003", "Skien"), ("4001", "Porsgrunn"), ("4005", "Notodden")]
DISTRICTS = ["Kommunedel 6", "Kommunedel 7", "Kommunedel 8"]
SEX = ["Menn", "Kvinner"]
MONTHS = ["Januar", "Februar", "Mars", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
          "Desember"]  # fmt: skip


@dataclass(frozen=True)
class File:
    """One file. right: its figures. edits: lines of the draft that a person changes, by how they begin -> what then."""

    name: str
    content: bytes
    right: Counter[Figure]
    edits: dict[str, str] = field(default_factory=dict)


class _Right:
    """Draws figures and remembers them."""

    def __init__(self, name: str) -> None:
        self.draw = random.Random(name)
        self.figures: Counter[Figure] = Counter()

    def count(self, area: str, period: str, low: int = 11, high: int = 9000) -> int:
        return self._keep(area, period, self.draw.randint(low, high))

    def share(self, area: str, period: str) -> float:
        # With a decimal, never a whole number: it could not be told from a count.
        return self._keep(area, period, (self.draw.randint(2, 89) * 10 + self.draw.randint(1, 9)) / 10)

    def given(self, area: str, period: str, value: Any) -> None:
        self.figures[area, period, value] += 1

    def _keep(self, area: str, period: str, value: Any) -> Any:
        self.figures[area, period, float(value)] += 1
        return value


_MAKERS: dict[str, tuple[Callable[[_Right], bytes], dict[str, str]]] = {}


def _file(name: str, **edits: str) -> Callable[[Callable[[_Right], bytes]], Callable[[_Right], bytes]]:
    def keep(maker: Callable[[_Right], bytes]) -> Callable[[_Right], bytes]:
        _MAKERS[name] = (maker, {key.replace("_", " "): value for key, value in edits.items()})
        return maker

    return keep


def made() -> list[File]:
    """Return all files, the same ones each time."""
    files = []
    for name, (maker, edits) in _MAKERS.items():
        right = _Right(name)
        files.append(File(name, maker(right), right.figures, edits))
    return files


def _csv(rows: Iterable[Iterable[Any]], separator: str = ";", encoding: str = "utf-8", quoted: bool = False,
         decimal: str = ".") -> bytes:  # fmt: skip
    def cell(value: Any) -> str:
        if isinstance(value, float):
            return str(value).replace(".", decimal)
        text = "" if value is None else str(value)
        return f'"{text}"' if (quoted and isinstance(value, str)) or separator in text else text

    return "".join(separator.join(map(cell, row)) + "\r\n" for row in rows).encode(encoding)


def _book(sheets: dict[str, list[list[Any]]], merged: dict[str, list[tuple[int, int, int, int]]] | None = None,
          formats: dict[tuple[int, int], str] | None = None) -> bytes:  # fmt: skip
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    if value is not None and value != "":
                        shown = (formats or {}).get((number, column)) or (formats or {}).get((-1, column))
                        is_figure = shown and isinstance(value, float)
                        style = book.add_format({"num_format": shown}) if is_figure else None
                        sheet.write(number, column, value, style)
            for top, left, bottom, right in (merged or {}).get(name, ()):
                sheet.merge_range(top, left, bottom, right, rows[top][left])
    return file.getvalue()


def _years(first: int, last: int) -> list[str]:
    return [str(year) for year in range(first, last + 1)]


# --- Statistics Norway: Statbank --------------------------------------------------------------------------------------


@_file("ssb_standard_csv.csv")
def _(right: _Right) -> bytes:
    years = _years(2021, 2025)
    rows: list[list[Any]] = [["07459: Befolkning, etter region, kjønn, statistikkvariabel og år"], []]
    rows.append(["region", "kjønn", *(f"Personer {year}" for year in years)])
    for code, name in TOWNS:
        rows += [[f"{code} {name}", sex, *(right.count(name, year) for year in years)] for sex in SEX]
    return _csv(rows, quoted=True, encoding="cp1252")


@_file("ssb_two_contents_csv.csv")
def _(right: _Right) -> bytes:
    years = _years(2020, 2024)
    rows: list[list[Any]] = [["11342: Areal og befolkning, etter region, statistikkvariabel og år"], []]
    rows.append(["region", *(f"{what} {year}" for what in ("Folkemengde", "Landareal km²") for year in years)])
    for code, name in TOWNS:
        rows.append([f"{code} {name}", *(right.count(name, year) for _ in range(2) for year in years)])
    return _csv(rows, quoted=True, encoding="cp1252")


@_file("ssb_contents_in_rows.csv")
def _(right: _Right) -> bytes:
    years = _years(2019, 2024)
    rows: list[list[Any]] = [["12944: Inntekt etter skatt, etter region, statistikkvariabel og år"], []]
    rows.append(["region", "statistikkvariabel", *years])
    for code, name in TOWNS:
        for what in ("Median inntekt etter skatt (kr)", "Antall husholdninger"):
            rows.append([f"{code} {name}", what, *(right.count(name, year) for year in years)])
    return _csv(rows, quoted=True, encoding="cp1252")


@_file("ssb_long_csv.csv")
def _(right: _Right) -> bytes:
    rows: list[list[Any]] = [["region", "kjønn", "år", "statistikkvariabel", "06445: Sysselsatte"]]
    for code, name in TOWNS:
        for sex in SEX:
            for year in _years(2019, 2024):
                rows.append([f"{code} {name}", sex, year, "Sysselsatte (prosent)", right.share(name, year)])
    return _csv(rows, separator=",", quoted=True)


@_file("ssb_tab.txt")
def _(right: _Right) -> bytes:
    years = [f"{year}K{quarter}" for year in (2023, 2024) for quarter in range(1, 5)]
    rows: list[list[Any]] = [["region", "alder", *(f"Arbeidsledige {year}" for year in years)]]
    for code, name in TOWNS:
        rows += [[f"{code} {name}", age, *(right.count(name, year) for year in years)] for age in ("15-29", "30-74")]
    return _csv(rows, separator="\t", quoted=True)


@_file("ssb_statbank.xlsx")
def _(right: _Right) -> bytes:
    years = _years(2018, 2024)
    rows: list[list[Any]] = [["06445: Sysselsatte, etter region, statistikkvariabel og år"], []]
    rows += [["", "Sysselsatte i prosent av befolkningen", *[""] * (len(years) - 1)], ["", *years]]
    rows += [[f"{code} {name}", *(right.share(name, year) for year in years)] for code, name in TOWNS]
    rows += [[], ["Sist endret:"], ["20250301 08:00"], [], ["Kontakt:"], ["Informasjonstjenesten"], ["Copyright"]]
    return _book({"Sysselsatte": rows}, {"Sysselsatte": [(2, 1, 2, len(years))]})


@_file("ssb_statbank_stub_once.xlsx")
def _(right: _Right) -> bytes:
    years = _years(2019, 2024)
    rows: list[list[Any]] = [["07459: Befolkning, etter region, kjønn, statistikkvariabel og år"], []]
    rows += [["", "", "Personer", *[""] * (len(years) - 1)], ["", "", *years]]
    for code, name in TOWNS:
        for number, sex in enumerate(SEX):
            rows.append(["" if number else f"{code} {name}", sex, *(right.count(name, year) for year in years)])
    rows += [[], ["Sist endret:"], ["20250219 08:00"]]
    return _book({"Personer": rows}, {"Personer": [(2, 2, 2, 1 + len(years))]})


@_file("ssb_regions_in_header.xlsx")
def _(right: _Right) -> bytes:
    rows: list[list[Any]] = [["05196: Befolkning, etter år og region"], []]
    rows.append(["", *(f"{code} {name}" for code, name in TOWNS)])
    rows += [[year, *(right.count(name, year) for _code, name in TOWNS)] for year in _years(2018, 2024)]
    rows += [[], ["Kilde: Statistisk sentralbyrå"]]
    return _book({"05196": rows})


@_file("ssb_region_and_year_in_two_header_rows.xlsx")
def _(right: _Right) -> bytes:
    years = _years(2022, 2024)
    names = [f"{code} {name}" for code, name in TOWNS for _year in years]
    rows: list[list[Any]] = [["09588: Studenter, etter alder, region og år"], [], ["", *names]]
    rows.append(["alder", *years * len(TOWNS)])
    for age in ("19-24 år", "25-29 år", "30 år og over"):
        rows.append([age, *(right.count(name, year) for _code, name in TOWNS for year in years)])
    spans = [(2, 1 + 3 * number, 2, 3 + 3 * number) for number in range(len(TOWNS))]
    for row in rows[2:3]:
        row[1:] = [text if number % 3 == 0 else "" for number, text in enumerate(row[1:])]
    return _book({"09588": rows}, {"09588": spans})


@_file("ssb_hidden_cells.csv")
def _(right: _Right) -> bytes:
    years = _years(2020, 2024)
    rows: list[list[Any]] = [["12558: Sosialhjelpsmottakere, etter region, statistikkvariabel og år"], []]
    rows.append(["region", *(f"Mottakere {year}" for year in years)])
    for number, (code, name) in enumerate(TOWNS):
        cells: list[Any] = [right.count(name, year) for year in years[1:]]
        right.given(name, years[0], None)
        rows.append([f"{code} {name}", [":", ".."][number % 2], *cells])
    return _csv(rows, quoted=True, encoding="cp1252")


@_file("ssb_projection.csv")
def _(right: _Right) -> bytes:
    rows: list[list[Any]] = [["region", "år", "Personer"]]
    for code, name in TOWNS:
        rows += [[f"{code} {name}", year, right.count(name, year)] for year in _years(2024, 2050)]
    return _csv(rows, separator=";", quoted=True)


# --- KOSTRA -----------------------------------------------------------------------------------------------------------


@_file("kostra_key_figures.xlsx")
def _(right: _Right) -> bytes:
    years = _years(2020, 2024)
    rows: list[list[Any]] = [["Nøkkeltall for barnehager, Drammen"], [], ["Nøkkeltall", "Enhet", *years]]
    for what in ("Andel barn 1-5 år i barnehage", "Andel barn 1-2 år i barnehage", "Ansatte med utdanning"):
        rows.append([what, "prosent", *(right.share("Drammen", year) for year in years)])
    rows += [[], ["Kilde: KOSTRA, Statistisk sentralbyrå"]]
    return _book({"Barnehage": rows})


@_file("kostra_compare.xlsx")
def _(right: _Right) -> bytes:
    names = [name for _code, name in TOWNS]
    rows: list[list[Any]] = [["Sammenligning av kommuner, 2024"], [], ["Indikator", *names, "Hele landet"]]
    for what in ("Barnehagedekning", "Legedekning", "Sykehjemsplasser"):
        rows.append([what, *(right.share(name, "2024") for name in [*names, "Hele landet"])])
    return _book({"Sammenligning": rows})


@_file("kostra_sheet_per_year.xlsx")
def _(right: _Right) -> bytes:
    book: dict[str, list[list[Any]]] = {}
    for year in _years(2021, 2024):
        rows: list[list[Any]] = [["Kommunenr", "Kommune", "Antall plasser", "Dekningsgrad"]]
        rows += [[code, name, right.count(name, year), right.share(name, year)] for code, name in TOWNS]
        book[year] = rows
    return _book(book)


@_file("kostra_groups_beside.xlsx")
def _(right: _Right) -> bytes:
    head = ["Kommune", "2023", "2024"]
    rows: list[list[Any]] = [["Sosialhjelp", "", "", "", "Barnevern"], [*head, "", *head]]
    for _code, name in TOWNS:
        half = [name, right.count(name, "2023"), right.count(name, "2024")]
        rows.append([*half, "", name, right.count(name, "2023"), right.count(name, "2024")])
    return _book({"Tabell": rows})


# --- NAV --------------------------------------------------------------------------------------------------------------


@_file("nav_helt_ledige_2024-10.xlsx")
def _(right: _Right) -> bytes:
    rows: list[list[Any]] = [["Helt ledige etter kommune. Oktober 2024"], [], ["Kilde: NAV"], []]
    rows += [["", "", "Helt ledige", "", "Endring fra i fjor"], ["Kommunenr", "Kommune", "Antall", "Prosent", "Antall"]]
    for code, name in TOWNS:
        cells = [right.count(name, "2024M10"), right.share(name, "2024M10"), right.count(name, "2024M10", -50, 99)]
        rows.append([code, name, *cells])
    return _book({"Kommune": rows})


@_file("nav_months_in_header.xlsx")
def _(right: _Right) -> bytes:
    rows: list[list[Any]] = [["Registrerte arbeidssøkere, helt ledige"], [], ["Kommune", "År", *MONTHS]]
    for _code, name in TOWNS:
        for year in _years(2022, 2024):
            rows.append([name, int(year), *(right.count(name, f"{year}M{month:02d}") for month in range(1, 13))])
    return _book({"Ledige": rows})


@_file("nav_year_and_month.csv")
def _(right: _Right) -> bytes:
    rows: list[list[Any]] = [["Kommunenummer", "Kommune", "År", "Måned", "Antall personer", "Andel"]]
    for code, name in TOWNS:
        for year in _years(2023, 2024):
            for month in range(1, 13):
                period = f"{year}M{month:02d}"
                rows.append([code, name, year, month, right.count(name, period), right.share(name, period)])
    return _csv(rows, decimal=",")


@_file("nav_stars_for_few.xlsx")
def _(right: _Right) -> bytes:
    rows: list[list[Any]] = [["Mottakere av arbeidsavklaringspenger"], [], ["Bydel", "År", "Alder", "Antall", "Andel"]]
    for number, district in enumerate(DISTRICTS):
        for year in _years(2021, 2024):
            for age in ("18-29 år", "30-66 år"):
                if number == 1 and age == "18-29 år":
                    right.given(district, year, None)
                    right.given(district, year, None)
                    rows.append([district, int(year), age, "*", "*"])
                else:
                    rows.append([district, int(year), age, right.count(district, year), right.share(district, year)])
    return _book({"AAP": rows})


@_file("nav_sheet_per_sex.xlsx")
def _(right: _Right) -> bytes:
    book: dict[str, list[list[Any]]] = {}
    for sex in ("I alt", *SEX):
        rows: list[list[Any]] = [[f"Uføretrygdede. {sex}"], [], ["Kommune", *_years(2019, 2024)]]
        rows += [[name, *(right.count(name, year) for year in _years(2019, 2024))] for _code, name in TOWNS]
        book[sex] = rows
    return _book(book)


@_file("nav_quarters.csv")
def _(right: _Right) -> bytes:
    rows: list[list[Any]] = [["Kommune", "Kvartal", "Sykefraværsprosent"]]
    for _code, name in TOWNS:
        for year in (2023, 2024):
            for quarter in range(1, 5):
                rows.append([name, f"{quarter}. kvartal {year}", right.share(name, f"{year}K{quarter}")])
    return _csv(rows, decimal=",", encoding="cp1252")


# --- Udir -------------------------------------------------------------------------------------------------------------


@_file("udir_statistikkbanken.csv")
def _(right: _Right) -> bytes:
    years = ["2021-22", "2022-23", "2023-24"]
    rows: list[list[Any]] = [["EnhetNavn", *(f"{year}.Begge kjønn.Alle trinn.Grunnskolepoeng" for year in years)]]
    rows += [[name, *(right.share(name, year.replace("-", "/")) for year in years)] for _code, name in TOWNS]
    return "sep=\t\r\n".encode("utf-16") + _csv(rows, "\t", "utf-16-le", decimal=",")


@_file("udir_elevundersokelsen.xlsx")
def _(right: _Right) -> bytes:
    years = ["2021-22", "2022-23", "2023-24"]
    rows: list[list[Any]] = [["Elevundersøkelsen, mobbing på 7. trinn"], [], ["Enhet", *years]]
    rows += [[name, *(right.share(name, year.replace("-", "/")) for year in years)] for _code, name in TOWNS]
    return _book({"Mobbing": rows})


@_file("udir_nasjonale_prover.xlsx")
def _(right: _Right) -> bytes:
    rows: list[list[Any]] = [["Nasjonale prøver 5. trinn"], []]
    rows.append(["Kommune", "Skoleår", "Prøve", "Antall elever", "Mestringsnivå 1", "Mestringsnivå 2"])
    for _code, name in TOWNS:
        for year in ("2022-23", "2023-24"):
            for test in ("Lesing", "Regning"):
                period = year.replace("-", "/")
                shares = [right.share(name, period), right.share(name, period)]
                rows.append([name, year, test, right.count(name, period), *shares])
    return _book({"NP5": rows})


@_file("udir_hidden_star.csv")
def _(right: _Right) -> bytes:
    rows: list[list[Any]] = [["Fylke", "Kommune", "Skoleår", "Gjennomsnitt"]]
    for number, (_code, name) in enumerate(TOWNS):
        for year in ("2022/23", "2023/24"):
            if number == 2:
                right.given(name, year, None)
            rows.append(["Buskerud", name, year, "*" if number == 2 else right.share(name, year)])
    return _csv(rows, decimal=",", encoding="utf-8-sig")


# --- IMDi -------------------------------------------------------------------------------------------------------------


@_file("imdi_header_of_three_rows.csv")
def _(right: _Right) -> bytes:
    years = ["2022", "2023"]
    parts = [(sex, what, year) for sex in SEX for what in ("Innvandrere", "Øvrige") for year in years]
    rows: list[list[Any]] = [["Region", "Navn", *(part[0] for part in parts)]]
    rows += [["", "", *(part[1] for part in parts)], ["", "", *(part[2] for part in parts)]]
    rows += [[code, name, *(right.count(name, part[2]) for part in parts)] for code, name in TOWNS]
    return _csv(rows)


@_file("imdi_settled.xlsx")
def _(right: _Right) -> bytes:
    rows: list[list[Any]] = [
        ["Bosatte flyktninger"],
        ["Kilde: IMDi"],
        [],
        ["Kommune", "Anmodet", "Vedtatt", "Bosatt", "År"],
    ]
    for _code, name in TOWNS:
        for year in _years(2020, 2024):
            rows.append([name, *(right.count(name, year) for _ in range(3)), int(year)])
    return _book({"Bosetting": rows})


@_file("imdi_introduction_2023.csv")
def _(right: _Right) -> bytes:
    rows: list[list[Any]] = [["Kommunenr.", "Kommune", "Deltakere", "I arbeid eller utdanning (%)"]]
    rows += [[code, name, right.count(name, "2023"), right.share(name, "2023")] for code, name in TOWNS]
    return _csv(rows, decimal=",", encoding="cp1252")


# --- FHI --------------------------------------------------------------------------------------------------------------


@_file("fhi_statistikk.csv")
def _(right: _Right) -> bytes:
    rows: list[list[Any]] = [["Geografi", "År", "Kjønn", "Alder", "antall", "per 1000, standardisert"]]
    for _code, name in TOWNS:
        for year in ("2020-2022", "2021-2023"):
            for sex in SEX:
                rows.append([name, year, sex, "0-74 år", right.count(name, year), right.share(name, year)])
    return _csv(rows, separator=";", quoted=True, encoding="utf-8-sig")


@_file("fhi_matrix.csv")
def _(right: _Right) -> bytes:
    years = ["2019-2021", "2020-2022", "2021-2023"]
    rows: list[list[Any]] = [["Geografi", "Kjønn", *years]]
    for _code, name in TOWNS:
        rows += [[name, sex, *(right.share(name, year) for year in years)] for sex in SEX]
    return _csv(rows, separator=",")


@_file("fhi_norhealth_underscores.csv")
def _(right: _Right) -> bytes:
    rows: list[list[Any]] = [["GEO", "AAR", "KJONN", "ALDER", "TELLER", "RATE"]]
    for code, _name in TOWNS:
        for year in ("2021_2021", "2022_2022", "2023_2023"):
            rows.append([code, year, 0, "15_74", right.count(code, year), right.share(code, year)])
    return _csv(rows)


@_file("fhi_profile_excel.xlsx")
def _(right: _Right) -> bytes:
    rows: list[list[Any]] = [
        ["Folkehelseprofil 2024, Drammen"],
        [],
        ["Nr", "Indikator", "Drammen", "Buskerud", "Hele landet"],
    ]
    for number, what in enumerate(("Barn i lavinntekt", "Bor trangt", "Ensomhet, ungdom"), 1):
        rows.append([number, what, *(right.share(name, "2024") for name in ("Drammen", "Buskerud", "Hele landet"))])
    return _book({"Profil": rows})


# --- Ungdata ----------------------------------------------------------------------------------------------------------


@_file("ungdata_triennial.xlsx")
def _(right: _Right) -> bytes:
    rows: list[list[Any]] = [["Ungdata, andel som svarer ja"], [], ["Kommunedel", "Spørsmål", "2018", "2021", "2024"]]
    for district in DISTRICTS:
        for what in ("Ensomhet", "Fornøyd med nærmiljøet", "Med i organisasjon"):
            rows.append([district, what, *(right.share(district, year) for year in ("2018", "2021", "2024"))])
    return _book({"Ungdata": rows})


@_file("ungdata_per_cent_cells.xlsx")
def _(right: _Right) -> bytes:
    rows: list[list[Any]] = [["Spørsmål", "Kommunedel", "År", "Andel", "Antall svar"]]
    for district in DISTRICTS:
        for year in (2021, 2024):
            per_mille = right.draw.randint(31, 899)
            right.given(district, str(year), per_mille / 10)
            rows.append(["Ensomhet", district, year, per_mille / 1000, right.count(district, str(year))])
    return _book({"Ark1": rows}, formats={(-1, 3): "0.0 %"})


@_file("Ungdata Drammen 2024.csv")
def _(right: _Right) -> bytes:
    rows: list[list[Any]] = [["Bydel", "Kjønn", "Spørsmål", "Prosent"]]
    for district in DISTRICTS:
        for sex in ("Gutter", "Jenter"):
            for what in ("Ensomhet", "Mobbet"):
                rows.append([district, sex, what, f"{right.share(district, '2024')} %".replace(".", ",")])
    return _csv(rows)


# --- Husbanken, the police, Bufdir ------------------------------------------------------------------------------------


@_file("husbanken_bostotte.xlsx")
def _(right: _Right) -> bytes:
    rows: list[list[Any]] = [["Bostøtte"], [], ["Tidspunkt", "Kommune", "Mottakere", "Utbetalt beløp"]]
    for year in (2023, 2024):
        for month, word in enumerate(MONTHS, 1):
            for _code, name in TOWNS[:3]:
                period = f"{year}M{month:02d}"
                rows.append(
                    [f"{word} {year}", name, right.count(name, period), right.count(name, period, 10**5, 10**6)]
                )
    return _book({"Data": rows})


@_file("husbanken_startlan.csv")
def _(right: _Right) -> bytes:
    rows: list[list[Any]] = [["Startlån fordelt på kommuner"], [], ["Kommune", "Antall lån", "Beløp i kr", "Årstall"]]
    for _code, name in TOWNS:
        for year in _years(2021, 2024):
            amount = right.count(name, year, 10**6, 10**7)
            rows.append([name, right.count(name, year), f"{amount:,}".replace(",", " "), year])
    return _csv(rows, encoding="cp1252")


@_file("politiet_anmeldt.xlsx")
def _(right: _Right) -> bytes:
    rows: list[list[Any]] = [
        ["Anmeldt kriminalitet etter gjerningssted"],
        [],
        ["Gjerningssted", "Lovbruddstype", *_years(2020, 2024)],
    ]
    for district in DISTRICTS:
        for what in ("Vold", "Narkotika", "Vinning"):
            rows.append([district, what, *(right.count(district, year) for year in _years(2020, 2024))])
        rows.append([])
    rows += [["Kilde: Politiets registre"], ["Tall under 5 er ikke vist"]]
    return _book({"Tabell 1": rows})


@_file("bufdir_barnefattigdom.csv")
def _(right: _Right) -> bytes:
    rows: list[list[Any]] = [["År", "Fylkesnummer", "Kommunenummer", "Kommune", "Antall barn", "Andel barn"]]
    for code, name in TOWNS:
        for year in _years(2020, 2023):
            rows.append([year, code[:2], code, name, right.count(name, year), right.share(name, year)])
    return _csv(rows, separator="\t", encoding="utf-16", decimal=",")


# --- municipalities' own workbooks ------------------------------------------------------------------------------------


@_file("kommunens_egen_count_and_share.xlsx")
def _(right: _Right) -> bytes:
    years = _years(2022, 2024)
    rows: list[list[Any]] = [["Mottakere av sosialhjelp i kommunedelene"], []]
    rows.append(["Kommunedel", *(text for year in years for text in (year, ""))])
    rows.append(["", *["Antall", "Andel"] * len(years)])
    for district in DISTRICTS:
        cells = [draw(district, year) for year in years for draw in (right.count, right.share)]
        rows.append([district, *cells])
    spans = [(2, 1 + 2 * number, 2, 2 + 2 * number) for number in range(len(years))]
    return _book({"Sosialhjelp": rows}, {"Sosialhjelp": spans})


@_file("theme_per_sheet.xlsx")
def _(right: _Right) -> bytes:
    book: dict[str, list[list[Any]]] = {}
    for theme in ("Trangboddhet", "Leie", "Lavinntekt"):
        rows: list[list[Any]] = [["Kommunedel", "År", "Antall", "Andel"]]
        for district in DISTRICTS:
            rows += [[district, int(year), right.count(district, year), right.share(district, year)]
                     for year in _years(2021, 2024)]  # fmt: skip
        book[theme] = rows
    return _book(book)


@_file("district_per_sheet.xlsx")
def _(right: _Right) -> bytes:
    book: dict[str, list[list[Any]]] = {}
    for district in DISTRICTS:
        rows: list[list[Any]] = [[f"Levekår i {district.lower()}"], [], ["Indikator", *_years(2021, 2024)]]
        for what in ("Sysselsatte", "Uføre", "Leier bolig"):
            rows.append([what, *(right.count(district, year) for year in _years(2021, 2024))])
        book[district] = rows
    return _book(book)


@_file("tables_below_each_other.xlsx")
def _(right: _Right) -> bytes:
    rows: list[list[Any]] = []
    for year in _years(2022, 2024):
        rows += [[f"Flyttinger i {year}"], ["Kommunedel", "Innflyttet", "Utflyttet"]]
        rows += [[district, right.count(district, year), right.count(district, year)] for district in DISTRICTS]
        rows += [[]]
    return _book({"Flytting": rows})


@_file("far_down.xlsx")
def _(right: _Right) -> bytes:
    rows: list[list[Any]] = [[f"Merknad {number}"] if number % 3 else [] for number in range(75)]
    rows.append(["Kommunedel", "År", "Boliger"])
    rows += [
        [district, int(year), right.count(district, year)] for district in DISTRICTS for year in _years(2020, 2024)
    ]
    return _book({"Boliger": rows})


@_file("front_page_first.xlsx")
def _(right: _Right) -> bytes:
    rows: list[list[Any]] = [["Kommunedel", "År", "Barn i barnehage"]]
    rows += [
        [district, int(year), right.count(district, year)] for district in DISTRICTS for year in _years(2020, 2024)
    ]
    about = [["Om tallene"], ["Tallene er hentet fra fagsystemet"], ["Oppdatert", "mars 2025"]]
    return _book({"Les meg": about, "Data": rows})


@_file("begins_in_column_b.xlsx")
def _(right: _Right) -> bytes:
    rows: list[list[Any]] = [[], ["", "Trafikkskadde"], [], ["", "Kommunedel", "2022", "2023", "2024"]]
    rows += [["", district, *(right.count(district, year) for year in _years(2022, 2024))] for district in DISTRICTS]
    return _book({"Ark1": rows})


@_file("comma_in_text_cells.xlsx")
def _(right: _Right) -> bytes:
    rows: list[list[Any]] = [["Kommunedel", "År", "Andel som leier"]]
    for district in DISTRICTS:
        for year in _years(2020, 2024):
            rows.append([district, year, str(right.share(district, year)).replace(".", ",")])
    return _book({"Ark1": rows})


@_file("boliger_per_1.1.2024.csv")
def _(right: _Right) -> bytes:
    rows: list[list[Any]] = [["Kommunedel", "Bygningstype", "Antall boliger"]]
    for district in DISTRICTS:
        rows += [[district, kind, right.count(district, "2024")] for kind in ("Enebolig", "Boligblokk", "Rekkehus")]
    return _csv(rows)


@_file("dots_in_thousands.csv")
def _(right: _Right) -> bytes:
    rows: list[list[Any]] = [["Kommunedel", "År", "Medianinntekt"]]
    for district in DISTRICTS:
        for year in _years(2019, 2023):
            amount = right.count(district, year, 300_000, 800_000)
            rows.append([district, year, f"{amount:,}".replace(",", ".")])
    return _csv(rows)


@_file("pm10_monthly.csv")
def _(right: _Right) -> bytes:
    rows: list[list[Any]] = [["Måned", *DISTRICTS]]
    for year in (2023, 2024):
        for month in range(1, 13):
            period = f"{year}M{month:02d}"
            rows.append([f"{year}-{month:02d}-01", *(right.share(district, period) for district in DISTRICTS)])
    return _csv(rows, decimal=",")


@_file("sum_row_and_footnotes.xlsx")
def _(right: _Right) -> bytes:
    rows: list[list[Any]] = [["Hjemmetjenester 2024"], [], ["Kommunedel", "Brukere", "Timer per uke"]]
    for district in [*DISTRICTS, "Sum"]:
        rows.append([district, right.count(district, "2024"), right.share(district, "2024")])
    rows += [[], ["1) Tallene er foreløpige"], ["Kilde: fagsystemet"]]
    return _book({"Tjenester": rows})


@_file("two_different_tables.xlsx")
def _(right: _Right) -> bytes:
    rows: list[list[Any]] = [["Kommunedel", "År", "Barn", "Barn i barnehage"]]
    for district in DISTRICTS:
        for year in _years(2020, 2024):
            rows.append([district, int(year), right.count(district, year), right.count(district, year)])
    rows += [[], ["Barnehage", "Plasser"], ["Solbakken", 55], ["Elvebredden", 72]]
    return _book({"Barnehage": rows})


@_file("Kommunenummer only.csv")
def _(right: _Right) -> bytes:
    rows: list[list[Any]] = [["Kommunenummer", "År", "Antall", "Andel"]]
    for code, _name in TOWNS:
        rows += [[code, year, right.count(code, year), right.share(code, year)] for year in _years(2020, 2024)]
    return _csv(rows, decimal=",")
