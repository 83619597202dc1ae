"""Registers that whoever writes the guard has not seen.

Every public function is a template: a chance in, a table or file out.
"""

import json
import struct
import zlib
from io import BytesIO
from random import Random

from tests.corpus.files import (
    File,
    Rows,
    geo_json,
    json_stat,
    ods_file,
    px_file,
    with_part,
    xls_file,
    xlsx_file,
)
from tests.corpus.forms import number_in_a_register
from tests.corpus.forms_held_out import HELD_OUT
from tests.corpus.people import Person, duf, number_of, people, person
from tests.corpus.words import COUNTRIES, DISTRICTS, SCHOOLS, by_area_and_year, counts_table, day, listed


def housing_allowance(random: Random) -> Rows:
    return listed(
        people(random, 18, 90),
        {
            "Saksnr": lambda _: f"{random.randint(2019, 2025)}{random.randint(10000, 99999)}",
            "Søkers navn": lambda p: p.name,
            "Bolig": lambda p: p.street,
            "Inntekt": lambda _: random.randint(8000, 30000),
            "Bostøtte": lambda _: random.randint(300, 5000),
        },
    )


def absence_of_pupils(random: Random) -> Rows:
    weeks = {f"Uke {week}": lambda _: random.choice([None, None, 1, 2, 5]) for week in range(34, 44)}
    return listed(people(random, 6, 15, 18, 28), {"Elev": lambda p: f"{p.given} {p.family[0]}.", **weeks})


def leisure_cards(random: Random) -> Rows:
    return listed(
        people(random, 6, 18),
        {
            "Kortnummer": lambda _: random.randint(10**9, 10**10 - 1),
            "Barnets fulle navn": lambda p: p.name,
            "Fødselsår": lambda p: p.born.year,
            "Aktivitet": lambda _: random.choice(["Fotball", "Dans", "Korps"]),
            "Brukt kr": lambda _: random.randint(0, 2000),
        },
    )


def waiting_list_of_speech_therapy(random: Random) -> Rows:
    return listed(
        people(random, 3, 15),
        {
            "Henvist dato": lambda _: day(random),
            "Barn": lambda p: p.reversed_name,
            "f.": lambda p: p.born,
            "Henvist av": lambda _: random.choice(SCHOOLS),
            "Årsak": lambda _: random.choice(["språk", "lese/skrive", "atferd"]),
        },
    )


def reports_of_concern(random: Random) -> Rows:
    return listed(
        people(random, 0, 17),
        {
            "Meldingsdato": lambda _: day(random),
            "Barnet": lambda p: p.name,
            "Fødselsnummer (11 siffer)": lambda p: p.number,
            "Melder": lambda _: random.choice(["Skole", "Politi", "Anonym"]),
            "Konklusjon": lambda _: random.choice(["Henlagt", "Undersøkelse"]),
        },
    )


def disabled_parking(random: Random) -> Rows:
    return listed(
        people(random, 30, 95),
        {
            "Kort": lambda _: f"HC-{random.randint(1000, 9999)}",
            "Innehaver": lambda p: p.name.upper(),
            "Gyldig til": lambda _: day(random, 2026, 2030),
            "Regnr": lambda _: (
                f"{random.choice('BCDEFKLPRSV')}{random.choice('DEFNRT')} {random.randint(10000, 99999)}"
            ),
        },
    )


def aids_lent_out(random: Random) -> Rows:
    return listed(
        people(random, 40, 97),
        {
            "Hjelpemiddel": lambda _: random.choice(["Rullator", "Seng", "Dusjkrakk"]),
            "Serienr": lambda _: random.randint(10**6, 10**7),
            "Låner": lambda p: f"{p.name}, {p.street}",
            "Ut": lambda _: day(random),
            "Inn": lambda _: random.choice([None, day(random)]),
        },
    )


def members_of_a_club(random: Random) -> Rows:
    return listed(
        people(random, 5, 70),
        {
            "Person ID": lambda _: random.randint(10**6, 10**7),
            "Etternavn": lambda p: p.family,
            "Fornavn- og mellomnavn": lambda p: p.given,
            "Kjønn": lambda _: random.choice(["Mann", "Kvinne"]),
            "Mobil privat": lambda p: f"+47{p.phone}",
            "E-post privat": lambda p: p.mail,
        },
    )


def music_school(random: Random) -> Rows:
    return listed(
        people(random, 6, 18),
        {
            "Instrument": lambda _: random.choice(["Piano", "Fiolin", "Gitar"]),
            "Elev": lambda p: p.name,
            "Lærer": lambda _: person(random).name,
            "Tid": lambda _: f"{random.choice(['man', 'tir'])} {random.randint(13, 18)}.{random.choice(['00', '30'])}",
        },
    )


def patients_of_a_doctor(random: Random) -> Rows:
    return listed(
        people(random, 0, 97),
        {
            "Pasient": lambda p: p.reversed_name,
            "NIN": lambda p: p.number,
            "Diagnose (ICPC-2)": lambda _: random.choice(["P76", "L03", "T90"]),
            "Konsultasjoner": lambda _: random.randint(1, 20),
        },
    )


def reminders_of_debt(random: Random) -> Rows:
    return listed(
        people(random, 20, 80),
        {
            "Kundenr": lambda _: random.randint(10000, 99999),
            "Kunde": lambda p: p.reversed_name,
            "KID": lambda _: random.randint(10**9, 10**10 - 1),
            "Forfall": lambda _: day(random),
            "Restbeløp": lambda _: random.randint(100, 20000),
        },
    )


def tenants(random: Random) -> Rows:
    return listed(
        people(random, 20, 90),
        {
            "Objekt": lambda p: p.street,
            "Leil.": lambda _: f"H0{random.randint(1, 9)}0{random.randint(1, 6)}",
            "Leietaker": lambda p: random.choice([p.name, p.reversed_name]),
            "Husleie": lambda _: random.randint(5000, 14000),
            "Kontrakt t.o.m.": lambda _: day(random, 2025, 2028),
        },
    )


def adult_education(random: Random) -> Rows:
    return listed(
        people(random, 16, 60),
        {
            "Deltaker": lambda p: f"{p.family.upper()} {p.given}",
            "DUF": lambda _: duf(random),
            "Modul": lambda _: random.choice(["FVO 1", "Norsk A2"]),
            "Timer": lambda _: random.randint(10, 600),
        },
    )


def electoral_roll(random: Random) -> Rows:
    return listed(
        people(random, 18, 97),
        {
            "Krets": lambda _: random.choice(DISTRICTS),
            "Mnr": lambda _: random.randint(1, 900),
            "Velger": lambda p: p.reversed_name,
            "Fdato": lambda p: f"{p.born:%d%m%y}",
        },
    )


def employees(random: Random) -> Rows:
    return listed(
        people(random, 20, 68),
        {
            "Ansattnr": lambda _: random.randint(10000, 99999),
            "Ressursnavn": lambda p: p.name,
            "Stilling": lambda _: random.choice(["Lærer", "Helsefagarbeider"]),
            "Sykefravær %": lambda _: random.randint(0, 400) / 10,
            "Årslønn": lambda _: random.randint(380, 900) * 1000,
        },
    )


def open_answers(random: Random) -> Rows:
    who = person(random)
    said = [
        f"Jeg heter {who.name} og bor i {who.street}, ring meg på {who.phone}",
        "Mer lys i parken!",
        "Bra med bibliotek",
        "Vet ikke",
    ]
    return [
        ["ID", "Dato", "Hva er viktigst for deg på Strømsø?"],
        *[[n, day(random), said[0] if n == 3 else random.choice(said[1:])] for n in range(1, 20)],
    ]


def interview_notes(random: Random) -> File:
    who, other = person(random, 20, 80), person(random, 20, 80)
    lines = [f"Intervju 3 - {who.name}, {2026 - who.born.year} år, {who.street}", "", "I: Hvordan er det å bo her?"]
    lines.append(f"{who.given}: Bra, men naboen {other.name} bråker.")
    return File("txt", "\n".join(lines).encode())


def microdata_of_living_conditions(random: Random) -> Rows:
    return listed(
        people(random, 18, 80, 50, 150),
        {
            "respondent_id": lambda _: random.randint(1000, 9999),
            "kjonn": lambda _: random.choice([1, 2]),
            "fodt": lambda p: p.born,
            "grunnkrets": lambda _: f"3301{random.randint(100, 2000):04}",
            "hhstr": lambda _: random.randint(1, 7),
            "inntekt": lambda _: random.randint(100, 900) * 1000,
            "q1": lambda _: random.randint(1, 5),
            "q2": lambda _: random.randint(1, 5),
            "q3": lambda _: random.choice([1, 2, 9]),
        },
    )


def very_hidden_sheet(random: Random) -> File:
    return xlsx_file(
        {"Tabell": by_area_and_year(random, DISTRICTS), "x": tenants(random)}, lambda _, made: made["x"].very_hidden()
    )


def list_for_validation(random: Random) -> File:
    names = [p.name for p in people(random, 18, 60, 4, 8)]
    return xlsx_file(
        {"T": counts_table(random)},
        lambda _, made: made["T"].data_validation("F2:F9", {"validate": "list", "source": names}),
    )


def tooltip(random: Random) -> File:
    who = person(random)
    held = {"validate": "any", "input_title": "Merk", "input_message": f"Gjelder {who.name}, {who.number}"}
    return xlsx_file({"T": counts_table(random)}, lambda _, made: made["T"].data_validation("D4", held))


def page_header(random: Random) -> File:
    who = person(random)
    said = f"&LUttrekk for {who.name} {who.number}"
    if random.random() < 0.5:
        return xls_file({"T": counts_table(random)}, header=said)
    return xlsx_file({"T": counts_table(random)}, lambda _, made: made["T"].set_footer(said))


def text_box(random: Random) -> File:
    who = person(random)
    return xlsx_file(
        {"T": counts_table(random)},
        lambda _, made: made["T"].insert_textbox("H3", f"Husk: {who.name} ({who.number}) er flyttet"),
    )


def defined_name(random: Random) -> File:
    who = person(random)
    return xlsx_file(
        {"T": counts_table(random)}, lambda book, _: book.define_name("klient", f'="{who.name} {who.number}"')
    )


def orphaned_string(random: Random) -> File:
    who = person(random)

    def change(old: bytes) -> bytes:
        return old.replace(b"</sst>", f"<si><t>{who.number} {who.name}</t></si></sst>".encode())

    return with_part(xlsx_file({"T": counts_table(random)}), "xl/sharedStrings.xml", change)


def pivot_cache(random: Random) -> File:
    items = "".join(
        f'<r><s v="{p.name}"/><s v="{p.number}"/><n v="{random.randint(1, 9)}"/></r>' for p in people(random, 18, 60)
    )
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return with_part(
        xlsx_file({"T": counts_table(random)}),
        "xl/pivotCache/pivotCacheRecords1.xml",
        f'<?xml version="1.0"?><pivotCacheRecords xmlns="{space}">{items}</pivotCacheRecords>'.encode(),
    )


def number_format(random: Random) -> File:
    who = person(random)

    def more(book: object, made: dict[str, object]) -> None:
        kept = book.add_format({"num_format": f'0" {who.number}"'})
        made["T"].write_number("D2", 12, kept)

    return xlsx_file({"T": counts_table(random)}, more)


def link_and_its_tip(random: Random) -> File:
    who = person(random)
    return xlsx_file(
        {"T": counts_table(random)},
        lambda _, made: made["T"].write_url("H2", f"mailto:{who.mail}", string="kilde", tip=f"{who.name} {who.number}"),
    )


def title_of_a_chart(random: Random) -> File:
    who = person(random)

    def more(book: object, made: dict[str, object]) -> None:
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=T!$D$2:$D$9"})
        chart.set_title({"name": f"Utvikling for {who.name} {who.number}"})
        made["T"].insert_chart("H2", chart)

    return xlsx_file({"T": counts_table(random)}, more)


def picture_with_text(random: Random) -> File:
    who = person(random)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    picture = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    picture += (
        chunk(b"tEXt", f"Comment\0{who.name} {who.number}".encode("latin-1", "replace"))
        + chunk(b"IDAT", zlib.compress(b"\0\0"))
        + chunk(b"IEND", b"")
    )
    return xlsx_file(
        {"T": counts_table(random)},
        lambda _, made: made["T"].insert_image("H2", "logo.png", {"image_data": BytesIO(picture)}),
    )


def custom_property(random: Random) -> File:
    who = person(random)
    return xlsx_file(
        {"T": counts_table(random)}, lambda book, _: book.set_custom_property("Pasient", f"{who.name} {who.number}")
    )


def properties_of_opendocument(random: Random) -> File:
    who = person(random)
    return ods_file({"T": counts_table(random)}, meta=f"<dc:subject>{who.name} {who.number}</dc:subject>")


def clean_workbook_with_a_second_sheet_of_names(random: Random) -> File:
    sheets = {"Statistikk": by_area_and_year(random, DISTRICTS), "Ark2": music_school(random)}
    return random.choice([xlsx_file, xls_file, ods_file])(sheets)


def identifiers_of_places_on_a_map(random: Random) -> File:
    file = geo_json([{"id": n, "navn": area} for n, area in enumerate(DISTRICTS)], random)
    content = json.loads(file.content)
    content["features"][4]["id"] = person(random).number
    return File("geojson", json.dumps(content).encode())


def owners_of_properties_on_a_map(random: Random) -> File:
    return geo_json(
        [
            {"gnr": random.randint(1, 130), "bnr": random.randint(1, 900), "hjemmelshaver": p.name}
            for p in people(random, 25, 90)
        ],
        random,
    )


def name_of_a_collection_on_a_map(random: Random) -> File:
    who = person(random)
    return geo_json([{"navn": area} for area in DISTRICTS], random, name=f"besok_{who.name}_{who.number}")


def note_on_one_value_of_a_cube(random: Random) -> File:
    who = person(random)
    axes = {"region": DISTRICTS, "år": ["2022", "2023"]}
    values = [random.randint(3, 99) for _ in range(18)]
    if random.random() < 0.5:
        return px_file(
            "Antall", axes, values, f'CELLNOTE("Fjell","2023")="Gjelder {who.name}, f. {who.born:%d.%m.%Y}";'
        )
    return json_stat(
        "Antall", axes, values, extension={"merknad": f"Gjelder {who.name}, født {who.born:%d.%m.%Y}, {who.number}"}
    )


def contact_of_a_person_for_each_family(random: Random) -> Rows:
    return listed(
        people(random, 20, 60),
        {
            "Fam.nr": lambda _: random.randint(1, 50),
            "Kontaktperson": lambda p: p.name,
            "Mobilnr": lambda p: f"{p.phone[:3]}-{p.phone[3:5]}-{p.phone[5:]}",
            "Antall barn": lambda _: random.randint(0, 6),
            "Landbakgrunn": lambda _: random.choice(COUNTRIES),
        },
    )


def gendered_ages_with_addresses(random: Random) -> Rows:
    return listed(
        people(random, 0, 95),
        {
            "Gateadresse": lambda p: p.street,
            "Postnr": lambda p: p.post[:4],
            "Fødselsår": lambda p: p.born.year,
            "Kjønn": lambda _: random.choice("MK"),
            "Mottar hjemmehjelp": lambda _: random.choice(["Ja", "Nei"]),
        },
    )


def english_headers(random: Random) -> Rows:
    return listed(
        people(random, 16, 60),
        {
            "First name": lambda p: p.given,
            "Last name": lambda p: p.family,
            "Date of birth": lambda p: p.born,
            "Completed": lambda _: random.choice(["yes", "no"]),
        },
    )


def list_without_a_header(random: Random) -> Rows:
    return [[p.name, p.born, p.street, p.post] for p in people(random, 5, 60)]


def one_name_a_cell_across(random: Random) -> Rows:
    held = [p.name for p in people(random, 6, 15, 18, 28)]
    return [["Gruppe 1", "Gruppe 2", "Gruppe 3"], *[list(held[at : at + 3]) for at in range(0, len(held), 3)]]


for _name in HELD_OUT:
    globals()[f"number_written_with_{_name}"] = number_in_a_register(HELD_OUT[_name])


def numbers_in_arabic_digits(random: Random) -> Rows:
    arabic = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
    return listed(
        people(random, 18, 60), {"Ref": lambda p: p.number.translate(arabic), "Antall": lambda _: random.randint(1, 40)}
    )


def numbers_without_their_leading_zero(random: Random) -> Rows:
    held = [p for p in people(random, 18, 60, 60, 90) if p.number[0] == "0"]
    return listed(held, {"Fnr": lambda p: int(p.number), "Antall": lambda _: random.randint(1, 40)})


def numbers_in_two_columns(random: Random) -> Rows:
    return listed(
        people(random, 18, 60),
        {"Fødselsdato": lambda p: f"{p.number[:6]}", "Personnr": lambda p: p.number[6:], "Ytelse": lambda _: "AAP"},
    )


def birth_dates_with_stars(random: Random) -> Rows:
    def masked(p: Person) -> str:
        return f"{p.born:%d%m%y}{random.choice(['*****', ' *****', 'xxxxx', '-XXXXX'])}"

    return listed(
        people(random, 18, 60), {"Bruker": masked, "Vedtak": lambda _: random.choice(["Innvilget", "Avslag"])}
    )


def dead_and_d_numbers_in_a_log(random: Random) -> File:
    lines = [
        f"{day(random)} 12:00:0{n % 10} INFO oppslag bruker={number_of(random, p.born, day=40)} status=200"
        for n, p in enumerate(people(random, 18, 60))
    ]
    return File("txt", "\n".join(lines).encode())
