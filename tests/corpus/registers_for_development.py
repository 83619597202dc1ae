"""Registers that whoever writes the guard may look at.

Every public function is a template: a chance in, a table or file out.
"""

from random import Random

from tests.corpus.files import File, Rows, geo_json, json_stat, ods_file, px_file, text_file, xlsx_file
from tests.corpus.forms import DEVELOPMENT, number_in_a_register
from tests.corpus.people import duf, help_number, number_of, people, person
from tests.corpus.words import COUNTRIES, DISTRICTS, SCHOOLS, counts_table, day, listed


def pupils(random: Random) -> Rows:
    return listed(
        people(random, 6, 15),
        {
            random.choice(["Fødselsnummer", "Fnr", "Fødselsnr.", "Personnr"]): lambda p: p.number,
            "Etternavn": lambda p: p.family,
            "Fornavn": lambda p: p.given,
            "Klasse": lambda p: f"{2026 - p.born.year - 5}{random.choice('ABC')}",
            "Skole": lambda p: random.choice(SCHOOLS),
        },
    )


def class_list_with_guardians(random: Random) -> Rows:
    return listed(
        people(random, 6, 15, 15, 28),
        {
            "Elev": lambda p: p.name,
            "Foresatt 1": lambda p: f"{person(random).given} {p.family}",
            "Mobil": lambda p: f"{p.phone[:3]} {p.phone[3:5]} {p.phone[5:]}",
            "Allergier": lambda _: random.choice(["", "", "nøtter", "melk"]),
        },
    )


def decisions_of_nav(random: Random) -> Rows:
    return listed(
        people(random, 18, 66),
        {
            "FNR": lambda p: f"{p.number[:6]} {p.number[6:]}",
            "Ytelse": lambda _: random.choice(["AAP", "Sosialhjelp", "Kvalifiseringsstønad"]),
            "Vedtaksdato": lambda _: day(random),
            "Beløp": lambda _: random.randint(2000, 19000),
        },
    )


def log_of_visits(random: Random) -> Rows:
    return listed(
        people(random),
        {
            "Dato": lambda _: day(random),
            "Navn": lambda p: random.choice([p.name, p.given, p.reversed_name]),
            "Hva": lambda _: random.choice(["Kaffe og prat", "Hjelp med søknad", "NAV-skjema", "Leksehjelp"]),
        },
    )


def waiting_list_for_housing(random: Random) -> Rows:
    return listed(
        people(random, 20, 80),
        {
            "Nr": lambda _: random.randint(1, 400),
            "Søker": lambda p: p.name,
            "Adresse": lambda p: f"{p.street}, {p.post}",
            "Tlf": lambda p: p.phone,
            "Ant. i husst.": lambda _: random.randint(1, 8),
            "Søkt": lambda _: day(random),
        },
    )


def invoices_of_residents(random: Random) -> Rows:
    return listed(
        people(random, 60, 95),
        {
            "Fakturanr": lambda _: random.randint(100000, 999999),
            "Mottaker": lambda p: p.name.upper(),
            "Gateadresse": lambda p: p.street.upper(),
            "Poststed": lambda p: p.post,
            "Beløp": lambda _: random.randint(200, 9000) + 0.5,
        },
    )


def answers_of_pupils(random: Random) -> Rows:
    return listed(
        people(random, 13, 16, 40, 120),
        {
            "Respons": lambda _: random.randint(10_000_000, 99_999_999),
            "Skole": lambda _: random.choice(SCHOOLS),
            "Trinn": lambda _: random.choice([8, 9, 10]),
            "Kjønn": lambda _: random.choice(["Gutt", "Jente"]),
            "Fødselsår": lambda p: p.born.year,
            **{f"Spm{number}": lambda _: random.randint(1, 5) for number in range(1, random.randint(6, 14))},
        },
    )


def school_system_export(random: Random) -> Rows:
    return listed(
        people(random, 6, 18, 20, 60),
        {
            "ElevId": lambda _: random.randint(1000, 9999),
            "Fornavn": lambda p: p.given,
            "Etternavn": lambda p: p.family,
            "Født": lambda p: p.born,
            "Fødselsnr": lambda p: p.number,
            "Basisgruppe": lambda _: f"{random.randint(1, 10)}{random.choice('ABCD')}",
            "Kontaktlærer": lambda _: person(random).name,
            "Fraværsdager": lambda _: random.randint(0, 30),
        },
    )


def vaccinations(random: Random) -> Rows:
    return listed(
        people(random, 0, 2),
        {
            "Barnets navn": lambda p: p.reversed_name,
            "F.dato": lambda p: p.born,
            "Mor": lambda p: f"{person(random).given} {p.family}",
            "Vaksine": lambda _: random.choice(["MMR", "DTP", "Hepatitt B"]),
            "Status": lambda _: random.choice(["Gitt", "Ikke møtt"]),
        },
    )


def home_care_export(random: Random) -> Rows:
    return listed(
        people(random, 60, 97),
        {
            "Tjenestemottaker": lambda p: p.reversed_name,
            "Fnr": lambda p: f"{p.number[:6]}{random.choice('- ')}{p.number[6:]}",
            "Sone": lambda _: random.choice(["Sone Strømsø", "Sone Fjell"]),
            "Tiltak": lambda _: random.choice(["Hjemmesykepleie", "Trygghetsalarm"]),
            "Timer/uke": lambda _: random.randint(1, 35) / 2,
        },
    )


def payments_of_social_assistance(random: Random) -> Rows:
    return listed(
        people(random, 18, 70),
        {
            "Klient": lambda p: p.reversed_name.upper(),
            "Pers.nr": lambda p: p.number,
            "Periode": lambda _: f"{random.randint(1, 12):02}/2024",
            "Stønad": lambda _: random.randint(500, 22000),
            "Saksbehandler": lambda _: f"Z{random.randint(100000, 999999)}",
        },
    )


def remark_in_a_clean_table(random: Random) -> Rows:
    who = person(random)
    rows = counts_table(random)
    remark = random.choice(
        [
            f"inkl. {who.name}, f. {who.born:%d.%m.%Y}",
            f"Økningen skyldes familien til {who.name} ({who.street})",
            f"Se vedtak for {who.name}, {who.number}",
            f"Gjelder {who.name} tlf {who.phone}",
        ]
    )
    rows[0].append("Merknad")
    rows[random.randint(1, len(rows) - 1)].append(remark)
    return rows


def number_in_document_properties(random: Random) -> File:
    who = person(random)
    said = {random.choice(["title", "subject", "comments", "keywords"]): f"Vedtak {who.name} {who.number}"}
    return xlsx_file({"Data": counts_table(random)}, lambda book, _: book.set_properties(said))


def comment_on_a_cell(random: Random) -> File:
    who = person(random)
    said = random.choice(
        [f"Sjekk {who.name} {who.number}", f"{who.name}, født {who.born:%d.%m.%Y}, bor i {who.street}"]
    )
    if random.random() < 0.4:
        return ods_file({"Data": counts_table(random)}, notes={(2, 3): said})
    return xlsx_file({"Data": counts_table(random)}, lambda _, sheets: sheets["Data"].write_comment("D3", said))


def hidden_sheet_with_a_list(random: Random) -> File:
    sheets = {"Tall": counts_table(random), "Grunnlag": pupils(random)}
    if random.random() < 0.4:
        return ods_file(sheets, hidden="Grunnlag")
    return xlsx_file(sheets, lambda _, made: made["Grunnlag"].hide())


def footnote_about_a_resident(random: Random) -> Rows:
    who = person(random)
    said = random.choice(
        [f"* Tallet gjelder {who.name}, f. {who.born:%d.%m.%y}", f"NB! {who.name} ({who.phone}) er talt to ganger"]
    )
    return [*counts_table(random), [], [said]]


def residents_on_a_map(random: Random) -> File:
    return geo_json(
        [{"navn": p.name, "adresse": p.street, "fnr": p.number} for p in people(random)], random, points=True
    )


def one_resident_among_areas_on_a_map(random: Random) -> File:
    held: list[dict[str, object]] = [{"delomraade": f"3301{n:04}", "navn": area} for n, area in enumerate(DISTRICTS)]
    held[random.randint(0, 8)]["kommentar"] = f"Huset til {(who := person(random)).name}, {who.number}"
    return geo_json(held, random)


def initials_and_birth_dates(random: Random) -> Rows:
    return listed(
        people(random, 1, 18),
        {
            "Initialer": lambda p: p.given[0] + p.family[0],
            "Fødselsdato": lambda p: p.born,
            "Bosted": lambda p: p.street,
            "Tiltak": lambda _: random.choice(["Råd og veiledning", "Fosterhjem", "Besøkshjem"]),
        },
    )


def kindergarten_applications(random: Random) -> Rows:
    return listed(
        people(random, 0, 5),
        {
            "Barn": lambda p: p.name,
            "Fødselsdato": lambda p: p.born,
            "Søker": lambda p: f"{person(random, 20, 40).given} {p.family}",
            "E-post": lambda p: p.mail,
            "1. ønske": lambda _: random.choice(["Knatten", "Fjellhagen"]),
            "Prioritet": lambda _: random.randint(1, 4),
        },
    )


def after_school_list_in_capitals(random: Random) -> Rows:
    return listed(
        people(random, 6, 9),
        {
            "NAVN": lambda p: p.name.upper(),
            "KLASSE": lambda _: random.choice(["1A", "2B", "3C"]),
            "PLASS": lambda _: random.choice(["60%", "100%"]),
        },
    )


def introduction_programme(random: Random) -> Rows:
    return listed(
        people(random, 18, 55),
        {
            random.choice(["DUF-nr", "DUF", "DUFnummer"]): lambda _: duf(random),
            "Land": lambda _: random.choice(COUNTRIES[1:]),
            "Startdato": lambda _: day(random),
            "Norsknivå": lambda _: random.choice(["A1", "A2", "B1"]),
        },
    )


def settled_refugees(random: Random) -> Rows:
    return listed(
        people(random, 0, 60),
        {
            "Familie": lambda _: random.randint(1, 12),
            "Navn": lambda p: p.reversed_name,
            "Alder": lambda p: 2026 - p.born.year,
            "Landbakgrunn": lambda _: random.choice(COUNTRIES[1:]),
            "Bosatt": lambda _: day(random, 2015),
        },
    )


def phones_for_a_survey(random: Random) -> Rows:
    return listed(
        people(random, 18, 80),
        {
            "Telefon": lambda p: random.choice(
                [f"{p.phone[:2]}.{p.phone[2:4]}.{p.phone[4:6]}.{p.phone[6:]}", f"{p.phone[:4]} {p.phone[4:]}"]
            ),
            "Bydel": lambda _: random.choice(DISTRICTS),
            "Svart": lambda _: random.choice(["ja", "nei"]),
        },
    )


def parents_mail(random: Random) -> Rows:
    return listed(people(random, 25, 50), {"Klasse": lambda _: random.choice(["5A", "5B"]), "Epost": lambda p: p.mail})


def workers_with_d_numbers(random: Random) -> Rows:
    return listed(
        people(random, 18, 60),
        {
            "D-nummer": lambda p: number_of(random, p.born, day=40),
            "Arbeidsgiver": lambda _: random.choice(["Renhold AS", "Bygg og Montasje AS"]),
            "Skattekort": lambda _: random.choice(["ja", "nei"]),
        },
    )


def casualty_clinic_help_numbers(random: Random) -> Rows:
    return listed(
        people(random),
        {
            "Pasient-ID": lambda _: help_number(random),
            "Tid inn": lambda _: f"{random.randint(0, 23):02}:{random.randint(0, 59):02}",
            "Triage": lambda _: random.choice(["grønn", "gul", "rød"]),
        },
    )


def numbers_kept_as_figures(random: Random) -> Rows:
    return listed(
        people(random, 18, 60),
        {"Bruker": lambda p: float(p.number), "Antall oppmøter": lambda _: random.randint(1, 50)},
    )


def numbers_with_decimals(random: Random) -> File:
    return text_file(
        random,
        listed(
            people(random, 18, 60), {"Bruker": lambda p: f"{p.number},00", "Oppmøter": lambda _: random.randint(1, 50)}
        ),
        ";",
    )


def masked_numbers(random: Random) -> Rows:
    return listed(
        people(random, 18, 60),
        {"Fnr": lambda p: f"{p.born:%d%m%y} *****", "Tiltak": lambda _: random.choice(["KVP", "Jobbsjansen"])},
    )


def list_to_the_right_of_a_clean_table(random: Random) -> Rows:
    rows = counts_table(random)
    for row, who in zip(rows[random.randint(2, 6) :], people(random, 18, 60, 4, 12), strict=False):
        row.extend([None, None, who.name, who.number])
    return rows


def list_below_a_clean_table(random: Random) -> Rows:
    rows = counts_table(random)
    return [
        *rows,
        *[[]] * random.randint(1, 5),
        *listed(people(random, 18, 60, 3, 8), {"Deltaker": lambda p: p.name, "Født": lambda p: p.born}),
    ]


def persons_above_a_wider_table(random: Random) -> Rows:
    return [*[[p.name, p.number] for p in people(random, 18, 60, 2, 4)], [], *counts_table(random)]


def note_of_a_cube(random: Random) -> File:
    who = person(random)
    axes = {"region": DISTRICTS, "år": ["2022", "2023"]}
    values = [random.randint(3, 99) for _ in range(18)]
    said = f"Tallet for Fjell er {who.name} {who.number}"
    if random.random() < 0.5:
        return px_file("Antall", axes, values, f'NOTE="{said}";')
    return json_stat("Antall", axes, values, note=[said])


def names_as_categories_of_a_cube(random: Random) -> File:
    held = [p.name for p in people(random, 18, 60, 8, 20)]
    return json_stat("Besøk per deltaker", {"deltaker": held, "år": ["2024"]}, [random.randint(1, 9) for _ in held])


def area_list_with_a_person(random: Random) -> File:
    who = person(random)
    rows: Rows = [
        ["levekaar", "lksnavn", "grunnkrets"],
        *[[f"3301{n // 3:04}", f"Drammen LKS {n // 3:02}", f"3301{n:04}"] for n in range(24)],
    ]
    rows[random.randint(1, 24)][1] = random.choice([who.number, f"{who.name} {who.number}"])
    return text_file(random, rows, ",")


def official_area_list_with_a_number(random: Random) -> File:
    header = (
        "version_date grunnkrets_no grunnkrets_name delomraade_no delomraade_name bydel_no bydel_name kommune_bydel_no "
        "kommune_bydel_name kommune_no kommune_name fylke_no fylke_name economic_region_no economic_region_name"
    )
    rows: Rows = [
        [
            "2024-01-01",
            f"3301{n:04}",
            f"Krets {n}",
            f"3301{n // 9:02}00"[:8],
            "Tangen",
            "NA",
            "NA",
            "3301",
            "Drammen",
            "3301",
            "Drammen",
            "33",
            "Buskerud",
            "3302",
            "Drammen",
        ]
        for n in range(20)
    ]
    rows[random.randint(0, 19)][2] = person(random).number
    return text_file(random, [list(header.split()), *rows], ",")


def sentences_of_a_logbook(random: Random) -> File:
    why = ["gråt", "trengte hjelp med husleia", "har fått jobb"]
    lines = [
        f"{day(random):%d.%m.%Y}: {p.name} kom innom, {random.choice(why)}. Ringe {p.phone}." for p in people(random)
    ]
    return File("txt", "\n".join(lines).encode(random.choice(["utf-8", "cp1252"])))


def one_unlabelled_number(random: Random) -> Rows:
    rows = counts_table(random)
    rows[random.randint(1, len(rows) - 1)].extend([None, person(random).number])
    return rows


for _name in DEVELOPMENT:
    globals()[f"number_written_with_{_name}"] = number_in_a_register(DEVELOPMENT[_name])


def numbers_in_full_width(random: Random) -> Rows:
    wide = str.maketrans("0123456789", "".join(chr(0xFF10 + digit) for digit in range(10)))
    return listed(
        people(random, 18, 60), {"Ref": lambda p: p.number.translate(wide), "Antall": lambda _: random.randint(1, 40)}
    )
