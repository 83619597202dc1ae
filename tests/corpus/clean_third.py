"""Clean tables of the third corpus: what municipalities, agencies and associations publish or send about areas.

Every public function is a template: a chance in, a table or file out. Nothing in them is about a person in particular;
much of it looks as if it were: places called by persons, numbers of cases, days, firms, those who made a table.
"""

from collections.abc import Callable
from random import Random

from tests.corpus.files import (
    Cell,
    File,
    Rows,
    geo_json,
    json_stat,
    ods_file,
    px_file,
    text_file,
    with_pivot_cache,
    xlsx_file,
)
from tests.corpus.people import organisation_number
from tests.corpus.people_third import COUNTRIES, FAMILY, GIVEN, STREETS, some_day, table
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
)

_FIRMS = [
    "Berg & Lund AS",
    "Brødrene Hansen Rør AS",
    "Olsen Elektro",
    "Drammen Taxi SA",
    "Marit Lunde Frisør ENK",
    "Pizza Roma",
    "Nguyen Sushi AS",
    "Union Brygge Drift AS",
    "Skoglund Bygg AS",
    "Kiwi Strømsø",
    "Thai House",
    "Steen & Strøm ASA",
]


def _rows(random: Random, made: Callable[[], list[Cell]], fewest: int = 8, most: int = 30) -> Rows:
    return [made() for _ in range(random.randint(fewest, most))]


def _address(random: Random) -> str:
    return f"{random.choice(STREETS)} {random.randint(1, 90)}"


# ---- statistics


def population_of_units_by_age(random: Random) -> Rows:
    ages = ["0-5", "6-15", "16-19", "20-66", "67-79", "80+"]
    return table(
        ["Grunnkrets", "Navn", *ages],
        [[f"3301{random.randint(101, 999):04}", name, *[random.randint(0, 300) for _ in ages]] for name in UNITS],
    )


def key_figures_of_accounts(random: Random) -> Rows:
    shown = ["Netto driftsutgifter per innbygger (kr)", "Andel barn 1-5 år i barnehage (prosent)", "Årsverk per 10 000"]
    return table(
        ["Nøkkeltall", "Enhet", "2021", "2022", "2023", "2024"],
        [[name, "3301 Drammen", *[round(random.random() * 9000, 1) for _ in range(4)]] for name in shown],
    )


def income_by_sex_and_age(random: Random) -> Rows:
    return table(
        ["Kjønn", "Alder", "Median inntekt", "Gjennomsnitt"],
        [
            [sex, f"{age} år", random.randint(200, 600) * 1000, random.randint(200, 650) * 1000]
            for sex in ("Menn", "Kvinner")
            for age in range(17, 75)
        ],
    )


def long_table_by_sex_and_single_year(random: Random) -> Rows:
    return table(
        ["bydel", "kjonn", "alder", "verdi"],
        [[d, k, a, random.randint(0, 90)] for d in DISTRICTS[:3] for k in (1, 2) for a in range(0, 100, 3)],
    )


def cohorts_by_education(random: Random) -> Rows:
    return table(
        ["Fødselsår", "Grunnskole", "Videregående", "Universitet/høgskole"],
        [[year, *[random.randint(5, 200) for _ in range(3)]] for year in range(1950, 2001)],
    )


def vaccination_by_cohort(random: Random) -> Rows:
    return table(
        ["Født", "Vaksine", "Dekning 2 år (%)", "Dekning 16 år (%)"],
        [
            [year, v, round(90 + random.random() * 8, 1), round(88 + random.random() * 9, 1)]
            for year in range(2005, 2012)
            for v in ("MMR", "Polio", "HPV")
        ],
    )


def births_and_deaths_by_month(random: Random) -> Rows:
    return table(
        ["Måned", "Fødte", "Døde", "Innflyttede", "Utflyttede"],
        [
            [f"{year}M{month:02}", *[random.randint(2, 40) for _ in range(4)]]
            for year in (2023, 2024)
            for month in range(1, 13)
        ],
    )


def newly_settled_by_country(random: Random) -> Rows:
    return table(
        ["Landbakgrunn", "Kjønn", "Personer 2023", "Personer 2024"],
        [[c, k, random.randint(3, 90), random.randint(3, 90)] for c in COUNTRIES for k in ("Menn", "Kvinner")],
    )


def households_by_kind(random: Random) -> Rows:
    kinds = [
        "Mor med barn 0-5 år",
        "Far med barn 0-5 år",
        "Par uten barn",
        "Aleneboende",
        "Par med barn",
        "Flerfamilie",
    ]
    return table(
        ["Husholdning", *DISTRICTS[:5]], [[kind, *[random.randint(10, 900) for _ in range(5)]] for kind in kinds]
    )


def popular_first_names(random: Random) -> Rows:
    return table(
        ["Plassering", "Guttenavn", "Antall", "Jentenavn", "Antall"],
        [
            [n, random.choice(GIVEN), random.randint(5, 40), random.choice(GIVEN), random.randint(5, 40)]
            for n in range(1, 21)
        ],
    )


def answers_of_a_survey_by_school(random: Random) -> Rows:
    questions = ["Trivsel", "Mobbing på skolen", "Støtte fra lærerne", "Mestring", "Elevdemokrati"]
    return table(
        ["Skole", "Trinn", "Antall svar", *questions],
        [
            [s, t, random.randint(20, 90), *[round(3 + random.random() * 2, 1) for _ in questions]]
            for s in SCHOOLS
            for t in (7, 10)
        ],
    )


def answers_of_a_survey_by_sex_and_class(random: Random) -> Rows:
    return table(
        ["Kjønn", "Klassetrinn", "Ensom siste uke", "Fornøyd med livet", "Prøvd hasj", "N"],
        [
            [k, t, *[f"{random.randint(3, 90)} %" for _ in range(3)], random.randint(60, 400)]
            for k in ("Gutter", "Jenter")
            for t in ("8. trinn", "9. trinn", "10. trinn", "Vg1")
        ],
    )


def answers_by_question_coded(random: Random) -> Rows:
    return table(
        ["spm", "svar", "n", "pst"],
        [
            [f"sp{q}", a, random.randint(5, 300), round(random.random() * 60, 1)]
            for q in range(1, 15)
            for a in range(1, 6)
        ],
    )


def sick_leave_by_sector(random: Random) -> Rows:
    sectors = ["Oppvekst", "Helse og omsorg", "Teknisk", "Stab", "Kultur", "Sykehjem Nord", "Hjemmetjenesten Strømsø"]
    return table(
        ["Virksomhet", "Ansatte", "Legemeldt", "Egenmeldt", "Tapte dagsverk"],
        [
            [
                s,
                random.randint(20, 600),
                round(random.random() * 9, 1),
                round(random.random() * 3, 1),
                random.randint(50, 9000),
            ]
            for s in sectors
        ],
    )


def hidden_counts(random: Random) -> Rows:
    return table(
        ["Bydel", "Mottakere under 25", "Mottakere 25-49", "Mottakere i alt"],
        [
            [d, random.choice([":", "<5", 7, 12]), random.choice([":", 9, 31]), random.randint(10, 60)]
            for d in DISTRICTS
        ],
    )


def health_profile(random: Random) -> Rows:
    return table(
        ["Nr", "Indikator", "Kommune", "Fylke", "Norge", "Enhet", "Periode"],
        [
            [n, name, *[round(random.random() * 30, 1) for _ in range(3)], "prosent", "2020-2024"]
            for n, name in enumerate(INDICATORS, 1)
        ],
    )


def projection_by_single_year(random: Random) -> Rows:
    return table(
        ["Alder", *map(str, range(2025, 2035))],
        [[age, *[random.randint(40, 120) for _ in range(10)]] for age in range(100)],
    )


def waiting_times(random: Random) -> Rows:
    return table(
        ["Tjeneste", "Søknader", "Innvilget", "Avslag", "Median ventetid (dager)"],
        [
            [s, random.randint(5, 90), random.randint(5, 60), random.randint(0, 20), random.randint(4, 200)]
            for s in ("Støttekontakt", "BPA", "Omsorgsbolig", "Avlastning", "Kommunal bolig")
        ],
    )


def votes_by_tract(random: Random) -> Rows:
    return table(
        ["Krets", "Ap", "H", "FrP", "SV", "MDG", "Blanke", "Manntall"],
        [
            [t, *[random.randint(0, 400) for _ in range(6)], random.randint(900, 3000)]
            for t in random.sample(TRACTS, 12)
        ],
    )


def areas_called_as_families(random: Random) -> Rows:
    names = random.sample([*FAMILY, *TRACTS], 16)
    return table(
        ["Krets", "Bosatte", "Sysselsatte"], [[n, random.randint(50, 900), random.randint(20, 500)] for n in names]
    )


# ---- plans, money, cases


def budget_by_account(random: Random) -> Rows:
    return table(
        ["Ansvar", "Funksjon", "Art", "Tekst", "Budsjett", "Regnskap", "Avvik"],
        _rows(
            random,
            lambda: [
                random.randint(10000, 99999),
                random.choice([202, 222, 254]),
                random.randint(10100, 18990),
                random.choice(["Fastlønn", "Inventar", "Refusjoner"]),
                (a := random.randint(10**4, 10**8)),
                a - random.randint(-9000, 9000),
                random.randint(-9000, 9000),
            ],
        ),
    )


def investments(random: Random) -> Rows:
    return table(
        ["Prosjektnr", "Prosjekt", "Ansvarlig", "Vedtatt", "Ramme", "Ferdig"],
        _rows(
            random,
            lambda: [
                f"P{random.randint(1000, 9999)}",
                f"Rehabilitering {random.choice(SCHOOLS)}",
                random.choice(["Drammen Eiendom KF", "Vei og park"]),
                some_day(random),
                random.randint(1, 90) * 10**6,
                "2027",
            ],
            8,
            20,
        ),
    )


def action_plan(random: Random) -> Rows:
    return table(
        ["Nr.", "Tiltak", "Mål", "Ansvarlig enhet", "Frist", "Status"],
        _rows(
            random,
            lambda: [
                f"{random.randint(1, 4)}.{random.randint(1, 9)}",
                random.choice(["Leksehjelp på Fjell", "Gatetun", "Foreldreveiledning", "Flere frivillige"]),
                random.choice(["Flere barn deltar", "Tryggere nærmiljø"]),
                random.choice(["NAV Drammen", "Kultur", "Helsestasjonen"]),
                some_day(random),
                random.choice(["Pågår", "Ferdig"]),
            ],
            6,
            20,
        ),
    )


def grants_to_associations(random: Random) -> Rows:
    return table(
        ["Saksnr", "Søker", "Org.nr", "Tiltak", "Søkt", "Innvilget", "Vedtaksdato"],
        _rows(
            random,
            lambda: [
                f"2025/{random.randint(1000, 29999)}",
                random.choice(ASSOCIATIONS),
                organisation_number(random),
                random.choice(["Åpen hall", "Sommerleir", "Språkkafé"]),
                random.randint(10, 400) * 1000,
                random.randint(0, 300) * 1000,
                some_day(random),
            ],
        ),
    )


def grants_with_the_associations_contact(random: Random) -> Rows:
    return table(
        ["Mottaker", "Organisasjonsnummer", "Postadresse", "E-post", "Beløp"],
        _rows(
            random,
            lambda: [
                name := random.choice(ASSOCIATIONS),
                organisation_number(random),
                f"Postboks {random.randint(10, 900)}",
                f"post@{name.split()[-1].lower().translate(str.maketrans('æøå', 'aoa'))}.no",
                random.randint(5, 90) * 1000,
            ],
        ),
    )


def invoices_of_suppliers(random: Random) -> Rows:
    return table(
        ["Leverandør", "Fakturanr", "Fakturadato", "Beløp", "Konto"],
        _rows(
            random,
            lambda: [
                random.choice(_FIRMS),
                random.randint(10**5, 10**8),
                some_day(random),
                round(random.random() * 90000, 2),
                random.randint(10100, 12990),
            ],
        ),
    )


def contracts(random: Random) -> Rows:
    return table(
        ["Avtale", "Leverandør", "Org.nr.", "Start", "Utløp", "Opsjon"],
        _rows(
            random,
            lambda: [
                random.choice(["Renhold", "Matvarer", "Tolketjenester"]),
                random.choice(_FIRMS),
                organisation_number(random),
                some_day(random, 2022, 2023),
                some_day(random, 2026, 2027),
                "1+1 år",
            ],
            8,
            15,
        ),
    )


def zoning_cases(random: Random) -> Rows:
    return table(
        ["Saksnummer", "Plannavn", "PlanID", "Vedtatt", "Areal (daa)"],
        _rows(
            random,
            lambda: [
                f"{random.randint(20, 25)}/{random.randint(100, 99999)}",
                f"Detaljregulering {random.choice(UNITS)}",
                f"3301-{random.randint(100, 999)}",
                some_day(random, 2008),
                round(random.random() * 80, 1),
            ],
            10,
            25,
        ),
    )


def rounds_of_a_council(random: Random) -> Rows:
    return table(
        ["Dato", "Utvalg", "Sted", "Antall saker"],
        _rows(
            random,
            lambda: [
                some_day(random),
                random.choice(["Formannskapet", "Barnas kommunestyre", "Bydelsutvalg Strømsø"]),
                random.choice(["Rådhuset", "Globusen", "Fjell skole"]),
                random.randint(3, 20),
            ],
        ),
    )


def events_with_participants(random: Random) -> Rows:
    return table(
        ["Aktivitet", "Arrangør", "Dato", "Deltakere", "Frivillige"],
        _rows(
            random,
            lambda: [
                random.choice(["Sommerklubb", "Matkurs", "Språkkafé"]),
                random.choice(ASSOCIATIONS),
                some_day(random),
                random.randint(4, 90),
                random.randint(1, 12),
            ],
        ),
    )


def courses(random: Random) -> Rows:
    return table(
        ["Kurs", "Oppstart", "Påmeldte", "Fullført", "Andel kvinner"],
        _rows(
            random,
            lambda: [
                random.choice(["Norsk A2", "ICDP", "Truckførerkurs"]),
                some_day(random),
                random.randint(8, 30),
                random.randint(4, 25),
                f"{random.randint(10, 90)} %",
            ],
            6,
            15,
        ),
    )


def deviations_by_unit(random: Random) -> Rows:
    return table(
        ["Løpenr", "Enhet", "Type avvik", "Meldt", "Lukket", "Alvorlighet"],
        [
            [
                n,
                random.choice(SCHOOLS),
                random.choice(["HMS", "Brann", "Inneklima"]),
                some_day(random, 2023, 2024),
                some_day(random, 2025),
                random.choice(["lav", "middels"]),
            ]
            for n in range(1, random.randint(15, 40))
        ],
    )


# ---- firms, buildings, places


def inspections_of_restaurants(random: Random) -> Rows:
    return table(
        ["Navn", "Adresse", "Postnr", "Poststed", "Org.nr", "Dato", "Karakter"],
        _rows(
            random,
            lambda: [
                random.choice(_FIRMS),
                _address(random),
                "3044",
                "DRAMMEN",
                organisation_number(random),
                some_day(random),
                random.randint(0, 3),
            ],
        ),
    )


def licences_to_serve(random: Random) -> Rows:
    return table(
        ["Skjenkested", "Gateadresse", "Gruppe", "Omsetning liter øl"],
        _rows(
            random,
            lambda: [random.choice(_FIRMS), _address(random), random.choice(["1", "1-3"]), random.randint(100, 90000)],
            8,
            20,
        ),
    )


def kindergartens_with_contacts(random: Random) -> Rows:
    return table(
        ["Barnehage", "Adresse", "Telefon", "E-post", "Plasser", "Eier"],
        [
            [
                k,
                _address(random),
                f"32 {random.randint(10, 99)} {random.randint(10, 99)} {random.randint(10, 99)}",
                f"{k.split()[0].lower()}@drammen.kommune.no",
                random.randint(20, 120),
                random.choice(["Kommunal", "Privat"]),
            ]
            for k in KINDERGARTENS
        ],
    )


def units_of_the_enterprise_register(random: Random) -> Rows:
    return table(
        [
            "Organisasjonsnummer",
            "Navn",
            "Organisasjonsform",
            "Næringskode",
            "Forretningsadresse",
            "Antall ansatte",
            "Registrert",
        ],
        _rows(
            random,
            lambda: [
                organisation_number(random),
                random.choice(_FIRMS).upper(),
                random.choice(["AS", "ENK", "FLI"]),
                f"{random.randint(10, 96)}.{random.randint(100, 999)}",
                _address(random),
                random.randint(0, 60),
                some_day(random, 2000),
            ],
        ),
    )


def properties(random: Random) -> Rows:
    return table(
        ["Knr", "Gnr", "Bnr", "Fnr", "Snr", "Areal", "Bruksenheter"],
        _rows(
            random,
            lambda: [
                3301,
                random.randint(1, 130),
                random.randint(1, 2000),
                0,
                random.randint(0, 40),
                random.randint(300, 2500),
                random.randint(1, 60),
            ],
        ),
    )


def municipal_buildings(random: Random) -> Rows:
    return table(
        ["Bygningsnr", "Bygg", "Adresse", "BTA", "Byggeår"],
        _rows(
            random,
            lambda: [
                random.randint(15 * 10**7, 30 * 10**7),
                random.choice([*SCHOOLS, *KINDERGARTENS]),
                _address(random),
                random.randint(200, 9000),
                random.randint(1890, 2024),
            ],
            10,
            20,
        ),
    )


def sales_of_homes(random: Random) -> Rows:
    return table(
        ["Tinglyst", "Postnr", "Boligtype", "Kjøpesum", "P-rom"],
        _rows(
            random,
            lambda: [
                some_day(random),
                random.choice(["3044", "3045"]),
                random.choice(["Leilighet", "Rekkehus"]),
                random.randint(15, 90) * 100000,
                random.randint(30, 180),
            ],
            15,
            40,
        ),
    )


def street_register(random: Random) -> Rows:
    return table(
        ["Vegkode", "Vegnavn", "Bydel"], [[random.randint(1000, 90000), s, random.choice(DISTRICTS)] for s in STREETS]
    )


def noise_along_streets(random: Random) -> Rows:
    return table(
        ["Strekning", "ÅDT", "Lden", "Boliger > 65 dB"],
        [
            [
                f"{s} {random.randint(1, 20)}-{random.randint(22, 90)}",
                random.randint(500, 20000),
                random.randint(50, 75),
                random.randint(0, 90),
            ]
            for s in STREETS
        ],
    )


def meters(random: Random) -> Rows:
    return table(
        ["Målepunkt-ID", "Anlegg", "kWh", "Måned"],
        _rows(
            random,
            lambda: [
                f"7070575000{random.randint(10**7, 10**8 - 1)}",
                random.choice(SCHOOLS),
                random.randint(100, 90000),
                "2025-03",
            ],
        ),
    )


def traffic_by_hour(random: Random) -> Rows:
    return table(
        ["Punkt", "Navn", "Fra", "Volum", "Andel tunge"],
        _rows(
            random,
            lambda: [
                f"{random.randint(10000, 99999)}V{random.randint(10**6, 10**7 - 1)}",
                "Holmenbrua øst",
                f"2025-03-{random.randint(1, 28):02}T{random.randint(0, 23):02}:00:00+01:00",
                random.randint(3, 900),
                7.2,
            ],
            20,
            60,
        ),
    )


def bus_stops(random: Random) -> Rows:
    return table(
        ["Holdeplass", "NSR", "Linje", "Påstigende", "Avstigende"],
        _rows(
            random,
            lambda: [
                random.choice(UNITS),
                f"NSR:StopPlace:{random.randint(1000, 60000)}",
                random.randint(1, 200),
                random.randint(0, 900),
                random.randint(0, 900),
            ],
        ),
    )


def coordinates_of_playgrounds(random: Random) -> File:
    names = [
        "Ole Bulls plass",
        "Haralds park",
        "Fjellparken",
        "Marienlyst",
        "Per Sivles vei lekeplass",
        "Sivs løkke",
        "Lund",
    ]
    return geo_json(
        [{"navn": n, "tilstand": random.choice(["god", "middels"]), "sist_tilsyn": "2025-05-12"} for n in names],
        random,
        points=True,
    )


def boundaries_of_tracts(random: Random) -> File:
    return geo_json(
        [{"kretsnr": f"{n:04}", "navn": t, "ansvarlig": "Drammen kommune"} for n, t in enumerate(TRACTS)], random
    )


# ---- what is written about figures


def notes_under_a_table(random: Random) -> Rows:
    notes = [
        "Kilde: Statistisk sentralbyrå, tabell 07459, hentet 03.03.2025",
        "Kontakt: Seksjon for befolkningsstatistikk, tlf. 21 09 00 00, e-post: statistikk@ssb.no",
        "Utarbeidet av Analyseenheten, Drammen kommune, Engene 1, 3008 Drammen",
        f"Spørsmål til tabellen: {random.choice(GIVEN)} {random.choice(FAMILY)}, rådgiver, tlf 32 04 00 00",
    ]
    return [*by_area_and_year(random, DISTRICTS), [], *[[note] for note in random.sample(notes, 3)]]


def heading_with_the_maker(random: Random) -> Rows:
    return [
        [f"Uttrekk 12.03.2025 14:33 av {random.choice(GIVEN)} {random.choice(FAMILY)}, Drammen kommune"],
        [],
        *counts_table(random),
    ]


def workbook_with_a_page_about_it(random: Random) -> File:
    about: Rows = [
        ["Om statistikken"],
        ["Statistikken viser personer 16 år og eldre etter bosted, kjønn og alder per 1. januar."],
        ["Navn på enheter følger SSB. Fødselsdato brukes til å beregne alder. Fødselsnummer er erstattet."],
        ["Kontaktperson", f"{random.choice(GIVEN)} {random.choice(FAMILY)}, analyse@drammen.kommune.no"],
        ["Publisert", some_day(random)],
    ]
    return xlsx_file({"Om": about, "Tall": counts_table(random)})


def workbook_with_an_author(random: Random) -> File:
    author = f"{random.choice(GIVEN)} {random.choice(FAMILY)}"
    return xlsx_file(
        {"Tall": counts_table(random)},
        lambda book, _: book.set_properties({"author": author, "company": "Drammen kommune", "title": "Levekår 2025"}),
    )


def workbook_with_remarks_on_method(random: Random) -> File:
    said = random.choice(
        [
            "Tallet er korrigert 12.03.2025, se brudd i serien fra 2019",
            "Eldre tall fra Hans Nielsen Hauges Minne er ikke med",
            "Gjelder Fjell skole og Galterud skole samlet. To elever er flyttet mellom skolene.",
            "Per 01.01. Endret definisjon, Berg og Lund er slått sammen",
        ]
    )
    return xlsx_file({"Tall": counts_table(random)}, lambda _, sheets: sheets["Tall"].write_comment("D4", said))


def pivot_table_on_areas(random: Random) -> File:
    rows = [
        [d, year, random.choice(["Menn", "Kvinner"]), random.randint(5, 900)]
        for d in DISTRICTS
        for year in (2023, 2024)
    ]
    return with_pivot_cache(xlsx_file({"Tall": counts_table(random)}), ["Bydel", "År", "Kjønn", "Antall"], rows)


def pivot_table_on_accounts(random: Random) -> File:
    rows = [
        [random.randint(10000, 99999), random.choice(_FIRMS), str(some_day(random)), random.randint(10**4, 10**6)]
        for _ in range(30)
    ]
    return with_pivot_cache(xlsx_file({"Tall": counts_table(random)}), ["Konto", "Leverandør", "Dato", "Beløp"], rows)


def sheets_called_by_places(random: Random) -> File:
    places = random.sample([*SCHOOLS, "Berg", "Lund", "Marienlyst", "Fjell", "Danvik", "Solberg"], 5)
    return random.choice([xlsx_file, ods_file])(
        {place: by_area_and_year(random, ["Gutter", "Jenter"]) for place in places}
    )


def list_of_choices_with_areas(random: Random) -> File:
    return xlsx_file(
        {"Tall": counts_table(random)},
        lambda _, sheets: sheets["Tall"].data_validation("G2:G40", {"validate": "list", "source": DISTRICTS}),
    )


def code_book(random: Random) -> Rows:
    kinds = [
        ("kjonn", "Respondentens kjønn", "1=mann, 2=kvinne"),
        ("alder", "Alder ved intervju", "18-99"),
        ("fodselsaar", "Fødselsår", "ÅÅÅÅ"),
        ("bydel", "Bosted", "01-09"),
        ("navn", "Navn på skole", "tekst"),
        ("epost", "Slettet", ""),
        ("inntekt", "Husstandens inntekt", "1-8"),
    ]
    return table(["Variabel", "Beskrivelse", "Verdier"], random.sample(kinds, 6))


def questions_of_a_survey(random: Random) -> Rows:
    return table(
        ["Nr", "Spørsmål", "Svaralternativer"],
        [
            [1, "Hva er ditt kjønn?", "Mann / Kvinne"],
            [2, "Når er du født?", "År"],
            [3, "Hvor bor du?", random.choice(DISTRICTS)],
            [4, "Hvor trygg føler du deg når du går ute alene?", "1-5"],
            [5, "Har du noen å snakke med?", "Ja / Nei"],
        ],
    )


def definitions_of_indicators(random: Random) -> Rows:
    return table(
        ["Nr", "Indikator", "Definisjon", "Kilde", "Oppdatert"],
        [
            [
                f"{random.randint(1, 4)}.{n}",
                name,
                "Personer i alt, bosatt 31.12",
                random.choice(["SSB", "NAV", "FHI"]),
                some_day(random),
            ]
            for n, name in enumerate(INDICATORS, 1)
        ],
    )


def municipalities_with_postal_addresses(random: Random) -> Rows:
    return table(
        ["Kommunenr", "Kommune", "Postadresse", "Telefon", "E-post"],
        [
            [
                code,
                name,
                f"Postboks {random.randint(1, 90)}",
                f"{random.choice([22, 32, 51, 55, 73])} {random.randint(10, 99)} 00 00",
                f"postmottak@{name.split('-')[0].split()[0].lower().replace('ø', 'o')}.kommune.no",
            ]
            for code, name in MUNICIPALITIES
        ],
    )


def cube_with_notes(random: Random) -> File:
    axes = {"region": DISTRICTS, "kjønn": ["Menn", "Kvinner"], "tid": ["2022", "2023", "2024"]}
    values = [random.randint(0, 900) for _ in range(len(DISTRICTS) * 6)]
    note = 'NOTE="Tallene er per 1. januar. Kontakt: Ola Sandvik, SSB, tlf 40 81 13 00, ola.sandvik@ssb.no";'
    if random.random() < 0.5:
        return json_stat("Befolkning", axes, values, updated="2025-02-20T07:00:00Z", note=["Avrundet til nærmeste 3"])
    return px_file("Befolkning", axes, values, note)


def amounts_of_eleven_digits(random: Random) -> Rows:
    return table(
        ["Kommune", "Frie inntekter", "Gjeld"],
        [[name, random.randint(10**9, 4 * 10**10), random.randint(10**9, 5 * 10**10)] for _, name in MUNICIPALITIES],
    )


def semicolon_file_with_codes(random: Random) -> File:
    rows = table(
        ["REGION", "KJONN", "ALDER", "STATUS", "ANTALL"],
        [
            [
                f"3301{random.randint(1, 99):02}",
                random.choice([1, 2]),
                random.choice(["18-24", "25-39"]),
                random.choice("AB"),
                random.randint(0, 50),
            ]
            for _ in range(60)
        ],
    )
    return text_file(random, rows, ";")


def jobs_by_place_of_work(random: Random) -> Rows:
    return table(
        ["Yrke", "Ansatte", "Kvinner (%)", "Snittalder", "Snittlønn"],
        [
            [y, random.randint(5, 400), random.randint(5, 95), random.randint(28, 58), random.randint(380, 800) * 1000]
            for y in ("Lærer", "Sykepleier", "Renholder", "Vaktmester", "Barnevernspedagog", "Rådgiver")
        ],
    )


def schools_with_small_counts(random: Random) -> Rows:
    return table(
        ["Skole", "Elever", "Flerspråklige", "Enkeltvedtak", "Andel gutter"],
        [
            [s, random.randint(150, 700), random.randint(10, 300), random.randint(3, 60), round(random.random(), 2)]
            for s in SCHOOLS
        ],
    )


# ---- words of registers where nobody in particular is meant


def parental_leave_by_parent(random: Random) -> Rows:
    return table(
        ["Kommune", "Mor (dager)", "Far (dager)"],
        [[n, random.randint(150, 250), random.randint(30, 110)] for _, n in MUNICIPALITIES],
    )


def kindergartens_by_owner(random: Random) -> Rows:
    owners = [
        "Drammen kommune",
        "Norlandia Care",
        "Espira Gruppen",
        "Læringsverkstedet AS",
        "Kanvas",
        "Foreldreeid",
        "FUS",
        "Trygge Barnehager",
    ]
    return table(
        ["Barnehage", "Eier", "Plasser"], [[k, random.choice(owners), random.randint(20, 120)] for k in KINDERGARTENS]
    )


def departments_called_by_stories(random: Random) -> Rows:
    names = [
        "Emil",
        "Ronja",
        "Pippi",
        "Ole Brumm",
        "Nemo",
        "Kaptein Sabeltann",
        "Karius",
        "Mikkel Rev",
        "Ludvig",
        "Solan",
    ]
    return table(
        ["Barnehage", "Avdeling", "Barn", "Årsverk"],
        [[random.choice(KINDERGARTENS), n, random.randint(9, 18), 3.5] for n in names],
    )


def loans_of_books(random: Random) -> Rows:
    books = [
        ("Maja Lunde", "Bienes historie"),
        ("Jo Nesbø", "Snømannen"),
        ("Jørn Lier Horst", "Bunnfall"),
        ("Tore Renberg", "Tollak"),
        ("Zeshan Shakar", "Tante Ulrikkes vei"),
        ("Abid Raja", "Min skyld"),
    ]
    return table(["Tittel", "Forfatter", "Utlån"], [[t, a, random.randint(10, 300)] for a, t in books])


def counts_as_words(random: Random) -> Rows:
    return table(
        ["Tilbud", "Deltakere", "Frivillige", "Merknad"],
        _rows(
            random,
            lambda: [
                random.choice(["Leksehjelp", "Matkurs", "Svømming"]),
                f"{random.randint(5, 40)} ({random.randint(1, 20)} jenter)",
                f"ca. {random.randint(2, 12)}",
                random.choice(["", "venteliste", "nytt i 2025"]),
            ],
            10,
            20,
        ),
    )


def teams_as_participants(random: Random) -> Rows:
    return table(
        ["Deltaker", "Lag", "Kamper", "Poeng"],
        [[a, n, 10, random.randint(0, 30)] for n, a in enumerate(ASSOCIATIONS, 1)],
    )


def customers_that_are_units(random: Random) -> Rows:
    units = [
        "Hjemmetjenesten Strømsø",
        "Fjell skole",
        "Brann og redning",
        "Drammen Eiendom KF",
        "Vei og park",
        "Renovasjonsselskapet",
    ]
    return table(
        ["Kunde", "Avtale", "Beløp"], [[u, f"A{random.randint(100, 999)}", random.randint(1000, 900000)] for u in units]
    )


def counts_sorted_by_size(random: Random) -> Rows:
    rows: Rows = [
        [k, a, d, random.randint(3, 90)] for k in ("K", "M") for a in ("18-24", "25-49", "50-66") for d in DISTRICTS[:4]
    ]
    return table(["Kjønn", "Aldersgruppe", "Bydel", "N"], sorted(rows, key=lambda row: -int(str(row[3]))))


def counts_of_few_shuffled(random: Random) -> Rows:
    rows: Rows = [
        [d, k, s, random.randint(3, 90)] for d in DISTRICTS for k in ("Kvinner", "Menn") for s in ("Norge", "Utlandet")
    ]
    random.shuffle(rows)
    return table(["Bydel", "Kjønn", "Landbakgrunn", "Ledige"], rows)


def results_of_a_reading_test(random: Random) -> Rows:
    return table(
        ["Skole", "Kjønn", "Mestringsnivå 1", "Mestringsnivå 2", "Mestringsnivå 3"],
        [
            [s, k, *[f"{random.randint(5, 60)},{random.randint(0, 9)}" for _ in range(3)]]
            for s in SCHOOLS
            for k in ("Gutter", "Jenter")
        ],
    )


def quality_of_water(random: Random) -> Rows:
    return table(
        ["Prøvested", "Dato", "Kl.", "E. coli", "Temp."],
        _rows(
            random,
            lambda: [
                random.choice(["Holmen", "Bragernesstranda", "Mulebåtgata", "Austad"]),
                some_day(random),
                "09:30",
                random.randint(0, 900),
                round(8 + random.random() * 14, 1),
            ],
            12,
            40,
        ),
    )


def titles_of_cases_of_associations(random: Random) -> Rows:
    return table(
        ["Dok.nr", "Tittel", "Journaldato"],
        _rows(
            random,
            lambda: [
                f"25/{random.randint(100, 9999)}",
                f"Søknad om tilskudd - {random.choice(ASSOCIATIONS)}",
                some_day(random),
            ],
            8,
            20,
        ),
    )


def parts_of_the_town_in_couples(random: Random) -> Rows:
    couples = [
        "Berg og Lund",
        "Fjell og Austad",
        "Strømsø/Tangen",
        "Haugen/Hagen",
        "Moen & Lie",
        "Solberg og Strand",
        "Eide/Dahl",
    ]
    return table(
        ["Levekårssone", "Innbyggere", "Lavinntekt (%)"],
        [[c, random.randint(900, 4000), round(random.random() * 30, 1)] for c in couples],
    )


def places_in_other_scripts(random: Random) -> Rows:
    names = [
        ("Ukraina", "Україна"),
        ("Syria", "سوريا"),
        ("Russland", "Россия"),
        ("Iran", "ایران"),
        ("Hellas", "Ελλάδα"),
    ]
    return table(["Land", "På eget språk", "Innvandrere"], [[n, own, random.randint(10, 900)] for n, own in names])


def tenders(random: Random) -> Rows:
    return table(
        ["Kunngjort", "Oppdragsgiver", "Tittel", "Vinner", "Verdi"],
        _rows(
            random,
            lambda: [
                some_day(random),
                "Drammen kommune",
                random.choice(["Skolemøbler", "Vintervedlikehold"]),
                random.choice(_FIRMS),
                random.randint(1, 90) * 10**5,
            ],
            8,
            20,
        ),
    )


def vehicles_by_kind(random: Random) -> Rows:
    return table(
        ["Drivstoff", "Kjøretøy", "Andel"],
        [[d, random.randint(100, 20000), f"{random.randint(1, 60)} %"] for d in ("EL", "Bensin", "Diesel")],
    )


# ---- written after the second measurement: what has a day, an age, a number or an address and is no person


def trees_of_parks(random: Random) -> Rows:
    return table(
        ["Tre-ID", "Art", "Alder", "Høyde", "Park"],
        _rows(
            random,
            lambda: [
                f"T{random.randint(100, 9999)}",
                random.choice(["lind", "eik", "bjørk"]),
                random.randint(5, 140),
                random.randint(3, 30),
                random.choice(["Sommerfrydparken", "Austadparken"]),
            ],
            20,
            50,
        ),
    )


def associations_with_days_of_founding(random: Random) -> Rows:
    return table(
        ["Forening", random.choice(["Stiftet", "Etablert", "Stiftelsesdato"]), "Medlemmer", "Tilskudd"],
        [[a, some_day(random, 1890, 2020), random.randint(12, 900), random.randint(0, 90000)] for a in ASSOCIATIONS],
    )


def protected_buildings(random: Random) -> Rows:
    return table(
        ["Lokalitet", "Adresse", "Fredet", "Byggeår", "Vernetype"],
        [
            [
                f"Gård {n}",
                _address(random),
                some_day(random, 1923, 2020),
                random.randint(1700, 1930),
                "forskriftsfredet",
            ]
            for n in range(1, 20)
        ],
    )


def floods_and_slides(random: Random) -> Rows:
    return table(
        ["Hendelsestype", "Dato", "Sted", "Skadebeløp"],
        _rows(
            random,
            lambda: [
                random.choice(["flom", "jordskred"]),
                some_day(random, 1960, 2024),
                random.choice(TRACTS),
                random.randint(0, 10**7),
            ],
            15,
            40,
        ),
    )


def traffic_accidents(random: Random) -> Rows:
    return table(
        ["Ulykkesdato", "Veg", "Alvorlighet", "Antall lettere skadde", "Fartsgrense"],
        _rows(
            random,
            lambda: [
                some_day(random, 2010, 2024),
                random.choice(["E134", "Rv 282", "Fv 319"]),
                random.choice(["Lettere", "Alvorlig"]),
                random.randint(0, 3),
                random.choice([30, 50, 60]),
            ],
            20,
            60,
        ),
    )


def polling_stations(random: Random) -> Rows:
    return table(
        ["Krets", "Valglokale", "Adresse", "Åpent", "Manntall"],
        [[n, s, _address(random), "09-21", random.randint(900, 3500)] for n, s in enumerate(SCHOOLS, 1)],
    )


def doctors_offices(random: Random) -> Rows:
    names = [
        "Legene på Strømsø",
        "Fjell legesenter",
        "Tangen legekontor",
        "Dr. Hansteins gate legegruppe",
        "Bragernes legesenter",
    ]
    return table(
        ["Legekontor", "Besøksadresse", "Telefon", "Listetak", "Ledige plasser"],
        [
            [
                n,
                _address(random),
                f"32 {random.randint(10, 99)} {random.randint(10, 99)} {random.randint(10, 99)}",
                random.randint(900, 6000),
                random.randint(0, 90),
            ]
            for n in names
        ],
    )


def schools_with_mailboxes(random: Random) -> Rows:
    return table(
        ["Skole", "Adresse", "E-post", "Sentralbord", "Elevtall"],
        [
            [
                s,
                _address(random),
                f"{s.split()[0].lower().replace('ø', 'o')}.skole@drammen.kommune.no",
                "32 04 00 00",
                random.randint(200, 700),
            ]
            for s in SCHOOLS
        ],
    )


def vacancies(random: Random) -> Rows:
    return table(
        ["Stilling", "Enhet", "Søknadsfrist", "Antall søkere", "Utdanning"],
        _rows(
            random,
            lambda: [
                random.choice(["Lærer", "Sykepleier"]),
                random.choice(SCHOOLS),
                some_day(random),
                random.randint(0, 40),
                "bachelor",
            ],
            12,
            30,
        ),
    )


def wages_by_occupation(random: Random) -> Rows:
    occupations = [
        "Allmennlegespesialister",
        "Grunnskolelærere",
        "Barnehagelærere",
        "Sykepleiere",
        "Vaktmestere",
        "Kokker",
        "Renholdere",
        "Rådgivere",
        "Ingeniører",
        "Bussjåfører",
        "Tømrere",
        "Frisører",
    ]
    return table(
        ["Yrkeskode", "Yrke", "Kjønn", "Månedslønn", "Overtid"],
        [
            [2000 + 11 * n, o, k, random.randint(32000, 90000), random.randint(0, 2000)]
            for n, o in enumerate(occupations)
            for k in ("Menn", "Kvinner")
        ],
    )


def bookings_of_halls(random: Random) -> Rows:
    return table(
        ["Hall", "Leietaker", "Ukedag", "Fra", "Til"],
        _rows(
            random,
            lambda: [
                "Fjellhallen",
                random.choice(ASSOCIATIONS),
                random.choice(["mandag", "tirsdag"]),
                "17:00",
                "19:00",
            ],
            12,
            30,
        ),
    )


def customers_of_water_by_number(random: Random) -> Rows:
    return table(
        ["Anleggsnr", "Sone", "Forbruk m3", "Avlest"],
        _rows(
            random,
            lambda: [
                random.randint(10**7, 10**8 - 1),
                random.choice(DISTRICTS),
                random.randint(40, 400),
                some_day(random, 2024, 2024),
            ],
            15,
            40,
        ),
    )


def comment_with_its_author(random: Random) -> File:
    author = f"{random.choice(GIVEN)} {random.choice(FAMILY)}"
    said = random.choice(
        ["Venter på tall fra NAV for 2024.", "Se e-post fra SSB, endret definisjon.", "Hvorfor er dette så høyt?"]
    )
    return xlsx_file(
        {"Tall": counts_table(random)},
        lambda _, sheets: sheets["Tall"].write_comment("D4", f"{author}:\n{said}", {"author": author}),
    )


def footnote_of_a_consultancy(random: Random) -> Rows:
    name = f"{random.choice(GIVEN)} {random.choice(FAMILY)}"
    note = random.choice(
        [
            f"Rapport utarbeidet av Oslo Economics ved {name}, {name.split()[0].lower()}@osloeconomics.no, 2024",
            f"Kontakt {name} (analysesjef) for spørsmål om metoden, mobil 913 45 678",
            f"Utført av Proba samfunnsanalyse, Øvre Vollgate 11, 0158 Oslo. Prosjektleder: {name}",
            f"© Drammen kommune {random.randint(2020, 2025)}. Ansvarlig: {name}, Engene 1, tlf. 32 04 00 00",
        ]
    )
    return [*by_area_and_year(random, DISTRICTS), [], [note]]


def table_with_its_contacts_above(random: Random) -> Rows:
    name = f"{random.choice(GIVEN)} {random.choice(FAMILY)}"
    return [
        ["Levekår i Drammen 2025"],
        ["Kontaktperson:", name],
        [
            "E-post:",
            f"{name.split()[0].lower()}.{name.split()[-1].lower()}@drammen.kommune.no".translate(
                str.maketrans("æøå", "aoa")
            ),
        ],
        ["Telefon:", "32 04 12 34"],
        ["Sist oppdatert:", some_day(random)],
        [],
        *by_area_and_year(random, DISTRICTS),
    ]


def opening_hours(random: Random) -> Rows:
    return table(
        ["Sted", "Mandag", "Lørdag", "Besøk i 2024"],
        [
            [s, "10-20", "10-15", random.randint(100, 90000)]
            for s in ("Drammensbiblioteket", "Globusen", "Fjell bibliotek", "Neon")
        ],
    )


def projects_with_owners(random: Random) -> Rows:
    return table(
        ["Prosjekt", "Eier", "Start", "Slutt", "Budsjett"],
        _rows(
            random,
            lambda: [
                f"Strømsø 2030: {random.choice(['Gatetun', 'Møteplass', 'Jobbsjansen'])}",
                random.choice(["NAV", "Kultur", "Helse"]),
                some_day(random, 2021, 2022),
                some_day(random, 2025, 2026),
                random.randint(1, 90) * 10**5,
            ],
            8,
            15,
        ),
    )


def products_by_number(random: Random) -> Rows:
    return table(
        ["Varenr", "EAN", "Vare", "Pris"],
        _rows(
            random,
            lambda: [
                random.randint(10**5, 10**6),
                f"70{random.randint(10**10, 10**11 - 1)}",
                random.choice(["Melk", "Brød"]),
                24.9,
            ],
            12,
            30,
        ),
    )
