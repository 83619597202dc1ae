"""Clean tables that whoever writes the guard may look at.

Every public function is a template: a chance in, a table or file out.
"""

from random import Random

from tests.corpus.files import File, Rows, geo_json, json_stat, ods_file, px_file, text_file, xls_file, xlsx_file
from tests.corpus.people import FAMILY, GIVEN, organisation_number
from tests.corpus.words import (
    ASSOCIATIONS,
    DISTRICTS,
    INDICATORS,
    KINDERGARTENS,
    MUNICIPALITIES,
    SCHOOLS,
    TRACTS,
    UNITS,
    by_area_and_year,
    counts_table,
    day,
)


def counts_as_ordered(random: Random) -> Rows:
    return counts_table(random)


def values_as_ordered(random: Random) -> Rows:
    named = ["Fornøyd med lokalmiljøet (prosent)", "Medianinntekt etter skatt (kroner)", "Ensomhet (prosent)"]
    return [
        ["Kommunedel", "Periode", "Indikator", "Verdi"],
        *[
            [area, year, random.choice(named), random.randint(100, 900) / 10]
            for area in DISTRICTS
            for year in (2021, 2022, 2024)
        ],
    ]


def years_across(random: Random) -> Rows:
    return by_area_and_year(random, DISTRICTS, "Kommunedel", 9000)


def units_with_population(random: Random) -> Rows:
    return [
        ["Grunnkretsnr", "Grunnkretsnavn", "Befolkning 1.1."],
        *[[f"3301{random.randint(101, 2999):04}", name, random.randint(0, 900)] for name in UNITS],
    ]


def tracts_that_sound_like_people(random: Random) -> Rows:
    return by_area_and_year(random, random.sample(TRACTS, 16), random.choice(["Delområde", "Delomraadenavn"]))


def schools_and_pupils(random: Random) -> Rows:
    return [
        ["Skolenavn", "Orgnr", "Trinn 1-7", "Trinn 8-10", "Lærertetthet"],
        *[
            [
                school,
                organisation_number(random),
                random.randint(100, 400),
                random.randint(0, 300),
                random.randint(110, 190) / 10,
            ]
            for school in SCHOOLS
        ],
    ]


def kindergartens_named_after_people(random: Random) -> Rows:
    return [
        ["Barnehage", "Eierform", "Antall barn", "Foreldretilfredshet"],
        *[
            [name, random.choice(["Privat", "Kommunal"]), random.randint(10, 130), random.randint(35, 50) / 10]
            for name in KINDERGARTENS
        ],
    ]


def projects_with_case_numbers(random: Random) -> Rows:
    return [
        ["Saksnr", "Prosjekt", "Startdato", "Ramme 2025", "Status"],
        *[
            [
                f"{random.randint(18, 25)}/{random.randint(1000, 39999)}",
                f"{random.choice(['Ny park', 'Nærmiljøhus', 'Gatelys', 'Turvei'])} {random.choice(TRACTS)}",
                day(random),
                random.randint(100, 9000) * 1000,
                random.choice(["Pågår", "Ferdig"]),
            ]
            for _ in range(15)
        ],
    ]


def inspections(random: Random) -> Rows:
    return [
        ["Tilsynsdato", "Virksomhet", "Adresse", "Smilefjes"],
        *[
            [
                day(random),
                random.choice(
                    ["Kafé Tollboden", "Pizzabakeren Strømsø", "Sushi Drammen AS", "Kantine Marienlyst skole"]
                ),
                f"Konggata {random.randint(1, 60)}, 3044 Drammen",
                random.choice([0, 1, 2]),
            ]
            for _ in range(20)
        ],
    ]


def grants_to_associations(random: Random) -> Rows:
    return [
        ["Mottaker", "Organisasjonsnr", "Formål", "Tildelt kr"],
        *[
            [
                name,
                organisation_number(random),
                random.choice(["Leksehjelp", "Åpen hall", "Sommerleir"]),
                random.randint(5, 300) * 1000,
            ]
            for name in ASSOCIATIONS
        ],
    ]


def running_numbers_beside_indicators(random: Random) -> Rows:
    return [
        ["Nr", "Indikator", "Kilde", "Strømsø", "Drammen"],
        *[
            [n, name, random.choice(["SSB", "NAV", "FHI"]), random.randint(10, 900) / 10, random.randint(10, 900) / 10]
            for n, name in enumerate(INDICATORS, 1)
        ],
    ]


def footnote_with_the_municipality(random: Random) -> Rows:
    said = random.choice(
        [
            "Kilde: Drammen kommune, Engene 1, 3008 Drammen. Tlf. 32 04 00 00",
            "Spørsmål: kommunepost@drammen.kommune.no",
            "Drammen kommune, Postboks 7500, 3008 Drammen, org.nr. 921 234 554",
            "Henvendelser til statistikk@drammen.kommune.no eller 32 04 00 00",
        ]
    )
    return [*counts_table(random), [], [said]]


def footnote_with_a_consultant(random: Random) -> Rows:
    said = random.choice(
        [
            "Utarbeidet av Rambøll, post@ramboll.no",
            "Analyse: Oslo Economics, analyse@osloeconomics.no, tlf. 21 99 28 00",
            "Spørsmål kan rettes til prosjektleder i Agenda Kaupang (kari.hansen@agendakaupang.no)",
        ]
    )
    return [*by_area_and_year(random, DISTRICTS), [said]]


def statistics_norway_export(random: Random) -> File:
    years = [str(year) for year in range(2015, 2026)]
    rows: Rows = [
        ["07459: Befolkning, etter region, statistikkvariabel og år"],
        [],
        ["region", *[f"Personer {year}" for year in years]],
        *[[f"{code} {name}", *[random.randint(5000, 90000) for _ in years]] for code, name in MUNICIPALITIES],
    ]
    return text_file(random, rows, ";")


def statistics_norway_workbook(random: Random) -> File:
    years = [str(year) for year in range(2015, 2026)]
    rows: Rows = [
        ["06265: Boliger, etter region, bygningstype, statistikkvariabel og år"],
        [],
        [None, None, *years],
        *[[f"{code} {name}", "Enebolig", *[random.randint(500, 9000) for _ in years]] for code, name in MUNICIPALITIES],
        [],
        ["Boliger:"],
        ["Statistikken omfatter bebodde og ubebodde boliger."],
        [],
        ["Sist endret:"],
        ["20250312 08:00"],
        ["Kilde:"],
        ["Statistisk sentralbyrå"],
        ["Kontakt:"],
        ["Anne Hansen, Statistisk sentralbyrå"],
        ["+47 40 90 23 44"],
        ["aha@ssb.no"],
        ["Copyright"],
        ["Målemetode:"],
        ["Referansetid: 01.01."],
    ]
    return xlsx_file({"06265": rows})


def public_health_export(random: Random) -> File:
    rows: Rows = [
        ["Geografi", "År", "Kjønn", "Alder", "Måltall: antall", "Måltall: andel (prosent)"],
        *[
            [
                name,
                f"{year}-{year + 2}",
                "kjønn samlet",
                "0-17 år",
                random.randint(5, 900),
                random.randint(10, 300) / 10,
            ]
            for _, name in MUNICIPALITIES
            for year in range(2015, 2023)
        ],
    ]
    return text_file(random, rows, ";")


def nav_export(random: Random) -> File:
    rows: Rows = [
        [
            "Nivå",
            "Geografisk enhet",
            "Arbeidsmarkedsstatus",
            "Kjønn",
            "Antall personer",
            "Andel av arbeidsstyrken",
            "Dato",
        ],
        *[
            [
                "Kommune",
                name,
                "Helt ledige",
                sex,
                random.randint(4, 2000),
                random.randint(1, 60) / 1000,
                f"2024-{month:02}-01",
            ]
            for _, name in MUNICIPALITIES
            for month in (1, 2, 3)
            for sex in ("Begge kjønn", "Menn", "Kvinner")
        ],
    ]
    return text_file(random, rows, ",")


def directorate_of_education_export(random: Random) -> File:
    rows: Rows = [
        [
            "EnhetNivaa",
            "EnhetNavn",
            "Organisasjonsnummer",
            "TrinnKode",
            "KjoennKode",
            "SpoersmaalId",
            "AntallBesvart",
            "Andel",
        ],
        *[
            [
                3,
                school,
                organisation_number(random),
                10,
                sex,
                random.randint(100, 400),
                random.choice([random.randint(20, 90), "*"]),
                random.randint(10, 999) / 10,
            ]
            for school in SCHOOLS
            for sex in ("G", "J", "A")
        ],
    ]
    return text_file(random, rows, ";")


def integration_directorate_export(random: Random) -> File:
    rows: Rows = [
        ["kommunenr", "kommune", "kjonn", "innvandringskategori", "ar", "antall", "andel"],
        *[
            [code, name, "Begge", "Innvandrere", 2020 + n % 5, random.randint(20, 3000), random.randint(50, 800) / 10]
            for n, (code, name) in enumerate(MUNICIPALITIES * 4)
        ],
    ]
    return text_file(random, rows, ",")


def px_with_a_contact(random: Random) -> File:
    axes = {
        "region": [name for _, name in MUNICIPALITIES],
        "kjønn": ["Menn", "Kvinner"],
        "år": ["2022", "2023", "2024"],
    }
    who = f"{random.choice(GIVEN)} {random.choice(FAMILY)}"
    phone = f"+47 40 90 {random.randint(10, 99)} {random.randint(10, 99)}"
    words = f'CONTACT="{who}, Statistisk sentralbyrå# {phone}#kon@ssb.no##";\r\nLAST-UPDATED="20250312 08:00";'
    return px_file("Personer etter region, kjønn og år", axes, [random.randint(10, 90000) for _ in range(60)], words)


def json_stat_with_a_contact(random: Random) -> File:
    who = f"{random.choice(GIVEN)} {random.choice(FAMILY)}"
    contact = [
        {
            "name": who,
            "phone": f"40 90 {random.randint(10, 99)} {random.randint(10, 99)}",
            "mail": "kon@ssb.no",
            "raw": f"{who}, Statistisk sentralbyrå#kon@ssb.no",
        }
    ]
    return json_stat(
        "Personer",
        {"region": DISTRICTS, "år": ["2023", "2024"]},
        [random.randint(10, 9000) for _ in range(18)],
        extension={"contact": contact},
        updated="2025-03-12T07:00:00Z",
    )


def tracts_on_a_map(random: Random) -> File:
    return geo_json(
        [
            {"delomradenummer": f"3301{n:04}", "delomradenavn": area, "kommunenummer": "3301"}
            for n, area in enumerate(TRACTS)
        ],
        random,
    )


def accounts_of_a_municipality(random: Random) -> Rows:
    return [
        ["Ansvar", "Ansvar (T)", "Art", "Art (T)", "Regnskap 2024", "Budsjett 2024"],
        *[
            [
                random.randint(10000, 99999),
                random.choice(["NAV Drammen", "Fjell skole", "Kultur"]),
                random.randint(10100, 19900),
                random.choice(["Fastlønn", "Vikarer", "Kjøp fra private"]),
                random.randint(-(10**9), 10**9),
                random.randint(-(10**9), 10**9),
            ]
            for _ in range(30)
        ],
    ]


def property_numbers(random: Random) -> Rows:
    return [
        ["Gnr", "Bnr", "Fnr", "Snr", "Bruksareal", "Bygningstype"],
        *[
            [
                random.randint(1, 130),
                random.randint(1, 900),
                0,
                random.randint(0, 40),
                random.randint(20, 400),
                random.choice(["111 Enebolig", "146 Boligblokk"]),
            ]
            for _ in range(30)
        ],
    ]


def traffic_by_hour(random: Random) -> Rows:
    return [
        ["Trafikkregistreringspunkt", "Navn på punkt", "Fra", "Volum"],
        *[
            [
                f"{random.randint(10000, 99999)}V{random.randint(100000, 999999)}",
                random.choice(["Strømsøbrua", "Bjørnstjerne Bjørnsons gate", "Holmenbrua"]),
                f"2024-05-{n % 28 + 1:02}T{n % 24:02}:00+02:00",
                random.randint(10, 2000),
            ]
            for n in range(48)
        ],
    ]


def bus_stops(random: Random) -> Rows:
    return [
        ["stop_id", "stop_name", "stop_lat", "stop_lon", "boardings"],
        *[
            [
                f"NSR:StopPlace:{random.randint(10000, 60000)}",
                random.choice(["Strømsø torg", "Fjell senter", "Hans Kiærs gate", "Tordenskiolds gate"]),
                59.7 + random.random() / 10,
                10.2 + random.random() / 10,
                random.randint(5, 900),
            ]
            for _ in range(30)
        ],
    ]


def streets_and_accidents(random: Random) -> Rows:
    streets = [
        "Konggata",
        "Tollbugata",
        "Hans Hansens vei",
        "Tordenskiolds gate",
        "Bjørnstjerne Bjørnsons gate",
        "Betzy Kjelsbergs vei",
        "Ole Steens gate",
    ]
    return [
        ["Vei", "Ulykker", "Lettere skadd", "Hardt skadd", "Siste ulykke"],
        *[
            [street, random.randint(0, 9), random.randint(0, 9), random.randint(0, 3), day(random)]
            for street in streets
        ],
    ]


def air_quality(random: Random) -> Rows:
    return [
        ["Tid", "Stasjon", "PM2.5", "PM10", "NO2"],
        *[
            [
                f"{1 + n // 24:02}.01.2024 {n % 24:02}:00",
                "Bangeløkka",
                random.randint(10, 400) / 10,
                random.randint(10, 900) / 10,
                random.randint(10, 900) / 10,
            ]
            for n in range(72)
        ],
    ]


def amounts_of_eleven_digits(random: Random) -> Rows:
    return [
        ["Kommune", "Netto lånegjeld (kr)", "Skatt (kr)"],
        *[[name, random.randint(32 * 10**9, 99 * 10**9), random.randint(10**8, 10**9)] for _, name in MUNICIPALITIES],
    ]


def firms_named_after_people(random: Random) -> Rows:
    return [
        ["Leverandør", "Org.nr.", "Fakturert 2024"],
        *[
            [
                f"{random.choice(['Rørlegger', 'Maler', 'Byggmester', 'Elektriker'])} {random.choice(FAMILY)} AS",
                organisation_number(random),
                random.randint(1000, 900000),
            ]
            for _ in range(20)
        ],
    ]


def workbook_with_an_author(random: Random) -> File:
    who = f"{random.choice(GIVEN)} {random.choice(FAMILY)}"
    return xlsx_file(
        {"Data": counts_table(random)},
        lambda book, _: book.set_properties({"author": who, "company": "Drammen kommune"}),
    )


def document_with_an_author(random: Random) -> File:
    who = f"{random.choice(GIVEN)} {random.choice(FAMILY)}"
    return ods_file(
        {"Data": counts_table(random)},
        meta=f"<meta:initial-creator>{who}</meta:initial-creator><dc:creator>{who}</dc:creator><dc:date>2025-03-12T10:11:12</dc:date>",
    )


def classification_export(random: Random) -> File:
    rows: Rows = [
        ["code", "parentCode", "level", "name", "shortName", "notes"],
        *[[f"3301{n:04}", "3301", 2, name, "", ""] for n, name in enumerate(TRACTS)],
    ]
    return text_file(random, rows, ";")


def old_workbook_with_two_sheets(random: Random) -> File:
    return xls_file({"Tabell 1": by_area_and_year(random, DISTRICTS), "Tabell 2": by_area_and_year(random, TRACTS)})


def comments_on_method(random: Random) -> File:
    said = random.choice(
        [
            "Definisjonen er endret fra 2021, se ssb.no",
            "Foreløpige tall pr. 01.10.2024",
            "Brudd i serien: ny kretsinndeling 2020",
        ]
    )
    return xlsx_file(
        {"T": counts_table(random)},
        lambda _, made: made["T"].write_comment("D3", said, {"author": "Statistikkseksjonen"}),
    )
