"""Forms in which identity numbers are written, # for a digit: those that the guard's author has not seen."""

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
