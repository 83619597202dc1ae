"""Registers of the fourth corpus: small lists of persons as offices keep them beside their proper systems.

Written on 26 November 2026 before the guard was changed by it. Every public function is a template: a chance in, a
table or file out. They resemble the clean tables of `clean_fourth`: cases, days, addresses, recipients, counts; but of
persons.
"""

from random import Random

from tests.corpus.files import File, Rows, geo_json, ods_file, text_file, xls_file, xlsx_file
from tests.corpus.people_third import COUNTRIES, residents, some_day, table
from tests.corpus.words import DISTRICTS, SCHOOLS, by_area_and_year, counts_table

# ---- cases, decisions and payments


def recipients_of_single_payments(random: Random) -> Rows:
    return table(
        ["Saksnr", "Mottaker", "Formål", "Beløp"],
        [
            [f"25/{random.randint(100, 9999)}", e.name, random.choice(["Strøm", "Depositum", "Briller"]), 2500]
            for e in residents(random, 18, 70)
        ],
    )


def persons_among_associations(random: Random) -> Rows:
    clubs = ["Fjell IL", "Drammen Røde Kors", "Stoppen SK"]
    rows: Rows = [[name, "Aktivitet", random.randint(1, 90) * 1000] for name in clubs]
    rows += [[e.name, "Stipend ung kunstner", 20000] for e in residents(random, 16, 25, 6, 12)]
    random.shuffle(rows)
    return table(["Søker", "Ordning", "Tildelt"], rows)


def complaints_by_resident(random: Random) -> Rows:
    return table(
        ["Løpenr", "Innsender", "Gjelder", "Mottatt"],
        [
            [n, e.name, random.choice(["Brøyting", "Støy", "Hjemmehjelp"]), some_day(random)]
            for n, e in enumerate(residents(random, 20, 80), 1)
        ],
    )


def building_cases_with_the_owner(random: Random) -> Rows:
    return table(
        ["Saksnummer", "Gnr/bnr", "Adresse", "Tiltakshaver", "Vedtak"],
        [
            [
                f"24/{random.randint(10, 9999)}",
                f"{random.randint(1, 99)}/{random.randint(1, 400)}",
                e.street,
                e.name,
                "Godkjent",
            ]
            for e in residents(random, 25, 80, 8)
        ],
    )


def decisions_on_care_by_case_number(random: Random) -> Rows:
    return table(
        ["Saksnr", "Fødselsår", "Kjønn", "Vedtak", "Vedtaksdato"],
        [
            [
                f"2025/{random.randint(100, 9999)}",
                e.born.year,
                random.choice("KM"),
                random.choice(["Sykehjem", "Avslag"]),
                some_day(random),
            ]
            for e in residents(random, 70, 95, 12)
        ],
    )


def payments_to_foster_parents(random: Random) -> Rows:
    return table(
        ["Ansvar", "Bilagsdato", "Tekst", "Beløp"],
        [
            [random.randint(3000, 3999), some_day(random), f"Arbeidsgodtgjøring {e.name}", random.randint(9000, 22000)]
            for e in residents(random, 30, 60, 12)
        ],
    )


def invoices_to_parents(random: Random) -> Rows:
    return table(
        ["Fakturanr", "Kunde", "Vare", "Kr"],
        [[random.randint(10**6, 10**7), f"{e.family}, {e.given}", "SFO okt.", 2980] for e in residents(random, 28, 50)],
    )


def persons_with_eviction(random: Random) -> Rows:
    return table(
        ["Adresse", "Leil.", "Beboer", "Restanse", "Utkastelse"],
        [
            [e.street, f"H0{random.randint(101, 405)}", e.name, random.randint(9000, 90000), some_day(random)]
            for e in residents(random, 20, 70, 6)
        ],
    )


def housing_queue_by_number(random: Random) -> Rows:
    return table(
        ["Søkernr", "Husstand", "Alder", "Landbakgrunn", "Søkt"],
        [
            [1000 + n, random.randint(1, 7), e.age, random.choice(COUNTRIES), some_day(random)]
            for n, e in enumerate(residents(random, 18, 70, 12))
        ],
    )


def crisis_shelter_stays(random: Random) -> Rows:
    return table(
        ["Inn", "Ut", "Alder", "Barn", "Statsborgerskap", "Henvist av"],
        [
            [
                some_day(random),
                some_day(random),
                e.age,
                random.randint(0, 4),
                random.choice(COUNTRIES),
                random.choice(["Politi", "Selv"]),
            ]
            for e in residents(random, 18, 60, 12)
        ],
    )


# ---- children and pupils


def bus_passes(random: Random) -> Rows:
    return table(
        ["Elev", "Skole", "Holdeplass", "Gyldig fra"],
        [[e.name, random.choice(SCHOOLS), e.street.split()[0], some_day(random)] for e in residents(random, 6, 15)],
    )


def pupils_with_birth_dates_and_initials(random: Random) -> Rows:
    return table(
        ["Init.", "F.dato", "Klasse", "Timer"],
        [
            [e.initials, e.born, f"{random.randint(1, 10)}{random.choice('AB')}", random.randint(1, 10)]
            for e in residents(random, 6, 15, 8)
        ],
    )


def children_by_birth_date_alone(random: Random) -> Rows:
    return table(
        ["Barn født", "Avdeling", "Startdato"],
        [[e.born, random.choice(["Maur", "Bie"]), some_day(random, 2025, 2025)] for e in residents(random, 1, 5, 12)],
    )


def allergy_list(random: Random) -> Rows:
    return table(
        ["Navn", "Allergi"], [[e.short, random.choice(["Nøtter", "Melk", "Egg"])] for e in residents(random, 1, 6, 6)]
    )


def party_list_of_a_class(random: Random) -> Rows:
    return table(
        ["Barn", "Foresatt 1", "Tlf", "Foresatt 2"],
        [
            [e.given, f"{random.choice(['Anne', 'Ole', 'Fatima'])} {e.family}", e.phone, ""]
            for e in residents(random, 6, 9, 8)
        ],
    )


def swimming_badges(random: Random) -> Rows:
    return table(
        ["4. trinn", "200 m", "Dykke"],
        [[e.name, random.choice(["x", ""]), random.choice(["x", ""])] for e in residents(random, 9, 10, 10)],
    )


def bullying_cases(random: Random) -> Rows:
    return table(
        ["Dato", "Skole", "Hendelse", "Oppfølging"],
        [
            [some_day(random), random.choice(SCHOOLS), f"{e.name} ble slått i friminuttet", "Samtale"]
            for e in residents(random, 7, 15, 5)
        ],
    )


def remark_on_a_school(random: Random) -> Rows:
    pupil = residents(random, 8, 15, 1, 1)[0]
    rows: Rows = [[s, random.randint(40, 500), ""] for s in SCHOOLS]
    rows[3][2] = f"{pupil.name} ({pupil.age} år) er eneste elev med vedtak"
    return table(["Skole", "Elever", "Merknad"], rows)


def queue_for_the_culture_school(random: Random) -> Rows:
    return table(
        ["Instrument", "Plass", "Navn", "E-post foresatt"],
        [[random.choice(["Piano", "Fiolin"]), n, e.name, e.mail] for n, e in enumerate(residents(random, 6, 15), 1)],
    )


def health_station_calls(random: Random) -> Rows:
    return table(
        ["Time", "Mor", "Tlf.", "Termin"],
        [
            [f"{random.randint(8, 15)}:30", e.name, e.phone, some_day(random, 2026, 2026)]
            for e in residents(random, 20, 40, 6)
        ],
    )


# ---- health and care


def medicines_by_room(random: Random) -> Rows:
    return table(
        ["Rom", "Beboer", "08", "14", "20"],
        [
            [n, f"{e.given[0]}. {e.family}", "Metoprolol", "", "Sobril"]
            for n, e in enumerate(residents(random, 75, 95, 8), 101)
        ],
    )


def visits_by_address(random: Random) -> Rows:
    return table(
        ["Tid", "Adresse", "Nøkkel", "Oppdrag"],
        [
            [f"{8 + n // 4}:{n % 4 * 15:02}", e.street, f"N{n}", "Insulin"]
            for n, e in enumerate(residents(random, 70, 95, 8, 20))
        ],
    )


def alarms_with_next_of_kin(random: Random) -> Rows:
    return table(
        ["Alarmnr", "Bruker", "Pårørende", "Tlf pårørende"],
        [[random.randint(100, 999), e.name, f"Datter {e.given}", e.phone] for e in residents(random, 75, 95, 8)],
    )


def deaths_at_a_home(random: Random) -> Rows:
    return table(["Navn", "Født", "Død"], [[e.name, e.born, some_day(random)] for e in residents(random, 75, 95, 5)])


def vaccine_list(random: Random) -> Rows:
    return table(
        ["Etternavn", "Fornavn", "F.dato", "Dose"],
        [[e.family, e.given, f"{e.born:%d%m%y}", random.randint(1, 3)] for e in residents(random, 65, 95)],
    )


def incidents_with_patients_in_text(random: Random) -> Rows:
    return table(
        ["Avviknr", "Dato", "Beskrivelse"],
        [
            [n, some_day(random), f"Pasient {e.name} fikk feil medisin"]
            for n, e in enumerate(residents(random, 70, 95, 6), 1)
        ],
    )


def drug_users_met(random: Random) -> Rows:
    return table(
        ["Dato", "Kallenavn/navn", "Alder ca", "Stoff", "Sted"],
        [
            [some_day(random), e.name, e.age, random.choice(["Heroin", "Hasj"]), random.choice(DISTRICTS)]
            for e in residents(random, 18, 50, 8)
        ],
    )


def microdata_of_a_user_survey(random: Random) -> Rows:
    return table(
        ["Id", "Kjønn", "Alder", "Bydel", "Ensom", "Helse", "Økonomi"],
        [
            [n, random.randint(1, 2), e.age, random.choice(DISTRICTS), *[random.randint(1, 5) for _ in range(3)]]
            for n, e in enumerate(residents(random, 18, 90, 40, 60), 1)
        ],
    )


# ---- work, clubs and others


def substitutes_to_call(random: Random) -> Rows:
    return table(
        ["Vikar", "Mobil", "Kan"],
        [[e.name, e.phone, random.choice(["helg", "natt"])] for e in residents(random, 18, 60)],
    )


def staff_with_birthdays(random: Random) -> Rows:
    return table(
        ["Ansatt", "Bursdag", "Stilling"],
        [[e.name, f"{e.born:%d.%m.}", "Assistent"] for e in residents(random, 18, 60)],
    )


def sick_leave_dialogues(random: Random) -> Rows:
    return table(
        ["Ansattnr", "Navn", "Sykm. fra", "%", "Dialogmøte"],
        [
            [random.randint(10000, 99999), e.name, some_day(random), random.choice([50, 100]), some_day(random)]
            for e in residents(random, 20, 60)
        ],
    )


def trainers_with_certificates(random: Random) -> Rows:
    return table(
        ["Lag", "Trener", "Politiattest", "Mobil"],
        [[f"G{8 + n}", e.name, some_day(random), e.phone] for n, e in enumerate(residents(random, 18, 60, 6, 10))],
    )


def summer_job_applicants_lottery(random: Random) -> Rows:
    return table(
        ["Trukket", "Navn", "Født", "Skole"],
        [[n, e.name, e.born.year, random.choice(SCHOOLS)] for n, e in enumerate(residents(random, 15, 18), 1)],
    )


def owners_of_dogs(random: Random) -> Rows:
    return table(
        ["Hund", "Rase", "Eier", "Adresse"],
        [[random.choice(["Bella", "Max"]), "Labrador", e.name, e.street] for e in residents(random, 20, 80, 6)],
    )


def graves_with_who_pays(random: Random) -> Rows:
    return table(
        ["Felt", "Grav", "Gravlagt", "Fester", "Festeavgift"],
        [
            [random.choice("ABC"), n, e.name, f"{e.given} {e.family}", 300]
            for n, e in enumerate(residents(random, 60, 95, 10), 1)
        ],
    )


def tenants_of_allotments(random: Random) -> Rows:
    return table(
        ["Parsell", "Leier", "Leie betalt"],
        [[n, e.name, random.choice(["ja", "nei"])] for n, e in enumerate(residents(random, 25, 80), 1)],
    )


def sponsors_of_refugees(random: Random) -> Rows:
    return table(
        ["Flyktningguide", "Guidet", "Startet"],
        [
            [e.name, f.name, some_day(random)]
            for e, f in zip(residents(random, 25, 70, 8, 8), residents(random, 18, 60, 8, 8), strict=True)
        ],
    )


def water_meters_by_owner(random: Random) -> Rows:
    return table(
        ["Målernr", "Abonnent", "Anleggsadresse", "m3"],
        [
            [random.randint(10**7, 10**8 - 1), e.name, e.street, random.randint(30, 300)]
            for e in residents(random, 25, 90, 12)
        ],
    )


def free_permits_to_park(random: Random) -> Rows:
    return table(
        ["Kortnr", "Innehaver", "Regnr", "Utløper"],
        [
            [n, e.name, f"EK{random.randint(10000, 99999)}", some_day(random, 2026, 2027)]
            for n, e in enumerate(residents(random, 18, 90, 8), 4000)
        ],
    )


# ---- in places where nobody looks


def register_below_a_clean_table(random: Random) -> Rows:
    return [
        *by_area_and_year(random, DISTRICTS),
        [],
        ["Ventelisten:"],
        *[[e.name, e.phone] for e in residents(random, 20, 60, 4, 8)],
    ]


def comment_about_a_family(random: Random) -> File:
    family = residents(random, 30, 50, 1, 1)[0]
    said = f"Gjelder familien {family.family}, {family.street}. Mor er {family.given} {family.family}."
    return xlsx_file({"Tall": counts_table(random)}, lambda _, sheets: sheets["Tall"].write_comment("D3", said))


def second_sheet_with_the_basis(random: Random) -> File:
    held = residents(random, 18, 66, 12, 30)
    basis = table(["Navn", "Bydel", "Ytelse"], [[e.name, random.choice(DISTRICTS), "AAP"] for e in held])
    return xlsx_file({"Figur": by_area_and_year(random, DISTRICTS), "Grunnlag": basis})


def identity_numbers_as_ids(random: Random) -> File:
    return text_file(
        random,
        table(
            ["id", "omrade", "tiltak"],
            [[e.number, random.choice(DISTRICTS), "Losordning"] for e in residents(random, 12, 18, 8)],
        ),
    )


def homes_of_recipients_on_a_map(random: Random) -> File:
    return geo_json(
        [{"mottaker": e.name, "tjeneste": "Middag"} for e in residents(random, 70, 95, 6)], random, points=True
    )


def open_document_with_two_lists(random: Random) -> File:
    return ods_file(
        {
            "Tall": counts_table(random),
            "Liste": table(["Deltaker", "Mobil"], [[e.name, e.phone] for e in residents(random, 18, 50)]),
        }
    )


def old_workbook_of_a_club(random: Random) -> File:
    return xls_file(
        {
            "Medlemmer": table(
                ["Nr", "Navn", "Født", "Betalt"],
                [[n, e.name, e.born.year, "x"] for n, e in enumerate(residents(random, 6, 60), 1)],
            )
        }
    )


def list_under_a_footer(random: Random) -> Rows:
    person = residents(random, 20, 60, 1, 1)[0]
    return [
        *by_area_and_year(random, DISTRICTS),
        [],
        [f"Kilde: NAV. {person.name}, f. {person.born:%d.%m.%Y}, er holdt utenfor."],
    ]


# ---- a second batch: what lies near the clean tables by which the guard was changed


def homes_with_broken_lights(random: Random) -> Rows:
    return table(
        ["Adresse", "Melder", "Feil"],
        [[e.street, e.name, random.choice(["Mørkt gatelys", "Løs kum"])] for e in residents(random, 20, 80, 6)],
    )


def homes_cleared_of_snow(random: Random) -> Rows:
    return table(
        ["Rode", "Adresse", "Årsak"],
        [
            [random.randint(1, 9), e.street, random.choice(["Rullestol", "Enslig eldre", "Kreft"])]
            for e in residents(random, 60, 95, 8)
        ],
    )


def births_with_weights(random: Random) -> Rows:
    return table(
        ["Dato", "Vekt", "Lengde", "Kjønn"],
        [
            [e.born, random.randint(2500, 4500), random.randint(46, 55), random.choice("GJ")]
            for e in residents(random, 0, 60, 20, 40)
        ],
    )


def children_in_care_by_case(random: Random) -> Rows:
    return table(
        ["Saksnr", "Vedtak", "Iverksatt"],
        [[f"25/{n}", random.choice(["Omsorg", "Hjelpetiltak"]), some_day(random)] for n in range(100, 116)],
    )


def staff_mailboxes(random: Random) -> Rows:
    return table(
        ["E-post", "Fravær dager"],
        [
            [f"{e.given.split()[0]}.{e.family.split()[-1]}@drammen.kommune.no".lower(), random.randint(1, 40)]
            for e in residents(random, 20, 60)
        ],
    )


def night_watchers(random: Random) -> Rows:
    return table(
        ["Nattvakt", "Mobil", "Uke"], [[e.name, e.phone, random.randint(1, 52)] for e in residents(random, 20, 60)]
    )


def days_of_birth_beside_a_programme(random: Random) -> Rows:
    return table(
        ["Tiltak", "Dag", "Status"],
        [[random.choice(["Los", "Kurs"]), e.born, "i gang"] for e in residents(random, 10, 70, 20, 40)],
    )


def given_names_with_days_absent(random: Random) -> Rows:
    return table(["Navn", "Antall dager"], [[e.given, random.randint(0, 20)] for e in residents(random, 6, 15, 10)])


def call_about_a_debt(random: Random) -> Rows:
    person = residents(random, 20, 60, 1, 1)[0]
    return [*by_area_and_year(random, DISTRICTS), [], [f"Ring {person.name} på {person.phone} om restansen"]]


def reversed_name_in_a_remark(random: Random) -> Rows:
    person = residents(random, 20, 60, 1, 1)[0]
    return [*by_area_and_year(random, DISTRICTS), [], [f"NB: {person.family}, {person.given} er innlagt"]]
