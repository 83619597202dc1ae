"""What a row stands for: a human being, or a thing that has a number, an address and a name of its own.

Asked where one piece of evidence is weak: an address, a number of a case, a name under *Navn*, days at random. None of
them makes a register where something else names or measures a thing in each row and no word speaks of a human being.
Headers are read as Norwegian puts words together: what stands before *-nr*, *-ID* or *-navn* is what has the number
or name, so that no list of things is needed. (*Anleggsnr*, *Butikknavn*; but not *Elevnr*, *Saksnr*.)
"""

from collections import Counter
from collections.abc import Sequence

from pipelines.guards.personal import headers, names
from pipelines.guards.personal.text_columns import Cells

_NEARLY_ALL, _HALF, _SOME, _FEW, _LEAST = 0.9, 0.5, 0.1, 0.2, 3
_BEGINNING = 300
_WORDS = r"^[^0-9@]*[A-Za-zÀ-ɏ]{3}[^@]*$"
_LONG = r"^(?:\S+ +){6}"
_HOUSE = r"[A-Za-zÀ-ɏ.] [0-9]{1,3} ?[A-Za-z]?(?:,|$)"
_ORGANISATION = "^[89][0-9]{2} ?[0-9]{3} ?[0-9]{3}$"
_WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2, 1)


def are_of_persons(columns: Sequence[Cells]) -> bool:
    """Say whether a header or the words of a column speak of human beings: who they are, have, get or need."""
    return any(_is_of_persons(cells) for cells in columns)


def are_things(columns: Sequence[Cells]) -> bool:
    """Say whether something numbers, names or measures a thing in each row, and nothing speaks of a human being."""
    return any(_is_of_a_thing(cells) for cells in columns) and not are_of_persons(columns)


def are_organisations(columns: Sequence[Cells]) -> bool:
    """Say whether each row has an organisation's number, by its check digit (modulus 11)."""
    return any(
        cells.filled >= _NEARLY_ALL * len(cells.at)
        and cells.share(_ORGANISATION) >= _NEARLY_ALL
        and sum(map(_is_organisation_number, cells.sample.to_pylist())) >= _NEARLY_ALL * len(cells.sample)
        and len(cells.distinct.texts) >= _NEARLY_ALL * cells.filled
        for cells in columns
    )


def _is_organisation_number(text: str) -> bool:
    digits = text.replace(" ", "")
    return (
        len(digits) == len(_WEIGHTS)
        and digits.isdecimal()
        and not sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)) % 11
    )


def _is_of_persons(cells: Cells) -> bool:
    name = cells.name
    if not cells.filled:
        return False
    if any(kind.fullmatch(name) for kind in (headers.FIRST_NAME, headers.LAST_NAME, headers.PERSONS_NAME)):
        return True
    if headers.ROLE.fullmatch(name):
        return names.share_of_organisations(cells) < _HALF
    if headers.DESCRIBING.fullmatch(name) or headers.IDENTIFIER.search(name) or headers.HUMAN.search(name):
        return True
    return tells_of_persons(cells)


def tells_of_persons(cells: Cells) -> bool:
    """Say whether what stands in a column speaks of human lives, in some of its cells."""
    if headers.THING.search(cells.name) and len(cells.distinct.texts) >= _NEARLY_ALL * cells.filled:
        # Plans and meetings deal with human lives, and with nobody's.
        return False
    begins = Counter(text[:_BEGINNING] for text in cells.sample.to_pylist())
    told = [text for text in begins if headers.HUMAN.search(text) and not names.is_organisation(text)]
    return bool(told) and sum(begins[text] for text in told) >= _SOME * begins.total()


def _is_of_a_thing(cells: Cells) -> bool:
    """Say whether a column numbers, names or measures a thing in each row."""
    if cells.filled < _LEAST or cells.filled < _NEARLY_ALL * len(cells.at):
        return False
    if headers.MEASURED.search(cells.name) or headers.LOCATION.fullmatch(cells.name):
        return True
    # A sample first: to tell all texts of a long column apart takes longer than all else.
    if len(set(cells.sample.to_pylist())) < _NEARLY_ALL * min(cells.filled, len(cells.sample)):
        return False
    if headers.REMARK.search(cells.name) or not (is_of_a_thing_by_name(cells.name) or _are_words_of_things(cells)):
        return False
    return len(cells.distinct.texts) >= _NEARLY_ALL * cells.filled


def _are_words_of_things(cells: Cells) -> bool:
    """Say whether short words stand in a column, and no persons. What is planned or told of has words, and no place."""
    return (
        not headers.THING.search(cells.name)
        and cells.share(_WORDS) >= _NEARLY_ALL
        and max(cells.share(_HOUSE), cells.share(_LONG)) < _FEW
        and not any(share(cells) >= _FEW for share in names.SHARES_OF_PERSONS)
        and names.share_of_names(cells) < _HALF
    )


def is_of_a_thing_by_name(header: str) -> bool:
    """Say whether a header is the number or the name of something that is no person, case or home: Anleggsnr."""
    whose = headers.NUMBERED.match(header)
    return whose is not None and not headers.NUMBERED_ANYHOW.match(whose[1])
