"""Text that others wrote, made fit to be shown: in a message, on a terminal, in Markdown.

Whatever comes from a file or an answer passes through here on its way to a surface, so that it cannot move a cursor,
colour a line, turn the order of letters or become a link; and of a delivered file's cells only those are repeated that
cannot speak of a person. Text for spreadsheets is `formats.spreadsheet_text`'s work.
"""

import json
import re
from collections.abc import Collection, Sequence

# Control characters (C0 but for tab and line feed, DEL, C1), what is not seen, what turns the direction of writing,
# line separators, tags, and halves of pairs, as which Python keeps the bytes of a file's name that are not UTF-8.
_ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_IN_MARKDOWN = re.compile(r"[\\<&\[\]|]")


def visible(text: str) -> str:
    r"""Return the text with every character that acts on a surface written out, as \x1b; lines stay lines."""
    return _ACTING.sub(lambda found: ascii(found[0])[1:-1], text)


def in_line(text: str) -> str:
    """Return the text as `visible` gives it, and on one line."""
    return visible(text).replace("\n", "\\n").replace("\t", "\\t")


def in_json(text: str) -> str:
    r"""Return JSON with characters that act on a surface as \u202e: the same JSON to every program that reads it."""
    return _ACTING.sub(lambda found: json.dumps(found[0])[1:-1], text)


def in_markdown(text: str) -> str:
    """Return the text on one line, so that Markdown makes no HTML, link, image, address or new cell of a table of it.

    Emphasis and code in backticks stay: they do no harm, and our own messages use them.
    """
    return _IN_MARKDOWN.sub(r"\\\g<0>", in_line(text)).replace("://", "&#58;//")


# --- what may be repeated of a cell -----------------------------------------------------------------------------------

_LONGEST = 60
_NUMBER = (
    r"[-−+]?(?:\d{1,8}|\d{1,3}(?:[ \u00a0\u202f.,']\d{3}){1,3}|\d{1,4}[ \u00a0\u202f]\d{1,3})"
    r"(?:[.,]\d{1,12})?(?:[eE][-+]?\d{1,3})?(?: ?%)?"
)
_PERIOD = r"\d{4}(?:[A-ZÅa-zå]\d{1,2}|[-/]\d{2,4}|/\d\d-\d{4}/\d\d)"
_CODE = r"[A-ZÆØÅ]{1,3}-?\d{1,8}|\d{1,7}[A-Za-z]|EPSG:\d{4,6}"
_SIGN = r"[^\w\s]{1,3}|[A-Za-z]|(?i:na|n/a|nan|null|none|#n/a|#div/0!|#ref!|#value!|#name\?|#num!|#verdi!|#i/t)"
_SAYS_LITTLE = re.compile(f"(?:{_NUMBER}|{_PERIOD}|{_CODE}|{_SIGN})?")


def says_little(text: str) -> bool:
    """Tell whether a text is nothing but a number, a period, a code or a sign, and so cannot speak of a person."""
    return _SAYS_LITTLE.fullmatch(text) is not None


def quoted(text: str, known: Collection[str] = ()) -> str:
    """Quote a cell where it cannot speak of a person: a number, a period, a code, a sign, or one of the `known` words.

    Of anything else, only how long it is.
    """
    if text in known or says_little(text):
        return f"'{in_line(text)}'"
    return f"a text of {len(text):,} characters"


# An e-mail address, a date, a street with a number, a place with its postcode.
_NO_HEADING = re.compile(
    r"@|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d\d-\d\d|(?:gata|gate|gaten|vei|veien|veg|vegen|allé|plass)\s+\d"
    r"|\b\d{4}\s+[A-ZÆØÅ]",
    re.IGNORECASE,
)
# Kari Nordmann, NORDMANN, KARI: Norwegian headers begin one word with a capital.
_NAME = re.compile(r"[A-ZÆØÅ][\w.'-]*(?:,? [A-ZÆØÅ][\w.'-]*)+")
_YEAR = re.compile(r"(?:1[89]|20)\d\d")


def is_heading(text: str) -> bool:
    """Tell whether a cell looks like a header: few words, no name, date or address, hardly a digit but for years."""
    if len(text) > _LONGEST or len(text.split()) > 8 or _NO_HEADING.search(text) or _NAME.fullmatch(text):
        return False
    return sum(map(str.isdigit, _YEAR.sub("", text))) <= 4


def headings(cells: Sequence[str], most: int = 8) -> str:
    """Quote a row of headers, no more than `most` of them; a row that does not look like one is only counted."""
    if not all(map(is_heading, filter(None, cells))):
        return f"a row of {len(cells)} cells"
    named = ", ".join(f"'{in_line(cell)}'" for cell in cells[:most])
    return named + (f" and {len(cells) - most} more" if len(cells) > most else "")
