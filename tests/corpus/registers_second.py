"""Registers of the second corpus: what a municipality's offices keep about people, wherever in a file it stands.

Made without reading the guard, its tests or the first corpus. Every public function is a template (`measure.py`). The
label holds for each seed: a data protection officer would not let any of these leave the office.
"""

from datetime import date
from random import Random

from tests.corpus.files import File, Rows, ods_file, text_file, xls_file
from tests.corpus.files import xlsx_file as workbook
from tests.corpus.people import duf, number_of
from tests.corpus.words import COUNTRIES, day
from tests.corpus.words_second import (
    AREAS,
    SCHOOLS_AND_MORE,
    between,
    births,
    homes,
    initials,
    mail,
    names,
    numbers,
    of,
    on,
    phones,
    register,
    some,
    someone,
)

CLASSES = "1A|2B|3C|4A|5B|6A|7C|8A|9B|10C"
BENEFITS = "Sosialhjelp|Kvalifiseringsprogram|Arbeidsavklaringspenger|Bostøtte|Overgangsstønad"
INCIDENTS = [
    "{p.name} slo {q.name} i friminuttet. Foresatte er varslet.",
    "{p.given} {p.family} i 8B kom ruset på skolen. Mor hentet, tlf {p.phone}.",
    "Fant {p.name} på gulvet kl. 07.40. Ambulanse. Pårørende {q.name} er ringt.",
    "{p.name} fikk {q.name} sine medisiner ved kveldsstell. Lege varslet.",
]


def _told(random: Random, texts: list[str]) -> str:
    """Return a sentence about a person."""
    return random.choice(texts).format(p=someone(random), q=someone(random))


# ---- schools and kindergartens


def class_list(random: Random) -> Rows:
    columns = {**names(random, "Elev"), **births(random), "Klasse": of(random, CLASSES), **homes(random)}
    return register(random, some(random, 6, 15), {**columns, **phones(random, "Foresatt tlf")})


def pupils_absence(random: Random) -> Rows:
    months = {month: between(random, 0, 30) for month in ("Aug", "Sep", "Okt", "Nov", "Des", "Jan")}
    return register(random, some(random, 13, 16), {**names(random, "Elev"), **months}, shuffle=False)


def special_education_by_initials(random: Random) -> Rows:
    columns = {"Initialer": initials, **births(random), "Trinn": between(random, 1, 10)}
    measures = "Logoped|Egen assistent|Tegnspråk|Delt klasse"
    return register(
        random, some(random, 6, 15), {**columns, "Tiltak": of(random, measures), "Timer": between(random, 38, 600)}
    )


def after_school_allergies(random: Random) -> Rows:
    columns = {"Barnets navn": lambda each: each.name, "Allergi/medisin": of(random, "Nøtter|Melk|Astma|Ingen|Epipen")}
    return register(random, some(random, 6, 9), {**columns, "Hentes av": of(random, "Mor|Far|Går selv")})


def school_transport(random: Random) -> Rows:
    columns = {**names(random, "Elev"), **homes(random), "Skole": of(random, SCHOOLS_AND_MORE)}
    reasons = "Avstand|Trafikkfarlig vei|Funksjonsnedsettelse"
    return register(random, some(random, 6, 15), {**columns, "Grunn": of(random, reasons)})


def psychologists_referrals(random: Random) -> Rows:
    columns = {**names(random), **births(random), "Henvist": on(random), "Henvist av": of(random, SCHOOLS_AND_MORE)}
    return register(
        random,
        some(random, 3, 18),
        {**columns, "Årsak": of(random, "Dysleksi|ADHD-utredning|Språkvansker|Skolevegring")},
    )


def upper_secondary_applicants(random: Random) -> Rows:
    wishes = "Helse og oppvekst|Studiespesialisering|Bygg og anlegg|Elektro"
    columns = {
        **numbers(random),
        **names(random, "Søker"),
        "Ønske 1": of(random, wishes),
        "Poeng": between(random, 20, 60),
    }
    return register(random, some(random, 15, 19), columns)


def incidents_at_school(random: Random) -> Rows:
    """Return a log in which people are named in the running text alone."""
    rows: Rows = [["Dato", "Skole", "Hendelse", "Alvorlighet"]]
    for _ in range(random.randint(5, 15)):
        rows.append(
            [day(random, 2023), random.choice(SCHOOLS_AND_MORE), _told(random, INCIDENTS), random.randint(1, 3)]
        )
    return rows


def mother_tongue_teaching(random: Random) -> Rows:
    columns = {
        **names(random),
        "Morsmål": of(random, "Tigrinja|Dari|Ukrainsk|Somali"),
        "Kom til Norge": on(random, 2019),
    }
    return register(random, some(random, 6, 16), {**columns, "Skole": of(random, SCHOOLS_AND_MORE)})


def a_sheet_per_pupil(random: Random) -> File:
    """Return a workbook in which only the sheets' names say whom the goals are for."""
    goals: Rows = [
        ["Fag", "Mål", "Oppnådd"],
        ["Norsk", "Leser korte ord", "Delvis"],
        ["Matematikk", "Teller til 20", "Ja"],
    ]
    held = {f"{each.given[:14]} {each.family[:14]}": goals for each in some(random, 6, 12, fewest=4, most=9)}
    return random.choice([workbook, ods_file, xls_file])(held)


def attendance_across(random: Random) -> Rows:
    """Return names as the header, a row per day."""
    held = some(random, 1, 5, fewest=6, most=14)
    days = [date(2025, 3, number) for number in range(3, 22)]
    return [
        ["Dato", *[each.name for each in held]],
        *[[each, *[random.choice(["x", "", "S"]) for _ in held]] for each in days],
    ]


def kindergarten_queue(random: Random) -> Rows:
    columns = {
        "Barn": lambda each: each.name,
        **births(random),
        "Søkt dato": on(random, 2024),
        "1. prioritet": of(random, AREAS),
    }
    return register(random, some(random, 0, 4), {**columns, "E-post foresatt": lambda _: mail(someone(random, 22, 45))})


def kindergarten_parents(random: Random) -> Rows:
    columns = {
        "Barn": lambda each: each.given,
        "Mor": lambda each: f"{someone(random).given} {each.family}",
        "Far": lambda each: f"{someone(random).given} {each.family}",
    }
    return register(random, some(random, 0, 5), {**columns, **phones(random, "Tlf mor")})


def reduced_fees(random: Random) -> Rows:
    columns = {**numbers(random), "Fnr samboer": lambda _: someone(random, 22, 50).number}
    return register(
        random, some(random, 22, 50), {**columns, "Husholdningens inntekt": between(random, 120_000, 640_000)}
    )


# ---- NAV, debt, housing


def social_assistance_payments(random: Random) -> Rows:
    """Return identity numbers as whole numbers: a spreadsheet has dropped the zeros before them."""
    columns = {"Mottaker": lambda each: int(each.number), "Ytelse": of(random, BENEFITS)}
    return register(
        random, some(random, 18, 66), {**columns, "Utbetalt": between(random, 2000, 25000), "Dato": on(random)}
    )


def activity_plans(random: Random) -> Rows:
    columns = {**names(random, "Bruker"), **births(random), "Ytelse": of(random, BENEFITS)}
    return register(random, some(random, 18, 62), {**columns, "Veileder": of(random, "ABC123|K104552|S990017")})


def debt_counselling(random: Random) -> Rows:
    columns = {**names(random, "Klient"), "Kreditorer": of(random, "Bank 1, inkasso|Kommunen, strøm|Forbrukslån x 3")}
    return register(random, some(random, 20, 70), {**columns, "Samlet gjeld": between(random, 40_000, 2_000_000)})


def debt_course_names(random: Random) -> Rows:
    """Return names and nothing else."""
    return [["Påmeldte økonomikurs våren 2025"], *[[each.name] for each in some(random, 20, 70)]]


def foreign_workers(random: Random) -> Rows:
    columns = {"D-nummer": lambda each: number_of(random, each.born, day=40), "Land": of(random, COUNTRIES)}
    return register(
        random, some(random, 20, 60), {**columns, "Arbeidsgiver": of(random, "Elvebyen Renhold AS|Viken Bygg AS")}
    )


def housing_queue(random: Random) -> Rows:
    columns = {**names(random, "Søker"), "Husstand": between(random, 1, 7), "Poeng": between(random, 0, 40)}
    return register(
        random, some(random, 20, 80), {**columns, "Merknad": of(random, "Rus|Rullestol|Bor på hospits||Vold")}
    )


def tenants_in_arrears(random: Random) -> Rows:
    columns = {
        "Leietaker": lambda each: each.reversed_name,
        "Leilighet": lambda each: f"{each.street} H0{random.randint(101, 409)}",
    }
    return register(random, some(random, 22, 80), {**columns, "Restanse": between(random, 500, 90_000)})


def tenants_telephones(random: Random) -> Rows:
    """Return tenants by their telephones alone."""
    return register(
        random, some(random, 20, 80), {**phones(random, "Mobil leietaker"), "SMS sendt": on(random, 2025, 2025)}
    )


def start_loan_households(random: Random) -> Rows:
    """Return one row per household that asked for a loan, without a name."""
    columns = {
        "Saksnr": lambda _: f"25/{random.randint(1000, 9999)}",
        "Alder søker": between(random, 20, 64),
        "Alder medsøker": between(random, 20, 64),
        "Barn": between(random, 0, 5),
        "Inntekt": between(random, 200_000, 800_000),
        "Gjeld": between(random, 0, 900_000),
        "Uføretrygd": of(random, "Ja|Nei"),
        "Adresse nå": lambda each: each.street,
        "Vedtak": of(random, "Innvilget|Avslag"),
    }
    return register(random, some(random), columns)


def evictions(random: Random) -> Rows:
    columns = {
        **names(random, "Saksøkt"),
        **homes(random),
        "Fravikelse": on(random, 2025),
        "Barn i boligen": of(random, "Ja|Nei"),
    }
    return register(random, some(random, 20, 80), columns)


# ---- child welfare, health, care


def welfare_notifications(random: Random) -> Rows:
    columns = {
        "Barnets navn": lambda each: each.name,
        **births(random),
        "Mottatt": on(random),
        "Melder": of(random, "Skole|Politi|Nabo"),
    }
    return register(random, some(random, 0, 17), {**columns, "Konklusjon": of(random, "Undersøkelse|Henlagt|Akutt")})


def foster_homes(random: Random) -> Rows:
    columns = {
        "Fosterforeldre": lambda each: f"{each.given} og {someone(random, 30, 60).name}",
        **homes(random),
        **phones(random),
    }
    return register(random, some(random, 30, 60), {**columns, "Barn plassert": between(random, 1, 3)})


def supervised_contact(random: Random) -> Rows:
    columns = {"Barn": initials, "Født": lambda each: each.born, "Samvær med": of(random, "Mor|Far|Besteforeldre")}
    return register(random, some(random, 1, 16), {**columns, "Tilsyn": of(random, "Ja|Nei"), "Neste": on(random, 2025)})


def vaccinations(random: Random) -> Rows:
    columns = {**numbers(random), "Vaksine": of(random, "MMR|DTP|BCG|HPV"), "Satt": on(random)}
    return register(random, some(random, 1, 16), columns)


def births_expected(random: Random) -> Rows:
    columns = {
        **names(random, "Gravid"),
        **phones(random),
        "Termin": on(random, 2025),
        "Risiko": of(random, "Diabetes|Ingen|Rus"),
    }
    return register(random, some(random, 18, 43), columns)


def school_nurse_log(random: Random) -> Rows:
    columns = {
        "Dato": on(random),
        "Elev": lambda each: f"{each.given} {each.family[0]}.",
        "Klasse": of(random, "8A|9B|10C"),
    }
    return register(
        random, some(random, 12, 16), {**columns, "Tema": of(random, "Selvskading|Prevensjon|Mobbing|Spisevansker")}
    )


def patients_by_birth_and_initials(random: Random) -> Rows:
    columns = {
        "Pasient": lambda each: f"{initials(each)} {each.born:%d.%m.%y}",
        "Diagnose": of(random, "F32.1|F20.0|F43.1|F60.3"),
    }
    return register(random, some(random, 18, 70), {**columns, "Innlagt": on(random)})


def visits_at_home(random: Random) -> Rows:
    columns = {"Kl.": of(random, "07:30|08:15|12:00|20:45"), **names(random, "Bruker"), **homes(random)}
    return register(random, some(random, 60, 95), {**columns, "Tiltak": of(random, "Insulin|Stell|Medisin|Mat")})


def safety_alarms(random: Random) -> Rows:
    columns = {
        **names(random),
        **homes(random),
        "Pårørende": lambda _: someone(random, 30, 70).name,
        **phones(random, "Tlf pårørende"),
    }
    return register(random, some(random, 65, 95), columns)


def key_boxes(random: Random) -> Rows:
    """Return private homes of users of home care with the codes of their key boxes."""
    columns = {"Bruker bor": lambda each: f"{each.street}, {each.post}", "Nøkkelboks kode": between(random, 1000, 9999)}
    return register(
        random, some(random, 65, 95), {**columns, "Diagnose": of(random, "Demens|KOLS|Hjerneslag|Diabetes")}
    )


def care_deviations(random: Random) -> Rows:
    rows: Rows = [["Avviksnr", "Dato", "Sted", "Beskrivelse"]]
    for number in range(random.randint(4, 12)):
        rows.append(
            [f"A-{number + 100}", day(random, 2024), f"Rom {random.randint(1, 40)}", _told(random, INCIDENTS[2:])]
        )
    return rows


def parking_for_disabled(random: Random) -> Rows:
    """Return holders of permits by their cars and homes."""
    columns = {
        "Kjennemerke": lambda _: f"{random.choice(['KH', 'EV', 'DN'])} {random.randint(10000, 99999)}",
        **homes(random),
    }
    return register(
        random,
        some(random, 25, 90),
        {**columns, "Tillatelse HC til": on(random, 2025), "Forflytningshemmet": of(random, "Varig|Midlertidig")},
    )


def staff_sick_leave(random: Random) -> Rows:
    columns = {
        "Ansattnr": between(random, 10000, 99999),
        **names(random, "Ansatt"),
        "Egenmelding dager": between(random, 0, 24),
    }
    return register(random, some(random, 20, 66), {**columns, "Sykmeldt %": of(random, "0|0|50|100")})


# ---- refugees, youth, volunteers


def introduction_programme(random: Random) -> Rows:
    columns = {
        "DUF-nr": lambda _: duf(random),
        **names(random, "Deltaker"),
        "Oppstart": on(random),
        "Spor": between(random, 1, 3),
    }
    return register(random, some(random, 18, 55), columns)


def duf_alone(random: Random) -> Rows:
    header = random.choice(["DUF", "DUF-nummer", "Utlendingsnr"])
    columns = {header: lambda _: int(duf(random)), "Bosatt": on(random), "Tilskudd": between(random, 90_000, 230_000)}
    return register(random, some(random), columns)


def language_tests(random: Random) -> Rows:
    levels = {part: of(random, "A1|A2|B1|B2") for part in ("Lytte", "Lese", "Skrive", "Muntlig")}
    return register(
        random, some(random, 18, 60), {**names(random, "Kandidat"), "Land": of(random, COUNTRIES[1:]), **levels}
    )


def club_attendance(random: Random) -> Rows:
    evenings = {evening: of(random, "x|x|") for evening in ("3.9", "10.9", "17.9", "24.9", "1.10")}
    return register(random, some(random, 12, 18), {**names(random), **evenings}, shuffle=False)


def club_mails(random: Random) -> Rows:
    return [
        [random.choice(["E-post", "Mail", "Adresse", "Sendes til"])],
        *[[mail(each)] for each in some(random, 13, 18)],
    ]


def mails_in_one_cell(random: Random) -> Rows:
    held = "; ".join(f"{each.name} <{mail(each)}>" for each in some(random, 25, 50, most=14))
    return [["Gruppe", "Mottakere"], ["FAU 6. trinn", held], ["Alle skoler", "se intranett"]]


def outreach_log(random: Random) -> Rows:
    told = [
        "{p.given} {p.family[0]}. (15), 10B, røykte hasj ved elva, ga oss navn på selger",
        "Kjørte {p.name} hjem, {p.street}, full",
    ]
    return [
        ["Dato", "Sted", "Notat"],
        *[[day(random, 2025), random.choice(AREAS), _told(random, told)] for _ in range(9)],
    ]


def summer_jobs(random: Random) -> Rows:
    columns = {
        **names(random, "Søker"),
        **births(random),
        "Kontonr": lambda _: f"1503 {random.randint(10, 99)} {random.randint(10000, 99999)}",
    }
    return register(random, some(random, 15, 19), {**columns, **phones(random)})


def volunteers(random: Random) -> Rows:
    columns = {
        **names(random),
        "E-post": mail,
        **phones(random),
        "Kan bidra med": of(random, "Leksehjelp|Kafé|Kjøring|Turvenn"),
    }
    return register(random, some(random, 16, 80), columns)


def visiting_friends(random: Random) -> Rows:
    columns = {"Frivillig": lambda each: each.name, "Besøker": lambda _: someone(random, 70, 95).name}
    return register(random, some(random, 18, 75), {**columns, "Dag": of(random, "Mandag|Tirsdag|Torsdag")})


def form_answers(random: Random) -> Rows:
    columns = {"Tidsmerke": lambda _: f"{day(random, 2025):%d.%m.%Y} 12:{random.randint(10, 59)}", "Brukernavn": mail}
    asked = {"Hva heter du?": lambda each: each.name, "Hvor gammel er du?": between(random, 18, 80)}
    return register(
        random,
        some(random, 18, 80),
        {**columns, **asked, "Trenger du hjelp?": of(random, "Ja|Nei|Vet ikke")},
        shuffle=False,
    )


def christmas_help(random: Random) -> Rows:
    columns = {
        "Familie": lambda each: f"Fam. {each.family}",
        "Voksne": between(random, 1, 2),
        "Barn (alder)": of(random, "3, 7|1|12, 14|5, 6, 9"),
    }
    return register(random, some(random, 22, 60), {**columns, **homes(random), "Gavekort": between(random, 300, 2000)})


# ---- tax, elections, building, what residents write


def property_tax_owners(random: Random) -> Rows:
    columns = {
        "Gnr/bnr": lambda _: f"{random.randint(100, 120)}/{random.randint(1, 900)}",
        **names(random, "Hjemmelshaver"),
        **homes(random),
    }
    return register(random, some(random, 25, 90), {**columns, "Eiendomsskatt": between(random, 900, 14_000)})


def electoral_roll(random: Random) -> Rows:
    columns = {
        "Manntallsnr": between(random, 1, 4000),
        **names(random, "Velger"),
        "Født": lambda each: each.born,
        **homes(random),
    }
    return register(random, some(random, 18, 95), {**columns, "Stemt": of(random, "Ja|Nei|F")})


def poll_workers(random: Random) -> Rows:
    columns = {
        **names(random),
        **numbers(random),
        **phones(random),
        "Krets": of(random, AREAS),
        "Timer": between(random, 4, 14),
    }
    return register(random, some(random, 18, 75), columns)


def building_applicants(random: Random) -> Rows:
    columns = {"Sak": lambda _: f"25/{random.randint(100, 9999)}", "Tiltak": of(random, "Garasje|Tilbygg|Terrasse|Bod")}
    return register(
        random,
        some(random, 25, 85),
        {**columns, "Tiltakshaver": lambda each: each.name, **homes(random), **phones(random)},
    )


def neighbours_notified(random: Random) -> Rows:
    columns = {
        "Eiendom": lambda _: f"{random.randint(100, 120)}/{random.randint(1, 900)}",
        "Nabo/gjenboer": lambda each: each.name,
        **homes(random),
    }
    return register(random, some(random, 25, 85), {**columns, "Merknad": of(random, "Ingen|Mister utsikt|Klager")})


def messages_from_residents(random: Random) -> Rows:
    told = [
        "Hei, jeg heter {p.name} og bor i {p.street}. Sønnen min har ikke fått plass. Ring {p.phone}",
        "Naboen {q.name} banker opp kona si, gjør noe! Hilsen {p.name}",
        "Jeg er ufør og klarer ikke husleia. Mvh {p.given} {p.family}, f. {p.born:%d.%m.%Y}",
    ]
    return [
        ["Mottatt", "Tema", "Melding"],
        *[[day(random, 2025), random.choice(AREAS), _told(random, told)] for _ in range(8)],
    ]


def interview_notes(random: Random) -> File:
    told = [
        "Informant {n}: {p.given}, {age} år, kom fra {land} i 2016, bor i {p.street}. Mannen sitter i fengsel.",
        "Informant {n} ({p.name}) er enslig mor til tre og har kreft.",
    ]
    lines: Rows = [["Nr", "Notat fra samtale"]]
    for number in range(1, random.randint(5, 10)):
        text = random.choice(told).format(
            n=number, p=someone(random), age=random.randint(18, 70), land=random.choice(COUNTRIES)
        )
        lines.append([number, text])
    return text_file(random, lines)


def focus_group(random: Random) -> Rows:
    columns = {
        "Deltaker": lambda each: each.given,
        "Alder": between(random, 17, 70),
        "Kontakt": mail,
        "Har oppmøtehonorar": of(random, "ja|nei"),
    }
    return register(random, some(random, 17, 70), columns)
