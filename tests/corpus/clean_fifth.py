"""Clean tables of the fifth corpus: statistics as senders lay them out, and tables of things that offices keep.

Written on 26 November 2026 by somebody who had read neither the guard nor the other collections' templates: typical
files in the proportions one would expect. Every public function is a template. All figures are synthetic, though the
tables name the services that publish such tables.
"""

import json
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from tests.corpus.files import Cell, File, Rows, geo_json, json_stat, px_file, text_file, xls_file, xlsx_file
from tests.corpus.people import organisation_number
from tests.corpus.people_fifth import (
    AGES,
    DISTRICTS,
    KINDERGARTENS,
    MUNICIPALITIES,
    SCHOOLS,
    SEXES,
    STREETS,
    TRACTS,
    YEARS,
    districts,
    in_a_book,
    in_a_sheet,
    in_text,
    on,
    recent,
    table,
    under,
)

_COUNTRIES = ["Polen", "Syria", "Ukraina", "Somalia", "Tyrkia", "Litauen", "Eritrea", "Pakistan", "Irak", "Afghanistan"]
_MONTHS = ["januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september", "oktober", "november"]
_INDUSTRIES = [
    ("01-03", "Jordbruk, skogbruk og fiske"),
    ("10-33", "Industri"),
    ("41-43", "Bygge- og anleggsvirksomhet"),
    ("45-47", "Varehandel, reparasjon av motorvogner"),
    ("49-53", "Transport og lagring"),
    ("55-56", "Overnattings- og serveringsvirksomhet"),
    ("84", "Offentlig administrasjon"),
    ("85", "Undervisning"),
    ("86-88", "Helse- og sosialtjenester"),
    ("90-99", "Personlig tjenesteyting"),
]
_SUPPLIERS = [
    "Atea AS",
    "Norconsult Norge AS",
    "Tine SA",
    "Brødrene Dahl AS",
    "Glitre Nett AS",
    "Entreprenør Hagen & Sønn AS",
    "Visma Enterprise AS",
    "Rema 1000 Strømsø",
    "Tømrermester Lunde AS",
    "ISS Facility Services AS",
    "Park & Anlegg AS",
    "Staples Norway AS",
    "Drammen Taxi BA",
    "Asker Elektro AS",
    "Maler Solberg AS",
    "KLP Skadeforsikring AS",
]
_CLUBS = [
    "Konnerud IL",
    "Drammen Svømmeklubb",
    "Åssiden IF",
    "Fjell Ungdomsklubb",
    "Mjøndalen Skolekorps",
    "Tyrkisk kulturforening Drammen",
    "Drammen Sanitetsforening",
    "Skoger Historielag",
    "Drammen Turnforening",
    "Blå Kors Drammen",
    "Gulskogen Vel",
    "Marienlyst Bydelshus",
    "Syrisk forening Buskerud",
    "4H Skoger",
]
_CRIMES = ["Vinning", "Vold", "Seksuallovbrudd", "Narkotika", "Skadeverk", "Trafikk", "Annen", "Økonomi"]


def _hide(random: Random, value: Cell, mark: str = ":", chance: float = 0.08) -> Cell:
    return mark if random.random() < chance else value


def _plain(name: str) -> str:
    """Return the first word of a name as it stands in an address."""
    return name.split()[0].lower().translate(str.maketrans("æøå", "aoa"))


def _share(random: Random, low: float = 2, high: float = 60) -> float:
    return round(random.uniform(low, high), 1)


def _wide(random: Random, first: str, names: Sequence[str], low: int, high: int, years: Sequence[int] = ()) -> Rows:
    """Return counts that drift from year to year, a column per year."""
    years = years or recent(random)
    body: Rows = []
    for name in names:
        level = random.randint(low, high)
        body.append([name, *[max(0, round(level * random.uniform(0.9, 1.1))) for _ in years]])
    return table([first, *years], body)


def _wide_shares(random: Random, first: str, names: Sequence[str], low: float, high: float) -> Rows:
    """Return shares, a column per year."""
    years = recent(random)
    return table([first, *years], [[name, *[_share(random, low, high) for _ in years]] for name in names])


def _long(
    random: Random, header: Sequence[str], axes: Sequence[Sequence[Cell]], value: Callable[[], list[Cell]]
) -> Rows:
    """Return a row for each combination of the axes' values."""
    combined: list[list[Cell]] = [[]]
    for axis in axes:
        combined = [[*held, each] for held in combined for each in axis]
    return table(header, [[*held, *value()] for held in combined[: random.randint(180, 300)]])


# ==== statistics: Statistics Norway


def ssb_population_by_district_and_year(random: Random) -> File:
    rows = _wide(random, "Bydel", districts(random), 2500, 14000)
    return in_a_sheet(
        random, under("Folkemengde 1. januar, etter bydel", rows, "Kilde: Statistisk sentralbyrå"), "Tabell"
    )


def ssb_statbank_export_xlsx(random: Random) -> File:
    years = recent(random)
    body: list[list[Cell]] = []
    for code, name in random.sample(MUNICIPALITIES, 14):
        for place, group in enumerate(SEXES):
            label: list[Cell] = [f"K-{code}", name] if place == 0 else [None, None]
            body.append([*label, str(place + 1), group, *[random.randint(2000, 60000) for _ in years]])
    rows: Rows = [
        ["07459: Alders- og kjønnsfordeling i kommuner og hele landets befolkning (K), etter region, kjønn og år"],
        [],
        [None, None, None, None, "Personer"],
        [None, None, None, None, *map(str, years)],
        *body,
        [],
        ["Det er 1. januar-tall. Kommuner med endret inndeling har prikk."],
        [],
        ["Sist endret:"],
        ["Personer:", "20250225 08:00"],
        ["Kilde:"],
        ["Statistisk sentralbyrå"],
        ["Kontakt:"],
        ["Informasjonstjenesten, Statistisk sentralbyrå", "+47 21 09 46 42", "informasjon@ssb.no"],
        ["Måleenhet:"],
        ["personer"],
        ["Database:"],
        ["Ekstern PRODUKSJON"],
        ["Intern referansekode:"],
        ["FolkemAlKj"],
    ]
    return xlsx_file({"FolkemAlKj": rows})


def ssb_statbank_export_with_contact(random: Random) -> File:
    years = recent(random)[-4:]
    body: list[Sequence[Cell]] = [[name, *[_share(random, 3, 22) for _ in years]] for _, name in MUNICIPALITIES]
    rows = under(
        "12944: Personer i husholdninger med lavinntekt, etter region, statistikkvariabel og år",
        table([None, *years], body),
    )
    rows += [
        [],
        ["Kontakt:", "Turid Fossum, Statistisk sentralbyrå", "+47 40 90 00 00", "xyz@ssb.no"],
        ["Kilde:", "Statistisk sentralbyrå"],
        ["Referansetid:", "31.12."],
        ["Copyright", "© Statistisk sentralbyrå"],
    ]
    return in_a_sheet(random, rows, "Lavinntekt")


def ssb_statbank_csv_long(random: Random) -> File:
    rows = _long(
        random,
        ["region", "kjønn", "alder", "år", "Personer"],
        [[f"{code} {name}" for code, name in MUNICIPALITIES[:10]], SEXES, AGES, ["2023", "2024"]],
        lambda: [random.randint(100, 9000)],
    )
    return text_file(random, rows, ";")


def ssb_tracts_px(random: Random) -> File:
    years = [str(year) for year in YEARS[-6:]]
    names = [f"{code} {name}" for code, name in TRACTS]
    return px_file(
        "Befolkning per 1.1., etter grunnkrets, kjønn og år",
        {"grunnkrets": names, "kjønn": SEXES, "år": years},
        [random.randint(0, 900) for _ in range(len(names) * 2 * len(years))],
    )


def ssb_json_stat(random: Random) -> File:
    names = [name for _, name in MUNICIPALITIES[: random.randint(8, 20)]]
    years = [str(year) for year in recent(random)]
    return json_stat(
        "11084: Eierstatus (antall og prosent), etter region, eierstatus og år",
        {"Region": names, "EierStatus": ["Selveier", "Andels-/aksjeeier", "Leier"], "Tid": years},
        [random.randint(200, 30000) for _ in range(len(names) * 3 * len(years))],
        updated="2025-05-13T06:00:00Z",
    )


def ssb_single_years_of_age(random: Random) -> Rows:
    body: Rows = [[f"{year} år", *[random.randint(15, 190) for _ in DISTRICTS]] for year in range(100)]
    return table(["Alder", *DISTRICTS], [*body, ["100 år eller eldre", *[random.randint(0, 3) for _ in DISTRICTS]]])


def ssb_immigrants_by_country(random: Random) -> Rows:
    return table(
        [
            "Landbakgrunn",
            "Innvandrere",
            "Norskfødte med innvandrerforeldre",
            "I alt",
            "Andel av befolkningen (prosent)",
        ],
        [
            [
                name,
                (one := random.randint(20, 2400)),
                (two := random.randint(0, 900)),
                one + two,
                _share(random, 0.1, 4),
            ]
            for name in _COUNTRIES
        ],
    )


def ssb_children_in_low_income(random: Random) -> File:
    years = recent(random)
    body = [[code, name, *[_hide(random, _share(random, 4, 45)) for _ in years]] for code, name in TRACTS]
    rows = under(
        ["Tabell 3", "Andel barn 0-17 år i husholdninger med vedvarende lavinntekt (EU60). Prosent"],
        table(["Krets", "Navn", *map(str, years)], body),
        ": Vises ikke av konfidensialitetshensyn",
        ". Ikke mulig å oppgi tall",
    )
    return in_a_sheet(random, rows, "Tabell 3")


def ssb_income_by_household_type(random: Random) -> Rows:
    kinds = [
        "Alle husholdninger",
        "Aleneboende",
        "Par uten barn",
        "Par med barn 0-17 år",
        "Enslig mor/far med barn 0-17 år",
    ]
    return _long(
        random,
        [
            "Region",
            "Husholdningstype",
            "År",
            "Samlet inntekt, median (kr)",
            "Inntekt etter skatt, median (kr)",
            "Antall husholdninger",
        ],
        [["3301 Drammen", "3312 Lier", "0301 Oslo"], kinds, [2020, 2021, 2022, 2023]],
        lambda: [random.randint(400, 1200) * 1000, random.randint(320, 950) * 1000, random.randint(900, 30000)],
    )


def ssb_employed_by_industry(random: Random) -> Rows:
    body: Rows = [[code, name, *[random.randint(40, 6000) for _ in range(4)]] for code, name in _INDUSTRIES]
    return under(
        "Sysselsatte per 4. kvartal, etter næring (SN2007) og kjønn",
        table(["Kode", "Næring", "Menn 2023", "Kvinner 2023", "Menn 2024", "Kvinner 2024"], body),
    )


def ssb_education_by_tract(random: Random) -> Rows:
    levels = ["Grunnskole", "Videregående", "Fagskole", "Univ./høgsk. kort", "Univ./høgsk. lang", "Uoppgitt"]
    return table(
        ["grunnkretsnr", "grunnkrets", *levels, "Personer 16 år og over"],
        [[code, name, *(held := [random.randint(0, 260) for _ in levels]), sum(held)] for code, name in TRACTS],
    )


def ssb_dwellings_by_type(random: Random) -> File:
    kinds = ["Enebolig", "Tomannsbolig", "Rekkehus, kjedehus", "Boligblokk", "Bofellesskap", "Andre bygningstyper"]
    places = [f"{code} {name}" for code, name in random.sample(MUNICIPALITIES, random.randint(6, 12))]
    years = [str(year) for year in YEARS[-5:]]
    return px_file(
        "06265: Boliger, etter region, bygningstype og år",
        {"region": places, "bygningstype": kinds, "år": years},
        [random.randint(3, 9000) for _ in range(len(places) * len(kinds) * len(years))],
        'CONTACT="Informasjonstjenesten, Statistisk sentralbyrå, informasjon@ssb.no";',
    )


def ssb_crowded_dwellings(random: Random) -> Rows:
    return table(
        [
            "Bydel",
            "Husholdninger",
            "Trangbodde husholdninger",
            "Prosent trangbodde",
            "Personer i trangbodde",
            "Prosent personer",
        ],
        [
            [
                name,
                random.randint(900, 6000),
                random.randint(60, 1200),
                _share(random, 4, 24),
                random.randint(200, 4000),
                _share(random),
            ]
            for name in DISTRICTS
        ],
    )


def ssb_commuting_matrix(random: Random) -> File:
    names = [name for _, name in MUNICIPALITIES[7:18]]
    rows = table(
        ["Bosted \\ Arbeidssted", *names], [[home, *[random.randint(0, 5000) for _ in names]] for home in names]
    )
    return in_a_sheet(random, under("Pendlingsstrømmer 4. kvartal 2024", rows), "Matrise")


def ssb_births_deaths_moves(random: Random) -> Rows:
    rows: Rows = []
    for name in districts(random):
        for year in YEARS[-4:]:
            held: list[Cell] = [
                random.randint(20, 160),
                random.randint(15, 140),
                random.randint(300, 1500),
                random.randint(280, 1400),
            ]
            rows.append([name, year, random.randint(3000, 14000), *held])
    return table(["Bydel", "År", "Folketall 1.1.", "Levendefødte", "Døde", "Innflytting", "Utflytting"], rows)


def ssb_households(random: Random) -> File:
    kinds = [
        "Aleneboende",
        "Par uten barn",
        "Par m/ barn 0-5 år",
        "Par m/ barn 6-17 år",
        "Mor/far m/ barn",
        "Flerfamilie",
    ]
    sheets = {
        str(year): under(
            f"Privathusholdninger etter type, {year}",
            table(["Område", *kinds], [[name, *[random.randint(20, 2500) for _ in kinds]] for name in DISTRICTS]),
        )
        for year in YEARS[-3:]
    }
    return in_a_book(random, sheets)


def ssb_voter_turnout(random: Random) -> Rows:
    return table(
        ["Stemmekrets", "Navn", "Stemmeberettigede", "Avgitte stemmer", "Herav forhåndsstemmer", "Frammøte %"],
        [
            [
                number,
                name,
                (whole := random.randint(900, 6000)),
                (cast := round(whole * random.uniform(0.4, 0.75))),
                cast // 3,
                round(100 * cast / whole, 1),
            ]
            for number, name in enumerate([*DISTRICTS, "Rådhuset", "Danvik", "Brandengen"], 1)
        ],
    )


def ssb_election_results(random: Random) -> File:
    parties = ["Ap", "H", "FrP", "SV", "Sp", "MDG", "V", "KrF", "R", "Andre"]
    body: Rows = [[name, *[random.randint(5, 1900) for _ in parties], random.randint(0, 40)] for name in DISTRICTS]
    return in_text(random, table(["Krets", *parties, "Blanke"], body))


def ssb_kostra_key_figures(random: Random) -> Rows:
    names: list[tuple[str, str, float, float]] = [
        ("Netto driftsutgifter til kommunehelsetjenesten per innbygger", "kr", 2800, 4200),
        ("Andel barn 1-5 år med barnehageplass", "prosent", 88, 97),
        ("Årstimer til undervisning per elev", "timer", 52, 78),
        ("Andel innbyggere 80 år og over som bruker hjemmetjenester", "prosent", 24, 38),
        ("Sosialhjelpsmottakere 18-24 år", "antall", 120, 420),
        ("Barn med melding per innbygger 0-17 år", "prosent", 3, 6),
        ("Brutto driftsutgifter til sosialtjenesten", "1000 kr", 180_000, 420_000),
        ("Gjennomsnittlig saksbehandlingstid, byggesaker 12 uker", "dager", 20, 80),
        ("Elever per lærer, 1.-10. trinn", "elever", 12, 17),
        ("Besøk i folkebibliotek per innbygger", "besøk", 2, 6),
    ]
    years = YEARS[-4:]
    places = ["Drammen", "KOSTRA-gruppe 10", "Landet uten Oslo"]
    header: list[Cell] = ["Nøkkeltall", "Enhet", *[f"{place} {year}" for place in places for year in years]]
    return table(
        header,
        [[name, unit, *[_share(random, low, high) for _ in range(12)]] for name, unit, low, high in names],
    )


def ssb_wages_by_occupation(random: Random) -> Rows:
    jobs = [
        "2221 Sykepleiere",
        "2341 Grunnskolelærere",
        "5321 Helsefagarbeidere",
        "9112 Renholdere",
        "5311 Barnehageassistenter",
    ]
    return table(
        [
            "Yrke (STYRK-08)",
            "Kjønn",
            "Antall heltidsekvivalenter",
            "Nedre kvartil",
            "Median",
            "Gjennomsnittlig månedslønn",
            "Øvre kvartil",
        ],
        [
            [job, group, random.randint(20, 1400), *sorted(random.randint(32000, 62000) for _ in range(4))]
            for job in jobs
            for group in ["Begge kjønn", *SEXES]
        ],
    )


def ssb_social_assistance_by_age_and_sex(random: Random) -> File:
    top: list[Cell] = ["Bydel", *[cell for group in ["18-24 år", "25-44 år", "45-66 år"] for cell in (group, None)]]
    rows: Rows = [top, [None, *["Menn", "Kvinner"] * 3]]
    rows += [[name, *[_hide(random, random.randint(4, 90), "..") for _ in range(6)]] for name in DISTRICTS]
    return in_a_sheet(
        random, under("Mottakere av økonomisk sosialhjelp, etter alder og kjønn. 2024", rows, ".. = færre enn 4")
    )


def ssb_quarterly_series(random: Random) -> Rows:
    quarters = [f"{year}K{quarter}" for year in range(2015, 2026) for quarter in range(1, 5)]
    return table(
        ["kvartal", "Prisindeks brukte boliger (2015=100)", "Blokkleiligheter", "Småhus", "Eneboliger"],
        [
            [quarter, *[round(100 + place * 1.3 + random.uniform(-3, 3), 1) for _ in range(4)]]
            for place, quarter in enumerate(quarters)
        ],
    )


# ==== statistics: health


def fhi_public_health_csv(random: Random) -> File:
    rows = _long(
        random,
        ["GEO", "AAR", "KJONN", "ALDER", "TELLER", "NEVNER", "RATE", "SMR", "SPVFLAGG"],
        [
            ["0", "33", "3301", "330101", "330105", "330107"],
            ["2018_2020", "2019_2021", "2020_2022"],
            [0, 1, 2],
            ["0_44", "45_74", "75_120"],
        ],
        lambda: [
            random.randint(10, 4000),
            random.randint(5000, 50000),
            _share(random),
            _share(random, 70, 140),
            random.choice([0, 0, 0, 1]),
        ],
    )
    return text_file(random, rows, ";")


def fhi_health_profile(random: Random) -> File:
    names: list[tuple[str, str, float, float, str]] = [
        ("Befolkning", "Personer som bor alene, 45 år +", 20, 30, "prosent"),
        ("Oppvekst og levekår", "Barn i lavinntektshusholdninger", 5, 22, "prosent"),
        ("Oppvekst og levekår", "Trives på skolen, 10. klasse", 78, 92, "prosent"),
        ("Oppvekst og levekår", "Bor trangt, 0-17 år", 12, 33, "prosent"),
        ("Levevaner", "Ensomhet, Ungdata", 18, 30, "prosent"),
        ("Levevaner", "Har brukt cannabis, Ungdata", 2, 18, "prosent"),
        ("Levevaner", "Overvekt og fedme, 17 år", 15, 29, "prosent"),
        ("Helse og sykdom", "Forventet levealder, menn", 77, 82, "år"),
        ("Helse og sykdom", "Forventet levealder, kvinner", 81, 86, "år"),
        ("Helse og sykdom", "Psykiske symptomer/lidelser, 15-24 år", 130, 210, "per 1000"),
        ("Helse og sykdom", "Muskel og skjelett, 0-74 år", 250, 400, "per 1000"),
        ("Helse og sykdom", "Vaksinasjonsdekning meslinger, 9 år", 92, 99, "prosent"),
    ]
    body: Rows = [
        [group, number, name, *[_share(random, low, high) for _ in range(3)], unit]
        for number, (group, name, low, high, unit) in enumerate(names, 1)
    ]
    shown = table(["Tema", "Nr", "Indikator", "Kommune", "Fylke", "Norge", "Enhet"], body)
    return in_a_sheet(random, under("Folkehelseprofil 2025 - Drammen", shown), "Folkehelsebarometer")


def fhi_mortality_rates(random: Random) -> Rows:
    causes = ["Alle dødsårsaker", "Hjerte- og karsykdommer", "Kreft", "Kols", "Selvmord", "Overdoser"]
    return table(
        ["Dødsårsak", "Kjønn", "Periode", "Døde, antall", "Rate per 100 000", "95% KI nedre", "95% KI øvre"],
        [
            [
                cause,
                group,
                period,
                _hide(random, random.randint(5, 900)),
                (rate := _share(random, 5, 700)),
                round(rate * 0.9, 1),
                round(rate * 1.1, 1),
            ]
            for cause in causes
            for group in SEXES
            for period in ["2013-2017", "2018-2022"]
        ],
    )


def fhi_vaccination_coverage(random: Random) -> File:
    kinds = ["DTP", "MMR", "HPV jenter", "HPV gutter", "Polio"]
    body: Rows = [[code, name, *[_share(random, 85, 98.9) for _ in kinds]] for code, name in MUNICIPALITIES]
    return in_a_sheet(random, table(["Kommunenr", "Kommune", *kinds], body), "16-åringer")


def fhi_weekly_infections(random: Random) -> Rows:
    groups = ["0-4", "5-19", "20-64", "65+"]
    weeks = [f"2025-{week:02}" for week in range(1, 47)]
    return table(
        ["Uke", *[f"Influensa {group}" for group in groups], "Antall prøver"],
        [[week, *[random.randint(0, 90) for _ in range(5)]] for week in weeks],
    )


def consultations_with_general_practitioners(random: Random) -> Rows:
    diagnoses = [
        "P01 Følelse angst",
        "P03 Følelse depresjon",
        "P76 Depressiv lidelse",
        "R74 Akutt ØLI",
        "L84 Ryggsyndrom",
        "T90 Diabetes 2",
    ]
    return _long(
        random,
        ["Bydel", "Diagnose (ICPC-2)", "Aldersgruppe", "Konsultasjoner", "Pasienter", "Pasienter per 1000 innb."],
        [DISTRICTS[:8], diagnoses, ["0-19 år", "20-44 år", "45-66 år", "67+ år"]],
        lambda: [random.randint(20, 1900), random.randint(10, 800), _share(random, 5, 110)],
    )


def home_care_recipients_by_zone(random: Random) -> Rows:
    kinds = ["Hjemmesykepleie", "Praktisk bistand", "Trygghetsalarm", "BPA", "Dagaktivitet", "Matombringing"]
    return under(
        "Antall tjenestemottakere per 31.12.2024 fordelt på tjeneste og sone (uttrekk Gerica)",
        table(
            ["Tjeneste", "Sone 1", "Sone 2", "Sone Strømsø", "Sum"],
            [[kind, *(held := [random.randint(5, 320) for _ in range(3)]), sum(held)] for kind in kinds],
        ),
    )


def waiting_times_nursing_homes(random: Random) -> Rows:
    return table(
        [
            "Måned",
            "På venteliste",
            "Herav hjemmeboende",
            "Nye søknader",
            "Innvilget",
            "Avslag",
            "Median ventetid (dager)",
        ],
        [
            [f"{month} {year}", *[random.randint(2, 60) for _ in range(6)]]
            for year in [2023, 2024, 2025]
            for month in _MONTHS[:9]
        ],
    )


def school_nurse_consultations_counted(random: Random) -> Rows:
    return table(
        ["Skole", "Elevtall", "Samtaler i alt", "Søvn", "Psykisk helse", "Hjemmeforhold", "Mobbing", "Henvist BUP"],
        [
            [
                name,
                random.randint(180, 620),
                *[random.randint(5, 300) for _ in range(5)],
                _hide(random, random.randint(3, 19), "<5", 0.4),
            ]
            for name in SCHOOLS
        ],
    )


def life_expectancy_with_intervals(random: Random) -> Rows:
    return table(
        ["Område", "Kjønn", "Periode", "Forventet levealder ved fødsel", "Nedre", "Øvre"],
        [
            [
                name,
                group,
                period,
                (years := round(random.uniform(76, 85), 1)),
                round(years - 1.4, 1),
                round(years + 1.4, 1),
            ]
            for name in districts(random)
            for group in SEXES
            for period in ["2009-2015", "2016-2022"]
        ],
    )


# ==== statistics: schools and kindergartens


def udir_bullying_by_school(random: Random) -> Rows:
    return table(
        [
            "EnhetNavn",
            "Organisasjonsnummer",
            "Skoleår",
            "Trinn",
            "Kjønn",
            "Antall besvart",
            "Andel mobbet",
            "Svarprosent",
        ],
        [
            [
                name,
                organisation_number(random),
                "2024-25",
                step,
                "Alle",
                _hide(random, random.randint(15, 90), "*"),
                _hide(random, _share(random, 2, 19), "*", 0.3),
                _share(random, 70, 100),
            ]
            for name in SCHOOLS
            for step in ["7. årstrinn", "10. årstrinn"]
        ],
    )


def udir_national_tests_by_school(random: Random) -> File:
    header = [
        "Enhet",
        "Prøve",
        "Antall elever",
        "Skalapoeng",
        "Mestringsnivå 1",
        "Mestringsnivå 2",
        "Mestringsnivå 3",
        "Fritatt %",
    ]
    sheets = {
        year: table(
            header,
            [
                [
                    name,
                    subject,
                    random.randint(20, 110),
                    random.randint(44, 55),
                    *[_hide(random, _share(random, 10, 55), "*") for _ in range(3)],
                    _share(random, 0, 9),
                ]
                for name in ["Drammen kommune", *SCHOOLS]
                for subject in ["Engelsk", "Lesing", "Regning"]
            ],
        )
        for year in ["2023-24", "2024-25"]
    }
    return in_a_book(random, sheets)


def udir_points_after_lower_secondary(random: Random) -> Rows:
    return _wide_shares(random, "Skole", [name for name in SCHOOLS if random.random() < 0.8], 35, 47)


def udir_pupils_per_step(random: Random) -> Rows:
    steps = [f"{number}. trinn" for number in range(1, 11)]
    return table(
        ["Skolenavn", "Orgnr", *steps, "Elever i alt", "Særskilt norskopplæring", "Spesialundervisning"],
        [
            [
                name,
                organisation_number(random),
                *(held := [random.choice([0, random.randint(20, 75)]) for _ in steps]),
                sum(held),
                random.randint(5, 90),
                random.randint(5, 50),
            ]
            for name in SCHOOLS
        ],
    )


def udir_kindergarten_figures(random: Random) -> Rows:
    return table(
        [
            "Barnehage",
            "Eierform",
            "Barn 0-2 år",
            "Barn 3-6 år",
            "Minoritetsspråklige barn",
            "Barn per ansatt",
            "Pedagognorm oppfylt",
            "Foreldretilfredshet",
        ],
        [
            [
                name,
                random.choice(["Kommunal", "Privat"]),
                random.randint(8, 40),
                random.randint(15, 70),
                _hide(random, random.randint(4, 60), "-"),
                _share(random, 4.9, 6.5),
                random.choice(["Ja", "Nei", "Med disp."]),
                _share(random, 4, 5),
            ]
            for name in KINDERGARTENS
        ],
    )


def kindergarten_coverage(random: Random) -> Rows:
    return under(
        "Barn i barnehage etter alder og bydel, 15.12.",
        _long(
            random,
            ["Kommunedel", "År", "Alder", "Barn med plass", "Barn i alt", "Dekning"],
            [districts(random), YEARS[-4:], ["1-2 år", "3-5 år"]],
            lambda: [
                (one := random.randint(40, 220)),
                (whole := one + random.randint(2, 60)),
                round(100 * one / whole, 1),
            ],
        ),
    )


def upper_secondary_completion(random: Random) -> Rows:
    return table(
        [
            "Bostedskommune",
            "Utdanningsprogram",
            "Kull",
            "Elever",
            "Fullført normert tid %",
            "Fullført +2 år %",
            "Sluttet %",
        ],
        [
            [name, kind, 2018, random.randint(12, 400), *[_share(random, 5, 88) for _ in range(3)]]
            for _, name in MUNICIPALITIES[10:17]
            for kind in ["Studiespesialisering", "Helse- og oppvekstfag", "Bygg- og anleggsteknikk", "Alle"]
        ],
    )


def pupils_absence_by_school(random: Random) -> Rows:
    return table(
        ["Skole", "Trinn", "Fraværsdager, median", "Fraværstimer, median", "Andel elever > 10 % fravær"],
        [
            [name, step, random.randint(2, 12), random.randint(1, 20), _hide(random, _share(random, 1, 20), "u.off.")]
            for name in SCHOOLS
            for step in (8, 9, 10)
        ],
    )


# ==== statistics: integration, children, work, police, housing


def imdi_indicators(random: Random) -> Rows:
    names = [
        "Sysselsatte innvandrere 20-66 år",
        "Innvandrere med vedvarende lavinntekt",
        "Deltakere i introduksjonsprogram, overgang til arbeid/utdanning",
        "Barn 3-5 år i barnehage, minoritetsspråklige",
        "Valgdeltakelse innvandrere",
    ]
    return table(
        ["Indikator", "Kommune", "Bakgrunn", "Kjønn", *YEARS[-4:]],
        [
            [name, "Drammen", group, sex, *[_hide(random, _share(random)) for _ in range(4)]]
            for name in names
            for group in ["Innvandrere", "Befolkningen ellers"]
            for sex in ["Begge kjønn", *SEXES]
        ],
    )


def imdi_settled_refugees(random: Random) -> Rows:
    return under(
        "Bosatte flyktninger etter landbakgrunn og bosettingsår",
        _wide(random, "Statsborgerskap", [*_COUNTRIES, "Statsløs", "Andre"], 5, 160, range(2016, 2026)),
        "Celler med færre enn 5 er avrundet til 5.",
    )


def introduction_programme_results(random: Random) -> Rows:
    return table(
        [
            "Avslutningsår",
            "Deltakere avsluttet",
            "Menn",
            "Kvinner",
            "I arbeid",
            "I utdanning",
            "Arbeidssøker",
            "Ukjent",
            "Andel i arbeid/utdanning",
        ],
        [
            [
                year,
                (a := random.randint(30, 90)) + (b := random.randint(30, 90)),
                a,
                b,
                *[random.randint(6, 60) for _ in range(4)],
                _share(random, 35, 75),
            ]
            for year in YEARS
        ],
    )


def bufdir_child_welfare_monitor(random: Random) -> Rows:
    names = [
        "Meldinger behandlet innen 7 dager",
        "Undersøkelser innen 3 mnd",
        "Barn med tiltaksplan",
        "Fosterbarn med lovpålagt tilsyn",
        "Stillinger per 1000 barn",
        "Barn i institusjon",
    ]
    return table(
        ["Nøkkeltall", "Område", "1. halvår 2024", "2. halvår 2024", "1. halvår 2025", "Snitt sammenlignbare kommuner"],
        [
            [name, place, *[_share(random, 5, 100) for _ in range(4)]]
            for name in names
            for place in ["Drammen", "Hele landet"]
        ],
    )


def child_welfare_notifications_by_sender(random: Random) -> Rows:
    senders = [
        "Skole",
        "Barnehage",
        "Helsestasjon/skolehelsetjeneste",
        "Lege/sykehus",
        "Politi",
        "NAV",
        "Mor/far",
        "Barnet selv",
        "Naboer",
        "Anonyme",
        "Krisesenter",
    ]
    quarters = [f"{quarter}. kv {year}" for year in (2024, 2025) for quarter in range(1, 5)]
    return table(["Melder", *quarters], [[sender, *[random.randint(0, 60) for _ in quarters]] for sender in senders])


def child_poverty_wide(random: Random) -> File:
    rows = _wide_shares(random, "Bydel/delområde", [*DISTRICTS, "Drammen i alt"], 4, 38)
    return in_a_sheet(
        random, under("Barn i familier med vedvarende lavinntekt, prosent", rows, "Kilde: Bufdir/SSB"), "Barnefattigdom"
    )


def nav_unemployed_by_month(random: Random) -> File:
    header: list[Cell] = [
        "Fylke",
        "Kommune",
        "Antall",
        "Prosent av arbeidsstyrken",
        "Endring fra i fjor",
        "Endring i prosent",
    ]
    sheets = {
        f"{place}. {title}": under(
            [title, f"Ved utgangen av {random.choice(_MONTHS)} 2025"],
            table(
                header,
                [
                    [
                        "Buskerud",
                        f"{code} {name}",
                        random.randint(40, 2400),
                        _share(random, 0.9, 4),
                        random.randint(-200, 300),
                        random.randint(-20, 25),
                    ]
                    for code, name in MUNICIPALITIES[10:18]
                ],
            ),
            "* = Tall under 4. Kilde: Nav, Statistikkseksjonen. E-post: statistikk@nav.no",
        )
        for place, title in enumerate(["Helt ledige", "Delvis ledige", "Tiltak"], 1)
    }
    return in_a_book(random, sheets)


def nav_disability_by_age_and_sex(random: Random) -> Rows:
    return table(
        ["Bosted", "Aldersgruppe", "Kvinner", "Menn", "I alt", "Andel av befolkningen"],
        [
            [name, group, (a := random.randint(4, 300)), (b := random.randint(4, 300)), a + b, _share(random, 0.8, 31)]
            for name in districts(random)
            for group in ["18-29 år", "30-44 år", "45-54 år", "55-67 år"]
        ],
    )


def nav_sickness_absence(random: Random) -> File:
    quarters = [f"{quarter}. kvartal {year}" for year in (2022, 2023, 2024) for quarter in range(1, 5)]
    body: Rows = [[name, *[_share(random, 3, 9.9) for _ in quarters]] for _, name in _INDUSTRIES]
    return xls_file(
        {"Næring": under("Legemeldt sykefravær i prosent, etter næring", table(["Næring", *quarters], body))}
    )


def nav_assessment_allowance(random: Random) -> Rows:
    return _long(
        random,
        ["nav_kontor", "periode", "ytelse", "kjonn", "antall_personer", "andel"],
        [
            ["NAV Drammen", "NAV Lier", "NAV Øvre Eiker"],
            [f"2024{month:02}" for month in range(1, 13)],
            ["AAP", "KVP", "Dagpenger"],
            ["K", "M"],
        ],
        lambda: [random.randint(20, 1800), _share(random, 0.3, 6)],
    )


def social_assistance_per_month(random: Random) -> Rows:
    return table(
        [
            "Måned",
            "Antall mottakere",
            "Nye mottakere",
            "Under 25 år",
            "Barnefamilier",
            "Utbetalt (kr)",
            "Snitt per mottaker",
        ],
        [
            [
                f"{month:02}.{year}",
                (n := random.randint(700, 1100)),
                random.randint(40, 140),
                random.randint(90, 200),
                random.randint(150, 300),
                (kr := random.randint(7, 13) * 1_000_000),
                round(kr / n),
            ]
            for year in (2023, 2024, 2025)
            for month in range(1, 11)
        ],
    )


def police_reported_crime(random: Random) -> Rows:
    return under(
        "Anmeldte lovbrudd etter lovbruddskategori og geografisk driftsenhet (STRASAK)",
        table(
            ["Kategori", "Lovbruddsgruppe", *YEARS[-5:], "Endring 2024-2025 %"],
            [
                [kind, f"{kind} - {part}", *[random.randint(8, 1900) for _ in range(5)], _share(random, -30, 40)]
                for kind in _CRIMES
                for part in ("i alt", "oppklart")
            ],
        ),
    )


def police_violence_by_hour(random: Random) -> Rows:
    days = ["mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"]
    return table(
        ["Klokkeslett", *days],
        [[f"{hour:02}-{hour + 1:02}", *[random.randint(0, 22) for _ in days]] for hour in range(24)],
    )


def husbanken_housing_allowance(random: Random) -> File:
    body: Rows = [
        [
            code,
            name,
            random.randint(30, 4000),
            random.randint(2500, 4900),
            random.randint(200, 16000) * 1000,
            _share(random, 0.5, 5),
        ]
        for code, name in MUNICIPALITIES
    ]
    return in_a_sheet(
        random,
        under(
            "Bostøtte oktober 2025, etter kommune",
            table(["Knr", "Kommune", "Mottakere", "Snitt utbetalt", "Sum", "Avslag %"], body),
        ),
        "Kommune",
    )


def municipal_housing_statistics(random: Random) -> Rows:
    return table(
        [
            "Område",
            "Boligtype",
            "Antall boliger",
            "Ledige",
            "Snittleie",
            "Gj.snittlig botid (år)",
            "Barn i boligene",
            "Fraflyttet siste år",
        ],
        [
            [
                name,
                kind,
                random.randint(4, 120),
                random.randint(0, 9),
                random.randint(7000, 12500),
                _share(random, 2, 9),
                random.randint(0, 90),
                random.randint(0, 22),
            ]
            for name in districts(random)
            for kind in ["Ordinær", "Omsorgsbolig", "Midlertidig"]
        ],
    )


# ==== statistics: places, traffic, surveys, others


def tract_areas(random: Random) -> Rows:
    return table(
        ["Grunnkretsnummer", "Grunnkretsnavn", "Delområde", "Landareal km2", "Ferskvann km2", "Innbyggere", "Tetthet"],
        [
            [
                code,
                name,
                code[:6],
                round(random.uniform(0.05, 9), 2),
                round(random.uniform(0, 0.3), 2),
                (n := random.randint(0, 1500)),
                round(n / 1.7, 1),
            ]
            for code, name in TRACTS
        ],
    )


def traffic_accidents_counted(random: Random) -> Rows:
    return table(
        [
            "År",
            "Vegkategori",
            "Ulykker",
            "Drept",
            "Meget alvorlig skadd",
            "Alvorlig skadd",
            "Lettere skadd",
            "Herav fotgjengere",
            "Herav syklister",
        ],
        [
            [
                year,
                kind,
                random.randint(3, 60),
                random.choice([0, 0, 0, 1]),
                random.choice([0, 0, 1]),
                *[random.randint(0, 30) for _ in range(4)],
            ]
            for year in YEARS
            for kind in ("Europaveg", "Riksveg", "Fylkesveg", "Kommunal veg")
        ],
    )


def traffic_counts_by_point_and_day(random: Random) -> Rows:
    places = [
        "E18 Drammensbrua",
        "Rv282 Bjørnstjerne Bjørnsons gate",
        "Fv319 Svelvikveien",
        "Rv283 Rosenkrantzgata",
        "Fv36 Konnerudgata",
        "E134 Strømsåstunnelen",
    ]
    return table(
        ["Trafikkregistreringspunkt", "Navn", "Felt", "Dato", "Volum", "Dekningsgrad (%)", "Lengder >= 5,6m"],
        [
            [
                f"{random.randint(10000, 99999)}V{random.randint(100000, 999999)}",
                place,
                lane,
                date(2025, 9, 1) + timedelta(days=number),
                random.randint(2000, 26000),
                _share(random, 90, 100),
                random.randint(90, 2400),
            ]
            for place in places
            for lane in (1, 2)
            for number in range(14)
        ],
    )


def ungdata_results(random: Random) -> File:
    questions = [
        "Fornøyd med lokalmiljøet",
        "Trives på skolen",
        "Har minst én fortrolig venn",
        "Vært utsatt for mobbing",
        "Plaget av ensomhet",
        "Brukt hasj/marihuana siste året",
        "Trener minst ukentlig",
        "Fritidsklubb siste måned",
    ]
    body: Rows = [[question, *[_share(random, 3, 95) for _ in range(6)]] for question in questions]
    rows = under(
        "Ungdata 2024 - prosentandel, ungdomsskole (N = 2 914)",
        table(["Spørsmål", "Strømsø", "Fjell", "Bragernes", "Konnerud", "Drammen", "Norge"], body),
        "Skoler med færre enn 30 svar er ikke vist.",
    )
    return in_a_sheet(random, rows, "Resultater")


def citizen_survey_results(random: Random) -> Rows:
    return table(
        ["Spm", "Spørsmålstekst", "Gruppe", "Antall svar", "Snitt (1-6)", "Std.avvik", "Andel 5-6"],
        [
            [
                f"Q{number}",
                text,
                group,
                random.randint(25, 900),
                round(random.uniform(2.9, 5.4), 2),
                round(random.uniform(0.8, 1.6), 2),
                f"{random.randint(15, 88)} %",
            ]
            for number, text in enumerate(
                [
                    "Alt i alt, hvor fornøyd er du med å bo her?",
                    "Jeg føler meg trygg ute om kvelden",
                    "Parker og grøntområder",
                    "Kollektivtilbudet",
                    "Renhold i gatene",
                ],
                1,
            )
            for group in ["Alle", "Kvinne", "Mann", "Under 30 år", "30-59 år", "60 år +"]
        ],
    )


def county_health_survey_rates(random: Random) -> Rows:
    return table(
        ["Helseutfall", "Utdanning", "Alder", "Andel (%)", "95 % KI", "n"],
        [
            [name, level, group, (v := _share(random, 5, 80)), f"{v - 2:.1f}-{v + 2:.1f}", random.randint(80, 2400)]
            for name in ["God selvrapportert helse", "Ensom", "Røyker daglig", "Søvnvansker", "Høy livskvalitet"]
            for level in ["Grunnskole", "Videregående", "Høyere"]
            for group in ["18-39", "40-66", "67+"]
        ],
    )


def district_layers_geojson(random: Random) -> File:
    return geo_json(
        [
            {
                "grunnkretsnummer": code,
                "grunnkretsnavn": name,
                "folketall_2025": random.randint(0, 1400),
                "andel_lavinntekt": _share(random, 4, 40),
            }
            for code, name in TRACTS
        ],
        random,
        name="grunnkretser_levekar",
    )


def deprivation_index(random: Random) -> Rows:
    return table(
        ["Sone", "Navn", "z_lavinntekt", "z_utdanning", "z_ufore", "z_trangbodd", "Indeks", "Rang"],
        [
            [code, name, *[round(random.gauss(0, 1), 3) for _ in range(4)], round(random.gauss(0, 1), 3), rank]
            for rank, (code, name) in enumerate(random.sample(TRACTS, 15), 1)
        ],
    )


def eurostat_table_english(random: Random) -> File:
    rows = _long(
        random,
        ["geo", "unit", "sex", "age", "TIME_PERIOD", "OBS_VALUE", "OBS_FLAG"],
        [["NO", "NO08", "NO09", "DK", "SE", "FI"], ["PC"], ["F", "M", "T"], ["Y15-24", "Y25-64"], range(2019, 2025)],
        lambda: [_share(random, 3, 30), random.choice(["", "", "", "b", "u"])],
    )
    return in_text(random, rows)


def statistics_in_nynorsk(random: Random) -> Rows:
    return under(
        "Sjukefråvær og uføre i kommunane, 2024. Prosent",
        table(
            [
                "Kommune",
                "Tal innbyggjarar 1.1.",
                "Uføre 18-66 år, menn",
                "Uføre 18-66 år, kvinner",
                "Sjukefråvær, menn",
                "Sjukefråvær, kvinner",
            ],
            [
                [name, random.randint(2000, 290000), *[_share(random, 3, 14) for _ in range(4)]]
                for _, name in MUNICIPALITIES
            ],
        ),
        "Kjelde: SSB og Nav. Tal under 10 er utelatne.",
    )


def delivered_counts(random: Random) -> Rows:
    return _long(
        random,
        ["Kommunedel", "År", "Indikator", "Teller", "Nevner"],
        [districts(random), YEARS[-4:], ["Sosialhjelpsmottakere 18-24 år", "Elever med særskilt norskopplæring"]],
        lambda: [random.randint(5, 120), random.randint(300, 1600)],
    )


def small_numbers_marked(random: Random) -> Rows:
    names = [
        "Overdoser",
        "Tvangsinnleggelser",
        "Krisesenteropphold",
        "Bortvisninger",
        "Utkastelser",
        "Omsorgsovertakelser",
    ]
    return under(
        "Sjeldne hendelser per kommunedel 2022-2024 (sum tre år)",
        table(
            ["Kommunedel", *names],
            [[name, *[_hide(random, random.randint(5, 24), "<5", 0.35) for _ in names]] for name in DISTRICTS],
        ),
        "<5: skjult for å hindre identifisering",
    )


def statistics_with_hidden_columns(random: Random) -> File:
    years = list(range(2010, 2026))
    rows = under(
        "Antall leiligheter i blokk",
        table(
            ["Krets", "Navn", *years], [[code, name, *[random.randint(0, 700) for _ in years]] for code, name in TRACTS]
        ),
    )
    note = "Rettet 12.3. Tallet var summert to ganger"

    def more(_: object, made: dict[str, Any]) -> None:
        sheet = made["Tabell 1"]
        sheet.set_column(2, 9, None, None, {"hidden": True})
        sheet.write_comment(5, 11, note)

    return xlsx_file({"Tabell 1": rows}, more)


def workbook_with_front_page(random: Random) -> File:
    front: Rows = [
        ["Levekårsundersøkelse 2025 - tabellvedlegg"],
        [],
        ["Innhold"],
        ["Tabell 1", "Befolkning etter alder"],
        ["Tabell 2", "Andel i arbeid"],
        [],
        ["Spørsmål om tallene: statistikk@kommune.example, telefon 32 04 00 00"],
    ]
    first = table(
        ["Bydel", *AGES, "Sum"],
        [[name, *(held := [random.randint(80, 3000) for _ in AGES]), sum(held)] for name in DISTRICTS],
    )
    second = _wide_shares(random, "Bydel", DISTRICTS, 50, 80)
    return in_a_book(random, {"Forside": front, "Tabell 1": first, "Tabell 2": second})


def library_loans_by_category(random: Random) -> Rows:
    return table(
        ["Avdeling", "Materialtype", "Målgruppe", *_MONTHS],
        [
            [place, kind, group, *[random.randint(10, 3200) for _ in _MONTHS]]
            for place in ("Drammen", "Konnerud", "Mjøndalen", "Svelvik")
            for kind in ("Bok", "Lydbok", "Film", "Språkkurs")
            for group in ("Voksne", "Barn")
        ],
    )


def employees_counted_by_unit(random: Random) -> Rows:
    return under(
        "Ansatte og sykefravær per virksomhet, oktober 2025",
        table(
            [
                "Virksomhet",
                "Ansatte",
                "Årsverk",
                "Andel deltid",
                "Andel kvinner",
                "Snittalder",
                "Sykefravær korttid",
                "Sykefravær langtid",
            ],
            [
                [
                    name,
                    random.randint(12, 140),
                    _share(random, 10, 120),
                    _share(random),
                    _share(random, 20, 95),
                    _share(random, 36, 52),
                    _share(random, 1, 4),
                    _share(random, 2, 9),
                ]
                for name in [*SCHOOLS[:6], *KINDERGARTENS[:6], "Vei og park", "NAV Drammen"]
            ],
        ),
    )


# ==== tables of things: plans, money, suppliers


def project_list(random: Random) -> Rows:
    return table(
        [
            "Prosjektnr",
            "Prosjekt",
            "Fase",
            "Oppstart",
            "Ferdig",
            "Budsjett",
            "Forbruk hittil",
            "Ansvarlig enhet",
            "Status",
        ],
        [
            [
                f"P{random.randint(1000, 9999)}",
                random.choice(["Rehabilitering", "Utvidelse", "Ny", "Uteområde"])
                + " "
                + random.choice([*SCHOOLS, *KINDERGARTENS, "Fjell bydelshus", "Strømsø torg"]),
                random.choice(["Utredning", "Forprosjekt", "Gjennomføring", "Avsluttet"]),
                on(random),
                on(random, 2026, 2028),
                random.randint(1, 180) * 1_000_000,
                random.randint(0, 90) * 1_000_000,
                random.choice(["Eiendom", "Byutvikling", "Oppvekst"]),
                random.choice(["Grønn", "Gul", "Rød"]),
            ]
            for _ in range(random.randint(12, 60))
        ],
    )


def zoning_plans(random: Random) -> Rows:
    return table(
        ["PlanID", "Plannavn", "Plantype", "Planstatus", "Vedtatt", "Areal daa", "Forslagsstiller"],
        [
            [
                f"3301_{random.randint(100, 999)}",
                f"Detaljregulering {random.choice(STREETS)} {random.randint(1, 90)}",
                random.choice(["Detaljregulering", "Områderegulering", "Bebyggelsesplan"]),
                random.choice(["Endelig vedtatt", "Høring", "Planlegging igangsatt"]),
                on(random, 2005),
                _share(random, 1, 180),
                random.choice(["Drammen kommune", "Union Eiendomsutvikling AS", "Bane NOR Eiendom AS", "OBOS"]),
            ]
            for _ in range(random.randint(20, 120))
        ],
    )


def building_permits_without_applicants(random: Random) -> Rows:
    return table(
        [
            "Saksnr",
            "Gnr",
            "Bnr",
            "Tiltakstype",
            "Tiltaksart",
            "Mottatt",
            "Vedtak",
            "Dager",
            "BRA m2",
            "Antall boenheter",
        ],
        [
            [
                f"24/{random.randint(1000, 29999)}",
                random.randint(1, 140),
                random.randint(1, 900),
                random.choice(["Enebolig", "Garasje", "Tilbygg", "Boligblokk", "Kontor"]),
                random.choice(["Nytt bygg", "Påbygg", "Bruksendring"]),
                (day := on(random, 2024)),
                day + timedelta(days=(n := random.randint(5, 84))),
                n,
                random.randint(15, 4000),
                random.randint(0, 60),
            ]
            for _ in range(random.randint(40, 200))
        ],
    )


def buildings_of_the_municipality(random: Random) -> Rows:
    return table(
        [
            "Byggnr",
            "Bygg",
            "Adresse",
            "Postnr",
            "Poststed",
            "Byggeår",
            "BTA m2",
            "Tilstandsgrad",
            "Etterslep kr",
            "Energimerke",
        ],
        [
            [
                random.randint(10_000_000, 30_000_000),
                name,
                f"{random.choice(STREETS)} {random.randint(1, 120)}",
                f"30{random.randint(11, 60)}",
                "Drammen",
                random.randint(1890, 2024),
                random.randint(300, 14000),
                random.choice(["TG0", "TG1", "TG2", "TG3"]),
                random.randint(0, 60) * 250_000,
                random.choice("ABCDEFG"),
            ]
            for name in [*SCHOOLS, *KINDERGARTENS, "Rådhuset", "Drammensbadet", "Brannstasjonen"]
        ],
    )


def budget_by_responsibility(random: Random) -> Rows:
    return table(
        ["Ansvar", "Ansvar (T)", "Art", "Art (T)", "Regnskap 2023", "Budsjett 2024", "Budsjett 2025", "Avvik"],
        [
            [code, name, kind, text, *[random.randint(-9000, 48000) * 1000 for _ in range(4)]]
            for code, name in enumerate(["Fellesadministrasjon", *SCHOOLS[:8], "Barnevern", "NAV sosial"], 2100)
            for kind, text in [
                (10100, "Fastlønn"),
                (10200, "Vikarlønn"),
                (11150, "Matvarer"),
                (17000, "Refusjon fra staten"),
            ]
        ],
    )


def invoices_by_supplier(random: Random) -> Rows:
    return table(
        [
            "Bilagsnr",
            "Fakturadato",
            "Forfall",
            "Leverandørnr",
            "Leverandør",
            "Org.nr",
            "Fakturanr",
            "KID",
            "Beløp",
            "Mva",
            "Konto",
            "Ansvar",
        ],
        [
            [
                random.randint(2_000_000, 2_999_999),
                (day := on(random, 2025)),
                day + timedelta(days=30),
                random.randint(50000, 59999),
                random.choice(_SUPPLIERS),
                organisation_number(random),
                random.randint(1000, 999_999),
                str(random.randint(10**13, 10**15)),
                (n := round(random.uniform(200, 240_000), 2)),
                round(n * 0.2, 2),
                random.choice([11200, 12300, 12700, 11700]),
                random.randint(2000, 7999),
            ]
            for _ in range(random.randint(60, 280))
        ],
    )


def purchases_summed_by_supplier(random: Random) -> Rows:
    return table(
        ["Leverandør", "Organisasjonsnummer", "Antall fakturaer", "Sum 2024", "Sum hittil 2025", "Rammeavtale"],
        [
            [
                name,
                organisation_number(random),
                random.randint(1, 400),
                random.randint(10, 9000) * 1000,
                random.randint(10, 9000) * 1000,
                random.choice(["Ja", "Nei"]),
            ]
            for name in _SUPPLIERS
        ],
    )


def procurement_plan(random: Random) -> Rows:
    return table(
        [
            "Anskaffelse",
            "CPV-kode",
            "Estimert verdi eks. mva",
            "Prosedyre",
            "Planlagt kunngjøring",
            "Kontraktstart",
            "Kategori",
        ],
        [
            [
                name,
                f"{random.randint(10_000_000, 98_000_000)}-{random.randint(1, 9)}",
                random.randint(1, 80) * 500_000,
                random.choice(["Åpen", "Begrenset", "Konkurranse med forhandling"]),
                on(random, 2025),
                on(random, 2026, 2026),
                random.choice(["Vare", "Tjeneste", "BA"]),
            ]
            for name in [
                "Kontormøbler",
                "Renholdstjenester",
                "Vintervedlikehold rode 4",
                "Velferdsteknologi",
                "Læremidler",
                "Vikartjenester helse",
                "Asfaltering",
                "Strøm",
                "Arkivsystem",
                "Elbiler",
                "Tolketjenester",
                "Lekeapparater",
            ]
        ],
    )


def firms_from_register(random: Random) -> Rows:
    ends = ["AS", "DA", "ENK", "SA", "AS"]
    stems = [
        "Strømsø Frisør",
        "Fjell Kiosk",
        "Bygg & Betong Øst",
        "Hansen Rør",
        "Drammen Pizza",
        "Elvebyen Eiendom",
        "Olsen Transport",
        "Nor Import",
        "Berg Regnskap",
        "Bjørnsens gate 4 Borettslag",
        "Konnerud Fysioterapi",
        "Zara Mat",
    ]
    return table(
        [
            "organisasjonsnummer",
            "navn",
            "organisasjonsform.kode",
            "forretningsadresse.adresse",
            "postnummer",
            "naeringskode1",
            "antallAnsatte",
            "registreringsdato",
        ],
        [
            [
                organisation_number(random),
                f"{random.choice(stems)} {(end := random.choice(ends))}".upper(),
                end,
                f"{random.choice(STREETS)} {random.randint(1, 120)}",
                f"30{random.randint(11, 60)}",
                f"{random.randint(41, 96)}.{random.randint(100, 999)}",
                random.randint(0, 60),
                on(random, 1998),
            ]
            for _ in range(random.randint(40, 200))
        ],
    )


def grants_decided_for_associations(random: Random) -> Rows:
    return under(
        "Tilskudd til frivillige lag og foreninger 2025",
        table(
            ["Søker", "Org.nr", "Tiltak", "Omsøkt", "Innstilling", "Vedtatt", "Kommentar"],
            [
                [
                    name,
                    organisation_number(random),
                    random.choice(["Sommerskole", "Åpen hall", "Leksehjelp", "17. mai", "Turgruppe", "Norsktrening"]),
                    random.randint(10, 300) * 1000,
                    random.randint(0, 150) * 1000,
                    random.randint(0, 150) * 1000,
                    random.choice([None, "Mangler regnskap", "Treffer målgruppen godt", "Delvis innvilget"]),
                ]
                for name in _CLUBS
            ],
        ),
    )


def associations_list(random: Random) -> Rows:
    return table(
        ["Organisasjon", "Kategori", "Bydel", "Medlemmer under 25 år", "Medlemmer i alt", "Nettside", "E-post lag"],
        [
            [
                name,
                random.choice(["Idrett", "Kultur", "Velforening", "Humanitært", "Tros- og livssyn"]),
                random.choice(DISTRICTS),
                random.randint(0, 400),
                random.randint(20, 900),
                f"www.{_plain(name)}.example",
                f"post@{_plain(name)}.example",
            ]
            for name in _CLUBS
        ],
    )


def schools_list(random: Random) -> Rows:
    return table(
        ["Skole", "Adresse", "Postnummer", "Telefon", "E-post", "Trinn", "Elevkapasitet", "Orgnr"],
        [
            [
                name,
                f"{random.choice(STREETS)} {random.randint(1, 99)}",
                f"30{random.randint(11, 60)} Drammen",
                f"32 04 {random.randint(10, 99)} {random.randint(10, 99)}",
                f"{_plain(name)}@kommune.example",
                random.choice(["1-7", "8-10", "1-10"]),
                random.randint(220, 680),
                organisation_number(random),
            ]
            for name in SCHOOLS
        ],
    )


def kindergartens_geojson(random: Random) -> File:
    return geo_json(
        [
            {
                "navn": name,
                "type": random.choice(["kommunal", "privat"]),
                "plasser": random.randint(30, 120),
                "adresse": f"{random.choice(STREETS)} {random.randint(1, 90)}",
            }
            for name in KINDERGARTENS
        ],
        random,
        points=True,
    )


def alcohol_licences(random: Random) -> Rows:
    return table(
        [
            "Bevillingshaver",
            "Skjenkested",
            "Adresse",
            "Gruppe",
            "Skjenketid inne",
            "Skjenketid ute",
            "Prikker",
            "Gyldig til",
        ],
        [
            [
                f"{name} AS",
                name,
                f"{random.choice(STREETS)} {random.randint(1, 60)}",
                random.choice(["1", "1,2", "1,2,3"]),
                "02:00",
                "23:00",
                random.choice([0, 0, 0, 2, 4]),
                date(2028, 9, 30),
            ]
            for name in [
                "Elvebredden Bar",
                "Kong Haakon Pub",
                "Thai Orkide",
                "Sushi Hagen",
                "Papa Luigi",
                "Café Bragernes",
                "Havnen Kro",
                "Kick Bowling",
                "Maritas Kjøkken",
                "Ali Baba Grill",
            ]
        ],
    )


# ==== tables of things: technical services and surroundings


def roads(random: Random) -> Rows:
    return table(
        [
            "Vegnr",
            "Vegnavn",
            "Fra",
            "Til",
            "Lengde m",
            "Dekke",
            "Bredde",
            "Fartsgrense",
            "Siste asfalt",
            "Brøyteklasse",
        ],
        [
            [
                f"KV{random.randint(1000, 3999)}",
                name,
                0,
                (n := random.randint(60, 2400)),
                n,
                random.choice(["Agb", "Ab", "Grus"]),
                _share(random, 3, 8),
                random.choice([30, 40, 50]),
                random.randint(1998, 2025),
                random.choice("ABC"),
            ]
            for name in STREETS
        ],
    )


def street_names_and_origins(random: Random) -> Rows:
    return table(
        ["Adressekode", "Gatenavn", "Navnesak år", "Tidligere navn", "Opphav"],
        [
            [
                random.randint(1000, 9999),
                name,
                random.randint(1866, 2015),
                random.choice([None, "Storgata", "Industriveien"]),
                random.choice(
                    [
                        "Etter eldre gård",
                        "Etter dikter",
                        "Etter ordfører på 1800-tallet",
                        "Naturnavn",
                        "Etter bedriften",
                    ]
                ),
            ]
            for name in STREETS
        ],
    )


def water_samples(random: Random) -> Rows:
    return table(
        ["Prøvenr", "Prøvested", "Uttatt", "E. coli", "Koliforme", "Kimtall", "Farge", "pH", "Turbiditet", "Merknad"],
        [
            [
                f"439-2025-{random.randint(10000, 99999)}",
                random.choice(["Glitre VBA", "Høydebasseng Fjell", "Landfall VBA", "Nettpunkt Galterud skole"]),
                on(random, 2025),
                0,
                _hide(random, 0, "<1", 0.3),
                random.randint(0, 40),
                random.randint(2, 14),
                round(random.uniform(7.2, 8.4), 1),
                round(random.uniform(0.05, 0.6), 2),
                random.choice([None, None, "Ny prøve tatt"]),
            ]
            for _ in range(random.randint(40, 160))
        ],
    )


def air_quality_hourly(random: Random) -> File:
    start = date(2025, 1, 6)
    body: Rows = [
        [
            f"{start + timedelta(days=hour // 24)} {hour % 24:02}:00",
            *[round(random.uniform(2, 90), 1) for _ in range(4)],
        ]
        for hour in range(24 * random.randint(5, 12))
    ]
    return in_text(
        random,
        table(
            [
                "Fra-tid",
                "Bangeløkka | NO2 | µg/m³",
                "Bangeløkka | PM10 | µg/m³",
                "Backeparken | PM10 | µg/m³",
                "Backeparken | PM2.5 | µg/m³",
            ],
            body,
        ),
    )


def energy_meters(random: Random) -> Rows:
    return table(
        ["MålepunktID", "Målernr", "Anlegg", *[f"2025-{month:02} kWh" for month in range(1, 11)]],
        [
            [
                f"7070575000{random.randint(10_000_000, 99_999_999)}",
                str(random.randint(10**9, 10**10 - 1)),
                name,
                *[random.randint(800, 90000) for _ in range(10)],
            ]
            for name in [*SCHOOLS, *KINDERGARTENS]
        ],
    )


def waste_by_fraction(random: Random) -> Rows:
    return under(
        "Avfallsmengder RfD, tonn",
        _wide(
            random,
            "Fraksjon",
            [
                "Matavfall",
                "Restavfall",
                "Papir",
                "Plast",
                "Glass- og metall",
                "Hageavfall",
                "Farlig avfall",
                "Tekstiler",
                "EE-avfall",
                "Trevirke",
            ],
            100,
            9000,
        ),
    )


def playground_inspections(random: Random) -> Rows:
    return table(
        ["Lekeplass", "Apparat", "Kontrolldato", "Type kontroll", "Avvik", "Risiko A-C", "Utbedret"],
        [
            [
                f"{random.choice(DISTRICTS)} {random.randint(1, 9)}",
                random.choice(["Huske", "Sklie", "Klatrestativ", "Sandkasse", "Ballbinge"]),
                on(random, 2025),
                random.choice(["Driftskontroll", "Årlig hovedkontroll"]),
                random.choice(["Ingen", "Manglende støtsand", "Råte i stolpe", "Klemfare"]),
                random.choice("ABC"),
                random.choice(["Ja", "Nei", None]),
            ]
            for _ in range(random.randint(40, 140))
        ],
    )


def food_inspections(random: Random) -> Rows:
    return table(
        [
            "tilsynsobjektid",
            "navn",
            "orgnummer",
            "adrlinje1",
            "postnr",
            "poststed",
            "tilsynid",
            "dato",
            "total_karakter",
            "karakter1",
            "karakter2",
        ],
        [
            [
                f"Z{random.randint(10**11, 10**12 - 1)}",
                random.choice(["Papa Luigi", "Kaféen på hjørnet", "Sushi Hagen", "Burger Øst", "Kantina Papirbredden"]),
                organisation_number(random),
                f"{random.choice(STREETS)} {random.randint(1, 50)}",
                f"30{random.randint(11, 60)}",
                "DRAMMEN",
                f"Z{random.randint(10**11, 10**12 - 1)}",
                on(random, 2024).strftime("%d%m%Y"),
                random.choice([0, 0, 1, 2]),
                random.choice([0, 1]),
                random.choice([0, 1, 2]),
            ]
            for _ in range(random.randint(30, 150))
        ],
    )


def fire_call_outs(random: Random) -> Rows:
    return table(
        [
            "Oppdragsnr",
            "Alarmtid",
            "Første enhet framme",
            "Hendelsestype",
            "Stasjon",
            "Bydel",
            "Responstid min",
            "Unødig",
        ],
        [
            [
                f"110-{random.randint(100_000, 999_999)}",
                f"{on(random, 2025):%d.%m.%Y} {random.randint(0, 23):02}:{random.randint(0, 59):02}",
                f"{random.randint(0, 23):02}:{random.randint(0, 59):02}",
                random.choice(["Brann i bygning", "Automatisk alarm", "Trafikkulykke", "Vannlekkasje", "Gressbrann"]),
                random.choice(["Drammen", "Mjøndalen", "Svelvik"]),
                random.choice(DISTRICTS),
                _share(random, 3, 18),
                random.choice(["J", "N"]),
            ]
            for _ in range(random.randint(50, 220))
        ],
    )


def it_equipment(random: Random) -> Rows:
    return table(
        ["Serienummer", "Modell", "Type", "Lokasjon", "Innkjøpt", "Garanti til", "Status"],
        [
            [
                "".join(random.choices("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ", k=10)),
                random.choice(["ThinkPad L14", "iPad 10th", "EliteBook 840", "Chromebook 314"]),
                random.choice(["PC", "Nettbrett", "Elev-PC"]),
                random.choice(SCHOOLS),
                (day := on(random)),
                day + timedelta(days=1096),
                random.choice(["I bruk", "Lager", "Kassert"]),
            ]
            for _ in range(random.randint(50, 200))
        ],
    )


def complaints_by_category(random: Random) -> Rows:
    return table(
        ["Kategori", "Underkategori", *_MONTHS, "Snitt svartid (dager)"],
        [
            [kind, part, *[random.randint(0, 80) for _ in _MONTHS], _share(random, 0.5, 14)]
            for kind, parts in {
                "Vei": ["Hull", "Brøyting", "Skilt"],
                "Vann og avløp": ["Lekkasje", "Lukt"],
                "Park": ["Forsøpling", "Ødelagt utstyr"],
                "Renovasjon": ["Ikke tømt", "Dunk"],
            }.items()
            for part in parts
        ],
    )


def reports_from_the_public_without_senders(random: Random) -> Rows:
    return table(
        ["ID", "Registrert", "Kategori", "Lat", "Lon", "Status", "Lukket", "Kanal"],
        [
            [
                random.randint(100_000, 999_999),
                on(random, 2025),
                random.choice(["Hull i veien", "Gatelys", "Forsøpling", "Snørydding", "Tagging"]),
                round(random.uniform(59.71, 59.77), 5),
                round(random.uniform(10.1, 10.3), 5),
                random.choice(["Løst", "Under arbeid", "Ny"]),
                on(random, 2025),
                random.choice(["App", "Web", "Telefon"]),
            ]
            for _ in range(random.randint(60, 280))
        ],
    )


# ==== tables of things: administration, culture, calendars


def archive_series(random: Random) -> Rows:
    return table(
        ["Arkivskaper", "Serie", "Tittel", "Fra år", "Til år", "Hyllemeter", "Magasin", "Klausul til"],
        [
            [
                random.choice(["Strømsø skolestyre", "Skoger formannskap", "Drammen helseråd", "Konnerud vel"]),
                random.choice("ABDFLX"),
                random.choice(
                    ["Møtebøker", "Karakterprotokoller", "Journaler", "Kopibøker", "Kart og tegninger", "Regnskap"]
                ),
                (year := random.randint(1845, 1970)),
                year + random.randint(2, 40),
                _share(random, 0.1, 14),
                f"M{random.randint(1, 4)}-{random.randint(10, 99)}",
                random.choice([None, year + 100]),
            ]
            for _ in range(random.randint(20, 90))
        ],
    )


def meeting_calendar(random: Random) -> Rows:
    return table(
        ["Utvalg", "Dato", "Kl.", "Sted", "Frist saker", "Antall saker"],
        [
            [
                name,
                (day := on(random, 2026, 2026)),
                random.choice(["09:00", "14:00", "17:00"]),
                random.choice(["Kommunestyresalen", "Møterom Skoger", "Teams"]),
                day - timedelta(days=14),
                random.randint(3, 24),
            ]
            for name in [
                "Kommunestyret",
                "Formannskapet",
                "Hovedutvalg oppvekst",
                "Hovedutvalg helse",
                "Eldrerådet",
                "Ungdomsrådet",
            ]
            for _ in range(8)
        ],
    )


def political_cases(random: Random) -> Rows:
    return table(
        ["PS-nr", "Sakstittel", "Utvalg", "Behandlet", "Resultat", "For", "Mot"],
        [
            [
                f"{random.randint(1, 190)}/25",
                random.choice(
                    [
                        "Økonomirapport 2. tertial",
                        "Områdeløft Fjell - årsrapport",
                        "Skolebehovsplan 2026-2035",
                        "Gebyrregulativ 2026",
                        "Temaplan levekår",
                        "Rullering av trafikksikkerhetsplan",
                    ]
                ),
                random.choice(["Kommunestyret", "Formannskapet"]),
                on(random, 2025),
                random.choice(["Vedtatt", "Utsatt", "Enstemmig vedtatt"]),
                (n := random.randint(28, 57)),
                57 - n,
            ]
            for _ in range(random.randint(25, 90))
        ],
    )


def case_processing_times(random: Random) -> Rows:
    return table(
        ["Sakstype", "Mottatt", "Avsluttet", "Restanse", "Median dager", "90-persentil", "Andel innen frist"],
        [
            [
                name,
                random.randint(10, 900),
                random.randint(10, 900),
                random.randint(0, 120),
                random.randint(3, 70),
                random.randint(20, 160),
                f"{random.randint(55, 100)} %",
            ]
            for name in [
                "Byggesak 3 uker",
                "Byggesak 12 uker",
                "Startlån",
                "Sosialhjelp",
                "TT-kort",
                "Barnehageplass",
                "Parkeringstillatelse",
                "Skjenkebevilling",
                "Ledsagerbevis",
                "Innsyn",
                "Klage helse",
            ]
        ],
    )


def positions_by_unit(random: Random) -> Rows:
    return table(
        ["Enhet", "Stillingskode", "Stilling", "Hjemler", "Besatt", "Vakant", "Lønnsramme"],
        [
            [
                unit,
                code,
                name,
                (n := random.randint(1, 24)),
                n - (m := random.randint(0, 3)) if n > 3 else n,
                m if n > 3 else 0,
                random.choice(["412-508", "450-570", "520-640"]),
            ]
            for unit in [*SCHOOLS[:5], "Barnevern", "Hjemmetjeneste"]
            for code, name in [(7174, "Sykepleier"), (6572, "Assistent"), (7963, "Lærer"), (8451, "Leder")]
        ],
    )


def guaranteed_pay_by_seniority(random: Random) -> Rows:
    years = ["0 år", "2 år", "4 år", "6 år", "8 år", "10 år", "16 år"]
    return under(
        "Garantilønn KS hovedtariffavtalen kap. 4 per 1.5.2025",
        table(
            ["Stillingsgruppe", *years],
            [
                [name, *[random.randint(380, 640) * 1000 + step * 100 for step in range(7)]]
                for name in [
                    "Stillinger uten krav om utdanning",
                    "Fagarbeider",
                    "Fagskole 1 år",
                    "3-årig U/H",
                    "4-årig U/H",
                    "Lektor",
                    "Lektor med tillegg",
                    "Lærer",
                    "Adjunkt",
                    "Adjunkt med tillegg",
                ]
            ],
        ),
    )


def events_calendar(random: Random) -> Rows:
    return table(
        ["Dato", "Tid", "Arrangement", "Sted", "Arrangør", "Målgruppe", "Besøkende"],
        [
            [
                on(random, 2025),
                f"{random.randint(10, 20)}:00",
                random.choice(
                    [
                        "Lesestund",
                        "Språkkafé",
                        "Babysang",
                        "Elvefestivalen",
                        "Åpen hall",
                        "Kodeklubb",
                        "Strikkekafé",
                        "Seniordans",
                    ]
                ),
                random.choice(["Drammensbiblioteket", "Fjell bydelshus", "G60", "Union Scene"]),
                random.choice(["Biblioteket", "Kulturskolen", *_CLUBS]),
                random.choice(["Barn", "Alle", "Voksne", "Ungdom"]),
                random.randint(3, 400),
            ]
            for _ in range(random.randint(25, 140))
        ],
    )


def hall_bookings_by_club(random: Random) -> Rows:
    hours = [f"{hour}-{hour + 1}" for hour in range(16, 22)]
    return under(
        "Treningstider Fjellhallen 2025/26",
        table(
            ["Dag", "Flate", *hours],
            [
                [name, part, *[random.choice([*_CLUBS, "Ledig"]) for _ in hours]]
                for name in ("Mandag", "Tirsdag", "Onsdag", "Torsdag", "Fredag")
                for part in ("A", "B", "C")
            ],
        ),
    )


def opening_hours_of_services(random: Random) -> Rows:
    return table(
        ["Sted", "Mandag", "Tirsdag", "Onsdag", "Torsdag", "Fredag", "Lørdag", "Søndag", "Meråpent"],
        [
            [
                name,
                *[random.choice(["10-19", "10-16", "09-15"]) for _ in range(5)],
                random.choice(["10-15", "Stengt"]),
                random.choice(["Stengt", "12-16"]),
                random.choice(["07-22", "Nei"]),
            ]
            for name in [
                "Drammensbiblioteket",
                "Konnerud bibliotek",
                "Mjøndalen bibliotek",
                "Svelvik bibliotek",
                "Drammensbadet",
                "Innbyggertorget",
                "NAV Drammen",
                "Gjenbruksstasjon Lindum",
                "Helsestasjon for ungdom",
                "Fjell bydelshus",
            ]
        ],
    )


def holidays(random: Random) -> Rows:
    year = random.randint(2024, 2027)
    names = [
        "Skolestart",
        "Høstferie",
        "Planleggingsdag",
        "Juleferie start",
        "Første skoledag etter jul",
        "Vinterferie",
        "Påskeferie",
        "1. mai",
        "Grunnlovsdag",
        "Kristi himmelfart",
        "2. pinsedag",
        "Siste skoledag",
    ]
    return table(
        ["Hva", "Dato", "Ukedag", "Skole", "SFO"],
        [
            [
                name,
                date(year, place + 1, random.randint(1, 28)),
                random.choice(["mandag", "fredag", "torsdag"]),
                random.choice(["fri", "åpen"]),
                random.choice(["åpen", "stengt"]),
            ]
            for place, name in enumerate(names)
        ],
    )


def telephone_queue_by_hour(random: Random) -> Rows:
    return table(
        ["Dato", "Time", "Innkomne anrop", "Besvart", "Tapt", "Snitt ventetid sek", "Snitt samtaletid sek"],
        [
            [
                date(2025, 10, 6) + timedelta(days=number),
                f"{hour:02}:00",
                (n := random.randint(4, 90)),
                n - (m := random.randint(0, 4)),
                m,
                random.randint(10, 240),
                random.randint(90, 300),
            ]
            for number in range(random.randint(5, 12))
            for hour in range(8, 15)
        ],
    )


def risk_assessment(random: Random) -> Rows:
    return table(
        [
            "Nr",
            "Uønsket hendelse",
            "Årsak",
            "Konsekvens",
            "S (1-5)",
            "K (1-5)",
            "Risiko",
            "Tiltak",
            "Ansvarlig rolle",
            "Frist",
        ],
        [
            [
                number,
                name,
                random.choice(["Manglende rutine", "Teknisk feil", "Bemanning"]),
                random.choice(["Driftsstans", "Omdømme", "Økonomisk tap", "Brudd på frist"]),
                (s := random.randint(1, 5)),
                (k := random.randint(1, 5)),
                s * k,
                random.choice(["Ny rutine", "Opplæring", "Reserveløsning"]),
                random.choice(["Virksomhetsleder", "IT-sjef", "Kvalitetsrådgiver"]),
                on(random, 2026, 2026),
            ]
            for number, name in enumerate(
                [
                    "Strømbrudd",
                    "Data på avveie",
                    "Forsinket levering av tall",
                    "Feil i sonekart",
                    "Leverandør går konkurs",
                    "Sykdom i teamet",
                    "Tap av arkiv",
                    "Flom i kjeller",
                    "Feil i omregning av kretser",
                    "Lav svarprosent",
                ],
                1,
            )
        ],
    )


def targets_and_indicators(random: Random) -> Rows:
    return table(
        ["Mål", "Indikator", "Kilde", "Nullpunkt", "Mål 2027", "Mål 2030", "Status", "Kommentar"],
        [
            [
                random.choice(["Trygge nabolag", "Flere i arbeid", "God oppvekst"]),
                name,
                random.choice(["SSB", "FHI", "Ungdata", "NAV"]),
                _share(random),
                _share(random),
                _share(random),
                random.choice(["I rute", "Forsinket", "Ikke startet"]),
                random.choice([None, "Nye tall i juni", "Brudd i serien 2021"]),
            ]
            for name in [
                "Andel sysselsatte 20-66",
                "Barn i lavinntekt",
                "Trangboddhet",
                "Fullført vgs",
                "Anmeldte tyverier",
                "Opplevd trygghet",
                "Barnehagedekning",
                "Flytting siste år",
                "Valgdeltakelse",
                "Levealder",
            ]
        ],
    )


# ==== codes, descriptions of data, logs


def boundary_changes(random: Random) -> Rows:
    body: Rows = []
    for old, shares in (("0602", [1.0, 1.0, 0.62, 0.38]), ("3005", [1.0])):
        body += [
            [f"{old}{code[4:]}", name, code, name, date(2024, 1, 1), random.choice(shares)] for code, name in TRACTS
        ]
    header = ["Gammel kode", "Gammelt navn", "Ny kode", "Nytt navn", "Gyldig fra", "Andel befolkning"]
    return table(header, body)


def code_list_from_klass(random: Random) -> File:
    body: Rows = [[code, code[:6], 2, name, name, None, date(2024, 1, 1), None] for code, name in TRACTS]
    body += [[code, None, 1, name, name, None, date(2024, 1, 1), None] for code, name in MUNICIPALITIES]
    return text_file(
        random,
        table(["code", "parentCode", "level", "name", "shortName", "presentationName", "validFrom", "validTo"], body),
        ";",
    )


def data_dictionary(random: Random) -> Rows:
    fields = [
        ("person_id", "Løpenummer, pseudonym"),
        ("fodselsaar", "Fødselsår, fire siffer"),
        ("kjonn", "1 = mann, 2 = kvinne"),
        ("grunnkrets", "Bostedskrets 1.1."),
        ("landbak", "Landbakgrunn, 3 siffer"),
        ("inntekt", "Inntekt etter skatt, kr"),
        ("nus", "Utdanningsnivå NUS2000"),
        ("fnr", "Fødselsnummer (leveres ikke ut)"),
        ("navn", "Navn (leveres ikke ut)"),
        ("statusdato", "Dato for status"),
    ]
    return table(
        ["Variabel", "Beskrivelse", "Type", "Lengde", "Tillatte verdier", "Obligatorisk"],
        [
            [
                name,
                text,
                random.choice(["String", "Integer", "Date"]),
                random.randint(1, 11),
                random.choice(["se kodeliste", "0-999", None]),
                random.choice(["Ja", "Nei"]),
            ]
            for name, text in random.sample(fields, len(fields))
        ],
    )


def questionnaire_of_a_survey(random: Random) -> Rows:
    return table(
        ["Nr", "Variabel", "Spørsmålstekst", "Svaralternativer", "Filter"],
        [
            [number, f"v{number:02}", text, answers, random.choice([None, None, "Hvis v02 = 1"])]
            for number, (text, answers) in enumerate(
                [
                    ("Hva er ditt kjønn?", "1 Kvinne; 2 Mann; 3 Annet"),
                    ("Hvilket år er du født?", "Åpent"),
                    ("Hvor lenge har du bodd i bydelen?", "1 Under 1 år; 2 1-5 år; 3 Over 5 år"),
                    ("Eier eller leier du boligen?", "1 Eier; 2 Leier"),
                    ("Hvor trygg føler du deg ute om kvelden?", "1-5"),
                    ("Hva er din høyeste fullførte utdanning?", "1-4"),
                    ("Har du vært utsatt for vold siste år?", "1 Ja; 2 Nei; 9 Vil ikke svare"),
                    ("Hva er husholdningens samlede inntekt?", "1-8"),
                    ("Har du noe mer du vil si?", "Åpent"),
                    ("Kan vi kontakte deg igjen?", "1 Ja; 2 Nei"),
                ],
                1,
            )
        ],
    )


def catalogue_of_data_sets_json(random: Random) -> File:
    held = [
        {
            "id": f"ds-{random.randint(100, 999)}",
            "title": {"nb": title},
            "publisher": "Drammen kommune",
            "keyword": ["levekår", "statistikk"],
            "modified": on(random, 2025).isoformat(),
            "contactPoint": {"fn": "Analyseavdelingen", "hasEmail": "analyse@kommune.example"},
            "distribution": [{"format": random.choice(["CSV", "JSON", "XLSX"]), "license": "NLOD 2.0"}],
        }
        for title in [
            "Folketall per krets",
            "Barnehager",
            "Byggesaker",
            "Trafikktellinger",
            "Luftkvalitet",
            "Valgresultater",
            "Stemmekretser",
            "Turløyper",
            "Skoleruter",
            "Leverandørreskontro",
            "Tilskudd",
        ]
    ]
    return File("json", json.dumps({"datasets": held}, ensure_ascii=False, indent=2).encode())


def records_json(random: Random) -> File:
    held = [
        {
            "bydel": name,
            "aar": year,
            "indikator": "Andel sysselsatte",
            "verdi": _share(random, 55, 82),
            "antall": random.randint(900, 7000),
        }
        for name in DISTRICTS
        for year in YEARS[-5:]
    ]
    return File("json", json.dumps(held, ensure_ascii=False).encode())


def log_of_loads(random: Random) -> File:
    body: Rows = [
        [
            f"{on(random, 2025)} 03:{random.randint(0, 59):02}:{random.randint(0, 59):02}",
            random.choice(["INFO", "INFO", "WARN", "ERROR"]),
            random.choice(["ssb_07459", "fhi_norhealth", "nav_ledige", "udir_mobbing"]),
            random.randint(0, 90000),
            _share(random, 0.2, 80),
            random.choice(["ok", "ok", "timeout etter 30 s", "ukjent kode 33019999", "uendret siden sist"]),
        ]
        for _ in range(random.randint(40, 200))
    ]
    return in_text(random, table(["tidspunkt", "niva", "kilde", "rader", "sekunder", "melding"], body))


def delivery_schedule(random: Random) -> Rows:
    return table(
        ["Statistikk", "Leverandør", "Frekvens", "Siste levering", "Neste levering", "Format", "Avdeling", "Kontakt"],
        [
            [
                name,
                source,
                random.choice(["Årlig", "Kvartal", "Måned"]),
                on(random, 2025),
                on(random, 2026, 2026),
                random.choice(["API", "Excel", "CSV"]),
                random.choice(["Analyse", "Oppvekst", "Helse"]),
                mail,
            ]
            for name, source, mail in [
                ("Folkemengde", "SSB", "informasjon@ssb.no"),
                ("Lavinntekt", "SSB", "informasjon@ssb.no"),
                ("Ledige", "Nav", "statistikk@nav.no"),
                ("Mobbing", "Udir", "statistikk@udir.no"),
                ("Folkehelse", "FHI", "kommunehelsa@fhi.no"),
                ("Bostøtte", "Husbanken", "post@husbanken.no"),
                ("Anmeldelser", "Politiet", "post@politiet.example"),
                ("Bosetting", "IMDi", "post@imdi.no"),
                ("Ulykker", "Statens vegvesen", "firmapost@vegvesen.no"),
                ("Eiendom", "Kartverket", "post@kartverket.no"),
            ]
        ],
    )


def quality_report_of_a_table(random: Random) -> Rows:
    return table(
        ["tabell", "kolonne", "datatype", "antall_rader", "antall_null", "antall_unike", "min", "maks"],
        [
            [
                random.choice(["vedtak", "tjeneste", "bruker", "adresse"]),
                name,
                random.choice(["int", "varchar", "date"]),
                (n := random.randint(900, 90000)),
                random.randint(0, 300),
                random.randint(2, n),
                random.randint(0, 9),
                random.randint(10, 9999),
            ]
            for name in [
                "id",
                "fodt_aar",
                "kjonn",
                "bydel_kode",
                "vedtak_fra",
                "vedtak_til",
                "timer",
                "status",
                "enhet",
                "postnr",
                "opprettet",
                "endret",
            ]
        ],
    )
