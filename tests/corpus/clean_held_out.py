"""Clean tables that whoever writes the guard has not seen.

Every public function is a template: a chance in, a table or file out.
"""

from datetime import date
from random import Random

from tests.corpus.files import File, Rows, geo_json, json_stat, ods_file, px_file, xls_file, xlsx_file
from tests.corpus.people import organisation_number
from tests.corpus.words import (
    ASSOCIATIONS,
    COUNTRIES,
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


def population_by_age_group(random: Random) -> Rows:
    ages = ["0-5 år", "6-15 år", "16-19 år", "20-66 år", "67 år og over"]
    return [
        ["Kommunedel", "Kjønn", *ages],
        *[[area, sex, *[random.randint(20, 3000) for _ in ages]] for area in DISTRICTS for sex in ("Mann", "Kvinne")],
    ]


def population_by_year_of_age(random: Random) -> Rows:
    return [
        ["Alder", "Menn", "Kvinner"],
        *[[age, random.randint(0, 90), random.randint(0, 90)] for age in range(106)],
    ]


def removals(random: Random) -> Rows:
    return [
        ["Fra", "Til", "Flyttinger"],
        *[[start, end, random.randint(5, 300)] for start in DISTRICTS for end in DISTRICTS if start != end],
    ]


def reported_crime(random: Random) -> Rows:
    kinds = ["Vold og mishandling", "Tyveri", "Rusmiddellovbrudd", "Skadeverk"]
    return [
        ["Lovbruddstype", *map(str, range(2018, 2025))],
        *[[kind, *[random.randint(5, 800) for _ in range(7)]] for kind in kinds],
    ]


def unemployment_by_month(random: Random) -> Rows:
    return [
        ["Dato", "Område", "Helt ledige", "Prosent"],
        *[
            [date(2024, month, 1), area, random.randint(10, 400), random.randint(5, 60) / 10]
            for month in range(1, 13)
            for area in DISTRICTS[:3]
        ],
    ]


def prices_of_dwellings(random: Random) -> Rows:
    return [
        ["Delområde", "Boligtype", "Kvartal", "Kvm-pris", "Omsetninger"],
        *[
            [area, kind, f"2024K{n % 4 + 1}", random.randint(25000, 70000), random.randint(3, 90)]
            for n, area in enumerate(TRACTS)
            for kind in ("Blokk", "Enebolig")
        ],
    ]


def key_figures_of_municipalities(random: Random) -> Rows:
    return [
        ["Kommunenummer", "Kommune", "Nøkkeltall", "2022", "2023", "2024"],
        *[
            [code, name, "Netto driftsutgifter per innbygger", *[random.randint(1000, 90000) for _ in range(3)]]
            for code, name in MUNICIPALITIES
        ],
    ]


def contribution_of_schools(random: Random) -> Rows:
    return [
        ["Skole", "Skoleår", "Skolebidrag", "95 % KI"],
        *[
            [
                name,
                "2023-24",
                random.randint(-20, 30) / 10,
                f"{random.randint(-40, 0) / 10} - {random.randint(0, 40) / 10}",
            ]
            for name in SCHOOLS
        ],
    ]


def shares_of_a_youth_survey(random: Random) -> Rows:
    asked = ["Er du fornøyd med foreldrene dine?", "Har du minst én fortrolig venn?", "Er du plaget av ensomhet?"]
    return [
        ["Spørsmål", "Svar", "Gutter", "Jenter", "Alle", "N"],
        *[
            [
                said,
                answer,
                random.randint(2, 90),
                random.randint(2, 90),
                random.randint(2, 90),
                random.randint(100, 900),
            ]
            for said in asked
            for answer in ("Ja", "Nei", "Vet ikke")
        ],
    ]


def loans_of_books(random: Random) -> Rows:
    titles = [
        "Peer Gynt",
        "Et dukkehjem",
        "Anne på Bjørkely",
        "Doktor Proktors prompepulver",
        "Kari Trestakk",
        "Ole Lukkøye",
    ]
    return [
        ["ISBN", "Tittel", "Utlån 2024"],
        *[[f"978{random.randint(10**9, 10**10 - 1)}", title, random.randint(1, 400)] for title in titles],
    ]


def events_of_a_library(random: Random) -> Rows:
    return [
        ["Dato", "Arrangement", "Besøk"],
        *[
            [
                day(random, 2024, 2024),
                random.choice(["Språkkafé", "Eventyrstund", "Datahjelp", "Strikkekveld", "Leksehjelp"]),
                random.randint(5, 120),
            ]
            for _ in range(40)
        ],
    ]


def playgrounds(random: Random) -> Rows:
    return [
        ["Navn på lekeplass", "Grunnkrets", "Areal m2", "Siste tilsyn"],
        *[
            [f"{name} lekeplass", f"3301{random.randint(101, 999):04}", random.randint(100, 4000), day(random)]
            for name in UNITS
        ],
    ]


def nursing_homes(random: Random) -> Rows:
    return [
        ["Institusjon", "Plasser", "Korttid", "Ventetid (dager)"],
        *[
            [name, random.randint(10, 90), random.randint(0, 20), random.randint(0, 60)]
            for name in ("Fredholt bo- og servicesenter", "Losjeplassen", "Åskollen", "Schwartz gate", "Hamborgstrøm")
        ],
    ]


def contracts_with_suppliers(random: Random) -> Rows:
    return [
        ["Avtale", "Leverandør", "Org nr", "Doffin-ref", "Fra", "Til"],
        *[
            [
                f"A{n:03}",
                random.choice(["Norsk Gjenvinning AS", "Stena Recycling AS", "Nobina Norge AS", "Adecco Norge AS"]),
                organisation_number(random),
                f"2024-{random.randint(300000, 399999)}",
                day(random, 2020, 2023),
                day(random, 2026, 2030),
            ]
            for n in range(12)
        ],
    ]


def council_cases(random: Random) -> Rows:
    return [
        ["Saksnr", "Utvalg", "Møtedato", "Arkivsak-dok.", "Sak"],
        *[
            [
                f"{n}/24",
                "Formannskapet",
                day(random, 2024, 2024),
                f"23/{random.randint(10000, 59999)}-{random.randint(1, 40)}",
                random.choice(["Områdesatsing Strømsø, status", "Årsbudsjett 2025", "Skolebruksplan"]),
            ]
            for n in range(1, 25)
        ],
    ]


def definitions_on_a_second_sheet(random: Random) -> File:
    said = [
        ["Begrep", "Forklaring"],
        ["Trangbodd", "Færre rom enn personer, eller én person i ett rom"],
        ["Lavinntekt", "Under 60 prosent av medianinntekten"],
        ["Fødselsnummer", "Brukes ikke i statistikken; tallene er aggregert"],
    ]
    return random.choice([xlsx_file, xls_file, ods_file])({"Tall": counts_table(random), "Definisjoner": said})


def two_tables_side_by_side(random: Random) -> Rows:
    left, right = by_area_and_year(random, DISTRICTS), by_area_and_year(random, DISTRICTS)
    return [[*a, None, *b] for a, b in zip(left, right, strict=True)] if len(left) == len(right) else left


def long_table_with_identifiers(random: Random) -> Rows:
    return [
        ["id", "uuid", "region", "variabel", "verdi"],
        *[
            [
                n,
                f"{random.getrandbits(32):08x}-{random.getrandbits(16):04x}-4{random.getrandbits(12):03x}-a{random.getrandbits(12):03x}-{random.getrandbits(48):012x}",
                random.choice(DISTRICTS),
                random.choice(INDICATORS),
                random.randint(1, 900),
            ]
            for n in range(60)
        ],
    ]


def metering_points(random: Random) -> Rows:
    return [
        ["Målepunkt-ID", "Bygg", "kWh 2023", "kWh 2024"],
        *[
            [
                f"7070575000{random.randint(10**7, 10**8 - 1)}",
                random.choice(SCHOOLS),
                random.randint(10000, 900000),
                random.randint(10000, 900000),
            ]
            for _ in range(20)
        ],
    ]


def licences_to_serve(random: Random) -> Rows:
    return [
        ["Bevillingshaver", "Skjenkested", "Adresse", "Bevilling til", "Omsatt liter"],
        *[
            [
                f"{random.choice(['Tollboden', 'Elvebredden', 'Union'])} Drift AS",
                random.choice(["Café Picasso", "Harrys", "Madame Blue"]),
                f"Nedre Storgate {random.randint(1, 40)}",
                day(random, 2026, 2028),
                random.randint(100, 9000),
            ]
            for _ in range(15)
        ],
    ]


def contact_of_a_statistician(random: Random) -> Rows:
    return [
        ["Kontakt: seniorrådgiver i Folkehelseinstituttet, kommunehelsa@fhi.no, tlf. 21 07 70 00"],
        ["Oppdatert 12.03.2025"],
        [],
        *by_area_and_year(random, DISTRICTS),
    ]


def notes_on_a_source(random: Random) -> Rows:
    return [
        *by_area_and_year(random, [name for _, name in MUNICIPALITIES]),
        [],
        ["1) Tall for 2020 er omregnet til ny kommunestruktur (Drammen, Nedre Eiker og Svelvik)."],
        ["2) Kilde: Skatteetaten/Kartverket, uttrekk 15.01.2025 kl 08:00"],
        ["3) : = skjermet, .. = mangler"],
    ]


def by_country_of_birth(random: Random) -> Rows:
    return [
        ["Landbakgrunn", "2022", "2023", "2024"],
        *[[land, *[random.randint(5, 3000) for _ in range(3)]] for land in COUNTRIES],
    ]


def confidence_intervals(random: Random) -> Rows:
    return [
        ["omrade", "periode", "rate", "nedre", "ovre"],
        *[
            [area, f"{year}–{year + 6}", rate := random.randint(700, 860) / 10, rate - 1.3, rate + 1.3]
            for area in DISTRICTS
            for year in range(2010, 2018)
        ],
    ]


def px_without_contact(random: Random) -> File:
    return px_file(
        "Sosialhjelp",
        {"bydel": DISTRICTS, "måned": [f"2024M{month:02}" for month in range(1, 13)]},
        [random.randint(3, 300) for _ in range(108)],
        f'NOTEX="Tall under 4 er skjermet. Kilde: NAV, {random.randint(1, 28):02}.03.2025";',
    )


def json_stat_of_counties(random: Random) -> File:
    return json_stat(
        "Sysselsatte",
        {"Region": [name for _, name in MUNICIPALITIES], "Tid": ["2022", "2023", "2024"]},
        [random.randint(1000, 90000) for _ in range(30)],
        note=["Rundet til nærmeste 5"],
        updated="2025-02-20T08:00:00Z",
    )


def buildings_on_a_map(random: Random) -> File:
    return geo_json(
        [
            {
                "bygningsnummer": random.randint(10**7, 10**9 - 1),
                "type": random.choice(["Skole", "Barnehage", "Idrettshall"]),
                "navn": name,
                "byggeaar": random.randint(1880, 2024),
            }
            for name in SCHOOLS + KINDERGARTENS
        ],
        random,
        points=True,
    )


def zones_on_a_map(random: Random) -> File:
    return geo_json(
        [
            {
                "grunnkretsnummer": f"3301{n:04}",
                "grunnkretsnavn": name,
                "datauttaksdato": "20240102133000",
                "lokalId": f"{random.getrandbits(64):016x}",
            }
            for n, name in enumerate(UNITS)
        ],
        random,
        crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}},
    )


def goals_of_a_plan(random: Random) -> Rows:
    return [
        ["Mål", "Tiltak", "Ansvarlig", "Frist", "Måltall 2030"],
        *[
            [
                f"{n // 3 + 1}.{n % 3 + 1}",
                random.choice(["Flere i arbeid", "Trygge gater", "Bedre skoleresultater"]),
                random.choice(["NAV Drammen", "Virksomhet Kultur", "Oppvekst"]),
                day(random, 2026, 2030),
                random.randint(10, 95),
            ]
            for n in range(15)
        ],
    ]


def attendance_at_clubs(random: Random) -> Rows:
    return [
        ["Fritidsklubb", "Uke", "Gutter", "Jenter"],
        *[
            [name, week, random.randint(3, 60), random.randint(3, 60)]
            for name in ("Neon", "G60", "Fjell fritid")
            for week in range(1, 20)
        ],
    ]


def votes(random: Random) -> Rows:
    return [
        ["Valgkrets", "Ap", "H", "SV", "V", "R", "Blanke"],
        *[[f"{n:04} {name}", *[random.randint(3, 900) for _ in range(6)]] for n, name in enumerate(DISTRICTS, 1)],
    ]


def bank_account_in_a_footnote(random: Random) -> Rows:
    return [
        *by_area_and_year(random, ASSOCIATIONS, "Lag og forening"),
        [],
        ["Tilskudd betales tilbake til Drammen kommune, konto 1503.38.11119"],
    ]


def percentages_with_signs(random: Random) -> Rows:
    return [
        ["Kommunedel", "Endring 2015–2024", "Merknad"],
        *[
            [
                area,
                f"{random.choice('+-')}{random.randint(0, 300) / 10:.1f} %".replace(".", ","),
                random.choice(["", "", "usikkert tall", "n < 5"]),
            ]
            for area in DISTRICTS
        ],
    ]


def times_and_temperatures(random: Random) -> Rows:
    rows: Rows = [["Tidsstempel", "Verdi"]]
    for n in range(60):
        rows.append(
            [
                f"2024{random.randint(1, 12):02}{random.randint(1, 28):02}{n % 24:02}{n % 60:02}",
                random.randint(-200, 300) / 10,
            ]
        )
    return rows


def unix_times(random: Random) -> Rows:
    return [
        ["timestamp", "sensor", "teller"],
        *[
            [1_700_000_000_000 + random.randint(0, 10**10), f"S-{random.randint(1, 9)}", random.randint(0, 90)]
            for _ in range(60)
        ],
    ]


def codes_of_units_through_time(random: Random) -> Rows:
    return [
        ["Kode 2019", "Navn 2019", "Kode 2020", "Navn 2020", "Kode 2024"],
        *[[f"0602{n:04}", name, f"3005{n:04}", name, f"3301{n:04}"] for n, name in enumerate(UNITS, 101)],
    ]


def phones_of_offices(random: Random) -> Rows:
    return [
        ["Kontor", "Telefon", "E-post", "Besøk 2024"],
        *[
            [
                name,
                f"32 04 {random.randint(10, 99)} {random.randint(10, 99)}",
                f"{name.split()[0].lower()}@drammen.kommune.no".replace("ø", "o").replace("å", "a"),
                random.randint(100, 9000),
            ]
            for name in ("Servicetorget", "Boligkontoret", "Helsestasjonen Fjell", "Kulturskolen")
        ],
    ]


def workbook_with_a_link_and_a_chart(random: Random) -> File:
    def more(book: object, made: dict[str, object]) -> None:
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=T!$D$2:$D$9", "name": "Sysselsatte"})
        chart.set_title({"name": "Utvikling på Strømsø 2015-2024"})
        made["T"].insert_chart("H2", chart)
        made["T"].write_url("H1", "https://www.ssb.no/befolkning/folketall", string="Kilde: SSB")
        made["T"].set_header("&LDrammen kommune&R&D")
        book.define_name("tall", "=T!$D$2:$D$9")

    return xlsx_file({"T": counts_table(random)}, more)


def workbook_with_choices(random: Random) -> File:
    held = {"validate": "list", "source": DISTRICTS, "input_title": "Kommunedel", "input_message": "Velg fra listen"}
    return xlsx_file({"T": counts_table(random)}, lambda _, made: made["T"].data_validation("A2:A30", held))
