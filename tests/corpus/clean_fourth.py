"""Clean tables of the fourth corpus: administrative tables of a municipality, in which no private person stands.

Written on 26 November 2026 before the guard was changed by it. Every public function is a template: a chance in, a
table or file out. Much of them looks like data on persons: numbers of cases and projects, days of inspections,
recipients that are associations, footers of offices, schools and streets called after people, counts of children.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from random import Random

from tests.corpus.files import Cell, File, Rows, geo_json, json_stat, ods_file, px_file, text_file, xls_file, xlsx_file
from tests.corpus.people import organisation_number
from tests.corpus.people_third import FAMILY, GIVEN, some_day, table

_SCHOOLS = [
    "Fridtjof Nansen skole",
    "Ole Vig videregående skole",
    "Edvard Munch videregående skole",
    "Christian Krohg skole",
    "Sigurd Hoel skole",
    "Amalie Skram videregående skole",
    "Hans Børli skole",
    "Kong Haakon skole",
    "Sofie Thomassens skole",
    "St. Hallvard videregående skole",
    "Lars Lunde barneskole",
]
_STREETS = [
    "Fridtjof Nansens vei",
    "Amund Helgesens gate",
    "Thomas Fearnleys gate",
    "Betzy Kjelsbergs vei",
    "Peder Sletners plass",
    "Olav Trygvasons gate",
    "Gamle Sørumsvei",
    "Nedre Storgate",
    "Hotvetalleen",
    "Skogerveien",
]
_CLUBS = [
    "Åssiden IF",
    "Drammen Døveforening",
    "Kurdisk kultursenter",
    "Stoppen SK",
    "Drammen Sanitetsforening",
    "4H Skoger",
    "Speiderne Tordenskiold",
    "Drammen og Omegns Turistforening",
    "Mjøndalen Bygdekvinnelag",
    "Kirkens SOS",
    "Senior Norge Drammen",
    "KFUK-KFUM",
    "Mental Helse",
    "Fontenehuset",
]
_FIRMS = [
    "Askeladden Renhold AS",
    "Hansen & Sønn AS",
    "Kari Moe Arkitekter AS",
    "Elektro-Olsen",
    "Ali Baba Grill",
    "Per Aaslid AS",
    "Svein Tore Rør ANS",
    "Maler Nilsen",
    "Rema 1000 Fjell",
    "Advokatfirmaet Thommessen",
    "Johnny's Gatekjøkken",
    "Bakeri Eriksen",
    "Tannlege Wang",
    "Olav Thon Gruppen",
]
_AREAS = ["Fjell", "Strømsø", "Danvik", "Austad", "Konnerud", "Bragernes", "Åssiden", "Gulskogen", "Svelvik", "Skoger"]
_UNITS = [
    "Helsestasjon",
    "Barnevern",
    "PPT",
    "NAV",
    "Hjemmetjeneste",
    "SLT",
    "Frivilligsentral",
    "Kulturskole",
    "Legevakt",
]

Maker = Callable[[], Cell]


def _rows_of(random: Random, columns: Mapping[str, Maker], fewest: int = 10, most: int = 40) -> Rows:
    """Return a header and some rows of these columns."""
    return table(list(columns), [[make() for make in columns.values()] for _ in range(random.randint(fewest, most))])


def _one_of(random: Random, values: Sequence[Cell]) -> Maker:
    return lambda: random.choice(values)


def _number(random: Random, least: int, most: int) -> Maker:
    return lambda: random.randint(least, most)


def _share(random: Random, most: float = 100) -> Maker:
    return lambda: round(random.random() * most, 1)


def _by_area(random: Random, header: Sequence[str], most: int = 400) -> Rows:
    return table(header, [[area, *[random.randint(0, most) for _ in header[1:]]] for area in _AREAS])


def _footed(rows: Rows, *lines: str) -> Rows:
    return [*rows, [], *[[line] for line in lines]]


# ---- numbers of cases, projects, accounts


def cases_of_the_archive(random: Random) -> Rows:
    titles = ["Høring om skolekretser", "Årsmelding 2024", "Plan for oppvekst", "Rullering av økonomiplan"]
    return _rows_of(
        random,
        {
            "Saksnr": lambda: f"{random.randint(22, 25)}/{random.randint(100, 39999)}",
            "Journaldato": lambda: some_day(random),
            "Tittel": _one_of(random, titles),
            "Avsender": _one_of(
                random, ["Statsforvalteren i Buskerud", "KS", "Viken fylkeskommune", "Utdanningsforbundet"]
            ),
            "Enhet": _one_of(random, _UNITS),
        },
    )


def case_times_by_type(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Sakstype": _one_of(random, ["Byggesak", "Parkeringstillatelse", "Barnehageplass", "Skjenkebevilling"]),
            "Saker": _number(random, 1, 300),
            "Median dager": _number(random, 4, 90),
            "Eldste sak": lambda: some_day(random),
        },
    )


def building_permits_without_applicant(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Saksnummer": lambda: f"BYGG-{random.randint(20, 25)}/{random.randint(1, 9999):05}",
            "Gnr": _number(random, 1, 150),
            "Bnr": _number(random, 1, 900),
            "Tiltakstype": _one_of(random, ["Tilbygg", "Garasje", "Enebolig", "Riving"]),
            "Vedtaksdato": lambda: some_day(random, 2015, 2025),
        },
    )


def projects_with_their_leaders_unit(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Prosjektnr.": _number(random, 100000, 999999),
            "Prosjektnavn": lambda: f"{random.choice(['Ny hall', 'Nytt tak', 'Uteområde'])} {random.choice(_SCHOOLS)}",
            "Prosjekteier": _one_of(random, _UNITS),
            "Oppstart": lambda: some_day(random),
            "Totalramme (mill.)": _share(random, 400),
        },
    )


def ledger_lines(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Konto": _number(random, 10000, 19999),
            "Ansvar": _number(random, 100000, 999999),
            "Tjeneste": _number(random, 1000, 3999),
            "Prosjekt": _number(random, 10000000, 99999999),
            "Bilagsnr": _number(random, 4 * 10**7, 5 * 10**7),
            "Bilagsdato": lambda: some_day(random, 2025, 2025),
            "Tekst": _one_of(random, ["Lisens Visma", "Strøm mars", "Faktura renhold", "Vikar uke 12", "Mva"]),
            "Beløp": lambda: round(random.uniform(-20000, 90000), 2),
        },
        20,
        60,
    )


def invoices_with_references(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Fakturanr.": _number(random, 9 * 10**7, 10**8 - 1),
            "KID": lambda: f"{random.randint(10**10, 10**11 - 1)}",
            "Leverandør": _one_of(random, _FIRMS),
            "Orgnr": lambda: organisation_number(random),
            "Forfall": lambda: some_day(random, 2025, 2025),
            "Kr": lambda: random.randint(100, 90000),
        },
        25,
        50,
    )


def framework_agreements(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Avtalenr": lambda: f"{random.randint(2019, 2025)}-{random.randint(1, 400):04}",
            "Område": _one_of(random, ["Vikartjenester", "Brød", "Tolking", "Kontorrekvisita"]),
            "Tilbyder": _one_of(random, _FIRMS),
            "Kontraktsstart": lambda: some_day(random, 2015, 2024),
            "Verdi": _number(random, 100000, 9000000),
        },
    )


def errors_reported_in_streets(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Løpenr": iter(range(1, 99)).__next__,
            "Meldt": lambda: some_day(random),
            "Kategori": _one_of(random, ["Gatelys", "Hull i vei", "Brøyting", "Søppel"]),
            "Sted": _one_of(random, [*_STREETS, *_AREAS]),
            "Status": _one_of(random, ["Lukket", "Åpen"]),
        },
    )


def emergency_calls_by_place(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Oppdragsnr": _number(random, 10**6, 10**7 - 1),
            "Tidspunkt": lambda: f"{some_day(random)} {random.randint(0, 23):02}:{random.randint(0, 59):02}",
            "Type": _one_of(random, ["Bygningsbrann", "Trafikkulykke", "Unødig alarm", "Helseoppdrag"]),
            "Stasjon": _one_of(random, ["Drammen", "Mjøndalen", "Svelvik"]),
            "Minutter": _number(random, 3, 20),
        },
        20,
        50,
    )


def ordinances_numbered(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Nr": iter(range(1, 99)).__next__,
            "Forskrift": _one_of(
                random, ["Om vann- og avløpsgebyr", "Om åpningstider", "Om hundehold", "Om snøskuter"]
            ),
            "Kunngjort": lambda: some_day(random, 1985, 2025),
            "Hjemmel": _one_of(random, ["LOV-1967-02-10", "LOV-2008-06-27-71", "FOR-2004-06-01-931"]),
        },
        12,
        30,
    )


# ---- days: inspections, meetings, opening, building


def inspections_of_food_places(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Tilsynsobjekt": _one_of(random, _FIRMS),
            "Adresse": lambda: f"{random.choice(_STREETS)} {random.randint(1, 90)}",
            "Postnr": _one_of(random, ["3015", "3044", "3050"]),
            "Dato": lambda: some_day(random, 2016, 2025),
            "Karakter": _one_of(random, [0, 1, 2, 3]),
        },
    )


def lifts_and_their_controls(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Heis-ID": _number(random, 10**5, 10**6 - 1),
            "Bygg": _one_of(random, _SCHOOLS),
            "Satt i drift": lambda: some_day(random, 1975, 2024),
            "Siste kontroll": lambda: some_day(random, 2023, 2025),
            "Neste": lambda: some_day(random, 2026, 2027),
        },
    )


def fire_inspections(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Objekt": _one_of(random, [*_SCHOOLS, *_FIRMS]),
            "Dato": lambda: some_day(random, 1998, 2025),
            "Avvik": _number(random, 0, 6),
            "Merknad": _one_of(random, ["", "Rømningsvei sperret", "Manglende øvelse", "OK"]),
        },
        15,
        40,
    )


def water_samples_by_date(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Prøvenr": lambda: f"{random.randint(2019, 2025)}-{random.randint(1000, 9999)}-{random.randint(1, 9)}",
            "Uttaksdato": lambda: some_day(random, 2005, 2025),
            "Sted": _one_of(random, ["Glitre vannverk", "Landfalltjern", "Blektjern", "Krokstad høydebasseng"]),
            "E. coli": _number(random, 0, 40),
            "Turbiditet": _share(random, 3),
        },
        25,
        50,
    )


def ice_dates(random: Random) -> Rows:
    return table(
        ["Vinter", "Isen la seg", "Isen gikk", "Dager"],
        [
            [
                f"{year}/{(year + 1) % 100:02}",
                date(year, 11, random.randint(2, 28)),
                date(year + 1, 4, random.randint(2, 28)),
                150,
            ]
            for year in range(1978, 2025)
        ],
    )


def plans_and_their_days(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Plan-ID": lambda: f"{random.randint(1, 999):03}-{random.randint(100, 999)}",
            "Plannavn": lambda: f"{random.choice(_STREETS)} {random.randint(1, 40)}-{random.randint(41, 90)}",
            "Plantype": _one_of(random, ["Detaljregulering", "Områderegulering", "Eldre reguleringsplan"]),
            "Ikrafttredelse": lambda: some_day(random, 1968, 2025),
            "Daa": _share(random, 90),
        },
    )


def dates_of_quality_in_a_dataset(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Datasett": _one_of(random, ["FKB-Bygning", "Elveg", "AR5", "N50", "Tilgjengelighet"]),
            "Datafangstdato": lambda: some_day(random, 1988, 2025),
            "Nøyaktighet": _number(random, 10, 200),
        },
        20,
        40,
    )


def bridges(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Bru": lambda: f"{random.choice(_AREAS)} bru",
            "Brunr": lambda: f"06-{random.randint(1, 2000):04}",
            "Ferdigstilt": lambda: some_day(random, 1930, 2020),
            "Lengde (m)": _share(random, 300),
        },
    )


def school_calendar(random: Random) -> Rows:
    days = [["Første skoledag", date(2025, 8, 18)], ["Høstferie", "uke 40"], ["Planleggingsdag", date(2025, 11, 14)]]
    return table(
        ["Hva", "Dato", "Merknad"], [[*day, random.choice(["", "SFO åpen", "SFO stengt"])] for day in days * 3]
    )


def exhibitions_and_artists(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Utstilling": _one_of(random, ["Lys og land", "Byen ved elva", "Sommerutstillingen", "Nye verk"]),
            "Kunstner": lambda: f"{random.choice(GIVEN)} {random.choice(FAMILY)}",
            "Periode": lambda: f"{random.randint(1, 20)}.3-{random.randint(1, 28)}.4.2025",
            "Besøk": _number(random, 100, 4000),
        },
        8,
        16,
    )


def books_most_lent(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Nr.": iter(range(1, 99)).__next__,
            "Tittel": _one_of(random, ["Jenta i lyset", "Vinterstengt", "Kaos i gangen", "Ut i natta"]),
            "Forfatter": lambda: f"{random.choice(FAMILY)}, {random.choice(GIVEN)}",
            "ISBN": lambda: f"978{random.randint(10**9, 10**10 - 1)}",
            "Utlån": _number(random, 10, 400),
        },
    )


# ---- associations, firms, institutions


def support_to_clubs(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Mottaker": _one_of(random, _CLUBS),
            "Tilskuddsordning": _one_of(random, ["Aktivitet", "Drift", "Frivillighet", "17. mai"]),
            "Søknadsdato": lambda: some_day(random),
            "Tildelt": _number(random, 1000, 90000),
        },
    )


def recipients_without_amounts(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Søker": _one_of(random, _CLUBS),
            "Formål": _one_of(random, ["Turer for eldre", "Basar", "Utstyr til barn", "Leksecafé"]),
            "Innstilling": _one_of(random, ["Innvilges", "Avslås", "Delvis"]),
        },
        10,
        14,
    )


def members_by_club(random: Random) -> Rows:
    return table(
        ["Lag", "Medlemmer 0-5", "6-12", "13-19", "20-25", "26+"],
        [[club, *[random.randint(0, 200) for _ in range(5)]] for club in _CLUBS],
    )


def club_contacts(random: Random) -> Rows:
    hosts = ["post@assidenif.no", "drammen@mentalhelse.no", "post@stoppen.no", "kontor@dot.no", "post@4hskoger.no"]
    return table(
        ["Forening", "Organisasjonsnummer", "E-post", "Hjemmeside", "Registrert"],
        [
            [club, organisation_number(random), random.choice(hosts), "www.drammen.no", some_day(random, 1995, 2024)]
            for club in _CLUBS
        ],
    )


def suppliers_total(random: Random) -> Rows:
    return table(
        ["Leverandør", "Orgnr.", "Poststed", "Antall fakturaer", "Sum"],
        [
            [
                firm,
                organisation_number(random),
                random.choice(["DRAMMEN", "OSLO"]),
                random.randint(1, 90),
                random.randint(1, 10**7),
            ]
            for firm in _FIRMS
        ],
    )


def private_kindergartens(random: Random) -> Rows:
    names = [
        "Mathilde barnehage",
        "Kari og Per barnehage",
        "Læringsverkstedet Ole Bull",
        "Espira Emil",
        "Bamsebo",
        "Prestegårdshagen",
    ]
    return table(
        ["Barnehage", "Eier", "Adresse", "Telefon", "Plasser", "Ansatte"],
        [
            [
                n,
                random.choice(["Espira AS", "Stiftelse", "Foreldreeid"]),
                f"{random.choice(_STREETS)} {k}",
                f"32 {k}1 00 00"[:11],
                40,
                12,
            ]
            for k, n in enumerate(names, 20)
        ],
    )


def doctors_lists(random: Random) -> Rows:
    centres = [
        "Torget legesenter",
        "Strømsø legegruppe",
        "Konnerud legekontor",
        "Fjell legesenter",
        "Legene i Havnegata",
    ]
    return table(
        ["Legekontor", "Leger", "Listelengde", "Ledige plasser", "Telefon"],
        [
            [c, random.randint(2, 9), random.randint(800, 9000), random.randint(0, 200), f"32 8{n} 10 2{n}"]
            for n, c in enumerate(centres)
        ],
    )


def licences_of_firms(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Bevillingshaver": _one_of(random, _FIRMS),
            "Skjenkested": _one_of(
                random, ["Gamle Posten", "Fru Hansen", "Peder Oluf bar", "Halvorsens Kafé", "Olivia"]
            ),
            "Adresse": lambda: f"{random.choice(_STREETS)} {random.randint(1, 60)}",
            "Gruppe": _one_of(random, [1, 2, 3]),
            "Gyldig til": lambda: some_day(random, 2027, 2028),
        },
        10,
        25,
    )


def sponsors_of_a_festival(random: Random) -> Rows:
    return table(["Samarbeidspartner", "Nivå"], [[firm, random.choice(["Gull", "Sølv", "Bronse"])] for firm in _FIRMS])


def units_and_their_phone(random: Random) -> Rows:
    return table(
        ["Enhet", "Besøksadresse", "Postadresse", "Sentralbord", "E-post"],
        [
            [
                u,
                f"{random.choice(_STREETS)} {n + 3}",
                "Postboks 7500, 3008 Drammen",
                "32 04 00 00",
                f"{u.lower().replace(' ', '')}@drammen.kommune.no",
            ]
            for n, u in enumerate(_UNITS)
        ],
    )


def statistics_with_an_offices_footer(random: Random) -> Rows:
    return _footed(
        _by_area(random, ["Bydel", "0-17 år", "18-66 år", "67+ år"]),
        "Drammen kommune, Engene 1, 3015 Drammen. Telefon 32 04 00 00. Org.nr. 921 234 554",
        "Besøksadresse: Grønland 53, 3045 Drammen",
        f"Saksbehandler: {random.choice(GIVEN)} {random.choice(FAMILY)}, Oppvekst",
    )


def statistics_with_a_firms_footer(random: Random) -> Rows:
    return _footed(
        _by_area(random, ["Sone", "Leier", "Eier", "Trangbodd"]),
        "Rapporten er utarbeidet av Norconsult AS, Vestfjordgaten 4, 1338 Sandvika, tlf. 67 57 10 00",
        "Kontakt: levekar@norconsult.com",
    )


def statistics_with_a_press_contact(random: Random) -> File:
    about: Rows = [
        ["Pressekontakt: tlf. 915 08 040, presse@ssb.no"],
        ["Statistisk sentralbyrå, Akersveien 26, 0177 Oslo"],
        ["ISSN 1503-2132"],
        [
            f"Fagansvarlig: {random.choice(GIVEN)} {random.choice(FAMILY)}, "
            f"e-post: {random.choice(GIVEN).lower()}@ssb.no, tlf. 408 11 400"
        ],
    ]
    return xlsx_file({"Tabell 1": _by_area(random, ["Område", "2022", "2023"]), "Kontakt": about})


# ---- children and others, counted


def children_by_single_age(random: Random) -> Rows:
    return _by_area(random, ["Grunnkrets", *[f"{age} år" for age in range(18)]], 40)


def children_by_age_down(random: Random) -> Rows:
    return table(
        ["Alder", "Gutter", "Jenter"], [[age, random.randint(20, 60), random.randint(20, 60)] for age in range(18)]
    )


def ages_written_as_days(random: Random) -> Rows:
    """Excel makes days of 1-5, 6-12 and the like."""
    ages: list[Cell] = [date(2025, 5, 1), date(2025, 12, 6), "13-15", "16-17"]
    return table(["Alder", *_AREAS], [[age, *[random.randint(0, 300) for _ in _AREAS]] for age in ages])


def born_by_year_and_area(random: Random) -> Rows:
    return _by_area(random, ["Krets", *[f"Født {year}" for year in range(2008, 2026)]], 40)


def births_by_date(random: Random) -> Rows:
    return table(["Fødselsdato (måned)", "Fødte"], [[f"{m:02}.2025", random.randint(10, 90)] for m in range(1, 13)])


def pupils_by_school_and_year(random: Random) -> Rows:
    return table(
        ["Skole", *[f"{n}. trinn" for n in range(1, 11)], "Sum elever"],
        [[s, *[random.randint(10, 70) for _ in range(10)], random.randint(200, 600)] for s in _SCHOOLS],
    )


def results_with_stars(random: Random) -> Rows:
    return table(
        ["Skolenavn", "Elever", "Mestringsnivå 1", "Mestringsnivå 5", "Grunnskolepoeng"],
        [
            [s, random.randint(10, 90), random.choice(["*", "12,1", "**"]), random.choice(["*", "8,4"]), "41,2"]
            for s in _SCHOOLS
        ],
    )


def clients_by_reason(random: Random) -> Rows:
    return table(
        ["Bruker", "Antall", "Andel"],
        [
            [kind, random.randint(1, 90), random.randint(1, 60)]
            for kind in ("Mor", "Far", "Barn", "Pårørende", "Nabo", "Lege")
        ],
    )


def participants_by_event(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Arrangement": _one_of(random, ["Eventyrstund", "Språkkafé", "Karrieredag", "Babysang"]),
            "Dato": lambda: some_day(random, 2024, 2025),
            "Deltakere": _number(random, 3, 80),
            "Ansvarlig": _one_of(random, _UNITS),
        },
    )


def informants_by_group(random: Random) -> Rows:
    return table(
        ["Informantgruppe", "Kjønn", "Aldersspenn", "Intervjuer"],
        [
            [g, k, "25-60", random.randint(1, 8)]
            for g in ("Foreldre", "Lærere", "Ungdom", "Frivillige")
            for k in ("K", "M")
        ],
    )


def causes_of_death_by_age(random: Random) -> Rows:
    return table(
        ["Diagnose", "Kjønn", "Alder", "Døde"],
        [
            [d, k, a, random.choice([":", 4, 12])]
            for d in ("C34", "I21", "F10")
            for k in ("M", "K")
            for a in ("45-64", "65-79", "80+")
        ],
    )


def households_by_income(random: Random) -> Rows:
    return table(
        ["Husholdningstype", "Inntekt etter skatt, median (kr)", "Husholdninger"],
        [
            [h, random.randint(200, 900) * 1000, random.randint(20, 4000)]
            for h in ("Aleneboende", "Par uten barn", "Mor/far med barn")
        ],
    )


def posts_by_profession_and_age(random: Random) -> Rows:
    return table(
        ["Yrke", "Alder", "Kjønn", "Årsverk"],
        [
            [y, a, k, _share(random)()]
            for y in ("Sykepleier", "Lærer", "Vernepleier")
            for a in ("<30", "30-49", "50+")
            for k in ("K", "M")
        ],
    )


def country_and_reason(random: Random) -> Rows:
    countries = ["Ukraina", "Syria", "Eritrea", "Polen", "Somalia", "India"]
    return table(
        ["Landbakgrunn", "Innvandringsgrunn", "Botid", "Personer"],
        [[c, g, b, random.randint(0, 90)] for c in countries for g in ("Flukt", "Arbeid") for b in ("0-4 år", "5+ år")],
    )


def ten_most_used_names(random: Random) -> Rows:
    return table(
        ["Rang", "Navn", "2023", "2024"],
        [[n, name, random.randint(5, 30), random.randint(5, 30)] for n, name in enumerate(random.sample(GIVEN, 10), 1)],
    )


def family_names_by_number(random: Random) -> Rows:
    return table(
        ["Etternavn", "Bærere i kommunen"], [[name, random.randint(50, 2000)] for name in random.sample(FAMILY, 25)]
    )


# ---- places, streets, maps


def tracts_called_after_persons(random: Random) -> Rows:
    names = [
        "Herman Foss",
        "Professor Smiths allé",
        "Nedre Eiker Lie",
        "Marie Stenersen",
        "Haugen",
        "Berg",
        "Kongens gate",
        "Lars Lie",
    ]
    return table(
        ["Grunnkretsnr", "Grunnkretsnavn", "Bosatte"],
        [[f"3301{random.randint(1000, 9999)}", name, random.randint(20, 900)] for name in names],
    )


def speed_along_streets(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Målested": lambda: f"{random.choice(_STREETS)} {random.randint(1, 90)}",
            "Fra dato": lambda: some_day(random),
            "Snittfart": _share(random, 60),
            "85-fraktil": _share(random, 70),
        },
    )


def addresses_of_a_plan(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Adresse": lambda: f"{random.choice(_STREETS)} {random.randint(1, 90)}{random.choice(['', 'A', 'B'])}",
            "Bruksenheter": _number(random, 1, 60),
            "Byggeår": _number(random, 1900, 2020),
            "Energimerke": _one_of(random, list("ABCDEFG")),
        },
    )


def coordinates_in_columns(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Objekt": _one_of(random, ["Hydrant", "Kum", "Benk", "Lekeapparat"]),
            "Nord": _number(random, 6620000, 6630000),
            "Øst": _number(random, 560000, 570000),
            "UTM32": lambda: f"32V {random.randint(560000, 570000)} {random.randint(6620000, 6630000)}",
            "Etablert": lambda: some_day(random, 1985, 2024),
        },
    )


def degrees_of_latitude(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "sted": _one_of(random, _SCHOOLS),
            "lat": lambda: f"59.{random.randint(700000, 760000)}",
            "lon": lambda: f"10.{random.randint(10**8, 10**9 - 1)}",
        },
    )


def street_names_and_why(random: Random) -> Rows:
    return table(
        ["Vei", "Oppkalt etter", "Født", "Vedtatt år"],
        [
            [s, " ".join(s.split()[:-1]).rstrip("s"), random.randint(1750, 1900), random.randint(1900, 1990)]
            for s in _STREETS[:6]
        ],
    )


def places_on_a_map(random: Random) -> File:
    return geo_json(
        [
            {
                "navn": s,
                "adresse": f"{random.choice(_STREETS)} {n}",
                "telefon": "32 04 50 00",
                "elever": random.randint(90, 600),
            }
            for n, s in enumerate(_SCHOOLS, 1)
        ],
        random,
        points=True,
    )


def plan_areas_on_a_map(random: Random) -> File:
    return geo_json(
        [
            {"planid": f"3301_{n}", "plannavn": f"{s} 12 m.fl.", "vedtatt": str(some_day(random, 1985, 2024))}
            for n, s in enumerate(_STREETS * 2)
        ],
        random,
    )


def bus_lines(random: Random) -> Rows:
    return table(
        ["Linje", "Fra", "Til", "Påstigende per dag"],
        [[n, random.choice(_STREETS), random.choice(_AREAS), random.randint(50, 9000)] for n in (1, 2, 3, 4, 73, 169)],
    )


def graves_by_yard(random: Random) -> Rows:
    return table(
        ["Gravlund", "Kistegraver", "Urnegraver", "Navnet minnelund", "Fredningstid"],
        [
            [f"{a} gravlund", random.randint(0, 900), random.randint(0, 900), random.randint(0, 90), "20 år"]
            for a in _AREAS
        ],
    )


# ---- things with numbers, age and weight


def vehicles_of_the_municipality(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Bilnr": _number(random, 1, 400),
            "Modell": _one_of(random, ["Nissan Leaf", "VW ID.Buzz", "Toyota Proace", "Mercedes eVito"]),
            "Enhet": _one_of(random, _UNITS),
            "Km 2024": _number(random, 900, 30000),
            "Første gang registrert": lambda: some_day(random, 2012, 2025),
        },
    )


def meters_of_water(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Målernr": _number(random, 10**7, 10**8 - 1),
            "Kundetype": _one_of(random, ["Næring", "Borettslag", "Kommunal"]),
            "Avlesningsdato": lambda: some_day(random, 2024, 2025),
            "m3": _number(random, 10, 5000),
        },
        20,
        40,
    )


def meters_with_eight_digits(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Måler": lambda: random.choice([4, 9]) * 10**7 + random.randint(0, 9_999_999),
            "Forbruk": _number(random, 0, 9000),
        },
        20,
        40,
    )


def radon_by_room(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Bygg": _one_of(random, _SCHOOLS),
            "Rom": _one_of(random, ["101", "Gymsal", "SFO", "Lærerværelse"]),
            "Boks": _number(random, 10**6, 10**7 - 1),
            "Ut": lambda: some_day(random, 2024, 2024),
            "Bq/m3": _number(random, 10, 400),
        },
    )


def waste_by_day(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Veieseddel": _number(random, 10**10, 10**11 - 1),
            "Dato": lambda: some_day(random, 2025, 2025),
            "Fraksjon": _one_of(random, ["Rest", "Mat", "Papir"]),
            "Vekt": _number(random, 200, 9000),
        },
        20,
        40,
    )


def dogs_by_breed(random: Random) -> Rows:
    return table(
        ["Rase", "Tispe", "Hann", "Gjennomsnittsalder"],
        [[r, random.randint(1, 90), random.randint(1, 90), 6.2] for r in ("Labrador", "Puddel", "Blanding")],
    )


def machines_with_serial_numbers(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Inventarnr": _number(random, 10**5, 10**6 - 1),
            "Serienummer": lambda: f"{random.randint(10**10, 10**11 - 1)}",
            "Type": _one_of(random, ["PC", "Nettbrett", "Skjerm"]),
            "Skole": _one_of(random, _SCHOOLS),
            "Innkjøpt": lambda: some_day(random, 2018, 2025),
        },
        30,
        60,
    )


# ---- lines of text, metadata, odd layouts


def percentages_written_out(random: Random) -> Rows:
    return table(
        ["Bydel", "Andel 2023", "Andel 2024", "Endring (pp)"],
        [
            [a, f"{random.random() * 40:.1f} %", f"{random.random() * 40:.1f} %", f"{random.uniform(-3, 3):+.2f}"]
            for a in _AREAS
        ],
    )


def risks_and_measures(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Nr": iter(range(1, 99)).__next__,
            "Risiko": _one_of(random, ["Barn faller utenfor", "For få tolker", "Brukere får ikke hjelp i tide"]),
            "Tiltak": _one_of(random, ["Mer informasjon", "Ny rutine", "Ansvarlig følger opp pasienter"]),
            "Eier": _one_of(random, _UNITS),
            "Frist": lambda: some_day(random, 2026, 2027),
        },
        8,
        20,
    )


def agenda_of_a_board(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Sak": lambda: f"{random.randint(1, 99)}/25",
            "Tittel": _one_of(random, ["Budsjett 2026", "Orientering om barnevernet", "Navn på ny skole", "Referat"]),
            "Møtedato": lambda: some_day(random, 2025, 2025),
            "Vedtak": _one_of(random, ["Enstemmig", "Vedtatt", "Utsatt"]),
        },
    )


def questions_and_shares(random: Random) -> Rows:
    asked = [
        "Har du noen å snakke med?",
        "Hvor ofte trener du?",
        "Er du trygg på skolen din?",
        "Liker du deg i nabolaget ditt?",
    ]
    return table(
        ["Spørsmål", "Svar", "Prosent", "N"],
        [[q, s, _share(random)(), 812] for q in asked for s in ("Ja", "Nei", "Vet ikke")],
    )


def questions_across_with_means(random: Random) -> Rows:
    asked = ["Hvor fornøyd er du med livet?", "Hvor trygg er du ute om kvelden?", "Har du fortrolige venner?"]
    return table(["Kommune", *asked], [[a, *[round(5 + random.random() * 4, 1) for _ in asked]] for a in _AREAS])


def code_list_of_variables(random: Random) -> Rows:
    rows: Rows = [
        ["fnr_lopenr", "Pseudonym", "tekst"],
        ["fodselsdato", "Fødselsår og -måned", "dato"],
        ["navn", "Navn på enhet", "tekst"],
        ["adresse", "Ikke i bruk", "tekst"],
        ["kjonn", "1=mann, 2=kvinne", "heltall"],
    ]
    random.shuffle(rows)
    return table(["Variabel", "Forklaring", "Type"], rows)


def treatment_protocol(random: Random) -> Rows:
    rows: Rows = [
        ["Barnevern", "Navn, fødselsnummer, adresse", "Familia", "5 år"],
        ["Skole", "Navn, klasse, karakterer", "Visma InSchool", "10 år"],
        ["Lønn", "Kontonummer, fødselsdato", "Visma HRM", "5 år"],
    ]
    random.shuffle(rows)
    return table(["Behandling", "Personopplysninger", "System", "Lagring"], rows)


def journal_of_changes_to_data(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Versjon": lambda: f"1.{random.randint(0, 30)}",
            "Dato": lambda: some_day(random, 2005, 2025),
            "Endring": _one_of(random, ["Nye kretser lagt til", "Rettet tall for Berg", "Kommunereform"]),
        },
        12,
        24,
    )


def two_tables_with_contacts_between(random: Random) -> Rows:
    return [
        *_by_area(random, ["Bydel", "Menn", "Kvinner"]),
        [],
        ["Kilde: Folkeregisteret. Henvendelser: statistikk@drammen.kommune.no, 32 04 00 00"],
        [],
        *_by_area(random, ["Bydel", "Barn", "Voksne"]),
    ]


def text_file_with_comment_lines(random: Random) -> File:
    rows = _by_area(random, ["omrade", "verdi", "kvalitet"])
    return text_file(
        random, [["# uttrekk 20250312 kl. 09:14:55, bruker stat_lese"], ["# base: 01011970-31122024"], *rows]
    )


def cube_of_children(random: Random) -> File:
    ages = [f"{age} år" for age in range(18)]
    return px_file(
        "Barn etter alder",
        {"bydel": _AREAS, "alder": ages, "år": ["2024", "2025"]},
        [random.randint(0, 60) for _ in range(len(_AREAS) * 36)],
        f'CONTACT="{random.choice(GIVEN)} {random.choice(FAMILY)}, Statistisk sentralbyrå#+47 62 88 56 08'
        '#folketall@ssb.no";\nLAST-UPDATED="20250312 08:00";',
    )


def data_set_with_notes(random: Random) -> File:
    return json_stat(
        "Barnevernstiltak",
        {"Region": _AREAS, "Tid": ["2023", "2024"]},
        [random.randint(4, 90) for _ in range(20)],
        note=["Tallene gjelder barn 0-22 år.", "Ring 21 09 46 42 ved spørsmål."],
        updated="2025-06-30T06:00:00Z",
    )


def old_workbook_of_a_department(random: Random) -> File:
    return xls_file(
        {"Ark1": _by_area(random, ["Distrikt", "Brukere", "Vedtakstimer"])}, header="&LHelse og omsorg&RSide &P av &N"
    )


def open_document_with_a_title_page(random: Random) -> File:
    front: Rows = [
        ["Oppvekstprofil 2025"],
        ["Utgitt av Drammen kommune"],
        ["Foto: Torbjørn Tandberg"],
        ["Trykk: Zoom Grafisk AS, Drammen"],
    ]
    return ods_file({"Forside": front, "Tall": _by_area(random, ["Bydel", "2023", "2024", "2025"])})


def workbook_with_its_checkers(random: Random) -> File:
    checks: Rows = [
        ["Kontroll", "Utført av", "Dato", "Resultat"],
        ["Summer stemmer", "Analyse", some_day(random), "OK"],
        ["Sammenlignet med SSB 07459", "Analyse", some_day(random), "OK"],
        ["Små tall", "Personvernombud", some_day(random), "OK"],
    ]
    return xlsx_file({"Data": _by_area(random, ["Sone", "Antall", "Nevner"]), "Kontroll": checks})


def workbook_called_after_schools(random: Random) -> File:
    return xlsx_file({s.split()[0] + " " + s.split()[1]: _by_area(random, ["Trinn", "Elever"]) for s in _SCHOOLS[:3]})


def statistic_with_a_remark_in_each_row(random: Random) -> Rows:
    remarks = [
        "Flyttet fra Lund",
        "Ny skole på Berg",
        "Slått sammen med Hans Børli skole",
        "Stengt i juli",
        "",
        "Se note 2",
    ]
    return table(
        ["Skole", "Elever", "Merknad"], [[s, random.randint(20, 600), random.choice(remarks)] for s in _SCHOOLS]
    )


def pay_scale(random: Random) -> Rows:
    return table(
        ["Stilling", "0 år", "4 år", "8 år", "10 år", "16 år"],
        [
            [s, *[random.randint(400, 700) * 1000 for _ in range(5)]]
            for s in ("Fagarbeider", "Lærer", "Adjunkt", "Lektor")
        ],
    )


def fees(random: Random) -> Rows:
    return table(
        ["Varenr", "Tjeneste", "Enhet", "Pris 2025", "Pris 2026"],
        [
            [random.randint(1000, 9999), s, "per mnd", random.randint(100, 5000), random.randint(100, 5000)]
            for s in ("SFO hel plass", "Barnehage", "Trygghetsalarm", "Middag", "Feiing")
        ],
    )


def elected_seats(random: Random) -> Rows:
    return table(
        ["Parti", "Stemmer", "Prosent", "Representanter"],
        [
            [p, random.randint(100, 9000), _share(random)(), random.randint(0, 19)]
            for p in ("Ap", "H", "FrP", "SV", "Sp", "R", "MDG", "KrF", "V")
        ],
    )


# ---- a second batch, written after the guard had been changed by the first


def records_of_weather(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Dato": lambda: some_day(random, 1938, 2025),
            "Stasjon": _one_of(random, ["Drammen - Berskog", "Konnerud", "Hokksund"]),
            "Maks": _share(random, 34),
            "Nedbør (mm)": _share(random, 60),
        },
        20,
        40,
    )


def numbers_of_equipment_as_texts(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Utstyr": _one_of(random, ["Svitsj", "Aksesspunkt", "Skriver"]),
            "IP": lambda: ".".join(str(random.randint(10, 99)) for _ in range(4)),
            "MAC": lambda: ":".join(f"{random.randint(0, 255):02x}" for _ in range(6)),
            "Versjon": lambda: f"{random.randint(2, 20)}.{random.randint(0, 9)}.{random.randint(0, 40)}",
        },
    )


def codes_in_one_cell(random: Random) -> Rows:
    return table(
        ["Skole", "Postnumre", "Grunnkretser", "Årstrinn"],
        [
            [
                s,
                "3011 3012 3013 3014",
                f"3301 {random.randint(1000, 9999)}, 3301 {random.randint(1000, 9999)}",
                "1 2 3 4",
            ]
            for s in _SCHOOLS
        ],
    )


def opening_hours_by_day(random: Random) -> Rows:
    return table(
        ["Anlegg", "Mandag", "Tirsdag", "Lørdag"],
        [[f"{a}hallen", "08.00-15.30", "09 00 - 21 00", random.choice(["Stengt", "10-14"])] for a in _AREAS],
    )


def roads_of_the_municipality(random: Random) -> Rows:
    kinds = [
        "Turvei 5",
        "Grusvei 3",
        "Adkomstvei 12",
        "Fylkesvei 282",
        "Fv. 36",
        "Boligvei 30",
        "Samlevei 1",
        "Gangvei 2",
    ]
    return table(
        ["Vei", "Lengde", "Dekke"], [[k, random.randint(50, 4000), random.choice(["Asfalt", "Grus"])] for k in kinds]
    )


def places_of_a_car_park(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Område": _one_of(random, _AREAS),
            "Plass": lambda: f"Plass {random.randint(1, 300)}",
            "Type": _one_of(random, ["HC", "Lading", "Ledig plass 3 timer", "Reservert"]),
            "Avgift per time": _number(random, 10, 60),
        },
    )


def rooms_and_sections(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Avdeling": lambda: f"Avdeling {random.randint(1, 4)} {random.choice('AB')}",
            "Rom": lambda: f"Rom {random.randint(100, 400)}",
            "m2": _share(random, 40),
            "Brannklasse": _one_of(random, ["BKL 1", "BKL 2"]),
        },
    )


def themes_and_their_mailbox(random: Random) -> Rows:
    boxes = ["byggesak", "barnevern", "personvern", "skatt.innkreving", "frivillig", "noreply", "oppvekst"]
    return table(
        ["Tema", "Henvendelser 2024", "Kontaktpunkt"],
        [[b.capitalize(), random.randint(5, 900), f"{b}@drammen.kommune.no"] for b in boxes],
    )


def duty_phones(random: Random) -> Rows:
    return table(
        ["Tjeneste", "Vakttelefon", "Tid"],
        [
            [f"{u} vakt", f"9{random.randint(10, 49)} {random.randint(10, 99)} {random.randint(100, 999)}", "16-08"]
            for u in _UNITS
        ],
    )


def sparse_table_in_no_order(random: Random) -> Rows:
    rows: Rows = [
        [k, a, c, u, random.randint(3, 60)]
        for k in ("Kvinner", "Menn")
        for a in ("16-24", "25-44", "45-66")
        for c in ("Norge", "EU", "Afrika", "Asia")
        for u in ("Grunnskole", "VGS", "UH")
        if random.random() < 0.6
    ]
    random.shuffle(rows)
    return table(["Kjønn", "Alder", "Landbakgrunn", "Utdanning", "n"], rows)


def growth_curves(random: Random) -> Rows:
    return table(
        ["Alder", "Kjønn", "Vekt P50", "Høyde P50", "Vekt P97"],
        [
            [f"{a} mnd", k, round(4 + a / 3, 1), 50 + a, round(5 + a / 2, 1)]
            for a in range(0, 60, 3)
            for k in ("Gutt", "Jente")
        ],
    )


def deciles_of_income(random: Random) -> Rows:
    return table(
        ["Desil", "Inntekt", "Formue", "Gjeld"],
        [[n, *[random.randint(1, 90) * 10000 for _ in range(3)]] for n in range(1, 11)],
    )


def units_of_the_cadastre(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Bygningsnummer": _number(random, 10**8, 4 * 10**8),
            "Bruksenhet": lambda: f"H0{random.randint(101, 410)}",
            "Matrikkel": lambda: f"3301-{random.randint(1, 150)}/{random.randint(1, 900)}/0/{random.randint(0, 30)}",
            "Tatt i bruk": lambda: some_day(random, 1930, 2024),
            "Areal": _number(random, 20, 200),
        },
        20,
        40,
    )


def keys_of_a_warehouse(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "rad_id": lambda: f"{random.getrandbits(64):016x}",
            "omr": lambda: f"3301{random.randint(1000, 9999)}",
            "tid": lambda: f"{random.randint(2010, 2025)}{random.randint(1, 12):02}{random.randint(1, 28):02}",
            "verdi": _share(random),
            "lastet": lambda: f"2025-{random.randint(1, 12):02}-03T04:05:06.{random.randint(100, 999)}",
        },
        20,
        60,
    )


def sports_results_of_clubs(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Dato": lambda: some_day(random, 2025, 2025),
            "Hjemmelag": _one_of(random, _CLUBS),
            "Bortelag": _one_of(random, _CLUBS),
            "Resultat": lambda: f"{random.randint(0, 6)}-{random.randint(0, 6)}",
            "Bane": _one_of(random, ["Marienlyst", "Berskaug 2", "Åssiden kunstgress"]),
        },
    )


def references_of_a_report(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Referanse": lambda: (
                f"{random.choice(FAMILY)}, {random.choice(GIVEN)[0]}. ({random.randint(2005, 2025)}). Levekår i byer."
            ),
            "DOI": lambda: f"10.{random.randint(1000, 9999)}/{random.randint(10**5, 10**6)}",
        },
    )


def photographs(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Fil": lambda: f"IMG_{random.randint(20200101, 20251231)}_{random.randint(100000, 235959)}.jpg",
            "Fotograf": lambda: f"{random.choice(GIVEN)} {random.choice(FAMILY)}",
            "Motiv": _one_of(random, ["Bybrua", "Fjell skole", "Union Scene", "Elva i høstlys"]),
            "Lisens": _one_of(random, ["CC BY 4.0", "Alle rettigheter"]),
        },
    )


def films_at_the_library(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Film": _one_of(random, ["Kald natt", "Elva", "Barna på loftet"]),
            "Regi": lambda: f"{random.choice(GIVEN)} {random.choice(FAMILY)}",
            "År": _number(random, 1960, 2025),
            "Besøk": _number(random, 5, 90),
        },
    )


def wind_and_hours(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "time": lambda: f"{random.randint(0, 23):02}{random.randint(0, 59):02}{random.randint(0, 59):02}",
            "ms": _share(random, 20),
            "grader": _number(random, 0, 359),
        },
    )


def days_as_numbers(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Dato": lambda: f"{random.randint(1, 28):02}{random.randint(1, 12):02}25",
            "Besøk": _number(random, 0, 900),
            "Utlån": _number(random, 0, 900),
        },
        20,
        60,
    )


def tender_offers(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Konkurranse": lambda: f"{random.choice(['Rehab.', 'Nybygg', 'Maling'])} {random.choice(_SCHOOLS)}",
            "Leverandør": _one_of(random, _FIRMS),
            "Adresse": lambda: f"{random.choice(_STREETS)} {random.randint(1, 90)}",
            "Kontaktperson": lambda: "",
            "Tilbudspris": _number(random, 10**5, 10**7),
        },
    )


def polls_by_party_and_sex(random: Random) -> Rows:
    return table(
        ["Parti", "Menn", "Kvinner", "18-29", "60+"],
        [[p, *[_share(random, 40)() for _ in range(4)]] for p in ("Ap", "H", "V", "R")],
    )


def measures_for_one_group(random: Random) -> Rows:
    return table(
        ["Målgruppe", "Tiltak", "Kjønn", "Alder", "Plasser"],
        [
            [g, t, "Alle", a, random.randint(5, 40)]
            for g, a in (("Unge", "16-24"), ("Eldre", "67+"), ("Foreldre", "20-45"))
            for t in ("Kurs", "Treff", "Råd")
        ],
    )


def streets_to_be_cleared(random: Random) -> Rows:
    return table(
        ["Rode", "Gate", "Fra", "Til", "Dag"],
        [
            [n, s, f"{s} {random.randint(1, 9)}", f"{s} {random.randint(20, 90)}", "mandag"]
            for n, s in enumerate(_STREETS, 1)
        ],
    )


def recycling_points(random: Random) -> Rows:
    return table(
        ["Returpunkt", "Adresse", "Glass", "Klær", "Tømt sist"],
        [
            [f"{a} torg", f"{random.choice(_STREETS)} {random.randint(1, 90)}", 2, 1, some_day(random, 2025, 2025)]
            for a in _AREAS
        ],
    )


def playgrounds_with_inspections(random: Random) -> Rows:
    return table(
        ["Lekeplass", "Adresse", "Hovedkontroll", "A-feil", "B-feil"],
        [
            [
                f"{s} lekeplass",
                f"{s} {random.randint(1, 60)}",
                some_day(random),
                random.randint(0, 3),
                random.randint(0, 9),
            ]
            for s in _STREETS
        ],
    )


def pumping_stations(random: Random) -> Rows:
    return table(
        ["Stasjon", "Adresse", "Kapasitet l/s", "Alarm tlf"],
        [[f"PA{n}", f"{s} {n}", random.randint(2, 90), "32 04 00 00"] for n, s in enumerate(_STREETS, 1)],
    )


def hydrants_by_street(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Nr": _number(random, 1, 4000),
            "Plassering": lambda: f"{random.choice(_STREETS)} {random.randint(1, 90)}",
            "l/min": _number(random, 500, 3000),
        },
    )


def accidents_by_street(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Ulykkesdato": lambda: some_day(random, 2005, 2025),
            "Sted": lambda: f"{random.choice(_STREETS)} {random.randint(1, 90)}",
            "Alvorlighet": _one_of(random, ["Lett", "Alvorlig"]),
            "Involverte": _number(random, 1, 5),
        },
    )


def permits_to_dig(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Tillatelse": lambda: f"GR-{random.randint(2023, 2025)}-{random.randint(1, 999):04}",
            "Entreprenør": _one_of(random, _FIRMS),
            "Sted": lambda: f"{random.choice(_STREETS)} {random.randint(1, 90)}",
            "Fra": lambda: some_day(random, 2025, 2025),
            "Til": lambda: some_day(random, 2025, 2025),
        },
    )


def lights_out_of_order(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Mast": lambda: f"{random.randint(100, 999)}-{random.randint(1, 90)}",
            "Nærmeste adresse": lambda: f"{random.choice(_STREETS)} {random.randint(1, 90)}",
            "Meldt": lambda: some_day(random, 2025, 2025),
            "Effekt (W)": _number(random, 20, 150),
        },
    )


def homes_for_sale_of_the_municipality(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Eiendom": lambda: f"{random.choice(_STREETS)} {random.randint(1, 90)}",
            "Gnr": _number(random, 1, 150),
            "Bnr": _number(random, 1, 900),
            "Salgsverdi": _number(random, 10**6, 9 * 10**6),
        },
    )


def votes_by_polling_place(random: Random) -> Rows:
    return table(
        ["Stemmelokale", "Adresse", "Velgere", "Valgdeltakelse"],
        [
            [s, f"{random.choice(_STREETS)} {n}", random.randint(500, 4000), _share(random)()]
            for n, s in enumerate(_SCHOOLS, 1)
        ],
    )


def schools_with_short_names(random: Random) -> Rows:
    return table(
        ["Skole", "Elever", "Lærere"],
        [[" ".join(s.split()[:2]), random.randint(90, 900), random.randint(9, 90)] for s in _SCHOOLS],
    )


def squares_and_monuments(random: Random) -> Rows:
    return table(
        ["Monument", "Kunstner", "Avduket", "Sted"],
        [
            [
                f"{n} byste",
                f"{random.choice(GIVEN)} {random.choice(FAMILY)}",
                some_day(random, 1905, 2020),
                random.choice(_AREAS),
            ]
            for n in ("Ibsen", "Betzy Kjelsberg", "Tordenskiold", "Johan Halvorsen", "Sjømannen")
        ],
    )


# ---- a third batch, written after the guard had been changed by the second


def goals_of_a_programme(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Delmål": lambda: f"{random.randint(1, 4)}.{random.randint(1, 9)}",
            "Beskrivelse": _one_of(
                random, ["Flere barn får delta", "Færre eldre er ensomme", "Alle har en voksen å snakke med"]
            ),
            "Måltall 2026": _share(random),
            "Kontaktperson": _one_of(random, _UNITS),
        },
        8,
        16,
    )


def reports_ordered(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Rapport": _one_of(
                random, ["Levekår i Fjell", "Ungdata 2025", "Innbyggerundersøkelsen", "Barn i lavinntekt"]
            ),
            "Utført av": _one_of(
                random, ["NIBR", "Fafo", "Telemarksforsking", "Proba samfunnsanalyse", "Asplan Viak AS"]
            ),
            "Levert": lambda: some_day(random, 1999, 2025),
            "Nettside": lambda: "https://www.drammen.kommune.no/rapporter",
        },
    )


def sources_of_indicators(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Indikator": _one_of(random, ["Trangboddhet", "Lavinntekt", "Frafall", "Ensomhet"]),
            "Kilde": _one_of(random, ["SSB 06265", "NAV", "FHI/NorHealth", "Udir Skoleporten"]),
            "Bestilling": lambda: f"SSB-{random.randint(10**6, 10**7)}",
            "E-post kilde": _one_of(random, ["bestilling@ssb.no", "statistikk@nav.no", "norhealth@fhi.no"]),
            "Telefon kilde": _one_of(random, ["62 88 56 08", "21 07 00 00", "21 09 00 00"]),
        },
        8,
        20,
    )


def holidays_and_visits(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Dag": _one_of(random, ["1. juledag", "Langfredag", "17. mai"]),
            "År": _number(random, 1990, 2025),
            "Besøkende": _number(random, 10, 9000),
        },
    )


def kindergarten_groups(random: Random) -> Rows:
    names = ["Pippi", "Emil", "Ronja", "Albert Åberg", "Karius", "Maur", "Petter Kanin", "Sola"]
    return table(
        ["Avdeling", "Barn", "Voksne", "Under 3 år"],
        [[n, random.randint(9, 24), random.randint(2, 5), random.randint(0, 9)] for n in names],
    )


def snow_ploughs(random: Random) -> Rows:
    names = ["Brøyte-Brun", "Plog Johan", "Ola Snømann", "Kari Kulde", "Is-Abella", "Saltkongen"]
    return table(
        ["Brøytebil", "Rode", "Timer", "Tonn salt"],
        [[n, k, random.randint(10, 300), random.randint(1, 90)] for k, n in enumerate(names)],
    )


def lakes_and_farms(random: Random) -> Rows:
    names = ["Berg Nordre", "Solberg Østre", "Lund Øvre", "Vive", "Haug Vestre", "Hagen Søndre", "Stein", "Jordbrekk"]
    return table(
        ["Gård", "Gnr", "Dekar", "Husdyr"],
        [[n, random.randint(1, 99), random.randint(20, 900), random.randint(0, 90)] for n in names],
    )


def pools_and_water(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Bad": _one_of(random, ["Drammensbadet", "Berghallen", "Stoppenbadet"]),
            "Prøvetid": lambda: f"{some_day(random, 2025, 2025):%d.%m.%y} {random.randint(6, 21)}:15",
            "pH": _share(random, 8),
            "Klor": _share(random, 2),
        },
    )


def numbers_of_letters_by_kind(random: Random) -> Rows:
    kinds = ["Innsyn", "Klage", "Søknad om barnehage", "Vedtak etter barnevernsloven § 4-12", "Anke til trygderetten"]
    return table(
        ["Brevtype", "Sendt", "Mottatt", "Svartid"],
        [[k, random.randint(1, 900), random.randint(1, 900), random.randint(1, 60)] for k in kinds],
    )


def letters_on_paper(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "JournalID": lambda: f"{random.randint(2023, 2025)}{random.randint(10**5, 10**6 - 1)}",
            "Dokumentdato": lambda: some_day(random),
            "Dokumenttittel": _one_of(random, ["Tilsagn om tilskudd", "Uttalelse til plan", "Varsel om tilsyn"]),
            "Til/fra": _one_of(random, ["Mattilsynet", "Bane NOR", "Arbeidstilsynet", "Strømsgodset IF"]),
        },
    )


def cases_by_paragraph(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Sak nr": lambda: f"{random.randint(1, 80)}/24",
            "Utvalg": _one_of(random, ["HSO", "Formannskap", "Eldreråd"]),
            "Sakstittel": _one_of(random, ["Rus og psykisk helse", "Tilsynsrapport sykehjem"]),
        },
        12,
        40,
    )


def accounts_of_rental(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Lokale": _one_of(random, ["Fjellhallen", "Festsalen", "Aula"]),
            "Leietaker": _one_of(random, _CLUBS),
            "Timer": _number(random, 1, 40),
            "Leie": _number(random, 100, 4000),
        },
    )


def waiting_list_by_kindergarten(random: Random) -> Rows:
    return table(
        ["Barnehage", "Søkere 1. prioritet", "Født 2023", "Født 2024", "Søsken"],
        [[f"{s} barnehage", *[random.randint(0, 40) for _ in range(4)]] for s in _AREAS],
    )


def pupils_by_language(random: Random) -> Rows:
    return table(
        ["Morsmål", "Elever", "Timer", "Lærere"],
        [
            [m, random.randint(1, 90), random.randint(1, 300), random.randint(1, 6)]
            for m in ("Arabisk", "Tyrkisk", "Ukrainsk", "Polsk", "Somali")
        ],
    )


def jobs_by_age_and_place(random: Random) -> Rows:
    rows: Rows = [
        [a, k, y, random.choice([":", random.randint(4, 90)])]
        for a in ("15-24", "25-54")
        for k in ("M", "K")
        for y in ("Helse", "Bygg", "Handel")
    ]
    random.shuffle(rows)
    return table(["Alder", "Kjønn", "Yrke", "Sysselsatte i alt"], rows)


def benefit_by_month(random: Random) -> Rows:
    return table(
        ["Ytelse", "Kjønn", *[f"2025{m:02}" for m in range(1, 13)]],
        [
            [y, k, *[random.randint(3, 900) for _ in range(12)]]
            for y in ("AAP", "Uføretrygd", "Dagpenger")
            for k in ("M", "K")
        ],
    )


def persons_of_households(random: Random) -> Rows:
    return table(
        ["Antall barn", "Boform", "Inntekt", "Husholdninger"],
        [
            [b, f, random.randint(200, 900) * 1000, random.randint(10, 900)]
            for b in (0, 1, 2, 3)
            for f in ("Eier", "Leier")
        ],
    )


def exercises_of_readiness(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Øvelse": _one_of(random, ["Strømbrudd", "Evakuering", "Flom"]),
            "Gjennomført": lambda: some_day(random, 2003, 2025),
            "Ansvarlig": _one_of(random, _UNITS),
            "Varighet": _number(random, 1, 8),
        },
    )


def fees_by_date_of_change(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Gebyr": _one_of(random, ["Vann", "Avløp", "Feiing"]),
            "Fra og med": lambda: date(random.randint(1990, 2025), random.choice([1, 4, 7]), 1),
            "Sats": _share(random, 9000),
        },
    )


def certificates_of_food_places(random: Random) -> Rows:
    return table(
        ["Navn", "Orgnr", "Adresse", "Poststed", "Smilefjes"],
        [
            [f, organisation_number(random), f"{random.choice(_STREETS)} {n}", "DRAMMEN", random.randint(0, 3)]
            for n, f in enumerate(_FIRMS, 1)
        ],
    )


def pages_of_a_site(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Side": lambda: f"/tjenester/{random.choice(['barn', 'navn', 'skole'])}/{random.randint(10**7, 10**8 - 1)}",
            "Visninger": _number(random, 1, 90000),
            "Sist endret": lambda: some_day(random),
        },
    )


def bibliography_in_one_column(random: Random) -> Rows:
    return table(
        ["Kilder"],
        [
            [
                f"{random.choice(FAMILY)}, {random.choice(GIVEN)[0]}. og {random.choice(FAMILY)}, "
                f"{random.choice(GIVEN)[0]}. (2019) Fattigdom. Oslo: Gyldendal"
            ]
            for _ in range(10)
        ],
    )


def rows_of_hours(random: Random) -> Rows:
    return table(
        ["Enhet", *[f"Uke {n}" for n in range(1, 13)]],
        [[u, *[round(random.random() * 40, 1) for _ in range(12)]] for u in _UNITS],
    )


# ---- a fourth batch, written after the guard had been changed by the third


def surnames_and_their_share(random: Random) -> Rows:
    return table(
        ["Slektsnavn", "Per 1 000", "Endring"],
        [[n, _share(random, 9)(), random.randint(-9, 9)] for n in random.sample(FAMILY, 15)],
    )


def names_of_boys_down_the_years(random: Random) -> Rows:
    return table(["År", "Nr. 1", "Nr. 2", "Nr. 3"], [[y, *random.sample(GIVEN, 3)] for y in range(2010, 2025)])


def open_answers_on_the_district(random: Random) -> Rows:
    said = [
        "Trygt nabolag og fin natur på Berg",
        "For lite lys langs Hotvetalleen",
        "Ungdommene trenger et sted å være",
        "Mye trafikk ved Fridtjof Nansen skole",
        "Bussen går for sjelden",
        "Vi savner en butikk på Nedre Berg",
    ]
    return table(
        ["Nr", "Bydel", "Hva bør bli bedre?"], [[n, random.choice(_AREAS), random.choice(said)] for n in range(1, 20)]
    )


def suggestions_to_a_plan(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Innspill nr": iter(range(1, 99)).__next__,
            "Avsender": _one_of(
                random, ["Tangen Vel", "Naturvernforbundet", "Buskerud fylkeskommune", "NVE", "Berg Borettslag"]
            ),
            "Innspill": _one_of(random, ["Mindre høyde", "Bevar trærne", "Flere gangveier"]),
            "Kommentar": _one_of(random, ["Tas til følge", "Tas ikke til følge"]),
        },
    )


def offices_and_hours(random: Random) -> Rows:
    return table(
        ["Kontor", "Hvor", "Åpent", "Ring"],
        [
            ["Servicetorget", "Engene 1", "9-15", "32 04 00 00"],
            ["Boligkontoret", "Grønland 34", "10-14", "32 04 66 00"],
            ["NAV", "Grønland 58", "12-14", "55 55 33 33"],
            ["Legevakta", "Dronninggata 28", "Døgnet", "116 117"],
        ],
    )


def parcels_and_codes(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "EAN": lambda: f"70{random.randint(10**10, 10**11 - 1)}",
            "Vare": _one_of(random, ["Melk 1 l", "Bleier str. 4", "Kopipapir"]),
            "Varenr": lambda: f"{random.randint(0, 10**6):06}",
            "Antall": _number(random, 1, 900),
        },
        20,
        40,
    )


def payments_with_kid(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Dato": lambda: some_day(random, 2025, 2025),
            "KID": lambda: f"{random.randint(10**8, 10**9 - 1):011}",
            "Mottaker": _one_of(random, _FIRMS),
            "Kontonummer": lambda: (
                f"{random.randint(1000, 9999)} {random.randint(10, 99)} {random.randint(10000, 99999)}"
            ),
            "Beløp": _number(random, 100, 90000),
        },
        20,
        40,
    )


def sensors_of_eleven_digits(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "sensor": lambda: f"{random.randint(10**10, 10**11 - 1)}",
            "tid": lambda: f"{random.randint(1700000000, 1760000000)}",
            "verdi": _share(random),
        },
        30,
        60,
    )


def talks_of_a_conference(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Kl.": lambda: f"{random.randint(9, 15)}.00",
            "Tema": _one_of(random, ["Levekår", "Barnefattigdom", "Medvirkning"]),
            "Innleder": _one_of(random, ["KS", "FHI", "Fafo", "Drammen kommune"]),
        },
        6,
        12,
    )


def changes_of_boundaries(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Gammel krets": lambda: f"0602{random.randint(1000, 9999)}",
            "Ny krets": lambda: f"3301{random.randint(1000, 9999)}",
            "Gammelt navn": _one_of(random, ["Berg 1", "Lund", "Marie Lies vei"]),
            "Gyldig fra": lambda: date(2020, 1, 1),
        },
    )


def climate_accounts(random: Random) -> Rows:
    return table(
        ["Sektor", *map(str, range(2015, 2025))],
        [[s, *[_share(random, 900)() for _ in range(10)]] for s in ("Veitrafikk", "Sjøfart", "Jordbruk")],
    )


def trees_and_their_girth(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Tre-id": _number(random, 1, 9000),
            "Slag": _one_of(random, ["Lind", "Lønn", "Ask", "Selje"]),
            "Alder": _number(random, 5, 140),
            "Høyde": _number(random, 3, 30),
            "Plantet": lambda: some_day(random, 1950, 2020),
        },
    )


def animals_by_keeper_type(random: Random) -> Rows:
    return table(
        ["Driftsform", "Storfe", "Sau", "Kjønn", "Alder"],
        [
            [d, random.randint(1, 900), random.randint(1, 900), k, a]
            for d in ("Økologisk", "Ordinær")
            for k in ("Hann", "Hunn")
            for a in ("0-1", "1+")
        ],
    )


def swimming_lessons_by_school(random: Random) -> Rows:
    return table(
        ["Skole", "Trinn", "Svømmedyktige", "Ikke svømmedyktige"],
        [[s, 4, random.randint(9, 60), random.choice(["<5", 6, 9])] for s in _SCHOOLS],
    )


def staff_by_age_and_sex(random: Random) -> Rows:
    return table(
        ["Stilling", "Kjønn", "Alder", "Lønn snitt", "Ansatte"],
        [
            [s, k, a, random.randint(450, 800) * 1000, random.randint(5, 90)]
            for s in ("Lærer", "Assistent", "Rektor")
            for k in ("K", "M")
            for a in ("-29", "30-49", "50-")
        ],
    )


def benchmark_of_cities(random: Random) -> Rows:
    return table(
        ["Nr.", "Kommune", "Folkehelseindeks", "Rangering"],
        [
            [n, k, _share(random)(), random.randint(1, 356)]
            for n, k in enumerate(("Drammen", "Moss", "Sandnes", "Bodø", "Ås", "Lier", "Ål"), 1)
        ],
    )


def units_called_by_first_names(random: Random) -> Rows:
    return table(
        ["Bofellesskap", "Plasser", "Årsverk"],
        [[f"{random.choice(GIVEN)}s vei bofellesskap", random.randint(4, 12), _share(random, 20)()] for _ in range(9)],
    )


def statistics_with_a_long_note(random: Random) -> Rows:
    return _footed(
        _by_area(random, ["Bydel", "Barn med tiltak", "Barn 0-22 år"]),
        "Et barn telles én gang. Barn født i året er med. Barnet kan ha både mor og far i ulike bydeler.",
        "Tallene er hentet fra Familia 12.03.2025 av Seksjon for barnevern. Kontaktperson: leder, tlf. 32 04 55 10.",
        "Se også rapporten til Ødegård og Bakken (NOVA 2024).",
    )


def workbook_with_a_log(random: Random) -> File:
    log: Rows = [
        ["Dato", "Endret av", "Hva"],
        *[[some_day(random), random.choice(["KB", "ALH", "stat"]), "Ny årgang"] for _ in range(6)],
    ]
    return xlsx_file({"Tall": _by_area(random, ["Sone", "Teller", "Nevner"]), "Logg": log})


def workbook_with_definitions(random: Random) -> File:
    words: Rows = [
        ["Begrep", "Forklaring"],
        ["Person", "Bosatt i Folkeregisteret"],
        ["Barn", "0-17 år"],
        ["Mottaker", "Fikk ytelsen minst en måned"],
        ["Fødselsnummer", "Brukes til kobling, leveres ikke"],
    ]
    return xlsx_file({"Begreper": words, "Tall": _by_area(random, ["Sone", "Teller", "Nevner"])})


def table_turned_on_its_side(random: Random) -> Rows:
    return table(
        ["Navn", *_AREAS],
        [[what, *[random.randint(1, 900) for _ in _AREAS]] for what in ("Kode", "Barn", "Voksne", "Eldre")],
    )


def form_of_an_indicator(random: Random) -> Rows:
    return [
        ["Navn", "Andel trangbodde"],
        ["Eier", "Seksjon for analyse"],
        ["Født i", "2019"],
        ["Alder", "0-17 år"],
        ["Kjønn", "Begge"],
        ["Kontakt", "analyse@drammen.kommune.no"],
        ["Kilde", "SSB"],
    ]


def minutes_of_use(random: Random) -> Rows:
    return _rows_of(
        random,
        {
            "Sal": _one_of(random, ["Sal A", "Sal B"]),
            "Bruker": _one_of(random, _CLUBS),
            "Dato": lambda: some_day(random, 2024, 2025),
            "Min": _number(random, 30, 180),
        },
    )


def plan_of_the_town(random: Random) -> File:
    return geo_json(
        [
            {
                "id": f"{random.randint(10**10, 10**11 - 1)}",
                "gate": s,
                "husnr": n,
                "formaal": "bolig",
                "boenheter": random.randint(2, 40),
            }
            for n, s in enumerate(_STREETS, 1)
        ],
        random,
    )
