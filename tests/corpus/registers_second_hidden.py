"""Registers of the second corpus that do not look like one: rows without names, numbers written otherwise, one person.

See `registers_second.py`. Every public function is a template.
"""

from random import Random
from typing import Any

from tests.corpus.files import File, Rows, geo_json, json_stat, ods_file, px_file, with_pivot_cache, xls_file
from tests.corpus.files import xlsx_file as workbook
from tests.corpus.people import Person, help_number
from tests.corpus.registers_second import BENEFITS, class_list
from tests.corpus.words import COUNTRIES
from tests.corpus.words_second import (
    AREAS,
    SCHOOLS_AND_MORE,
    SEXES,
    between,
    births,
    figures,
    framed,
    mail,
    of,
    on,
    register,
    some,
    someone,
)

REMARKS = [
    "{p.name} har flyttet til mor i Lier, skal ikke telles med",
    "Avvik skyldes at {p.given} {p.family} (f. {p.born:%d.%m.%Y}) fikk vedtak i mars",
    "Obs! {p.family}, {p.given} er innlagt på BUP",
    "Ring {p.name} på {p.phone} om restansen",
    "jf. klage fra {p.name}, {p.street}",
    "Mangler {p.number}, på hemmelig adresse",
]


def _remark(random: Random, held: Person | None = None) -> str:
    """Return a sentence about a person."""
    return random.choice(REMARKS).format(p=held or someone(random))


# ---- one row per person, without names


def tests_by_candidate(random: Random) -> Rows:
    """Return one row per pupil, without a name."""
    return register(
        random,
        some(random, 10, 13, fewest=25, most=80),
        {
            "Kandidatnr": between(random, 1000, 9999),
            "Skole": of(random, SCHOOLS_AND_MORE),
            "Kjønn": of(random, SEXES),
            "Morsmål": of(random, "Norsk|Norsk|Somali|Polsk|Arabisk|Tyrkisk"),
            "Lesing": between(random, 1, 3),
            "Regning": between(random, 1, 3),
            "Fritatt": of(random, "Nei|Nei|Nei|Ja"),
        },
    )


def recipients_microdata(random: Random) -> Rows:
    """Return one row per recipient of social assistance, without a name."""
    columns = {
        "Løpenr": between(random, 1, 99999),
        "Kjønn": of(random, "M|K"),
        "Alder": between(random, 18, 66),
        "Sivilstand": of(random, "Ugift|Gift|Skilt|Enke"),
        "Landbakgrunn": of(random, COUNTRIES),
        "Antall barn": between(random, 0, 5),
        "Grunnkrets": of(random, AREAS),
        "Utbetalt 2024": between(random, 8000, 240_000),
    }
    return register(random, some(random, fewest=20, most=70), columns)


def notifications_microdata(random: Random) -> Rows:
    """Return one row per child, without a name."""
    columns = {
        "Meldingsdato": on(random),
        "Barnets alder": between(random, 0, 17),
        "Kjønn": of(random, SEXES),
        "Skole/barnehage": of(random, SCHOOLS_AND_MORE),
        "Bekymring": of(random, "Vold i hjemmet|Rus hos foreldre|Omsorgssvikt|Eget rusmisbruk"),
        "Søsken i saken": between(random, 0, 4),
        "Utfall": of(random, "Henlagt|Undersøkelse|Plassert"),
    }
    return register(random, some(random, 0, 17), columns)


def growth_microdata(random: Random) -> Rows:
    """Return one row per child with its day of birth, without a name."""
    columns = {**births(random), "Kjønn": of(random, "G|J"), "Målt": on(random), "Vekt kg": between(random, 3, 30)}
    return register(
        random, some(random, 0, 5), {**columns, "Lengde cm": between(random, 48, 120), "Henvist": of(random, "Nei|Ja")}
    )


def care_needs_microdata(random: Random) -> Rows:
    """Return one row per user of home care with scores of need, without a name."""
    needs = {need: between(random, 1, 5) for need in ("Hygiene", "Spise", "Gå inne", "Hukommelse", "Atferd", "Syn")}
    columns = {
        "Pas.nr": between(random, 100, 9999),
        "Fødselsår": lambda each: each.born.year,
        "Kjønn": of(random, "M|K"),
    }
    return register(random, some(random, 60, 95), {**columns, **needs, "Bor alene": of(random, "Ja|Nei")})


def settled_families(random: Random) -> Rows:
    """Return one row per member of a settled family, without a name."""
    columns = {
        "Familie": between(random, 1, 12),
        "Rolle": of(random, "Mor|Far|Barn|Barn"),
        "Fødselsår": lambda each: each.born.year,
        "Statsborgerskap": of(random, COUNTRIES[1:]),
        "Bosettingsdato": on(random),
        "Helseutfordringer": of(random, "Nei|Traumer|Hørsel|Nei"),
    }
    return register(random, some(random, 0, 60), columns)


def survey_answers_of_pupils(random: Random) -> Rows:
    """Return one row of answers per pupil, as a survey tool exports it."""
    asked = {f"Q{number}": between(random, 1, 5) for number in range(1, random.randint(8, 20))}
    columns = {
        "Respons": between(random, 10**6, 10**7),
        "Startet": on(random, 2025),
        "Skole": of(random, SCHOOLS_AND_MORE),
    }
    return register(
        random,
        some(random, 13, 18),
        {**columns, "Kjønn": of(random, SEXES), "Trinn": between(random, 8, 10), **asked},
        shuffle=False,
    )


# ---- identity numbers as they are written


def _numbers_written(random: Random, forms: list[str]) -> Rows:
    """Return a column of numbers in one of these forms; {0} to {5} are pairs, {d} date and {i} the other five."""
    form = random.choice(forms)
    columns = {
        random.choice(["Referanse", "Merk", "Nr.", "Objekt"]): lambda each: form.format(
            *[each.number[place : place + 2] for place in range(0, 12, 2)], d=each.number[:6], i=each.number[6:]
        ),
        "Beløp": between(random, 100, 9000),
    }
    return register(random, some(random, 1, 95), columns)


def numbers_in_groups(random: Random) -> Rows:
    return _numbers_written(
        random, ["{d} {i}", "{0} {1} {2} {i}", "{0}{1} {2} {i}", "{d}\u00a0{i}", "{0}.{1}.{2} {i}", "{0}.{1}.{2}.{i}"]
    )


def numbers_with_signs(random: Random) -> Rows:
    return _numbers_written(
        random, ["{d}/{i}", "{d}\u2013{i}", "{d}_{i}", "{d}.{i}", "'{d}{i}", "({d}{i})", "{0}-{1}-{2}-{i}", "{d}:{i}"]
    )


def numbers_in_words(random: Random) -> Rows:
    return _numbers_written(
        random, ["fnr {d}{i}", "Gjelder {d} {i}", "BRUKER{d}{i}X", "sak {d}{i} avsluttet", "NO{d}{i}"]
    )


def numbers_masked(random: Random) -> Rows:
    """Return days of birth with the other five digits masked."""
    mask = random.choice([" *****", "xxxxx", "-XXXXX", " #####"])
    columns = {"Fødselsnr (skjermet)": lambda each: f"{each.born:%d%m%y}{mask}", "Ytelse": of(random, BENEFITS)}
    return register(random, some(random, 1, 95), columns)


def numbers_as_decimals(random: Random) -> Rows:
    return _numbers_written(random, ["{d}{i},00", "{d}{i}.0", "{d}{i},-"])


def numbers_over_two_lines(random: Random) -> Rows:
    return _numbers_written(random, ["{d}\n{i}", "{d} \n {i}"])


def numbers_in_wide_digits(random: Random) -> Rows:
    rows = _numbers_written(random, ["{d}{i}"])
    wide = str.maketrans("0123456789", "\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19")
    return [
        [cell.translate(wide) if isinstance(cell, str) and cell.isdigit() else cell for cell in row] for row in rows
    ]


def numbers_in_two_columns(random: Random) -> Rows:
    columns = {
        "Fdato": lambda each: each.number[:6],
        "Pnr": lambda each: each.number[6:],
        "Ytelse": of(random, BENEFITS),
    }
    return register(random, some(random, 18, 66), columns)


def help_numbers(random: Random) -> Rows:
    columns = {"FH-nummer": lambda _: help_number(random), "Diagnose": of(random, "J45|E11|F10"), "Kontakt": on(random)}
    return register(random, some(random), columns)


# ---- one person somewhere in a table about something else


def _hidden_in(random: Random, put: Any, **sheets: Rows) -> File:
    """Return a clean workbook into which `put(book, sheet)` puts somebody."""
    rows = framed(random, figures(random))
    return workbook({"Tabell": rows, **sheets}, more=lambda book, made: put(book, made["Tabell"]))


def remark_in_one_cell(random: Random) -> Rows:
    rows = figures(random)
    rows = [[*rows[0], "Merknad"], *[[*row, None] for row in rows[1:]]]
    random.choice(rows[1:])[-1] = _remark(random)
    return rows


def remark_far_right(random: Random) -> Rows:
    rows = figures(random)
    rows[random.randint(1, 4)] += [None] * random.randint(4, 20) + [_remark(random)]
    return rows


def remark_under_footnotes(random: Random) -> Rows:
    return [*framed(random, figures(random)), *[[]] * random.randint(2, 30), [_remark(random)]]


def name_in_place_of_area(random: Random) -> Rows:
    """Return counts per place, two of them a single family's."""
    rows = figures(random)
    for row in random.sample(rows[1:], 2):
        held = someone(random, 30, 60)
        row[0] = f"{held.name}, {held.street}"
    return rows


def comment_on_cell(random: Random) -> File:
    text = _remark(random)
    return _hidden_in(random, lambda _, sheet: sheet.write_comment("B5", text))


def hidden_sheet(random: Random) -> File:
    behind = class_list(random)
    return workbook(
        {"Tabell": figures(random), "Grunnlag": behind},
        more=lambda _, made: random.choice([made["Grunnlag"].hide, made["Grunnlag"].very_hidden])(),
    )


def hidden_column(random: Random) -> File:
    rows = [
        [*row, someone(random).name if number else "Barnet saken gjelder"] for number, row in enumerate(figures(random))
    ]
    return workbook(
        {"Tabell": rows},
        more=lambda _, made: made["Tabell"].set_column(len(rows[0]) - 1, len(rows[0]) - 1, 10, None, {"hidden": True}),
    )


def properties_of_workbook(random: Random) -> File:
    held = someone(random)
    told = {"title": f"Journal {held.name} {held.number}", "comments": _remark(random, held)}
    return _hidden_in(random, lambda book, _: book.set_properties(told))


def custom_property(random: Random) -> File:
    held = someone(random)
    return _hidden_in(random, lambda book, _: book.set_custom_property("Klient", f"{held.reversed_name} {held.number}"))


def page_footer(random: Random) -> File:
    held = someone(random)
    return _hidden_in(
        random, lambda _, sheet: sheet.set_footer(f"&LPasient: {held.name}, født {held.born:%d.%m.%Y}&RSide &P")
    )


def list_to_pick_from(random: Random) -> File:
    rule = {
        "validate": "list",
        "source": [each.name[:24] for each in some(random, most=8)],
        "input_title": "Velg klient",
    }
    return _hidden_in(random, lambda _, sheet: sheet.data_validation("H2:H20", rule))


def tooltip_of_link(random: Random) -> File:
    held = someone(random)
    link = {"tip": f"Vedtak til {held.name}", "string": "Send"}
    return _hidden_in(random, lambda _, sheet: sheet.write_url("H3", f"mailto:{mail(held)}", **link))


def text_box(random: Random) -> File:
    text = _remark(random)
    return _hidden_in(random, lambda _, sheet: sheet.insert_textbox("J4", text))


def defined_name(random: Random) -> File:
    number = someone(random).number
    return _hidden_in(random, lambda book, _: book.define_name("Bruker", f'="{number}"'))


def text_in_formula(random: Random) -> File:
    held = someone(random)
    formula = f'=IF(B4>0,"{held.name}, fnr {held.number}","")'
    return _hidden_in(random, lambda _, sheet: sheet.write_formula("I4", formula, None, ""))


def pivot_leftover(random: Random) -> File:
    """Return sums whose pivot cache still holds the rows they were made of."""
    rows = [[each.name, each.number, random.choice(BENEFITS.split("|"))] for each in some(random)]
    return with_pivot_cache(workbook({"Sum": figures(random)}), ["Navn", "Fnr", "Ytelse"], rows)


def note_in_open_document(random: Random) -> File:
    return ods_file({"Ark1": figures(random)}, notes={(3, 1): _remark(random)})


def subject_of_open_document(random: Random) -> File:
    held = someone(random)
    return ods_file({"Ark1": figures(random)}, meta=f"<dc:subject>Vedtak {held.name} {held.number}</dc:subject>")


def header_of_old_workbook(random: Random) -> File:
    held = someone(random)
    return xls_file({"Ark1": figures(random)}, header=f"&CKlient {held.name} {held.number}")


def note_in_cube(random: Random) -> File:
    axes = {"område": random.sample(AREAS, 3), "år": ["2022", "2023"]}
    return px_file(
        "Barn med vedtak", axes, [random.randint(4, 90) for _ in range(6)], words=f'NOTE="{_remark(random)}";'
    )


def people_as_categories(random: Random) -> File:
    held = some(random, 6, 16, most=12)
    years = ["2023", "2024"]
    return json_stat(
        "Fravær", {"elev": [each.name for each in held], "år": years}, [random.randint(0, 90) for _ in held * 2]
    )


def owners_on_map(random: Random) -> File:
    owners = some(random, 25, 90)
    return geo_json(
        [{"gnr": random.randint(100, 120), "eier": each.name, "adresse": each.street} for each in owners], random
    )


def users_on_map(random: Random) -> File:
    """Return points of homes with what their residents get, and their telephones."""
    held = some(random, 65, 95)
    return geo_json(
        [{"tjeneste": "Trygghetsalarm", "tlf": each.phone, "bolig": each.street} for each in held], random, points=True
    )


def two_pupils_under_totals(random: Random) -> Rows:
    """Return results by school with two pupils' own lines below."""
    rows = figures(random, "Skole", SCHOOLS_AND_MORE, most=60)
    for _ in range(2):
        held = someone(random, 9, 15)
        rows.append([f"  herav {held.name} ({held.born:%d%m%y})", *[1 for _ in rows[0][1:]]])
    return rows
