"""How to reach a person: e-mail addresses, telephones and street addresses, in a text, a column or a note.

RE2 patterns for texts in the one spelling of `canonical`. A public body, a firm that made a report and an institution
may be reached too; when that is so is decided in `of_a_firm` and `is_let_through`.
"""

import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipelines.guards.personal import names
from pipelines.guards.personal.headers import AREA, LOCATION, NAME, REMARK, THING, THING_NUMBER
from pipelines.guards.personal.text_columns import Cells, matching, some

EMAIL = "e-mail addresses"
PHONE = "phone numbers"
ADDRESS = "street addresses"
CONTACTS = frozenset({EMAIL, PHONE, ADDRESS})
"""Kinds that whoever made a table may give of themselves."""

_BEFORE = "(?:^|[^0-9+.,]|[^0-9][.,])"
# Letters, Sami ones too. A range: RE2 takes a hundred times as long to prepare \p{L}.
_L = "A-Za-zÀ-ɏ"
_CAPITAL = "[A-ZÀ-ÞĀ-ɏ]"

EMAIL_PATTERN = (
    rf"[{_L}0-9_.+%-]+(?: ?@ ?| ?[(\[](?i:at|krøllalfa|alfakrøll)[)\]] ?)[{_L}0-9-]+(?:[.][{_L}0-9-]+)*[.][A-Za-z]{{2}}"
)

_MOBILE_DIGITS = "(?:9[0-9]|4[1345789])[0-9]{6}"
# The country's own number is none of the eight digits: +47 32 04 11 59 is no mobile telephone.
_MOBILE_WITHIN = r"(?:^|[^0-9+][. -]?|(?:[+]|00) ?47\)?[. -]?)[49][0-9](?:[ .-]?[0-9]){6}(?:[.,]0+)?(?:[^0-9]|$)"
_INTERNATIONAL = rf"{_BEFORE}\(?(?:[+] ?|00) ?47\)?[ .-]?[2-9](?:[ .-]?[0-9]){{7}}(?:[^0-9]|$)"
# 912 34 567, 22 33 44 55 and 4123 4567; thousands (91 234 567) are grouped otherwise, and a longer row of small numbers
# is none.
_GROUPED = (
    r"(?:^ *|[^0-9., -] *|[.,] +| - )"
    r"(?:[2-9][0-9]{2} [0-9]{2} [0-9]{3}|[2-9][0-9](?: [0-9]{2}){3}|[49][0-9]{3} [0-9]{4})"
    r"(?: *$| *[^0-9.,% -]|[.,](?:[^0-9]|$)| - )"
)
_DOTTED = (
    r"(?:^|[^0-9., -]|[^0-9][ .,])(?:[2-9][0-9](?:[.][0-9]{2}){3}|[2-9][0-9](?:-[0-9]{2}){3}"
    r"|[49][0-9]{2}[.-][0-9]{2}[.-][0-9]{3})"
    r"(?:$|[^0-9.-]|[.](?:[^0-9]|$))"
)
_SIGN = r"[\x{260E}\x{260F}\x{2706}\x{1F4DE}\x{1F4F1}\x{1F4F2}]"
_INTRODUCED = (
    rf"(?:^|[^{_L}])(?i:tlf|tel|telefon|telefonen|mob|mobil|mobilen|mobil?tele?fon|mobiltlf|phone|whatsapp|vipps|vippset|vippses|ring|ringe|ringer|ringt|sms)(?i:nr"
    rf"|nummer)?[.:]* ?(?i:nr|nummer|på|til)?"
    rf"[.:]* ?[2-9](?:[ .-]?[0-9]){{7}}(?:[^0-9]|$)|{_SIGN} ?[2-9](?:[ .-]?[0-9]){{7}}(?:[^0-9]|$)"
)
# Behind somebody's name, or in brackets: Kari Berge (91234567).
_NAMED = (
    rf"{_CAPITAL}[{_L}-]+ {_CAPITAL}[{_L}-]+,? (?:på )?[(]?{_MOBILE_DIGITS}(?:[^0-9]|$)|[{_L}] [(]{_MOBILE_DIGITS}[)]"
)
_PHONE = f"(?:{_INTERNATIONAL})|(?:{_GROUPED})|(?:{_DOTTED})|(?:{_INTRODUCED})|(?:{_NAMED})"
_PHONE_HEADER = re.compile(r"telefon|mobil|tlf|phone|kontakt", re.IGNORECASE)
_COUNTED = re.compile(r"\b(?:antall|andel|prosent|sum|number of|share)\b", re.IGNORECASE)
_ONLY_PHONE = (
    rf"^[^{_L}0-9+(]*(?:[{_L}]+[.:]* ?)?\(?(?:(?:[+]|00)? ?47\)?)?[ .-]?[2-9](?:[ .-]?[0-9]){{7}}(?:[.,]0+)? *$"
)
_NUMBER = "^[0-9 .,+()-]+$"
_MOBILE = "^[49][0-9]{7}(?:[.]0+)?$"
# Basic statistical units have 8 digits too, which begin with the county's number, today's or a former one.
UNIT = "^(?:0[1-9]|1[0-9]|20|3[0-589]|4[026]|5[0456])[0-9]{6}$"
_ENOUGH_PHONES, _NEARLY_ALL = 10, 0.9

_NAMED_STREET = (
    rf"(?:[{_L}][{_L}.'-]*(?i:gata|gaten|gate|vei|veien|veg|vegen|allé|alléen)"
    rf"|[{_L}][{_L}.'-]+ (?i:gate|gt[.]?|vei|v[.]|veg|allé|plass))"
)
_AFTER_STREET = r"(?:$| |[,;:)/]|[.](?: |$))"
_STREET = rf"{_NAMED_STREET} [0-9]{{1,3}}(?: ?[A-Za-z])?{_AFTER_STREET}"
_HOUSE = "[0-9]{1,3}(?: ?[A-Z])"
_POSTCODE = rf"[0-9]{{1,3}}(?: ?[A-Za-z])?,? +(?:[03-9][0-9]{{3}}|1[0-8][0-9]{{2}}|2[1-9][0-9]{{2}}) +{_CAPITAL}"
LETTERED = rf"{_NAMED_STREET} {_HOUSE}{_AFTER_STREET}|[{_L}]{{3}},? {_POSTCODE}"
ANY_STREET = f"{_STREET}|{LETTERED}"
# A basic statistical unit may be called so: 'Langgata 2'.
_BARE = rf"^[{_L}.' -]+ [0-9]{{1,3}}$"
_ROADS = (
    rf"(?:^|[^{_L}])(?i:riks|fylkes|europa|kommunale?|kommune|privat|sykkel|gang|skole|hoved|skogs|bil|motor"
    rf"|lande|ut|om)"
    rf" ?(?i:vei|veien|veg|vegen) [0-9]+"
    rf"|(?:^|[^{_L}])(?i:tur|grus|adkomst|atkomst|bolig|samle|gårds|anleggs|omkjørings|innfarts|drifts|kjerre|felles|ny)"
    rf" ?(?i:vei|veg) [0-9]+"
    rf"|(?:^|[^{_L}])(?i:ledige?|åpen|åpne|fast|hel|halv|delt|tildelt|ny|nye|på|en|hc|reservert|sfo|første|siste|andre)"
    rf" (?i:plass) [0-9]+"
)
_ADDRESS_HEADER = re.compile(r"adress|\bstreet\b|gatenavn|bopel", re.IGNORECASE)
_CONTACT_HEADER = re.compile(
    r"adress|street|telefon|mobil|tlf|phone|kontakt|post|mail|sted|lokale|sentralbord|vakt|plassering|lokasjon|eiendom"
    r"|\b(?:fra|til|langs|ved|hvor|ring|ringe)\b",
    re.IGNORECASE,
)
_DUTY = re.compile(r"vakt|døgn|sentralbord|publikum|resepsjon|kundeservice", re.IGNORECASE)
# A shorter word before @ may be made of somebody's name.
_WORD = 5
_ANY_HOUSE = rf"[{_L}]{{3}} [0-9]{{1,3}}(?: ?[A-Za-z])?{_AFTER_STREET}"
_BOX = r"(?i)post?boks|^pb"
_SOME_UNITS = 0.5

# A filter for large columns: every text in which one of the patterns above can be found matches it.
SUSPECT = "|".join(
    [
        "@|(?i:[(\\[](?:at|krøllalfa|alfakrøll)[)\\]])",
        r"[+] ?4 ?7|00 ?47",
        "[0-9]{2}[ .-][0-9]{2}[ .-][0-9]{2}|[49][0-9]{3} [0-9]{4}",
        rf"[^0-9.,][(, ]{_MOBILE_DIGITS}",
        rf"(?i:tlf|tel|mob|phone|ring|sms|whatsapp|vipps)[{_L}.: ]*[2-9]|{_SIGN}",
        rf"[{_L}.],? [0-9]{{1,3}}",
    ]
)
_NONE = np.zeros(0, np.int64)


def in_texts(texts: pa.Array) -> dict[str, NDArray[np.bool_]]:
    """Say of e-mail addresses and telephones which texts hold them."""
    return {EMAIL: matching(texts, EMAIL_PATTERN), PHONE: matching(texts, _PHONE)}


def addresses(texts: pa.Array, pattern: str) -> NDArray[np.bool_]:
    """Say which texts hold a street address by the pattern, roads with numbers left out."""

    def sure(suspects: pa.Array) -> NDArray[np.bool_]:
        return matching(pc.replace_substring_regex(suspects, _ROADS, " "), pattern)

    return some(texts, pattern, sure)


def phones_of_column(cells: Cells) -> NDArray[np.int64]:
    """Find plain numbers of 8 digits where the header, or nearly the whole column, says that they are telephones."""
    if _PHONE_HEADER.search(cells.name) and not _COUNTED.search(cells.name):
        phones = cells.matching(_ONLY_PHONE)
        # "Kontakter" are counts, and some of them have 8 digits.
        return np.flatnonzero(phones) if phones.sum() * 2 > cells.matching(_NUMBER).sum() else _NONE
    if cells.share(_MOBILE) < _NEARLY_ALL or THING_NUMBER.search(cells.name):
        return _NONE
    mobile = cells.matching(_MOBILE)
    unit = cells.matching(UNIT)
    # Amounts and counts of a column seldom begin with nothing but 4 and 9, and with both.
    begins = [cells.matching(rf"^{digit}") & mobile for digit in "49"]
    plenty = mobile.sum() >= _ENOUGH_PHONES and all(first_digit.any() for first_digit in begins)
    return np.flatnonzero(mobile) if plenty and (mobile & unit).sum() * 2 <= mobile.sum() else _NONE


def addresses_of_column(cells: Cells) -> NDArray[np.int64]:
    """Find any name with a number where the header says address."""
    if not _ADDRESS_HEADER.search(cells.name):
        return _NONE
    return np.flatnonzero(cells.matching(_ANY_HOUSE) & ~cells.matching(_BOX))


def without_units(cells: Cells, hit: NDArray[np.bool_], units: Cells | None) -> NDArray[np.bool_]:
    """Return the addresses that are no names of basic statistical units. units: the table's unit codes."""
    return hit & ~cells.matching(_BARE) if _names_units(cells, hit, units) else hit


def _names_units(cells: Cells, hit: NDArray[np.bool_], units: Cells | None) -> bool:
    """Say whether what looks like streets with numbers are names of basic statistical units: one to each code."""
    if AREA.search(cells.name):
        return True
    if units is None or len(units.column.text) != len(cells.column.text) or hit.sum() > _SOME_UNITS * len(hit):
        return False
    codes, called = units.distinct, cells.distinct
    there = (codes.at >= 0) & (called.at >= 0)
    used = len(np.unique(codes.at[there]))
    pairs = len(np.unique(codes.at[there].astype(np.int64) * len(called.texts) + called.at[there]))
    # A few remarks are no names, even where no unit has two of them.
    enough = _NEARLY_ALL * codes.filled, _NEARLY_ALL * used
    return bool(pairs == used and there.sum() >= enough[0] and len(called.texts) >= enough[1])


# ------------------------------------------------------------------------------------------ whose contacts may be told

# Public bodies whose contacts stand in the notes of published tables.
_OFFICIAL = re.compile(
    r"(?:[\w-]+\.)*"
    r"(?:(?:ssb|fhi|nav|udir|imdi|bufdir|helsedir|husbanken|skatteetaten|kartverket|kommune|dep"
    r"|statsforvalteren|politiet"
    r"|vegvesen|dfo|nve|miljodir|hdir|distriktssenteret)|[\w-]*fylke(?:skommune)?)\.no",
    re.IGNORECASE,
)
# Where private persons have their mail.
_PRIVATE_MAIL = re.compile(
    r"(?:gmail|googlemail|hotmail|outlook|live|msn|yahoo|icloud|me|mac|aol|gmx|mail|proton|protonmail|pm"
    r"|online|broadpark|getmail"
    r"|altibox|lyse|frisurf|start|tele2|c2i|sf-nett|wp|o2|onet|ukr|yandex|rambler|example)\.\w+(?:\.\w+)?",
    re.IGNORECASE,
)
_MAILBOX = re.compile(
    r"(?:post|postmottak|info|kontakt|contact|firmapost|\w*post|statistikk\w*|analyse\w*|support|hjelp"
    r"|servicetorg\w*|mail|kontor"
    r"|resepsjon|admin|presse|data|office|skole|rektor|\w*skole|\w*barnehage|styrer|booking|leder|styret"
    r"|styreleder)\d*",
    re.IGNORECASE,
)
# A mailbox has at most 64 signs (RFC 5321): without that limit a cell of 140,000 letters takes a quarter of an hour.
EMAIL_IN_TEXT = re.compile(
    r"([\w.+%-]{1,64})(?: ?@ ?|\s?[(\[](?:at|krøllalfa|alfakrøll)[)\]]\s?)((?:[\w-]+\.)+[^\W\d_]{2,})", re.IGNORECASE
)
_BODY = re.compile(
    r"\b(?:\w*kommunen?|\w*fylkeskommunen?|statistisk sentralbyrå|ssb|nav|fhi|folkehelseinstituttet"
    r"|\w*direktoratet|udir|imdi|bufdir"
    r"|\w*departementet|statsforvalteren|kartverket|husbanken|\w*universitet\w*|\w*høgskole\w*|\w*etaten|rådhuset)\b",
    re.IGNORECASE,
)
_MADE_BY = re.compile(
    r"\b(?:utarbeidet|utført|laget|levert|utgitt|analyse\w*|rapport\w*|undersøkelse\w*|kilde\w*|source|contact"
    r"|kontakt\w*|spørsmål"
    r"|henvendelser?|prosjektleder|rådgiver|konsulent|seniorrådgiver|ansvarlig|forfatter|statistiker"
    r"|analytiker|forsker|oppdrag\w*"
    r"|prepared|author|org[.]? ?nr)\b",
    re.IGNORECASE,
)
# Nobody is visited at home by appointment.
_OFFICE = re.compile(r"\W*(?:besøks|kontor|forretnings|faktura)adresse\b", re.IGNORECASE)
_ABOUT_SOMEONE = re.compile(
    r"\b(?:familien?|født|f[.]|gutt|jente|mor|far|sønn|datter|barnet|beboer\w*|bor|bodde|flyttet|søker|klient"
    r"|pasient|bruker"
    r"|innlagt|utskrevet|henvist|sykmeldt|siktet|anmeldt|død|døde|bekymring\w*|medisin\w*|diagnose|mistanke"
    r"|elev|eleven|gjelder|vedtak|naboen?|enke|ektefelle|pårørende|foresatt\w*|leietaker|talt|ring|ringe)\b",
    re.IGNORECASE,
)

# Readers are asked to call, with a question about the table.
_ASKED_TO_CALL = re.compile(r"^\W*(?:ring|ringe)\b(?=.*\b(?:spørsmål|opplysninger|informasjon)\b)", re.IGNORECASE)

# What is said of one person, small letters only: Hans is a name.
_OF_ONE = re.compile(
    r"\b(?:han|hun|ham|henne|hennes|hans|bror(?:en)?|søster(?:en)?|mora|moren|faren|kona|mannen|sønnen|dattera|datteren"
    r"|samboeren|venter|utgår|trukket|trekkes|utelatt|reservert|foster\w*|tvilling\w*)\b"
)
# What is said of no place and of no firm.
_OF_PERSONS_ALONE = re.compile(
    r"\b(?:født|sønn|datter|klient|pasient|innlagt|utskrevet|henvist|sykmeldt|siktet|anmeldt|død|døde|medisin\w*|diagnose"
    r"|ektefelle|enke|gravid\w*|rus\w*)\b",
    re.IGNORECASE,
)
# What is said of one person; as RE2, a filter for the same.
_AGED = re.compile(rf"(?<![\w'-])({_CAPITAL}[\w'-]+),? (?:[(]?[0-9]{{1,3}} år\b|[(](?:[0-9]{{1,2}}|[0-9]{{6}})[)])")
_ABOUT = (
    r"(?i:famili|født|[^a-zæøå]f[.]|gutt|jente|\bmor|\bfar|sønn|datter|barnet|beboer|\bbor|flyttet|søker|klient"
    r"|innlagt|utskrev|henvist|sykmeld|siktet|anmeldt|\bdød|bekymring|medisin|diagnose|mistanke"
    rf"|\b(?:{names.VERBS})\b"
    r"|han\b|hun\b|hans\b|henne|bror|søster|\bkona|mannen|venter|utgår|trukket|trekkes|utelatt|reservert|foster"
    r"|tvilling|gravid|\brus|pasient|bruker|elev|gjelder|vedtak|nabo|enke|ektefelle|pårørende|foresatt|leietaker"
    r"|talt|\bring|[0-9] år|[(][0-9]{1,2}[)]|[(][0-9]{6}[)])"
)
_TWO_CAPITALS = rf"{_CAPITAL}[{_L}'-]+,? {_CAPITAL}[{_L}'.-]+"
_THREE = rf"(?:{_TWO_CAPITALS}.*){{3}}"
TOLD = (
    rf"{_CAPITAL}[{_L}'-]+,? [(]?[0-9]{{1,2}}(?: år|[)])|{_ABOUT}.*{_TWO_CAPITALS}|{_TWO_CAPITALS}.*{_ABOUT}|{_THREE}"
)


def persons_within(texts: pa.Array) -> NDArray[np.bool_]:
    """Say which texts tell something of somebody by name (his age, his case, his neighbours), or are lists of names."""

    def sure(suspects: pa.Array) -> NDArray[np.bool_]:
        return np.array([_tells_of_a_person(text) for text in suspects.to_pylist()], bool)

    return some(texts, TOLD, sure)


def _tells_of_a_person(text: str) -> bool:
    about = _ABOUT_SOMEONE.search(text) or _AGED.search(text) or _OF_ONE.search(text)
    if about and names.person_within(text, told=True):
        return True
    if any(names.is_given(name) for name in _AGED.findall(text)):
        return True
    if _OF_PERSONS_ALONE.search(text) and names.is_listed(text):
        return True
    return (names.is_list(text) or names.is_subject(text)) and not _MADE_BY.search(text)


def is_let_through(kind: str, number: int, lines: Sequence[str]) -> bool:
    """Say whether a contact in a note belongs to a public body, or to those who made the table or a report.

    A line that holds nothing but a telephone belongs to the line before or after it.
    """
    if kind not in CONTACTS:
        return False
    if kind == PHONE and re.fullmatch(_ONLY_PHONE, lines[number]):
        return any(_is_contact(line) for line in lines[max(number - 1, 0) : number + 2])
    if kind == ADDRESS and _OFFICE.match(lines[number]):
        return True
    return _is_contact(lines[number]) or (kind != EMAIL and _is_of_a_body(lines[number]))


def tells_whom_to_ask(row: str, above: str) -> bool:
    """Say whether a row of a table tells whom to ask about it, as StatBank's exports do below their figures.

    Its e-mail is a public body's or a maker's, it or the row above says so (Kontakt:), and nobody else is told of.
    """
    said = _MADE_BY.search(row) or _MADE_BY.search(above)
    return bool(said) and _is_contact(row) and not _ABOUT_SOMEONE.search(row)


def _is_contact(text: str) -> bool:
    """Say whether a text has e-mail addresses, all of them a public body's or a firm's that made something."""
    found = EMAIL_IN_TEXT.findall(text)
    made = bool(_MADE_BY.search(text)) and not _ABOUT_SOMEONE.search(text)
    return bool(found) and all(
        _OFFICIAL.fullmatch(domain)
        or (not _PRIVATE_MAIL.fullmatch(domain) and (made or bool(_MAILBOX.fullmatch(mailbox))))
        for mailbox, domain in found
    )


def _is_of_a_body(text: str) -> bool:
    """Say whether a text without e-mail names a body, or says who made the table, and no private person."""
    if EMAIL_IN_TEXT.search(text) or _ABOUT_SOMEONE.search(_ASKED_TO_CALL.sub("", text)):
        return False
    return bool(_MADE_BY.search(text) or (_BODY.search(text) and not names.person_within(text)))


def are_offices(texts: pa.Array) -> NDArray[np.bool_]:
    """Say which texts have e-mail addresses of public bodies' offices alone: postmottak@drammen.kommune.no."""
    of_each = [EMAIL_IN_TEXT.findall(text) for text in texts.to_pylist()]
    return np.array(
        [
            bool(found) and all(_OFFICIAL.fullmatch(domain) and _is_office(box, domain) for box, domain in found)
            for found in of_each
        ],
        bool,
    )


def _is_office(mailbox: str, domain: str) -> bool:
    """Say whether a public body's mailbox is that of an office: called after what is done there, and after nobody."""
    if _MAILBOX.fullmatch(mailbox):
        return True
    words = re.split(r"[._-]", mailbox.lower())
    named = any(word in names.GIVEN or word in names.FAMILY or len(word) < _WORD for word in words)
    return not named and not domain.lower().startswith(("elev", "student"))


def of_a_firm(cells: Cells, kind: str, hit: NDArray[np.bool_]) -> bool:
    """Say whether a column of contacts can be those of the firms or institutions that the table lists."""
    if not _CONTACT_HEADER.search(cells.name):
        return False
    if kind == PHONE:
        # A mobile telephone is somebody's, whoever pays for it, but for one that those on duty hand on.
        return bool(_DUTY.search(cells.name)) or not cells.matching(_MOBILE_WITHIN)[hit].any()
    if kind == EMAIL:
        found = _pairs(cells.texts.filter(pa.array(hit)).to_pylist())
        return bool(found) and not any(_PRIVATE_MAIL.fullmatch(domain) for _mailbox, domain in found)
    return kind == ADDRESS


def of_a_thing(cells: Cells, hit: NDArray[np.bool_]) -> bool:
    """Say whether a column of addresses can be those of the things that the table lists, and no remarks on them."""
    if REMARK.search(cells.name) and not _ADDRESS_HEADER.search(cells.name):
        return False
    if cells.filled * 2 < len(cells.at):
        return False
    called = NAME.search(cells.name) or LOCATION.search(cells.name)
    return cells.weight(hit) * 2 >= cells.filled or bool(called)


def in_titles(cells: Cells, hit: NDArray[np.bool_]) -> bool:
    """Say whether addresses stand in a few titles of plans, projects or cases, which tell of nobody."""
    told = cells.texts.filter(pa.array(hit)).to_pylist()
    few = cells.weight(hit) * 2 < cells.filled and THING.search(cells.name)
    return bool(few) and not any(_ABOUT_SOMEONE.search(text) for text in told)


def _pairs(texts: Sequence[str]) -> list[tuple[str, str]]:
    """Return mailbox and domain of each e-mail address in the texts."""
    return [pair for text in texts for pair in EMAIL_IN_TEXT.findall(text)]
