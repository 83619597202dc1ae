"""Clean tables of the second corpus: what offices publish or send each other, in which no private person stands.

Made without reading the guard, its tests or the first corpus. Every public function is a template (`measure.py`). The
label holds for each seed: a data protection officer would let all of these leave the office. Figures are synthetic.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

from tests.corpus.files import File, Rows, geo_json, json_stat, ods_file, px_file, with_pivot_cache, xls_file
from tests.corpus.files import xlsx_file as workbook
from tests.corpus.people import FAMILY, GIVEN, organisation_number
from tests.corpus.words import COUNTRIES, MUNICIPALITIES, day
from tests.corpus.words_second import (
    AGES,
    AREAS,
    NOTES,
    OFFICES,
    ROADS,
    SCHOOLS_AND_MORE,
    SUBJECTS,
    account_number,
    digits,
    figures,
    framed,
    in_ascii,
    someone,
)

ASSOCIATIONS = (
    "Bragernes Janitsjar|Drammen Eritreiske Forening|Fjell Cricketklubb|Gamle Sundland Vel|Blå Kors"
    "|Marthas Venner|Ludvig Karsten Kunstforening|Åssiden Fotballklubb|Sankt Olavs Orden"
    "|Henrik Ibsens Teaterlag|Hagen Borettslag"
)
COMPANIES = (
    "Brødrene Hansen AS|Thoresen & Lunde ANS|Viken Bygg AS|Ola Berg Eiendom AS|Elvebyen Renhold AS"
    "|Mamma Rosa Pizzeria AS|Advokatfirmaet Wiik & Foss DA|Myhre Transport AS|Kafé Sara AS|Drammen Rør AS"
)
PROJECTS = "Rehabilitering tak {0}|Fortau {1}|Lekeplass {2}|Ventilasjon {0}|Ny VA-ledning {1}|Lys i {2}"
PARTIES = "Arbeiderpartiet|Høyre|Fremskrittspartiet|Senterpartiet|SV|Rødt|Venstre|KrF|MDG|Pensjonistpartiet|Andre"
MUNICIPALITIES_BY_CODE = [f"{code} {name}" for code, name in MUNICIPALITIES]
Column = str | list[Any] | tuple[int, int] | tuple[float, float] | Callable[[], Any]


def _table(random: Random, columns: Mapping[str, Column]) -> Rows:
    """Return a table under its title. The first column has all its values in order and so says how many rows there are.

    Other columns: one of the values of a text separated by |, a number between two, what a function returns, or a list.
    """
    (key, first), *others = columns.items()
    if random.random() < 0.4:
        random.shuffle(others)
    held = first.split("|") if isinstance(first, str) else first
    rows = [[value, *[_cell(random, column, number) for _, column in others]] for number, value in enumerate(held)]
    title = f"Oversikt etter {key.lower()}, Drammen kommune, {day(random, 2025):%d.%m.%Y}"
    return framed(random, [[key, *[name for name, _ in others]], *rows], title=title)


def _cell(random: Random, column: Column, number: int) -> Any:
    match column:
        case str():
            return random.choice(column.split("|"))
        case (int(low), int(high)):
            return random.randint(low, high)
        case (float(low), float(high)):
            return random.uniform(low, high)
        case list():
            return column[number % len(column)]
        case _:
            return column()


def _case(random: Random) -> str:
    form = random.choice(["{0}/{1:05}", "20{0}/{1}", "{0}/{1:05}-{2}", "20{0}{1:06}"])
    return form.format(random.randint(18, 25), random.randint(100, 19999), random.randint(1, 40))


def _phone(random: Random) -> str:
    form = random.choice(["32 04 {0} {1}", "3204{0}{1}", "+47 32 04 {0} {1}", "(+47) 32 04 {0} {1}"])
    return form.format(random.randint(10, 99), random.randint(10, 99))


def _address(random: Random) -> str:
    return f"{random.choice(ROADS)} {random.randint(1, 99)}"


# ---- statistics as they are published


def statistics_by_area(random: Random) -> Rows:
    return framed(random, figures(random))


def statistics_bank_export(random: Random) -> Rows:
    """Return the layout of a download from SSB: a line per municipality, sex and age."""
    rows: Rows = [["region", "kjønn", "alder", "statistikkvariabel", "2022", "2023", "2024"]]
    for region in MUNICIPALITIES_BY_CODE:
        for sex in ("Menn", "Kvinner"):
            for age in AGES.split("|"):
                rows.append([region, sex, age, random.choice(SUBJECTS), *[random.randint(3, 9000) for _ in range(3)]])
    return [["07459: Befolkning, etter region, kjønn, alder, statistikkvariabel og år"], [], *rows]


def population_by_single_year(random: Random) -> Rows:
    ages = [f"{age} år" for age in range(100)]
    return _table(random, {"Alder": ages, "Bydel": [random.choice(AREAS)], "Menn": (8, 90), "Kvinner": (8, 90)})


def accounts_of_municipalities(random: Random) -> Rows:
    functions = "222 Skolelokaler|242 Råd, veiledning|251 Barneverntiltak i familien|254 Helse- og omsorg"
    sums: dict[str, Column] = {
        "Brutto driftsutgifter (1000 kr)": (900, 900_000),
        "Netto per innbygger (kr)": (90, 9000),
    }
    return _table(random, {"Kommune": MUNICIPALITIES_BY_CODE, "Funksjon": functions, **sums})


def benefit_workbook(random: Random) -> File:
    """Return a workbook of NAV: three sheets, notes, a contact."""
    sheets = {name: framed(random, figures(random)) for name in ("Uføretrygd", "AAP", "Arbeidssøkere")}
    about: Rows = [["Om statistikken"], ["Omfatter mottakere ved utgangen av måneden."], ["Kontakt: statistikk@nav.no"]]
    return random.choice([workbook, ods_file, xls_file])({"Om": about, **sheets})


def counts_with_small_ones_hidden(random: Random) -> Rows:
    header, *rows = figures(random, most=30)
    return framed(random, [header, *[[area, *["<10" if n < 10 else n for n in counts]] for area, *counts in rows]])


def shares_of_youth_survey(random: Random) -> Rows:
    asked = "Har minst én fortrolig venn|Fornøyd med mor og far|Ensom|Prøvd hasj|Trygg i nærområdet"
    return _table(random, {"Spørsmål": asked, "Prosent": (3, 95), "Antall svar": (60, 900)})


def shares_by_zone_and_level(random: Random) -> Rows:
    rows = [area for area in AREAS[:6] for _ in range(4)]
    levels: dict[str, Column] = {"Kjønn": ["Gutter", "Jenter"], "Nivå": ["Ungdomsskole"] * 2 + ["Vgs"] * 2}
    return _table(random, {"Sone": rows, **levels, "N": (40, 400), "Andel fornøyd": (0.2, 0.9)})


def results_by_school(random: Random) -> Rows:
    scores: dict[str, Column] = {"Lesing snitt": (42, 57), "Regning snitt": (42, 57), "Fritatt %": (0.5, 9.0)}
    return _table(random, {"Skole": SCHOOLS_AND_MORE, "Antall elever": (15, 120), **scores})


def consumer_price_index(random: Random) -> Rows:
    months = [f"{year}M{month:02}" for year in (2022, 2023, 2024) for month in range(1, 13)]
    return _table(
        random, {"Måned": months, "Totalindeks": (110.0, 135.0), "Mat": (110.0, 140.0), "Husleie": (105.0, 125.0)}
    )


def prices_of_dwellings(random: Random) -> Rows:
    prices: dict[str, Column] = {"Snittpris": (1_900_000, 9_000_000), "Pris per m2": (25_000, 90_000)}
    return _table(random, {"Sone": AREAS, "Solgte boliger": (4, 90), **prices})


def countries_of_background(random: Random) -> Rows:
    """Return countries, some of which are called as people are."""
    countries = [*COUNTRIES, "Jordan", "Georgia", "Mali", "Chad"]
    return _table(random, {"Landbakgrunn": countries, "Menn": (0, 400), "Kvinner": (0, 400)})


def names_of_newborns(random: Random) -> Rows:
    """Return how many were given a name, as SSB publishes it."""
    return _table(random, {"Fornavn": random.sample(GIVEN, 30), "2022": (4, 420), "2023": (4, 420), "2024": (4, 420)})


def most_common_family_names(random: Random) -> Rows:
    return _table(random, {"Etternavn": random.sample(FAMILY, 30), "Antall bærere": (200, 49_000)})


def crimes_reported(random: Random) -> Rows:
    kinds = "Vold og mishandling|Eiendomstyveri|Rusmiddellovbrudd|Seksuallovbrudd"
    periods: dict[str, Column] = {"2022-2023": (2, 2000), "2023-2024": (2, 2000)}
    return _table(random, {"Gjerningssted": MUNICIPALITIES_BY_CODE, "Lovbruddsgruppe": kinds, **periods})


def child_welfare_sums(random: Random) -> Rows:
    rows = ["Meldinger i alt", "Herav henlagt", "Undersøkelser", "Barn med hjelpetiltak", "Barn plassert", "Fosterhjem"]
    return framed(random, figures(random, "Barnevern", rows))


def diagnoses_counted(random: Random) -> Rows:
    codes = ["F32 Depressiv episode", "J45 Astma", "E11 Diabetes type 2", "P76 Depresjon", "Z09 Økonomisk problem"]
    return framed(random, figures(random, "Kode", codes))


def life_expectancy(random: Random) -> Rows:
    """Return all crossings of municipality, sex and education."""
    level: dict[str, Column] = {"Kjønn": ["menn", "kvinner"], "Utdanning": ["grunnskole"] * 2 + ["høyere"] * 2}
    geography = [region for region in MUNICIPALITIES_BY_CODE for _ in range(4)]
    return _table(random, {"Geografi": geography, **level, "Forventet levealder": (74.0, 86.0)})


def cube_by_tract(random: Random) -> File:
    areas = [f"330{number:05} {area}" for number, area in enumerate(AREAS, 10101)]
    axes = {"grunnkrets": areas, "kjønn": ["Menn", "Kvinner"], "år": ["2023", "2024"]}
    return px_file("Folkemengde", axes, [random.randint(0, 700) for _ in range(4 * len(areas))])


def cube_with_contact(random: Random) -> File:
    """Return a cube that names whom to ask at the office, as SSB's do."""
    told = f"{someone(random, 30, 60).name}, Statistisk sentralbyrå#21 09 {random.randint(10, 99)} 00#statistikk@ssb.no"
    axes = {"område": AREAS[:6], "år": ["2023", "2024"]}
    return px_file("Arbeidsledige", axes, [random.randint(4, 900) for _ in range(12)], words=f'CONTACT="{told}";')


def json_with_contact(random: Random) -> File:
    contact = {"name": f"{someone(random, 30, 60).name}, SSB", "phone": "+47 21 09 00 00", "mail": "statistikk@ssb.no"}
    more = {"updated": "2025-02-25T07:00:00Z", "note": NOTES[:1], "extension": {"contact": [contact]}}
    values = [random.randint(4, 900) for _ in range(12)]
    return json_stat("Folkemengde", {"Region": AREAS[:6], "Tid": ["2023", "2024"]}, values, **more)


def elections_by_ward(random: Random) -> Rows:
    parties: dict[str, Column] = dict.fromkeys(PARTIES.split("|"), (0, 900))
    return _table(random, {"Krets": AREAS, **parties})


def turnout(random: Random) -> Rows:
    counts: dict[str, Column] = {"Stemmeberettigede": (900, 4000), "Avgitte": (400, 900), "Forkastede": (0, 20)}
    return _table(random, {"Stemmekrets": AREAS, **counts, "Frammøte %": (50.0, 80.0)})


# ---- tables of offices: plans, money, staff


def footnote_with_contact(random: Random) -> Rows:
    held, office = someone(random, 30, 60), random.choice(OFFICES.split("|"))
    mail = f"{in_ascii(held.given.split()[0])}.{in_ascii(held.family.split()[-1])}@drammen.kommune.no"
    notes = [
        "Kontakt: {0}, seksjonsleder {1}, tlf. {2}",
        "Spørsmål om tabellen rettes til rådgiver {0} ({1}), {3}",
        "Utarbeidet av {1} v/{0}, {3}, tlf {2}",
        "Kontaktperson i kommunen: {0}, {3}",
    ]
    return framed(random, figures(random), random.choice(notes).format(held.name, office, _phone(random), mail))


def footnote_of_consultant(random: Random) -> Rows:
    note = f"Rapport fra Asplan Utredning AS, prosjekt@asplan-utredning.no, sentralbord {_phone(random)}"
    return framed(random, figures(random), note)


def address_of_municipality(random: Random) -> Rows:
    note = f"Drammen kommune, Engene 1, 3008 Drammen. Org.nr. {organisation_number(random)}. Tlf. {_phone(random)}"
    return framed(random, figures(random), note)


def _projects(random: Random, count: int = 14) -> list[str]:
    places = (SCHOOLS_AND_MORE, ROADS, AREAS)
    return [random.choice(PROJECTS.split("|")).format(*map(random.choice, places)) for _ in range(count)]


def budget_by_project(random: Random) -> Rows:
    length = random.choice([8, 10, 11])
    sums: dict[str, Column] = {"Budsjett 2025": (90_000, 90_000_000), "Regnskap 2024": (0, 90_000_000)}
    return _table(random, {"Prosjekt": _projects(random), "Prosjektnr": lambda: digits(random, length), **sums})


def budget_by_account(random: Random) -> Rows:
    codes: dict[str, Column] = {"Ansvar": OFFICES, "Funksjon": (200, 399), "Budsjett": (9000, 9_000_000)}
    return _table(random, {"Art": [random.randint(1000, 1999) for _ in range(25)], **codes, "Avvik": (-90_000, 90_000)})


def balance_in_ore(random: Random) -> Rows:
    """Return amounts of eleven digits."""
    rows = "Eiendeler|Anleggsmidler|Omløpsmidler|Egenkapital|Langsiktig gjeld|Pensjonsforpliktelse"
    amounts = [digits(random, random.choice([10, 11, 11, 12])) for _ in range(13)]
    return _table(random, {"Balansepost": rows, "2023 (øre)": amounts[:6], "2024 (øre)": amounts[6:]})


def grants_to_associations(random: Random) -> Rows:
    reach: dict[str, Column] = {
        "Org.nr": lambda: organisation_number(random),
        "E-post": [f"post@{in_ascii(name)}.no" for name in ASSOCIATIONS.split("|")],
        "Adresse": lambda: _address(random),
    }
    return _table(random, {"Mottaker": ASSOCIATIONS, **reach, "Tilskudd": (5000, 300_000)})


def accounts_of_associations(random: Random) -> Rows:
    form = random.choice(["{0}.{1}.{2}", "{0} {1} {2}", "{0}{1}{2}"])
    numbers = [account_number(random) for _ in ASSOCIATIONS.split("|")]
    written = [form.format(each[:4], each[4:6], each[6:]) for each in numbers]
    return _table(random, {"Forening": ASSOCIATIONS, "Kontonummer": written, "Utbetalt": (5000, 300_000)})


def endowments(random: Random) -> Rows:
    """Return endowments that are called after people long dead."""
    named = "Lorentz Hansens legat|Oberst Holters minde|Enkefru Kiøsteruds fond|J. N. Jacobsens stipend"
    sums: dict[str, Column] = {"Kapital": (90_000, 9_000_000), "Utdelt": (0, 90_000)}
    return _table(random, {"Legat": named, "Org.nr": lambda: organisation_number(random), **sums})


def building_projects(random: Random) -> Rows:
    days: dict[str, Column] = {"Rammetillatelse": lambda: day(random), "Ferdigattest": lambda: day(random)}
    case: dict[str, Column] = {"Saksnr": lambda: _case(random), "Byggherre": "Drammen Eiendom KF"}
    return _table(random, {"Prosjekt": _projects(random), **case, **days})


def contracts(random: Random) -> Rows:
    case: dict[str, Column] = {"Sak": lambda: _case(random), "Org.nr.": lambda: organisation_number(random)}
    return _table(
        random, {"Leverandør": COMPANIES, **case, "Signert": lambda: day(random), "Verdi": (90_000, 90_000_000)}
    )


def invoices_paid(random: Random) -> Rows:
    length = random.choice([8, 11, 13])
    bill: dict[str, Column] = {"Leverandør": COMPANIES, "Fakturanr": lambda: digits(random, length), "Ansvar": OFFICES}
    return _table(random, {"Bilagsdato": [day(random, 2024) for _ in range(30)], **bill, "Beløp": (90.0, 90_000.0)})


def plan_of_measures(random: Random) -> Rows:
    measures = (
        "Styrke foreldreveiledning ved helsestasjonene|Flere sommerjobber til ungdom fra familier med lav inntekt"
        "|Åpne skolebibliotekene på kveldstid|Trygge snarveier mellom Gosen og Knive"
    )
    who = "Virksomhetsleder helsestasjon|NAV Drammen|Rektor ved den enkelte skole|Kommunalsjef samferdsel"
    state: dict[str, Column] = {"Frist": lambda: day(random, 2025), "Status": "Ikke startet|I rute|Ferdig"}
    return _table(random, {"Tiltak": measures, "Ansvarlig": who, **state})


def posts_by_unit(random: Random) -> Rows:
    staff: dict[str, Column] = {"Årsverk": (15.0, 60.0), "Ansatte": (20, 90), "Kvinner %": (9.0, 95.0)}
    return _table(random, {"Virksomhet": OFFICES.split("|") + SCHOOLS_AND_MORE, **staff, "Sykefravær %": (2.0, 14.0)})


def waiting_times(random: Random) -> Rows:
    services = "Kommunal bolig|PPT|Psykisk helse ung|Logoped|Avlastning"
    return _table(
        random, {"Tjeneste": services, "På venteliste": (5, 90), "Snitt dager": (9, 200), "Lengst": (200, 700)}
    )


def property_tax_by_zone(random: Random) -> Rows:
    sums: dict[str, Column] = {"Sum takst": (10**9, 10**10), "Sum skatt": (10**6, 10**8), "Klager": (0, 40)}
    return _table(random, {"Sone": AREAS, "Eiendommer": (50, 900), **sums})


def calendar_of_meetings(random: Random) -> Rows:
    bodies = "Formannskapet|Hovedutvalg for oppvekst|Eldrerådet|Ungdomsrådet"
    place: dict[str, Column] = {"Kl.": "09:00|17:30", "Sted": "Rådhuset, møterom Ibsen|Teams"}
    return _table(random, {"Dato": [day(random, 2025) for _ in range(18)], "Utvalg": bodies, **place})


def description_of_columns(random: Random) -> Rows:
    """Return what the columns of a register mean: no one is in it."""
    described = {
        "fnr": "Fødselsnummer, 11 siffer",
        "navn": "Etternavn, fornavn",
        "fdato": "Fødselsdato",
        "duf": "DUF-nummer, 12 siffer",
        "belop": "Utbetalt beløp",
    }
    kind: dict[str, Column] = {"Beskrivelse": list(described.values()), "Obligatorisk": "Ja|Nei"}
    return _table(random, {"Variabel": list(described), **kind})


def empty_form(random: Random) -> Rows:
    """Return a list that nobody has filled in."""
    columns = random.sample(["Navn", "Fødselsdato", "Adresse", "Telefon", "E-post", "Signatur"], 5)
    return [[f"Oppmøteliste {random.choice(AREAS)}"], ["Nr", *columns], *[[number] for number in range(1, 21)]]


def calls_to_switchboard(random: Random) -> Rows:
    hours = [f"{hour:02}-{hour + 1:02}" for hour in range(8, 16)]
    return _table(random, {"Klokken": hours, "Anrop": (20, 400), "Besvart": (10, 300), "Snitt ventetid (s)": (5, 400)})


# ---- registers of things, places and organisations


def directory_of_schools(random: Random) -> Rows:
    reach: dict[str, Column] = {
        "Besøksadresse": lambda: _address(random),
        "Poststed": "3018 Drammen|3041 DRAMMEN|3028 Drammen",
        "Telefon": lambda: _phone(random),
        "E-post": [f"{in_ascii(name)}@drammen.kommune.no" for name in SCHOOLS_AND_MORE],
    }
    return _table(random, {"Skole": SCHOOLS_AND_MORE, **reach, "Org.nr": lambda: organisation_number(random)})


def numbers_to_call(random: Random) -> Rows:
    services = "Legevakt|Alarmtelefon for barn og unge|Politi|NAV|Krisesenter|Rådhuset"
    called = ["116 117", "116 111", "02800", "55 55 33 33", "32 04 55 00", "32 04 00 00"]
    return _table(random, {"Tjeneste": services, "Telefon": called, "Åpent": "Døgnet|09-15"})


def mailboxes_of_offices(random: Random) -> Rows:
    boxes = [f"{in_ascii(name)}@drammen.kommune.no" for name in OFFICES.split("|")]
    return _table(random, {"Enhet": OFFICES, "E-post": boxes, "Henvendelser 2024": (40, 9000)})


def register_of_businesses(random: Random) -> Rows:
    held: dict[str, Column] = {
        "Orgnr": lambda: organisation_number(random),
        "Forretningsadresse": lambda: _address(random),
        "Næringskode": lambda: f"{random.randint(10, 96)}.{random.randint(100, 990)}",
    }
    return _table(random, {"Navn": COMPANIES, **held, "Ansatte": (5, 120)})


def inspections_of_restaurants(random: Random) -> Rows:
    named = "Hos Ali Kebab|Mamma Rosa|Café Ibsen|Bakeriet Per & Kari|Saigon Linh Restaurant"
    held: dict[str, Column] = {"Orgnummer": lambda: organisation_number(random), "Tilsynsdato": lambda: day(random)}
    return _table(random, {"Navn": named, **held, "Adresse": lambda: _address(random), "Karakter": (0, 3)})


def basic_statistical_units(random: Random) -> Rows:
    codes = [f"3301{number:04}" for number in range(101, 101 + len(AREAS + ROADS))]
    return _table(random, {"Grunnkretsnummer": codes, "Navn": AREAS + ROADS, "Areal km2": (0.1, 9.0)})


def register_of_streets(random: Random) -> Rows:
    named: dict[str, Column] = {
        "Vedtatt": lambda: day(random),
        "Oppkalt etter": "Kunstner|Konge|Sted|Ordfører (d. 1887)",
    }
    return _table(random, {"Gatenavn": ROADS, "Gatekode": (1000, 9999), **named})


def parks_and_statues(random: Random) -> Rows:
    named = "Wildenvey-statuen|Johan Halvorsen (byste)|Bacheparken|Anna Rogstads plass|St. Hallvard"
    return _table(random, {"Navn": named, "Oppført": (1850, 2015), "Vedlikehold kr": (1000, 90_000)})


def postal_codes(random: Random) -> Rows:
    codes = [f"{number}" for number in range(3001, 3059)]
    return _table(random, {"Postnummer": codes, "Poststed": "DRAMMEN", "Kommunenr": "3301", "Kategori": "G|P|B"})


def timetable(random: Random) -> Rows:
    trips: dict[str, Column] = {f"Tur {n}": lambda n=n: f"{n + 5:02}:{random.randint(0, 59):02}" for n in range(1, 10)}
    return _table(random, {"Holdeplass": AREAS, **trips})


def stops_with_coordinates(random: Random) -> Rows:
    plane: dict[str, Column] = {"X (UTM32)": (560_000.0, 569_000.0), "Y (UTM32)": (6_620_000.0, 6_629_000.0)}
    stops = [f"NSR:StopPlace:{random.randint(1000, 60000)}" for _ in AREAS]
    return _table(random, {"Id": stops, "Navn": AREAS, **plane, "Lat": (59.7, 59.8), "Lon": (10.1, 10.3)})


def energy_of_buildings(random: Random) -> Rows:
    codes: dict[str, Column] = {
        "Bygningsnr": lambda: digits(random, 9),
        "Gnr/bnr": lambda: f"{random.randint(100, 120)}/{random.randint(1, 900)}",
        "Målepunkt-ID": lambda: f"7070575000{digits(random, 8)}",
    }
    return _table(random, {"Bygg": SCHOOLS_AND_MORE, **codes, "kWh 2024": (20_000, 900_000)})


def blocks_of_flats(random: Random) -> Rows:
    blocks = [f"{road} {random.randint(1, 60)}" for road in ROADS]
    return _table(random, {"Eiendom": blocks, "Byggeår": (1950, 2018), "Leiligheter": (12, 64), "BRA m2": (900, 5000)})


def charging_stations(random: Random) -> Rows:
    ids = [f"NOR_{random.randint(10000, 99999)}" for _ in ROADS]
    place: dict[str, Column] = {"Operatør": "Brødrene Lade AS|Elbilkraft", "Adresse": lambda: _address(random)}
    return _table(random, {"Id": ids, **place, "Uttak": (1, 12), "I drift": lambda: day(random)})


def road_works(random: Random) -> Rows:
    work: dict[str, Column] = {
        "Periode": lambda: f"{day(random, 2025):%d.%m}-{day(random, 2025):%d.%m.%Y}",
        "Entreprenør": COMPANIES,
        "Skiltplan": lambda: _case(random),
    }
    return _table(random, {"Veg": ROADS, **work})


# ---- measurements


def _moments(random: Random, form: str, count: int = 60) -> list[str]:
    first = datetime(2024, random.randint(1, 12), random.randint(1, 28))
    return [(first + timedelta(hours=hour)).strftime(form) for hour in range(count)]


def air_quality(random: Random) -> Rows:
    moments = _moments(random, random.choice(["%Y-%m-%dT%H:%M:%SZ", "%d.%m.%Y %H:%M", "%Y%m%d%H%M"]))
    return _table(random, {"Tid": moments, "NO2": (0.0, 80.0), "PM10": (0.0, 60.0), "PM2,5": (0.0, 40.0)})


def sensors_with_packed_stamps(random: Random) -> Rows:
    """Return stamps of ten or twelve digits: day, month, year, hour, minute."""
    moments = _moments(random, random.choice(["%d%m%y%H%M", "%y%m%d%H%M%S"]))
    return _table(random, {"Logg": moments, "Sensor": "VK-1|VK-2|VK-7", "Verdi": (0.0, 9.0)})


def water_level(random: Random) -> Rows:
    moments = [1_704_067_200_000 + 600_000 * number for number in range(random.randint(30, 90))]
    return _table(random, {"epoch_ms": moments, "sensor_id": "0004A30B001C0530", "vannstand_cm": (10, 190)})


def traffic_counts(random: Random) -> Rows:
    points = [f"{random.randint(10000, 99999)}V{random.randint(100_000, 999_999)}" for _ in range(60)]
    when: dict[str, Column] = {"Fra": _moments(random, "%Y-%m-%d %H:00")}
    return _table(random, {"Punkt": points, "Navn": ROADS, **when, "Lette": (0, 900), "Tunge": (0, 90)})


def bathing_water(random: Random) -> Rows:
    tested: dict[str, Column] = {"Prøvedato": lambda: day(random, 2025), "E. coli": (0, 500), "Temp": (12.0, 23.0)}
    return _table(random, {"Badeplass": AREAS, **tested})


def weather(random: Random) -> Rows:
    days = [f"{number:02}.{random.choice(['01', '06', '11'])}.2024" for number in range(1, 29)]
    station: dict[str, Column] = {"Navn": "Drammen - Berskog", "Stasjon": "SN26900"}
    return _table(
        random, {"Tid(norsk normaltid)": days, **station, "Middeltemperatur": (-10.0, 20.0), "Nedbør": (0.0, 20.0)}
    )


# ---- maps and workbooks


def zones_on_map(random: Random) -> File:
    zones = [
        {"sone": f"LKS {n:02}", "navn": area, "innbyggere": random.randint(200, 4000)} for n, area in enumerate(AREAS)
    ]
    return geo_json(zones, random, name="levekårssoner")


def playgrounds_on_map(random: Random) -> File:
    held = {"kontrollert": f"{day(random)}", "eier": "Drammen kommune"}
    places = [{"objectid": digits(random, 8), "navn": f"{road} lekeplass", **held} for road in ROADS]
    return geo_json(places, random, points=True)


def workbook_with_author(random: Random) -> File:
    """Return a workbook in whose properties the office program wrote who saved it."""
    told = {"title": "Levekår", "author": someone(random, 25, 65).name, "company": "Drammen kommune"}
    return workbook({"Tabell": framed(random, figures(random))}, more=lambda book, _: book.set_properties(told))


def workbook_with_codes_behind(random: Random) -> File:
    """Return a workbook with a hidden sheet of codes, a list to pick from and a comment on how a figure was made."""
    codes: Rows = [["Kode", "Navn"], *[[f"330101{number:02}", area] for number, area in enumerate(AREAS, 1)]]

    def more(_: Any, made: dict[str, Any]) -> None:
        made["Koder"].hide()
        made["Tabell"].write_comment("B3", "Rettet 12.02.2025: tallet er uten studenter. Kilde SSB 07459.")
        made["Tabell"].data_validation("J2:J9", {"validate": "list", "source": AREAS[:8]})
        made["Tabell"].set_header("&LDrammen kommune&RSide &P av &N")

    return workbook({"Tabell": figures(random), "Koder": codes}, more=more)


def workbook_with_pivot_of_areas(random: Random) -> File:
    rows = [[area, year, random.randint(5, 900)] for area in AREAS for year in (2023, 2024)]
    return with_pivot_cache(workbook({"Sum": figures(random)}), ["Område", "År", "Antall"], rows)


def old_workbook_with_header(random: Random) -> File:
    return xls_file({"Tabell": framed(random, figures(random))}, header="&CDrammen kommune, levekår &D")


def open_document_with_note(random: Random) -> File:
    meta = "<meta:generator>LibreOffice/7.6</meta:generator><dc:title>Levekår 2024</dc:title>"
    return ods_file({"Ark1": figures(random)}, meta=meta, notes={(2, 1): "Foreløpig tall, revideres i juni 2025"})
