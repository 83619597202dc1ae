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
HELD_OUT = {
    "groups_2_2_2_3_2": "##.##.## ### ##",
    "groups_of_two": "## ## ## ## ## #",
    "minus_sign": "######\N{MINUS SIGN}#####",
    "soft_hyphen": "######\N{SOFT HYPHEN}#####",
    "thin_space": "######\N{THIN SPACE}#####",
    "word_joiner": "###\N{WORD JOINER}#######\N{WORD JOINER}#",
    "byte_order_mark": "\N{ZERO WIDTH NO-BREAK SPACE}########## #",
    "apostrophe": "'###########",
    "f_and_p": "f.###### p.#####",
    "underscore": "######_#####",
    "brackets": "###### (#####)",
    "comma": "######,#####",
    "colon": "######:#####",
    "single_digits": "# # # # # # # # # # #",
    "file_name": "sak_###########.pdf",
    "letters_around": "NO###########",
    "date_and_five": "##.##.##-#####",
    "three_spaces": "######   #####",
    "tab": "######\t#####",
    "plus": "######+#####",
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
