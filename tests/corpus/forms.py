"""Forms in which identity numbers are written, # for a digit, and a register of numbers in one of them."""

from collections.abc import Callable
from random import Random

from tests.corpus.files import File, ods_file, text_file, xlsx_file
from tests.corpus.people import people
from tests.corpus.words import listed

DEVELOPMENT = {
    "line_break": "######\n#####",
    "groups_2_3_3_3": "## ### ### ###",
    "two_spaces": "######  #####",
    "slash": "######/#####",
    "star": "######*#####",
    "en_dash": "######\N{EN DASH}#####",
    "no_break_space": "######\N{NO-BREAK SPACE}#####",
    "zero_width_space": "######\N{ZERO WIDTH SPACE}#####",
    "label": "fnr: ###########",
    "points": "##.##.##.#####",
    "formula": '="###########"',
    "spaced_dash": "###### - #####",
}


def number_in_a_register(form: str) -> Callable[[Random], File]:
    """Return a template in which the numbers are written in one form."""

    def written(number: str) -> str:
        digits = iter(number)
        return "".join(next(digits) if mark == "#" else mark for mark in form)

    def make(random: Random) -> File:
        columns = {"Ref": lambda p: written(p.number), "Antall": lambda _: random.randint(1, 40)}
        rows = listed(people(random, 18, 60), columns)
        return random.choice([text_file(random, rows, ";"), xlsx_file({"Ark1": rows}), ods_file({"Ark1": rows})])

    return make
