"""Registers of the fifth corpus: lists of single persons as offices have them, and might drop where statistics belong.

Written on 26 November 2026 by somebody who had read neither the guard nor the other collections' templates: typical
files in the proportions one would expect, about a fifth of them awkward. Every public function is a template. All is
synthetic: names put together by chance, numbers with the month + 80.
"""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from tests.corpus.files import Cell, File, Rows, geo_json, ods_file, text_file, xls_file, xlsx_file
from tests.corpus.people import duf, number_of
from tests.corpus.people_fifth import (
    DISTRICTS,
    KINDERGARTENS,
    SCHOOLS,
    TRACTS,
    age,
    in_a_book,
    in_a_sheet,
    in_text,
    mail,
    on,
    per_person,
    recent,
    sex,
    some,
    someone,
    staff,
    table,
    under,
)

# ---- schools and kindergartens


def pupils_of_a_class(random: Random) -> Rows:
    form = random.choice(["4B", "7A", "9C", "2A"])
    pupils = some(random, 6, 15, 18, 28)
    rows = per_person(
        pupils,
        ["Klasse", "Etternavn", "Fornavn", "Fødselsnr", "Foresatt 1", "Mobil 1", "Foresatt 2", "Mobil 2"],
        lambda e: [
            form,
            e.family,
            e.given,
            e.number,
            f"{someone(random, 28, 50).given} {e.family}",
            e.phone,
            someone(random, 28, 50).name if random.random() < 0.7 else None,
            someone(random).phone if random.random() < 0.6 else None,
        ],
    )
    return under(f"{random.choice(SCHOOLS)} - klasseliste {form} 2025/2026", rows)


def marks_per_pupil(random: Random) -> Rows:
    subjects = ["NOR01", "NOR02", "ENG01", "MAT01", "NAT01", "SAF01", "KRO01", "MUS01"]
    return per_person(
        some(random, 13, 16, 20, 110),
        ["Elev", "Trinn", "Gruppe", *subjects],
        lambda e: [e.reversed_name, 10, random.choice("ABC"), *[random.choice("22334445566") for _ in subjects]],
    )


def national_tests_by_pupil(random: Random) -> Rows:
    school = random.choice(SCHOOLS)
    return per_person(
        some(random, 10, 14, 30, 120),
        ["Enhet", "Fødselsdato", "Fornavn", "Etternavn", "Prøve", "Poeng", "Skalapoeng", "Mestringsnivå", "Fritatt"],
        lambda e: [
            school,
            e.born,
            e.given,
            e.family,
            "Lesing 8. trinn",
            random.randint(5, 39),
            random.randint(28, 72),
            random.randint(1, 5),
            random.choice(["Nei", "Nei", "Nei", "Nei", "Ja"]),
        ],
    )


def special_needs_oppad(random: Random) -> Rows:
    return per_person(
        some(random, 1, 16, 15, 80),
        [
            "Sak ID",
            "Barn/elev",
            "Født",
            "Skole/barnehage",
            "Henvisningsgrunn",
            "Status",
            "SV dato",
            "Timer/uke",
            "Rådgiver",
        ],
        lambda e: [
            random.randint(10000, 29999),
            e.name,
            e.born,
            random.choice(SCHOOLS + KINDERGARTENS),
            random.choice(["Språkvansker", "Matematikkvansker", "Konsentrasjon", "Lese- og skrivevansker", "Atferd"]),
            random.choice(["Utredning", "Avsluttet", "Venteliste", "Sakkyndig vurdering"]),
            on(random),
            random.choice([2, 3.5, 4, 6, 10]),
            random.choice(["MKH", "TLS", "ABR"]),
        ],
    )


def kindergarten_applications_vigilo(random: Random) -> Rows:
    return per_person(
        some(random, 0, 5, 25, 160),
        [
            "Søknadsnr",
            "Barnets navn",
            "Fødselsdato",
            "Ønsket startdato",
            "Prioritet 1",
            "Prioritet 2",
            "Foresatt",
            "E-post",
        ],
        lambda e: [
            f"VIG-{random.randint(100000, 999999)}",
            e.name,
            e.born,
            date(2026, 8, 15),
            *random.sample(KINDERGARTENS, 2),
            f"{someone(random, 24, 45).given} {e.family}",
            mail(e),
        ],
    )


def children_in_a_group(random: Random) -> File:
    rows = per_person(
        some(random, 1, 5, 10, 24),
        ["Barn", "Bursdag", "Allergi", "Henting", "Oppholdstid", "Morsmål"],
        lambda e: [
            e.given,
            e.born.strftime("%d.%m.%y"),
            random.choice([None, None, None, "Melk", "Nøtter", "Egg"]),
            random.choice(["Mor/far", "Besteforeldre", "Mor", "Far onsdager"]),
            random.choice(["100 %", "100 %", "60 %"]),
            random.choice(["norsk", "norsk", "somali", "polsk", "arabisk"]),
        ],
    )
    return in_a_sheet(random, under(f"{random.choice(KINDERGARTENS)}, avdeling Blåbær", rows), "Blåbær")


def culture_school_waiting_list(random: Random) -> Rows:
    return per_person(
        some(random, 6, 19, 15, 140),
        ["Elevnavn", "Alder", "Instrument/fag", "Søkt dato", "Ventelistenr", "Foresattes mobil"],
        lambda e: [
            e.name,
            age(e),
            random.choice(["Piano", "Gitar", "Fiolin", "Teater", "Dans", "Visuell kunst", "Sang", "Slagverk"]),
            on(random, 2024),
            random.randint(1, 60),
            e.phone,
        ],
    )


def pupils_with_mother_tongue_teaching_nynorsk(random: Random) -> Rows:
    return per_person(
        some(random, 6, 16, 12, 70),
        ["Elevnamn", "Fødd", "Skule", "Steg", "Morsmål", "Timar per veke", "Vedtak gjeld til"],
        lambda e: [
            e.name,
            e.born,
            random.choice(["Sogndal skule", "Kaupanger skule", "Trudvang skule", "Norane oppvekstsenter"]),
            random.randint(1, 10),
            random.choice(["Ukrainsk", "Polsk", "Tigrinja", "Arabisk", "Litauisk"]),
            random.choice([2, 3, 4, 5]),
            date(2026, 6, 19),
        ],
    )


# ---- NAV, social services, integration


def social_assistance_paid_to_persons(random: Random) -> Rows:
    return per_person(
        some(random, 18, 66, 20, 200),
        ["Fødselsnummer", "Navn", "Vedtaksdato", "Stønadstype", "Beløp", "Utbetalt til", "Saksbehandler"],
        lambda e: [
            e.number,
            f"{e.family.upper()} {e.given.upper()}",
            on(random, 2025),
            random.choice(["Livsopphold", "Husleie", "Strøm", "Barn - klær", "Nødhjelp"]),
            round(random.uniform(800, 18500), 2),
            random.choice(["Bruker", "Bruker", "Utleier"]),
            random.choice(["DRA4102", "DRA4117", "DRA4123"]),
        ],
    )


def qualification_programme(random: Random) -> File:
    rows = per_person(
        some(random, 19, 60, 12, 60),
        ["Deltaker", "Fødselsår", "Kjønn", "Start", "Slutt", "Tiltak", "Avslutningsgrunn", "Veileder"],
        lambda e: [
            e.name,
            e.born.year,
            sex(e),
            on(random, 2023, 2024),
            on(random, 2025) if random.random() < 0.6 else None,
            random.choice(["Arbeidspraksis", "Norskkurs", "Jobbklubb", "Egenorganisert"]),
            random.choice([None, "Ordinært arbeid", "Utdanning", "Sykdom", "Flyttet"]),
            random.choice(["Hilde", "Jonas", "Samira"]),
        ],
    )
    return in_a_sheet(random, rows, "KVP 2025")


def refugees_in_introduction_programme(random: Random) -> Rows:
    return per_person(
        some(random, 18, 58, 15, 120),
        ["DUF-nr", "Etternavn", "Fornavn", "Fødselsdato", "Land", "Bosatt dato", "Spor", "Norsk nivå", "Sluttmål"],
        lambda e: [
            duf(random),
            e.family,
            e.given,
            e.born,
            random.choice(["Ukraina", "Syria", "Eritrea", "Afghanistan", "Kongo"]),
            on(random),
            random.randint(1, 3),
            random.choice(["A1", "A2", "B1", "B2"]),
            random.choice(["Arbeid", "VGS", "Fagbrev", "Grunnskole for voksne"]),
        ],
    )


def settlement_requests(random: Random) -> Rows:
    return per_person(
        some(random, 0, 62, 10, 50),
        ["DUF", "Ref.nr familie", "Statsborgerskap", "Kjønn", "F.år", "Antall i familien", "Oppfølgingsbehov", "Frist"],
        lambda e: [
            duf(random),
            f"B{random.randint(20000, 29999)}",
            random.choice(["UKR", "SYR", "ERI", "AFG", "COD"]),
            sex(e),
            e.born.year,
            random.randint(1, 7),
            random.choice(["Rullestol", "Ingen kjente", "Traumebehandling", "Nær sykehus", "Ingen kjente"]),
            on(random, 2025),
        ],
    )


def youth_follow_up(random: Random) -> Rows:
    return per_person(
        some(random, 16, 21, 15, 90),
        ["Navn", "Personnummer", "Siste skole", "Sluttet", "Årsak", "Kontaktforsøk", "Status OT"],
        lambda e: [
            e.name,
            f"{e.number[:6]} {e.number[6:]}",
            random.choice(["Drammen vgs", "Åssiden vgs", "St. Hallvard vgs", "Lier vgs"]),
            on(random, 2024),
            random.choice(["Feilvalg", "Psykisk helse", "Skolelei", "Ikke oppgitt", "Flyttet"]),
            random.randint(0, 8),
            random.choice(["I tiltak", "Ukjent", "I arbeid", "Ønsker ikke kontakt"]),
        ],
    )


def job_seekers_by_month(random: Random) -> Rows:
    months = [f"2025-{month:02}" for month in range(1, 11)]
    return per_person(
        some(random, 18, 60, 20, 150),
        ["person_id", "fodt", "bydel", *months],
        lambda e: [
            f"P{random.randint(100000, 999999)}",
            e.born.strftime("%d%m%Y"),
            random.choice(DISTRICTS),
            *[random.choice(["HELT", "DELV", "TILT", "UTE", "UTE"]) for _ in months],
        ],
    )


def housing_allowance_payments(random: Random) -> Rows:
    return per_person(
        some(random, 20, 85, 20, 200),
        [
            "Saksnr",
            "Søkers navn",
            "Fødselsnr",
            "Adresse",
            "Boutgift",
            "Inntekt",
            "Antall i husst.",
            "Utbetalt bostøtte",
        ],
        lambda e: [
            random.randint(1_000_000, 4_999_999),
            e.reversed_name,
            e.number,
            f"{e.street}, {e.post}",
            random.randint(6000, 14500),
            random.randint(9000, 27000),
            random.randint(1, 6),
            random.randint(300, 5200),
        ],
    )


# ---- health and care


def home_care_gerica(random: Random) -> Rows:
    return per_person(
        some(random, 45, 99, 25, 220),
        ["TM_ID", "FODSELSNR", "NAVN", "TJENESTE", "VEDTAK_FRA", "VEDTAK_TIL", "OMFANG_T_UKE", "SONE", "IPLOS_SNITT"],
        lambda e: [
            random.randint(2000, 19999),
            e.number,
            e.reversed_name,
            random.choice(["Hjemmesykepleie", "Praktisk bistand", "BPA", "Trygghetsalarm", "Dagsenter"]),
            on(random),
            date(2026, 12, 31) if random.random() < 0.6 else None,
            round(random.uniform(0.25, 18), 2),
            random.choice(["Sone 1", "Sone 2", "Sone Strømsø"]),
            round(random.uniform(1, 4.6), 1),
        ],
    )


def iplos_scores_per_recipient(random: Random) -> Rows:
    scores = [f"v{number}" for number in range(1, 18)]
    return per_person(
        some(random, 20, 99, 40, 250),
        ["pnr_kryptert", "fodselsaar", "kjonn", "bydel", "samlet_bistandsbehov", *scores],
        lambda e: [
            f"{random.getrandbits(48):012x}",
            e.born.year,
            sex(e, "2", "1"),
            f"{random.randint(1, 13):02}",
            random.randint(1, 5),
            *[random.choice([1, 1, 2, 2, 3, 4, 5, 9]) for _ in scores],
        ],
    )


def nursing_home_waiting_list(random: Random) -> File:
    rows = per_person(
        some(random, 67, 99, 8, 40),
        ["Prioritet", "Navn", "f.", "Oppholder seg nå", "Vedtak", "Pårørende", "Tlf pårørende", "Kommentar"],
        lambda e: [
            random.randint(1, 3),
            e.name,
            e.born.year,
            random.choice(["Hjemme", "Korttid Fjell", "Sykehuset", "Omsorgsbolig"]),
            on(random, 2025),
            f"{random.choice(['nevø/niese', 'barn', 'ektefelle', 'verge'])} {someone(random, 40, 70).given}",
            e.phone,
            random.choice([None, "Demens, går ut om natten", "Faller ofte", "Ektefelle utslitt", "Ønsker Skoger"]),
        ],
    )
    return in_a_sheet(random, under("Venteliste langtidsplass pr uke 46", rows), "Venteliste")


def child_vaccination(random: Random) -> Rows:
    return per_person(
        some(random, 0, 6, 20, 150),
        ["Fødselsnr", "Barn", "Helsestasjon", "MMR", "DTP-1", "DTP-2", "Pneumokokk", "Neste konsultasjon"],
        lambda e: [
            e.number,
            e.name,
            random.choice(["Fjell", "Strømsø", "Åssiden", "Mjøndalen"]),
            *[on(random) if random.random() < 0.8 else None for _ in range(4)],
            date(2026, random.randint(1, 6), random.randint(1, 28)),
        ],
    )


def school_nurse_notes(random: Random) -> Rows:
    return per_person(
        some(random, 6, 19, 15, 70),
        ["Dato", "Elev", "Klasse", "Tema", "Notat"],
        lambda e: [
            on(random, 2025),
            f"{e.given} {e.family[0]}.",
            f"{random.randint(5, 10)}{random.choice('ABCD')}",
            random.choice(["Søvn", "Mobbing", "Vekt", "Hjemmeforhold", "Angst"]),
            random.choice(
                [
                    "Kom selv. Sover dårlig etter flytting, avtalt ny samtale.",
                    "Kontaktlærer ba om samtale. Ringer mor.",
                    "Forteller om krangling hjemme. Drøftet med barnevern anonymt.",
                    "Veid og målt, henvist fastlege.",
                ]
            ),
        ],
    )


def substance_and_mental_health_initials(random: Random) -> File:
    rows = per_person(
        some(random, 19, 64, 10, 40),
        ["Init.", "F.år", "Bolig", "Rusmiddel", "Diagnose", "ACT/FACT", "Siste oppmøte", "Ansvarlig"],
        lambda e: [
            f"{e.given[0]}.{e.family[0]}.",
            e.born.year,
            random.choice(["Egen", "Kommunal", "Uten fast bolig", "Hospits"]),
            random.choice(["Alkohol", "Heroin", "Amfetamin", "Blanding", "-"]),
            random.choice(["F20", "F32", "F60.3", "F19", "F41"]),
            random.choice(["Ja", "Nei"]),
            on(random, 2025),
            random.choice(["Lise", "Trond", "Farid"]),
        ],
    )
    return in_a_sheet(random, rows, "Oversikt")


def cancer_microdata_english(random: Random) -> Rows:
    return per_person(
        some(random, 30, 90, 40, 250),
        ["patient_id", "sex", "birth_year", "municipality", "icd10", "date_of_diagnosis", "stage", "vital_status"],
        lambda e: [
            f"NPR{random.randint(1_000_000, 9_999_999)}",
            sex(e, "F", "M"),
            e.born.year,
            random.choice(["3301", "3312", "3314", "3303"]),
            random.choice(["C50.9", "C67.9", "C34.1", "C18.7", "C43.5"]),
            on(random, 2016),
            random.choice(["I", "II", "III", "IV", "unknown"]),
            random.choice(["alive", "alive", "dead"]),
        ],
    )


def deviation_reports_with_patients(random: Random) -> Rows:
    return per_person(
        some(random, 60, 98, 12, 60),
        ["Avviksnr", "Dato", "Enhet", "Gjelder bruker", "Hendelse", "Alvorlighet", "Meldt av"],
        lambda e: [
            f"2025-{random.randint(100, 4999)}",
            on(random, 2025),
            random.choice(["Marienlyst bo- og servicesenter", "Hjemmetjenesten Fjell", "Åskollen bosenter"]),
            e.name if random.random() < 0.6 else f"{e.given[0]}{e.family[0]} rom {random.randint(101, 340)}",
            random.choice(["Fall på badet", "Feil dose Marevan", "Fikk ikke besøk søndag kveld", "Truet ansatt"]),
            random.choice(["Lav", "Middels", "Høy"]),
            someone(random, 22, 65).name,
        ],
    )


# ---- child welfare


def child_welfare_familia(random: Random) -> Rows:
    return per_person(
        some(random, 0, 22, 20, 120),
        [
            "Klientnr",
            "Klient",
            "Fødselsnr",
            "Tiltakskode",
            "Tiltak",
            "Lovhjemmel",
            "Startdato",
            "Opphør",
            "Kontaktperson",
        ],
        lambda e: [
            random.randint(3000, 9999),
            e.name,
            e.number,
            random.choice(["1.2", "3.1", "4.9", "8.4", "5.1"]),
            random.choice(["Fosterhjem", "Støttekontakt", "Råd og veiledning", "Institusjon", "Besøkshjem"]),
            random.choice(["§ 3-1", "§ 5-1", "§ 4-2", "§ 3-6"]),
            on(random),
            on(random, 2025) if random.random() < 0.4 else None,
            random.choice(["Marte E.", "Sindre V.", "Amal J."]),
        ],
    )


def child_welfare_notifications(random: Random) -> Rows:
    rows: Rows = [
        ["Melding", "Mottatt", "Barnets alder", "Kjønn", "Melder", "Innhold", "Konklusjon", "Undersøkelse dager"]
    ]
    for number in range(random.randint(40, 180)):
        rows.append(
            [
                f"M{25000 + number}",
                on(random, 2025),
                random.randint(0, 17),
                random.choice(["Gutt", "Jente"]),
                random.choice(["Skole", "Politi", "Helsestasjon", "Mor/far", "Naboer", "NAV"]),
                random.choice(["Vold i hjemmet", "Foreldres rusmisbruk", "Høy grad av konflikt", "Vanskjøtsel"]),
                random.choice(["Henlagt", "Undersøkelse", "Undersøkelse"]),
                random.randint(4, 110),
            ]
        )
    return rows


# ---- housing and property


def municipal_tenants(random: Random) -> Rows:
    return per_person(
        some(random, 20, 88, 25, 200),
        ["Kontraktsnr", "Leietaker", "Leieobjekt", "H-nr", "Leieforhold fra", "Utløper", "Leie pr mnd", "Restanse"],
        lambda e: [
            f"K-{random.randint(1000, 9999)}",
            e.reversed_name,
            e.street,
            f"H0{random.randint(1, 4)}0{random.randint(1, 6)}",
            on(random),
            on(random, 2026, 2028),
            random.randint(6500, 14800),
            random.choice([0, 0, 0, 7400, 21350]),
        ],
    )


def start_loan_applications(random: Random) -> Rows:
    return per_person(
        some(random, 22, 60, 12, 80),
        ["saksnr", "soker_fnr", "medsoker_fnr", "soknadsdato", "belop_sokt", "belop_innvilget", "status"],
        lambda e: [
            f"{random.randint(24, 25)}/{random.randint(1000, 29999)}",
            e.number,
            someone(random, 22, 60).number if random.random() < 0.5 else None,
            on(random, 2024),
            random.randint(12, 45) * 100_000,
            random.choice([0, 1_900_000, 2_750_000]),
            random.choice(["AVSL", "INNV", "FORH", "TRUKKET"]),
        ],
    )


def neighbours_to_notify(random: Random) -> Rows:
    return per_person(
        some(random, 25, 90, 10, 60),
        ["Gnr", "Bnr", "Eier", "Eiers adresse", "Poststed", "Eierandel"],
        lambda e: [
            random.randint(1, 120),
            random.randint(1, 900),
            e.name,
            e.street,
            e.post,
            random.choice(["1/1", "1/2", "1/2", "1/4"]),
        ],
    )


def police_cases_with_parties(random: Random) -> Rows:
    return per_person(
        some(random, 14, 70, 20, 120),
        ["Saksnr", "Anmeldt", "Gjerningssted", "Lovbrudd", "Rolle", "Navn", "Født", "Avgjørelse"],
        lambda e: [
            f"{random.randint(10_000_000, 16_999_999)}/25-{random.randint(1, 9)}",
            on(random, 2025),
            random.choice(["Strømsø torg", "Drammen stasjon", "Globusgården", "Marienlyst"]),
            random.choice(["Kroppskrenkelse", "Naskeri", "Bruk av narkotika", "Skadeverk", "Trusler"]),
            random.choice(["Mistenkt", "Fornærmet", "Vitne"]),
            e.name,
            e.born,
            random.choice(["Forelegg", "Konfliktråd", "Henlagt bevis", "Under etterforskning"]),
        ],
    )


def chimney_inspections(random: Random) -> Rows:
    return per_person(
        some(random, 25, 90, 30, 180),
        ["Objektnr", "Adresse", "Eier", "Mobil", "Ildsted", "Sist feiet", "Risiko", "Anmerkning"],
        lambda e: [
            random.randint(100_000, 199_999),
            e.street,
            e.name,
            e.phone,
            random.choice(["Vedovn", "Peis", "Oljekamin", "Pelletskamin"]),
            on(random),
            random.choice(["1", "2", "3"]),
            random.choice([None, None, "Sprekk i pipe", "Hund på eiendommen", "Ikke hjemme, ring"]),
        ],
    )


def water_subscribers(random: Random) -> Rows:
    return per_person(
        some(random, 25, 90, 40, 250),
        ["Abonnent", "Fakturaadresse", "Målernr", "Avlest", "Stand", "Forbruk m3"],
        lambda e: [
            e.name,
            f"{e.street}, {e.post}",
            random.randint(10_000_000, 99_999_999),
            date(2025, 12, 31) - timedelta(days=random.randint(0, 30)),
            random.randint(300, 5000),
            random.randint(30, 320),
        ],
    )


# ---- personnel and economy


def wages_visma(random: Random) -> Rows:
    return per_person(
        some(random, 20, 67, 40, 250),
        [
            "Ansattnr",
            "Navn",
            "Fødselsnr",
            "Ansvar",
            "Stillingskode",
            "Stillingstekst",
            "St.%",
            "Årslønn",
            "Ansiennitet",
        ],
        lambda e: [
            random.randint(10000, 59999),
            e.reversed_name,
            e.number,
            random.randint(2000, 7999),
            random.choice(["7174", "6572", "7531", "8451"]),
            random.choice(["Sykepleier", "Assistent", "Adjunkt m/tilleggsutd", "Leder", "Fagarbeider"]),
            random.choice([100, 100, 80, 75, 50, 20]),
            random.randint(412, 890) * 1000,
            on(random, 2005),
        ],
    )


def sick_leave_per_employee(random: Random) -> File:
    rows = per_person(
        some(random, 22, 66, 15, 60),
        ["Ansatt", "Enhet", "Stilling", "Egenmelding dager", "Legemelding dager", "Grad", "Dialogmøte", "Oppfølging"],
        lambda e: [
            e.name,
            random.choice(["Renhold", "Vei og park", "Barnehage sør", "Hjemmetjeneste"]),
            random.choice(["Renholder", "Fagarbeider", "Pedagogisk leder", "Sykepleier"]),
            random.randint(0, 9),
            random.randint(0, 180),
            random.choice(["100 %", "50 %", "40 %"]),
            on(random, 2025) if random.random() < 0.4 else None,
            random.choice([None, "Tilrettelegging prøvd", "Søker AAP", "Gravid"]),
        ],
    )
    return in_a_sheet(random, rows, "Sykefravær okt")


def staff_directory(random: Random) -> Rows:
    return per_person(
        some(random, 22, 67, 20, 160),
        ["Navn", "Tittel", "Avdeling", "E-post", "Mobil", "Kontor"],
        lambda e: [
            e.name,
            random.choice(["Rådgiver", "Konsulent", "Avdelingsleder", "Saksbehandler", "Ingeniør"]),
            random.choice(["Plan og bygg", "Økonomi", "Kultur", "HR", "Oppvekst"]),
            f"{e.given}.{e.family}@kommune.example".lower().replace(" ", "."),
            e.phone,
            f"{random.randint(2, 6)}{random.randint(10, 45)}",
        ],
    )


def applicants_for_a_post(random: Random) -> File:
    rows = per_person(
        some(random, 22, 62, 10, 45),
        ["Nr", "Etternavn, fornavn", "Alder", "Kjønn", "Bosted", "Nåværende stilling", "Utdanning", "Unntatt off."],
        lambda e: [
            random.randint(1, 99),
            e.reversed_name,
            age(e),
            sex(e, "Kvinne", "Mann"),
            random.choice(["Drammen", "Oslo", "Asker", "Kongsberg"]),
            random.choice(["Rådgiver", "Student", "Prosjektleder", "Arbeidssøker"]),
            random.choice(["Master", "Bachelor", "Fagbrev"]),
            random.choice(["Nei", "Ja"]),
        ],
    )
    head = ["Utvidet søkerliste", "Stilling: Rådgiver folkehelse (25/09931)", "Søknadsfrist: 15.10.2025"]
    return in_a_sheet(random, under(head, rows))


def duty_roster(random: Random) -> File:
    """Awkward: names stand as row labels, and the rest is a calendar of shift codes."""
    days = [f"{name} {number}" for number, name in enumerate(["ma", "ti", "on", "to", "fr", "lø", "sø"] * 4, 3)]
    rows = per_person(
        some(random, 20, 66, 10, 26),
        ["Uke 45-48", "%", *days],
        lambda e: [e.name, random.choice([100, 75, 50]), *[random.choice("DDAANFFF") for _ in days]],
    )
    return in_a_sheet(random, rows, "Turnus")


def customer_ledger_of_residents(random: Random) -> Rows:
    return per_person(
        some(random, 20, 90, 30, 220),
        ["Kundenr", "Navn", "Faktura", "Forfall", "Tjeneste", "Beløp", "Rest", "Purret", "Inkasso"],
        lambda e: [
            random.randint(100_000, 399_999),
            e.reversed_name,
            random.randint(7_000_000, 7_999_999),
            on(random, 2025),
            random.choice(["SFO", "Barnehage", "Husleie", "Hjemmehjelp", "Kulturskole", "Kommunale avg."]),
            round(random.uniform(300, 9000), 2),
            random.choice([0, 0, 1250.5, 3120]),
            random.choice(["", "1", "2"]),
            random.choice(["", "", "J"]),
        ],
    )


# ---- culture, sports, library, volunteers, elections


def library_overdue(random: Random) -> Rows:
    return per_person(
        some(random, 7, 85, 15, 120),
        ["Lånernummer", "Låner", "Tittel", "Forfall", "Purring", "Gebyr", "Tlf"],
        lambda e: [
            f"N{random.randint(10**8, 10**9 - 1)}",
            e.reversed_name,
            random.choice(["Knausgård: Morgenstjernen", "Harry Potter 3", "Norsk grammatikk", "Babels hus", "Pippi"]),
            on(random, 2025),
            random.choice([1, 2, 3]),
            random.choice([30, 60, 100]),
            e.phone,
        ],
    )


def association_members(random: Random) -> Rows:
    return per_person(
        some(random, 6, 80, 30, 200),
        ["Medlemsnr", "Fornavn", "Etternavn", "Adresse", "Postnr/sted", "Født", "Kjønn", "E-post", "Kontingent 2025"],
        lambda e: [
            random.randint(1000, 9999),
            e.given,
            e.family,
            e.street,
            e.post,
            e.born,
            sex(e),
            mail(e),
            random.choice(["Betalt", "Betalt", "Purret", "Fritatt"]),
        ],
    )


def volunteers_with_certificates(random: Random) -> File:
    rows = per_person(
        some(random, 17, 75, 10, 50),
        ["Navn", "Rolle", "Politiattest vist", "Taushetserklæring", "Mobil", "Kan"],
        lambda e: [
            e.name,
            random.choice(["Leksehjelp", "Besøksvenn", "Trener", "Natteravn", "Sjåfør"]),
            on(random, 2024) if random.random() < 0.8 else "mangler",
            random.choice(["ja", "ja", "nei"]),
            e.phone,
            random.choice(["tirsdager", "helg", "alle dager", "partallsuker"]),
        ],
    )
    return in_a_sheet(random, rows, "Frivillige")


def course_registrations_nynorsk(random: Random) -> Rows:
    return per_person(
        some(random, 18, 70, 12, 60),
        ["Namn", "Arbeidsstad", "E-postadresse", "Mat/allergi", "Overnatting", "Deltek dag 1", "Deltek dag 2"],
        lambda e: [
            e.name,
            random.choice(["Sogndal kommune", "Vestland fylkeskommune", "NAV Kinn", "Luster kommune", "Røde Kors"]),
            mail(e),
            random.choice([None, None, "Glutenfritt", "Vegetar", "Laktose"]),
            random.choice(["Ja", "Nei"]),
            random.choice(["Ja", "Ja", "Nei"]),
            random.choice(["Ja", "Nei"]),
        ],
    )


def forms_answers(random: Random) -> File:
    rows = per_person(
        some(random, 18, 70, 10, 70),
        [
            "ID",
            "Starttidspunkt",
            "Fullføringstidspunkt",
            "E-postadresse",
            "Navn",
            "Hvilken bydel bor du i?",
            "Hvor fornøyd er du med nærmiljøet?",
            "Er det noe mer du vil si?",
        ],
        lambda e: [
            random.randint(1, 400),
            f"{e.born:%d}.10.2025 18:04:11",
            f"{e.born:%d}.10.2025 18:09:52",
            random.choice([mail(e), "anonymous"]),
            e.name if random.random() < 0.7 else None,
            random.choice(DISTRICTS),
            random.choice(["Svært fornøyd", "Fornøyd", "Verken eller", "Misfornøyd"]),
            random.choice([None, "Det er for mørkt i parken", "Ring meg gjerne", "Datteren min tør ikke gå alene"]),
        ],
    )
    return xlsx_file({"Sheet1": rows})


def election_officials(random: Random) -> Rows:
    return per_person(
        some(random, 18, 75, 20, 90),
        ["Stemmested", "Funksjon", "Navn", "Fødselsnummer", "Kontonummer", "Timer", "Kurs"],
        lambda e: [
            random.choice(["Fjell skole", "Drammen rådhus", "Gulskogen skole", "Konnerudhallen"]),
            random.choice(["Leder", "Nestleder", "Medlem", "Vara"]),
            e.name,
            e.number,
            f"{random.randint(1000, 9999)}.{random.randint(10, 99)}.{random.randint(10000, 99999)}",
            random.choice([8, 12, 14.5]),
            random.choice(["Fullført", "Mangler"]),
        ],
    )


# ---- archive, population and complaints


def case_list_archive(random: Random) -> Rows:
    kinds = ["Søknad om skjenkebevilling", "Klage på vedtak", "Personalmappe", "Elevmappe", "Søknad om ledsagerbevis"]
    return per_person(
        some(random, 6, 80, 20, 180),
        ["Saksnr", "Saksdato", "Sakstittel", "Arkivdel", "Saksansvarlig", "Tilgangskode", "Status"],
        lambda e: [
            f"{random.randint(2022, 2025)}/{random.randint(100, 29999)}",
            on(random),
            f"{random.choice(kinds)} - {e.name}",
            random.choice(["SAK", "PERS", "ELEV", "KLIENT"]),
            someone(random, 25, 66).name,
            random.choice(["UO", "U", "P", None]),
            random.choice(["B", "A", "R"]),
        ],
    )


def public_journal(random: Random) -> Rows:
    rows: Rows = [["Dok.dato", "Journalnr", "Type", "Avsender/mottaker", "Dokumenttittel", "Saksbehandler"]]
    officers = staff(random)
    for number in range(random.randint(30, 150)):
        rows.append(
            [
                on(random, 2025),
                f"{10000 + number}/25",
                random.choice("IUIX"),
                random.choice([someone(random).name, someone(random).name, "Statsforvalteren i Østfold", "Rambøll AS"]),
                random.choice(["Søknad om dispensasjon", "Nabomerknad", "Innsyn i sak", "Svar på henvendelse"]),
                random.choice(officers),
            ]
        )
    return rows


def moves_in_population_register(random: Random) -> Rows:
    return per_person(
        some(random, 0, 90, 30, 220),
        ["fnr", "navn", "flyttedato", "fra_kommune", "til_kommune", "ny_adresse", "ny_krets", "sivilstand"],
        lambda e: [
            e.number,
            f"{e.family} {e.given}".upper(),
            on(random, 2025).strftime("%Y%m%d"),
            random.choice(["0301", "3203", "3312", "3303"]),
            "3301",
            e.street.upper(),
            random.choice(TRACTS)[0],
            random.choice(["1", "2", "4"]),
        ],
    )


def microdata_income(random: Random) -> Rows:
    return per_person(
        some(random, 18, 80, 80, 290),
        ["lnr", "kjoenn", "foedselsaar", "grunnkrets", "landbakgrunn", "NUS2000", "wies_etter_skatt", "arb_status"],
        lambda e: [
            random.randint(1_000_000, 9_999_999),
            sex(e, "2", "1"),
            e.born.year,
            random.choice(TRACTS)[0],
            random.choice(["000", "000", "000", "131", "346", "564"]),
            random.choice(["201199", "401199", "651103", "752901", "999999"]),
            random.randint(120, 900) * 1000,
            random.randint(1, 6),
        ],
    )


def living_conditions_survey_answers(random: Random) -> Rows:
    questions = [f"q{number}" for number in range(1, 23)]
    return per_person(
        some(random, 18, 85, 60, 280),
        ["respid", "intervjudato", "alder", "kjonn", "postnr", "vekt", *questions],
        lambda e: [
            random.randint(10001, 19999),
            on(random, 2024, 2024),
            age(e),
            sex(e, "2", "1"),
            e.post[:4],
            round(random.uniform(0.3, 3.1), 4),
            *[random.choice([1, 2, 3, 4, 5, 8, 9]) for _ in questions],
        ],
    )


def complaints_with_senders(random: Random) -> Rows:
    return per_person(
        some(random, 18, 88, 15, 90),
        ["Mottatt", "Innmelder", "Telefon/e-post", "Sted", "Melding", "Besvart"],
        lambda e: [
            on(random, 2025),
            e.name,
            random.choice([e.phone, mail(e)]),
            e.street,
            random.choice(["Hull i veien", "Gatelys er slukket", "Naboen brenner avfall", "Brøytes ikke ved porten"]),
            random.choice(["Ja", "Nei"]),
        ],
    )


# ---- awkward, as they are found too


def basis_behind_a_summary(random: Random) -> File:
    """Awkward: the first sheet is a proper table by district, the second still holds the rows it was counted from."""
    summary: Rows = [["Bydel", "Antall mottakere", "Snitt alder"]]
    summary += [[name, random.randint(4, 40), round(random.uniform(31, 52), 1)] for name in DISTRICTS]
    basis = per_person(
        some(random, 18, 67, 40, 150),
        ["Bydel", "Navn", "Fødselsår", "Ytelse"],
        lambda e: [random.choice(DISTRICTS), e.name, e.born.year, random.choice(["AAP", "Sosialhjelp", "KVP"])],
    )
    return in_a_book(random, {"Oversikt": under("Mottakere etter bydel 2025", summary), "Grunnlag": basis})


def hidden_list_under_statistics(random: Random) -> File:
    """Awkward: a hidden sheet."""
    years = recent(random)
    shown = table(["Bydel", *years], [[name, *[random.randint(5, 90) for _ in years]] for name in DISTRICTS])
    listed = per_person(some(random, 18, 70, 15, 60), ["Navn", "Født", "Adr"], lambda e: [e.name, e.born, e.street])
    if random.random() < 0.4:
        return ods_file({"Tabell": shown, "rådata": listed}, hidden="rådata")
    return xlsx_file({"Tabell": shown, "rådata": listed}, lambda _, made: made["rådata"].hide())


def client_objects_json(random: Random) -> File:
    """Awkward: nested objects of a professional system's interface."""
    held = [
        {
            "id": random.randint(1000, 9999),
            "person": {
                "fornavn": e.given,
                "etternavn": e.family,
                "fodselsdato": e.born.isoformat(),
                "adresse": {"gate": e.street, "poststed": e.post},
            },
            "tjenester": [
                {"kode": random.choice(["HSP", "PB", "TA"]), "fra": on(random).isoformat()}
                for _ in range(random.randint(1, 3))
            ],
        }
        for e in some(random, 30, 95, 12, 60)
    ]
    return File("json", json.dumps({"antall": len(held), "klienter": held}, ensure_ascii=False, indent=1).encode())


def one_form_per_column(random: Random) -> File:
    """Awkward: the form's questions stand in the first column, each person fills one of the next."""
    held = some(random, 18, 60, 5, 14)
    answers: list[Sequence[Cell]] = [
        ["Fornavn", *[e.given for e in held]],
        ["Fødselsdato", *[e.born for e in held]],
        ["Telefon", *[e.phone for e in held]],
        ["Arbeidserfaring (år)", *[random.randint(0, 20) for _ in held]],
        ["Førerkort", *[random.choice(["Ja", "Nei"]) for _ in held]],
        ["Helse", *[random.choice(["God", "Ryggplager", "Sykmeldt 50 %", "Diabetes"]) for _ in held]],
        ["Mål", *[random.choice(["Fast jobb", "Fagbrev", "Lære norsk", "Truck-kurs"]) for _ in held]],
    ]
    header = ["Kartleggingsskjema", *[f"Deltaker {number}" for number in range(1, len(held) + 1)]]
    return in_a_sheet(random, table(header, answers), "Skjema")


def text_messages_list(random: Random) -> File:
    """Awkward: numbers of mobile phones alone, for a warning by text message."""
    held = some(random, 18, 90, 60, 250)
    return in_text(
        random, per_person(held, ["mobil", "sone", "varslet"], lambda e: [e.phone, random.choice("ABC"), "1"])
    )


def participants_english(random: Random) -> Rows:
    """Awkward: an evaluator's file, a key and traits, two measurements of each."""
    return per_person(
        some(random, 16, 30, 30, 140),
        ["pid", "dob", "gender", "country_of_birth", "arm", "score_t0", "score_t1", "employed_12m", "notes"],
        lambda e: [
            f"S{random.randint(100, 999)}",
            e.born,
            sex(e, "f", "m"),
            random.choice(["NO", "NO", "SO", "SY", "PL", "UA"]),
            random.choice(["treatment", "control"]),
            random.randint(8, 40),
            random.randint(8, 40),
            random.choice([0, 1]),
            random.choice([None, None, "moved to Oslo", "paused, on sick leave", "lost contact since June"]),
        ],
    )


def users_on_a_map(random: Random) -> File:
    """Awkward: points on a map with the names of whoever lives there."""
    return geo_json(
        [
            {"navn": e.name, "adresse": e.street, "alarm": random.choice(["GSM", "analog"]), "alder": age(e)}
            for e in some(random, 70, 97, 12, 60)
        ],
        random,
        points=True,
    )


def diary_of_a_housing_block(random: Random) -> File:
    """Awkward: names in running text only."""
    rows: Rows = [["Dato", "Kl", "Logg"]]
    for _ in range(random.randint(20, 70)):
        who = someone(random, 20, 60)
        called = random.choice([who.name, who.given, f"{who.given} i {random.randint(1, 4)}0{random.randint(1, 8)}"])
        rows.append(
            [
                on(random, 2025),
                f"{random.randint(0, 23):02}:{random.randint(0, 59):02}",
                random.choice(
                    [
                        f"{called} sto utenfor og ropte, roet seg etter prat.",
                        f"Politiet hentet {called}.",
                        f"Ga medisiner til {called}, virket nedfor.",
                        f"{called} har besøk av søsteren, alt rolig.",
                        "Rolig natt.",
                    ]
                ),
            ]
        )
    return random.choice([in_text(random, rows), in_a_sheet(random, rows, "Logg")])


def numbers_without_leading_zero(random: Random) -> File:
    """Awkward: identity numbers that a spreadsheet has taken for figures."""
    rows = per_person(
        some(random, 18, 67, 20, 120),
        ["ID", "Tiltak", "Start", "Varighet uker"],
        lambda e: [int(e.number), random.choice(["AFT", "VTA", "Lønnstilskudd"]), on(random), random.randint(4, 52)],
    )
    return xlsx_file({"Tiltak": rows}) if random.random() < 0.6 else xls_file({"Tiltak": rows})


def parents_and_children_in_one_row(random: Random) -> File:
    """Awkward: wide, a household to a row, up to four children with their births."""
    header: list[Cell] = ["Hovedperson", "Pnr", *[part for n in range(1, 5) for part in (f"Barn{n}", f"Barn{n}_født")]]
    rows: Rows = [header]
    for e in some(random, 22, 50, 15, 80):
        children: list[Cell] = []
        for _ in range(random.randint(0, 4)):
            child = someone(random, 0, 17)
            children += [child.given, child.born]
        rows.append([e.name, number_of(random, e.born), *children, *[None] * (8 - len(children))])
    return text_file(random, rows, ";") if random.random() < 0.5 else in_a_sheet(random, rows, "Husstander")


def rare_traits_by_tract(random: Random) -> Rows:
    """Awkward: neither key nor name, but one person to a row, with traits that single out."""
    rows: Rows = [["Grunnkrets", "Kjønn", "Alder", "Fødeland", "Yrke", "Barn", "Trygdeytelse", "Merknad"]]
    for _ in range(random.randint(30, 120)):
        rows.append(
            [
                random.choice(TRACTS)[1],
                random.choice(["K", "M"]),
                random.randint(18, 67),
                random.choice(["Norge", "Somalia", "Polen", "Vietnam", "Irak", "Chile"]),
                random.choice(["Drosjesjåfør", "Renholder", "Uten arbeid", "Prest", "Sykepleier", "Student"]),
                random.randint(0, 6),
                random.choice(["AAP", "Ufør", "Dagpenger", "Ingen"]),
                random.choice([None, None, "Nylig separert", "Kronisk syk", "Soner med fotlenke"]),
            ]
        )
    return rows
