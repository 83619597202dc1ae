"""Registers of the third corpus: lists of persons as case workers, schools, NAV, health stations and clubs keep them.

Every public function is a template: a chance in, a table or file out. Written on 26 November 2026 before the guard was
changed by it, by kinds of places: what is written down where somebody is met, paid, taught, treated or counted.
"""

import json
from random import Random

from tests.corpus.files import (
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
from tests.corpus.people_third import COUNTRIES, FAMILY, GIVEN, STREETS, residents, some_day, table
from tests.corpus.words import DISTRICTS, KINDERGARTENS, SCHOOLS, by_area_and_year, counts_table

# ---- schools and kindergartens


def absences_by_short_name(random: Random) -> Rows:
    held = residents(random, 13, 16, 18, 28)
    return table(
        ["Elev", "Dager", "Timer", "Anmerkn."],
        [
            [each.short, random.randint(0, 14), random.randint(0, 20), random.choice(["", "", "G", "N"])]
            for each in held
        ],
    )


def grades_with_pupils_across(random: Random) -> Rows:
    held = residents(random, 13, 16, 8, 14)
    subjects = ["Norsk", "Matematikk", "Engelsk", "Naturfag", "Samfunnsfag", "Kroppsøving"]
    return table(["Fag", *[each.name for each in held]], [[s, *[random.randint(2, 6) for _ in held]] for s in subjects])


def after_school_bills_without_header(random: Random) -> Rows:
    return [
        [
            each.name,
            f"{random.choice(GIVEN)} {each.family}",
            random.choice(["Hel", "Halv"]),
            random.choice([2980, 1890]),
        ]
        for each in residents(random, 6, 9, 12)
    ]


def kindergarten_queue_with_initials(random: Random) -> Rows:
    return table(
        ["Barn (init.)", "F.mnd", "Prioritet 1", "Prioritet 2", "Søsken", "Særskilt opptak"],
        [
            [
                each.initials,
                f"{each.born:%m.%Y}",
                random.choice(KINDERGARTENS),
                random.choice(KINDERGARTENS),
                random.choice(["ja", "nei"]),
                random.choice(["", "", "§ 18 barnevern", "nedsatt funksjonsevne"]),
            ]
            for each in residents(random, 0, 5, 10)
        ],
    )


def special_needs_decisions(random: Random) -> Rows:
    return table(
        ["Elevens navn", "Trinn", "Skole", "Timer spes.ped", "Sakkyndig vurdering"],
        [
            [
                each.name,
                random.randint(1, 10),
                random.choice(SCHOOLS),
                random.randint(38, 300),
                random.choice(["dysleksi", "ADHD", "språkvansker", "sammensatte vansker"]),
            ]
            for each in residents(random, 6, 16, 5, 12)
        ],
    )


def exam_results_by_candidate(random: Random) -> Rows:
    return table(
        ["Kandidatnr", "Fagkode", "Karakter", "Kjønn"],
        [[1000 + n, "MAT0010", random.randint(1, 6), random.choice("GJ")] for n in range(random.randint(18, 60))],
    )


def answers_of_a_pupil_survey(random: Random) -> Rows:
    questions = [f"sp{n}" for n in range(1, random.randint(8, 20))]
    return table(
        ["resp_id", "kjonn", "trinn", *questions],
        [
            [n, random.randint(1, 2), random.randint(8, 10), *[random.randint(1, 5) for _ in questions]]
            for n in range(1, 80)
        ],
    )


def groups_in_one_cell(random: Random) -> Rows:
    return table(
        ["Gruppe", "Medlemmer", "Rom"],
        [
            [f"Gruppe {n}", ", ".join(each.short for each in residents(random, 12, 15, 4, 6)), f"B{n}"]
            for n in range(1, 7)
        ],
    )


def contacts_of_a_class(random: Random) -> Rows:
    held = residents(random, 30, 50, 4, 8)
    return table(
        ["Trinn", "FAU-kontakt", "Mobil", "E-post"], [[f"{n}A", e.name, e.phone, e.mail] for n, e in enumerate(held, 1)]
    )


def attendance_with_crosses(random: Random) -> Rows:
    dates = [f"{some_day(random, 2025, 2025):%d.%m}" for _ in range(8)]
    held = residents(random, 10, 18, 9, 20)
    return table(["", *dates], [[each.given, *[random.choice(["x", "x", ""]) for _ in dates]] for each in held])


# ---- NAV, housing, refugees, child welfare


def follow_up_by_initials(random: Random) -> Rows:
    return table(
        ["Bruker", "Alder", "Ytelse", "Veileder", "Neste møte"],
        [
            [
                each.initials,
                each.age,
                random.choice(["AAP", "KVP", "Øk.sos", "Dagpenger"]),
                random.choice("ABCD") * 2,
                some_day(random),
            ]
            for each in residents(random, 18, 60)
        ],
    )


def a_few_child_welfare_reports(random: Random) -> Rows:
    return table(
        ["Saksnr", "Barn", "F.år", "Melder", "Mottatt", "Konklusjon"],
        [
            [
                f"25/{random.randint(100, 9999)}",
                each.name,
                each.born.year,
                random.choice(["skole", "politi", "nabo"]),
                some_day(random),
                random.choice(["undersøkelse", "henlagt"]),
            ]
            for each in residents(random, 0, 17, 2, 4)
        ],
    )


def foster_homes(random: Random) -> Rows:
    return table(
        ["Fosterforeldre", "Barn", "Plassert", "Hjemmel"],
        [
            [
                f"{random.choice(GIVEN)} og {random.choice(GIVEN)} {each.family}",
                each.initials,
                some_day(random),
                random.choice(["§ 3-2", "§ 5-1"]),
            ]
            for each in residents(random, 1, 17, 5, 12)
        ],
    )


def settled_refugees(random: Random) -> Rows:
    return table(
        ["Etternavn", "Fornavn", "Nasj.", "Bosatt dato", "Fam.str", "Bydel"],
        [
            [
                e.family,
                e.given,
                random.choice(COUNTRIES),
                some_day(random),
                random.randint(1, 7),
                random.choice(DISTRICTS),
            ]
            for e in residents(random, 1, 60)
        ],
    )


def participants_of_the_introduction_programme(random: Random) -> Rows:
    return table(
        ["Deltakernr", "Oppstart", "Kjønn", "F.år", "Land", "Norsk nivå", "Avsluttet til"],
        [
            [
                n,
                some_day(random),
                random.choice("MK"),
                random.randint(1968, 2005),
                random.choice(COUNTRIES),
                random.choice(["A1", "A2", "B1"]),
                random.choice(["arbeid", "utdanning", "NAV", ""]),
            ]
            for n in range(1, random.randint(15, 50))
        ],
    )


def tenants_in_arrears(random: Random) -> Rows:
    return table(
        ["Objekt", "Leietaker", "Husleie", "Restanse", "Purret"],
        [
            [
                f"Fjellhagen {random.randint(1, 90)} H0{random.randint(101, 404)}",
                e.name,
                random.randint(6000, 14000),
                random.randint(0, 90000),
                some_day(random),
            ]
            for e in residents(random, 20, 80)
        ],
    )


def households_with_low_income(random: Random) -> Rows:
    return table(
        ["Hush.id", "Voksne", "Barn", "Samlet inntekt", "Boform", "Postnr"],
        [
            [
                40000 + random.randint(1, 9999),
                random.randint(1, 2),
                random.randint(1, 6),
                random.randint(180, 420) * 1000,
                random.choice(["leier", "eier", "kommunal"]),
                "3044",
            ]
            for _ in range(random.randint(20, 80))
        ],
    )


def debts_by_payer(random: Random) -> Rows:
    return table(
        ["Skyldner", "KID", "Forfall", "Saldo"],
        [
            [
                e.name.upper(),
                f"{random.randint(10**11, 10**12 - 1)}",
                some_day(random),
                round(random.random() * 9000, 2),
            ]
            for e in residents(random, 20, 80)
        ],
    )


def one_persons_form(random: Random) -> Rows:
    e = residents(random, 16, 70, 1, 1)[0]
    return [
        ["Søknad om økonomisk sosialhjelp (syntetisk)"],
        [],
        ["Navn", e.name],
        ["Født", e.born],
        ["Adresse", e.street],
        ["Sivilstand", random.choice(["ugift", "skilt", "samboer"])],
        ["Antall barn", random.randint(0, 5)],
        ["Inntekt pr. mnd", random.randint(0, 30000)],
    ]


def forms_of_several_below_each_other(random: Random) -> Rows:
    rows: Rows = []
    for e in residents(random, 15, 18, 4, 8):
        rows += [["Søker:", e.name], ["Tlf:", e.phone], ["Ønsker jobb som:", random.choice(["gartner", "SFO"])], []]
    return rows


def journal_in_prose(random: Random) -> File:
    e, other = residents(random, 20, 60, 2, 2)
    lines = [
        f"{some_day(random):%d.%m.%y} Telefonsamtale med {e.given.split()[0]}. Han har ikke sovet på tre netter.",
        f"{some_day(random):%d.%m.%y} Hjemmebesøk. Mor, {other.name}, var til stede. Leiligheten var ryddig.",
        f"{some_day(random):%d.%m.%y} {e.name} møtte ikke til avtalt time. Sendt sms til {e.phone}.",
    ]
    return File("txt", "\r\n".join(["Journalnotat (syntetisk)", *lines]).encode("utf-8"))


def mail_thread_as_text(random: Random) -> File:
    e = residents(random, 20, 60, 1, 1)[0]
    lines = [
        f"Fra: {e.name} <{e.mail}>",
        "Til: Postmottak",
        "Emne: Søknad om bolig (syntetisk)",
        "",
        "Hei! Jeg er alenemor med tre barn og bor i kjeller hos min søster.",
        f"Hilsen {e.given}",
    ]
    return File("txt", "\n".join(lines).encode("utf-8"))


# ---- health and care


def weights_at_the_health_station(random: Random) -> Rows:
    return table(
        ["Barn", "Fødd", "Vekt (g)", "Lengde", "Mor"],
        [
            [e.given, e.born, random.randint(2600, 12000), random.randint(48, 82), f"{random.choice(GIVEN)} {e.family}"]
            for e in residents(random, 0, 2)
        ],
    )


def vaccinations_without_header(random: Random) -> File:
    lines = [
        f"{e.family}, {e.given};{some_day(random):%d.%m.%Y};MMR;dose {random.randint(1, 2)}"
        for e in residents(random, 1, 15)
    ]
    return File("csv", "\n".join(lines).encode("utf-8-sig"))


def round_of_the_home_nurse(random: Random) -> Rows:
    return table(
        ["Kl.", "Bruker", "Adresse", "Oppdrag", "Nøkkel"],
        [
            [
                f"{random.randint(7, 21):02}:{random.choice(['00', '15', '30'])}",
                e.short,
                e.street,
                random.choice(["Medisin", "Stell", "Insulin", "Støttestrømper"]),
                random.randint(1, 200),
            ]
            for e in residents(random, 60, 95)
        ],
    )


def rooms_of_a_nursing_home(random: Random) -> Rows:
    return table(
        ["Rom", "Beboer", "Kost", "Pårørende"],
        [
            [100 + n, e.name, random.choice(["Normal", "Findelt", "Diabetes"]), f"{random.choice(GIVEN)} (datter)"]
            for n, e in enumerate(residents(random, 70, 95), 1)
        ],
    )


def microdata_of_a_health_survey(random: Random) -> Rows:
    return table(
        ["alder", "kjonn", "bydel", "utdanning", "ensom", "royk", "bmi"],
        [
            [
                random.randint(18, 90),
                random.randint(0, 1),
                random.choice(DISTRICTS),
                random.randint(1, 4),
                random.randint(1, 5),
                random.randint(0, 1),
                round(18 + random.random() * 17, 1),
            ]
            for _ in range(random.randint(40, 150))
        ],
    )


def diagnoses_by_patient(random: Random) -> Rows:
    return table(
        ["Pas.nr", "ICD-10", "Innlagt", "Utskrevet", "Bosted"],
        [
            [
                random.randint(10000, 99999),
                random.choice(["F32.1", "J44.9", "S72.0", "E11.9"]),
                some_day(random, 2022, 2023),
                some_day(random, 2024),
                random.choice(DISTRICTS),
            ]
            for _ in range(random.randint(12, 60))
        ],
    )


# ---- work, clubs, volunteers


def wages_of_employees(random: Random) -> Rows:
    return table(
        ["Ansattnr", "Navn", "Stilling", "St.%", "Årslønn"],
        [
            [
                random.randint(10000, 99999),
                e.name,
                random.choice(["Lærer", "Vernepleier", "Renholder"]),
                random.choice([50, 80, 100]),
                random.randint(420, 720) * 1000,
            ]
            for e in residents(random, 20, 66)
        ],
    )


def sick_leave_by_employee(random: Random) -> Rows:
    return table(
        ["Ansatt", "Fra", "Til", "Grad", "Type"],
        [
            [
                f"{e.family} {e.given}",
                some_day(random, 2024, 2024),
                some_day(random, 2025),
                random.choice([20, 50, 100]),
                random.choice(["legemeldt", "egenmelding"]),
            ]
            for e in residents(random, 20, 66)
        ],
    )


def members_of_a_club(random: Random) -> Rows:
    return table(
        ["Medl.nr", "Navn", "Født", "Gren", "Kont. betalt"],
        [
            [
                random.randint(1, 900),
                e.name,
                e.born.year,
                random.choice(["fotball", "håndball", "ski"]),
                random.choice(["J", "N"]),
            ]
            for e in residents(random, 6, 40)
        ],
    )


def volunteers_in_nynorsk(random: Random) -> Rows:
    return table(
        ["Førenamn", "Etternamn", "Heimeadresse", "Oppgåve"],
        [
            [e.given, e.family, e.street, random.choice(["leksehjelp", "turleiar", "kafé"])]
            for e in residents(random, 20, 75)
        ],
    )


def applicants_in_english(random: Random) -> Rows:
    return table(
        ["First name", "Last name", "DOB", "Nationality", "Status"],
        [
            [
                e.given,
                e.family,
                e.born,
                random.choice(["UKR", "SYR", "POL", "ERI"]),
                random.choice(["approved", "pending"]),
            ]
            for e in residents(random, 18, 60)
        ],
    )


def interpreters(random: Random) -> Rows:
    return table(
        ["Tolk", "Språk", "Telefon", "Nivå"],
        [
            [
                e.name,
                random.choice(["somali", "tigrinja", "arabisk", "polsk"]),
                f"{e.phone[:2]} {e.phone[2:4]} {e.phone[4:6]} {e.phone[6:]}",
                random.choice("ABCD"),
            ]
            for e in residents(random, 25, 65)
        ],
    )


def cards_of_disabled_travellers(random: Random) -> Rows:
    return table(
        ["TT-kort", "Innehaver", "Reiser igjen", "Gyldig til"],
        [
            [
                f"33{random.randint(10000, 99999)}",
                f"{e.family.upper()}, {e.given}",
                random.randint(0, 60),
                some_day(random, 2025, 2026),
            ]
            for e in residents(random, 30, 95)
        ],
    )


def parking_permits(random: Random) -> Rows:
    return table(
        ["Regnr", "Eier", "Sone", "Utløper"],
        [
            [
                f"{random.choice(['DK', 'DN', 'EL'])}{random.randint(10000, 99999)}",
                e.name,
                f"B{random.randint(1, 6)}",
                some_day(random),
            ]
            for e in residents(random, 20, 80)
        ],
    )


def reported_violence(random: Random) -> Rows:
    return table(
        ["Anm.nr", "Fornærmet", "Alder", "Kjønn", "Gjerningssted", "Gj.dato"],
        [
            [
                random.randint(14000000, 17999999),
                e.name,
                e.age,
                random.choice("MK"),
                random.choice(STREETS),
                some_day(random),
            ]
            for e in residents(random, 12, 60, 5, 20)
        ],
    )


def reported_violence_without_names(random: Random) -> Rows:
    return table(
        ["Anm.nr", "Rolle", "Alder", "Kjønn", "Relasjon", "Gjerningssted", "Gj.dato"],
        [
            [
                random.randint(14000000, 17999999),
                random.choice(["fornærmet", "siktet"]),
                e.age,
                random.choice("MK"),
                random.choice(["partner", "forelder", "ukjent"]),
                random.choice(STREETS),
                some_day(random),
            ]
            for e in residents(random, 12, 60, 15, 40)
        ],
    )


def resolution_of_neighbours(random: Random) -> Rows:
    return table(
        ["Gnr/bnr", "Hjemmelshaver", "Varslet", "Merknad"],
        [
            [
                f"{random.randint(101, 120)}/{random.randint(1, 800)}",
                f"{e.name} og {random.choice(GIVEN)} {e.family}",
                some_day(random),
                "",
            ]
            for e in residents(random, 30, 90)
        ],
    )


# ---- where nobody looks: within tables, other sheets, other parts


def list_beside_a_statistic(random: Random) -> Rows:
    left = by_area_and_year(random, random.sample(DISTRICTS, 8))
    held = residents(random, 18, 60, 8, 8)
    beside: Rows = [["Intervjuet"], *[[e.name] for e in held]]
    return [[*row, None, *more] for row, more in zip(left, beside, strict=True)]


def list_far_below_a_statistic(random: Random) -> Rows:
    below: Rows = [["Brukere som har klaget"], *[[e.name, e.phone] for e in residents(random, 18, 80, 3, 6)]]
    return [*counts_table(random), [], [], [], *below]


def sheets_called_by_persons(random: Random) -> File:
    held = residents(random, 18, 60, 4, 7)
    visits = table(
        ["Dato", "Tiltak", "Min."], [[some_day(random), random.choice(["samtale", "møte"]), 45] for _ in range(6)]
    )
    return xlsx_file({e.name[:31]: visits for e in held})


def hidden_sheet_of_an_ods(random: Random) -> File:
    names = table(["Nr", "Hvem"], [[n, e.name] for n, e in enumerate(residents(random, 18, 60), 1)])
    return ods_file({"Tall": counts_table(random), "Grunnlag": names}, hidden="Grunnlag")


def remark_on_a_count(random: Random) -> File:
    e = residents(random, 18, 60, 1, 1)[0]
    said = random.choice(
        [
            f"Gjelder {e.name}, venter på plass på DPS",
            f"De to er {e.name} og broren hans",
            f"{e.name} flyttet til Lier i mars, trukket fra",
        ]
    )
    return xlsx_file({"Tall": counts_table(random)}, lambda _, sheets: sheets["Tall"].write_comment("D4", said))


def pivot_table_on_persons(random: Random) -> File:
    held = residents(random, 18, 66, 12)
    rows = [[e.name, e.born.year, random.choice(["AAP", "Sosialhjelp"]), random.choice(DISTRICTS)] for e in held]
    return with_pivot_cache(xlsx_file({"Tall": counts_table(random)}), ["Navn", "F.år", "Ytelse", "Bydel"], rows)


def list_of_choices_with_persons(random: Random) -> File:
    names = [e.name for e in residents(random, 25, 60, 5, 8)]
    return xlsx_file(
        {"Tall": counts_table(random)},
        lambda _, sheets: sheets["Tall"].data_validation("G2:G40", {"validate": "list", "source": names}),
    )


def homes_as_points(random: Random) -> File:
    held = residents(random, 18, 80, 8)
    return geo_json(
        [{"beboer": e.name, "tjeneste": random.choice(["hjemmehjelp", "BPA"])} for e in held], random, points=True
    )


def homes_as_points_with_addresses(random: Random) -> File:
    held = residents(random, 18, 80, 8)
    return geo_json(
        [{"adr": e.street, "vedtak": random.choice(["BPA", "omsorgsbolig"])} for e in held], random, points=True
    )


def cube_over_persons(random: Random) -> File:
    names = [e.name for e in residents(random, 18, 60, 6, 12)]
    axes = {"person": names, "måned": [f"2025M{m:02}" for m in range(1, 7)]}
    values = [random.randint(0, 20) for _ in range(6 * len(names))]
    return random.choice([px_file("Timer per deltaker", axes, values), json_stat("Timer per deltaker", axes, values)])


def numbers_as_identities(random: Random) -> Rows:
    return table(
        [random.choice(["PID", "Personident", "Ident", "NIN"]), "Tiltak", "Sum"],
        [[int(e.number), random.choice(["A", "B"]), random.randint(1, 9000)] for e in residents(random, 18, 66)],
    )


def rare_names_under_a_vague_header(random: Random) -> Rows:
    rare = ["Borghild", "Eldbjørg", "Torvald", "Ngozi", "Chukwuemeka", "Thanh", "Jadwiga", "Ljubica", "Baraka", "Desta"]
    family = ["Okonkwo", "Skjelbreid", "Trinh", "Petrauskienė", "Vujičić", "Mugisha", "Fjeldheim", "Ruud-Aas", "Wolde"]
    return table(
        ["Hvem", "Når", "Sum"],
        [
            [f"{random.choice(rare)} {random.choice(family)}", some_day(random), random.randint(100, 900)]
            for _ in range(15)
        ],
    )


def bare_list_of_given_names(random: Random) -> Rows:
    return [[e.given.split()[0]] for e in residents(random, 5, 15, 12, 25)]


def payments_in_a_bank_statement(random: Random) -> File:
    rows = table(
        ["Bokført", "Tekst", "Ut", "Inn"],
        [
            [
                some_day(random),
                random.choice([f"Vipps {e.name}", f"Overføring til {e.name}", f"Fra: {e.name}"]),
                random.randint(50, 900),
                None,
            ]
            for e in residents(random, 20, 70)
        ],
    )
    return text_file(random, rows, ";")


def names_on_door_bells(random: Random) -> Rows:
    held = residents(random, 1, 80, 10, 20)
    return table(
        ["Adresse", "Etasje", "Antall personer", "Navn på ringeklokke"],
        [
            [
                e.street,
                random.randint(1, 4),
                random.randint(1, 6),
                random.choice([e.family, f"{e.family}/{random.choice(FAMILY)}"]),
            ]
            for e in held
        ],
    )


# ---- written as people write: with years, numbers, titles, in small letters, in other scripts


def names_with_years_of_birth(random: Random) -> Rows:
    held = residents(random, 6, 18, 8, 20)
    return table(["Elev/trinn", "Uke 36", "Uke 37"], [[f"{e.family}, {e.given} ({e.born.year})", 2, 3] for e in held])


def numbered_names(random: Random) -> Rows:
    held = residents(random, 6, 18, 8, 20)
    return table(
        ["Påmelding", "Betalt"], [[f"{n}. {e.name}", random.choice(["ja", "nei"])] for n, e in enumerate(held, 1)]
    )


def names_in_small_letters(random: Random) -> Rows:
    held = residents(random, 15, 60, 10, 20)
    return table(["hvem", "når"], [[e.name.lower(), f"uke {random.randint(1, 52)}"] for e in held])


def names_with_ages(random: Random) -> Rows:
    held = residents(random, 1, 17, 8, 16)
    return table(["Barn i tiltaket", "Timer"], [[f"{e.given} ({e.age} år)", random.randint(1, 9)] for e in held])


def families_by_title(random: Random) -> Rows:
    held = residents(random, 30, 60, 8, 16)
    title = ["Fam.", "Familien"]
    return table(
        ["Får julehjelp", "Voksne", "Barn"],
        [[f"{random.choice(title)} {e.family}", 2, random.randint(1, 5)] for e in held],
    )


def patients_by_title(random: Random) -> Rows:
    held = residents(random, 60, 95, 8, 16)
    return table(
        ["Rom", "", "Diett"],
        [[n, f"{random.choice(['Fru', 'Hr.', 'Herr'])} {e.family}", "normal"] for n, e in enumerate(held, 1)],
    )


def names_in_other_scripts(random: Random) -> Rows:
    given = (
        ["Олена", "Дмитро", "Ірина", "Сергій", "Наталія"]
        if random.random() < 0.5
        else ["محمد", "فاطمة", "أحمد", "ليلى", "يوسف"]
    )
    family = ["Коваль", "Бондар", "Шевчук", "Мороз"] if given[0] == "Олена" else ["الحسن", "خليل", "درويش", "النجار"]
    return table(
        [random.choice(["Navn", "Deltaker", "Name"]), "Gruppe", "Språk"],
        [[f"{random.choice(given)} {random.choice(family)}", random.choice("ABC"), "nei"] for _ in range(14)],
    )


def shifts_of_volunteers(random: Random) -> Rows:
    days = ["Man", "Tir", "Ons", "Tor", "Fre"]
    return table(
        ["Kl.", *days], [[f"{h}-{h + 2}", *[e.short for e in residents(random, 18, 60, 5, 5)]] for h in range(9, 19, 2)]
    )


def grades_with_given_names_across(random: Random) -> Rows:
    held = {e.given.split()[0] for e in residents(random, 13, 16, 10, 16)}
    return table(["Prøve", *sorted(held)], [[f"Kap. {n}", *[random.randint(1, 6) for _ in held]] for n in range(1, 8)])


def sheets_called_by_given_names(random: Random) -> File:
    held = sorted({e.given.split()[0] for e in residents(random, 6, 15, 6, 10)})
    rows = table(
        ["Uke", "Mål", "Nådd"],
        [[n, random.choice(["lese", "regne"]), random.choice(["ja", "delvis"])] for n in range(1, 6)],
    )
    return random.choice([xlsx_file, ods_file])(dict.fromkeys(held, rows))


def journal_of_letters(random: Random) -> Rows:
    titles = [
        "Søknad om kommunal bolig - {}",
        "Klage på vedtak om økonomisk stønad, {}",
        "Bekymringsmelding {}",
        "Parkeringsbevis {}",
    ]
    return table(
        ["Dok.nr", "Tittel", "Journaldato"],
        [
            [f"25/{random.randint(100, 9999)}-{n}", random.choice(titles).format(e.name), some_day(random)]
            for n, e in enumerate(residents(random, 18, 80), 1)
        ],
    )


def answers_with_questions_as_headers(random: Random) -> Rows:
    return table(
        [
            "Tidsmerke",
            "Hva er din alder?",
            "Kjønn",
            "Hvilken bydel bor du i?",
            "Hvor trygg er du? (1-5)",
            "Hva savner du?",
        ],
        [
            [
                f"{some_day(random, 2025):%d.%m.%Y} {random.randint(8, 22)}:{random.randint(10, 59)}:07",
                random.randint(16, 88),
                random.choice(["Kvinne", "Mann"]),
                random.choice(DISTRICTS),
                random.randint(1, 5),
                random.choice(["", "Flere benker", "En kafé", "Lys i parken"]),
            ]
            for _ in range(25)
        ],
    )


def pupils_by_code_with_traits(random: Random) -> Rows:
    return table(
        ["Kode", "Kjønn", "Morsmål", "Lesing", "Regning", "Engelsk", "Tiltak"],
        [
            [
                f"E{n:02}",
                random.choice("JG"),
                random.choice(["norsk", "arabisk", "tyrkisk", "somali"]),
                random.randint(5, 40),
                random.randint(5, 40),
                random.randint(5, 40),
                random.choice(["", "IOP", "logoped"]),
            ]
            for n in range(1, random.randint(18, 30))
        ],
    )


def cars_by_place_and_time(random: Random) -> Rows:
    return table(
        ["Kjennemerke", "Tidspunkt", "Gate", "Gebyr"],
        [
            [
                f"{random.choice(['DK', 'EV', 'DN'])} {random.randint(10000, 99999)}",
                f"{some_day(random):%d.%m.%Y} {random.randint(8, 18)}:15",
                random.choice(STREETS),
                random.choice([660, 990]),
            ]
            for _ in range(20)
        ],
    )


def persons_as_plain_json(random: Random) -> File:
    held = residents(random, 18, 66, 6, 15)
    return File(
        "json",
        json.dumps([{"navn": e.name, "født": str(e.born), "sak": "KVP"} for e in held], ensure_ascii=False).encode(),
    )


def estates(random: Random) -> Rows:
    held = residents(random, 60, 95, 8, 15)
    return table(
        ["Gravsted", "Fester", "Forfall"], [[f"A-{n}", f"Dødsbo etter {e.name}", 2030] for n, e in enumerate(held)]
    )


def rows_of_a_visit_log_without_header(random: Random) -> Rows:
    return [
        [
            f"{some_day(random):%d.%m.%y}",
            e.given.split()[0],
            random.choice(["m", "k"]),
            e.age,
            random.choice(["mat", "dusj", "samtale"]),
        ]
        for e in residents(random, 18, 60, 15)
    ]
