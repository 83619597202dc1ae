"""The head of a PX file: its encoding, its keywords in their places, and where the cells begin.

What the keywords mean for a cube belongs to `px`.
"""

import re
from dataclasses import dataclass

from pipelines.formats.format_error import excerpt
from pipelines.formats.text import wide_encoding

# Encodings by the names that CODEPAGE has; a PX says ISO-8859-1 and means Windows' extension of it, as browsers do.
_ENCODINGS = {
    "utf-8": "utf-8", "utf8": "utf-8", "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin1": "cp1252",
    "iso-8859-15": "iso-8859-15", "us-ascii": "ascii", "windows-1252": "cp1252", "1252": "cp1252",
    "windows-1250": "cp1250", "windows-1251": "cp1251", "windows-1257": "cp1257", "iso-8859-2": "iso-8859-2",
    "iso-8859-4": "iso-8859-4", "437": "cp437", "cp437": "cp437", "850": "cp850", "cp850": "cp850", "865": "cp865",
}  # fmt: skip
# Keywords that make the cube stand once; of others that are repeated, such as notes, the first counts.
_ONCE = ("STUB", "HEADING", "VALUES", "CODES", "KEYS", "VARIABLECODE", "CONTVARIABLE")
_BOM = b"\xef\xbb\xbf"

# KEYWORD[language]("key","key")= ; then a value in which only texts in quotes may hold a semicolon.
_HEAD = re.compile(
    r'\s*([A-Za-z][A-Za-z0-9_.-]*)\s*(?:\[\s*"?([\w-]+)"?\s*\])?\s*(?:\(((?:[^")]++|"[^"]*+")*+)\))?\s*='
)
_VALUE = re.compile(r'((?:[^";]++|"[^"]*+")*+);')
_LOOKS = re.compile(rb'\s*[A-Z][A-Z0-9_.-]*\s*(?:\[[\w"-]+\]\s*)?(?:\([^)\n]*\)\s*)?=')
# Texts side by side are one text that was broken over lines; a comma begins the next.
_TEXT = re.compile(r'\s*((?:"[^"]*+"\s*)++)(,|$)')


class PxError(ValueError):
    """Bytes that are no PX cube; the message names the source, the line, the keyword and what was expected."""


@dataclass(frozen=True)
class Statement:
    """One keyword with its keys, and the text of its value as it stands in the file, from `line` on."""

    keyword: str
    language: str | None
    keys: tuple[str, ...]
    value: str
    line: int


def looks_like_px(content: bytes) -> bool:
    """Say whether the bytes begin as a PX file does: with a keyword in capitals and an equals sign."""
    wide = wide_encoding(content)
    beginning = content[:1000].decode(wide[0], "ignore").encode() if wide else content[:1000]
    return _LOOKS.match(beginning.removeprefix(_BOM)) is not None


def decoded(content: bytes, where: str) -> str:
    """Return the text, decoded as CODEPAGE or CHARSET says. Raises PxError."""
    if not content.strip(b"\0\x1a \t\r\n" + _BOM):
        raise PxError(f"{where}: the file is empty; expected a PX file")
    encoding = _encoding(content, where)
    try:
        return content.removeprefix(_BOM).decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        if encoding == "cp1252":
            return content.decode("latin-1")
        line = content.count(b"\n", 0, error.start) + 1
        place = f"{where}: line {line}: byte {error.start:,} is not {encoding}"
        if wide_encoding(content) or content.startswith(_BOM):
            raise PxError(f"{place}, in which the file begins. Is the file whole? If it is, save it as UTF-8") from None
        raise PxError(
            f"{place}, which CODEPAGE says; expected the encoding that CODEPAGE names. Save the file anew, or correct "
            "CODEPAGE"
        ) from None


def _encoding(content: bytes, where: str) -> str:
    if content.startswith(_BOM):
        return "utf-8"
    wide = wide_encoding(content)
    if wide:
        return wide[0]
    head = content[:100_000]
    codepage = re.search(rb'\bCODEPAGE\s*=\s*"([^"]*)"', head)
    if codepage:
        name = codepage[1].decode("latin-1").strip().lower()
        if name not in _ENCODINGS:
            line = content.count(b"\n", 0, codepage.start()) + 1
            raise PxError(
                f"{where}: line {line}: CODEPAGE is {excerpt(name)}; expected one of {', '.join(sorted(_ENCODINGS))}"
            )
        return _ENCODINGS[name]
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        # Without CHARSET the texts are those of DOS.
        return "cp1252" if re.search(rb'\bCHARSET\s*=\s*"ANSI"', head) else "cp850"
    return "utf-8"


def statements(text: str, where: str) -> tuple[list[Statement], int]:
    """Return the statements before DATA, and where its cells begin. Raises PxError."""
    found: list[Statement] = []
    at, line = 0, 1
    while head := _HEAD.match(text, at):
        keyword_line = line + text.count("\n", at, head.start(1))
        # Some programs cannot have a hyphen in a name and write a dot: LAST.UPDATED.
        keyword = head[1].upper().replace(".", "-")
        keys = _texts(head[3] or "", keyword, keyword_line, where)
        if keyword == "DATA":
            return found, head.end()
        value = _VALUE.match(text, head.end())
        if value is None:
            raise PxError(
                f"{where}: line {keyword_line}: {keyword} is not ended; expected a semicolon, and every text in a pair "
                "of quotation marks. Is the file whole?"
            )
        found.append(Statement(keyword, head[2], keys, value[1], keyword_line))
        line += text.count("\n", at, value.end())
        at = value.end()
    rest = text[at : at + 200].lstrip()
    if not rest.strip("\0\x1a"):
        raise PxError(
            f"{where}: line {line}: the file ends without DATA; expected DATA= and the cells. Is the file whole?"
        )
    line += text.count("\n", at, text.index(rest[0], at))
    raise PxError(f'{where}: line {line}: {excerpt(rest)}; expected a keyword such as VALUES("region")= , or DATA=')


def _texts(value: str, keyword: str, line: int, where: str) -> tuple[str, ...]:
    """Return the texts of a value: each in quotation marks, a comma between; a single word may go without."""
    bare = value.strip()
    if '"' not in bare and "," not in bare:
        return (bare,) if bare else ()
    texts, at = [], 0
    while (match := _TEXT.match(value, at)) is not None:
        texts.append("".join(re.findall(r'"([^"]*)"', match[1])).replace("\r", "").replace("\n", ""))
        at = match.end()
        if not match[2]:
            return tuple(texts)
    line += value.count("\n", 0, at)
    raise PxError(
        f"{where}: line {line}: {keyword} has {excerpt(value[at:].strip())}; expected texts in quotation marks, "
        "with a comma between them"
    )


class Head:
    """The keywords of a file in its main language, by name and keys. Values that are no texts raise PxError."""

    def __init__(self, found: list[Statement], where: str) -> None:
        self.where = where
        main = next((statement for statement in found if statement.keyword == "LANGUAGE"), None)
        self._main = next(iter(self._value(main)), None) if main else None
        self._statements: dict[tuple[str, tuple[str, ...]], Statement] = {}
        for statement in found:
            if statement.language is None or statement.language == self._main:
                self._add(statement)

    def _add(self, statement: Statement) -> None:
        place = (statement.keyword, statement.keys)
        before = self._statements.get(place)
        if before is not None and before.language == statement.language and statement.keyword in _ONCE:
            raise PxError(
                f"{self.where}: line {statement.line}: {_keyword_with_keys(*place)} stands here again, after line "
                f"{before.line}; expected it once"
            )
        self._statements.setdefault(place, statement)

    def _value(self, statement: Statement) -> tuple[str, ...]:
        return _texts(
            statement.value, _keyword_with_keys(statement.keyword, statement.keys), statement.line, self.where
        )

    def get(self, keyword: str, *keys: str) -> Statement | None:
        """Return the statement of a keyword with these keys."""
        return self._statements.get((keyword, keys))

    def texts(self, keyword: str, *keys: str) -> tuple[str, ...]:
        """Return all texts of a keyword; none where it is absent."""
        statement = self.get(keyword, *keys)
        return self._value(statement) if statement is not None else ()

    def text(self, keyword: str, *keys: str) -> str | None:
        """Return the one text of a keyword; None where it is absent or empty."""
        return next((text for text in self.texts(keyword, *keys) if text), None)

    def first(self, keyword: str) -> str | None:
        """Return a keyword's text without keys, or else under the first keys."""
        found = (self.text(name, *keys) for name, keys in self._statements if name == keyword)
        return self.text(keyword) or next((text for text in found if text), None)

    def notes(self, keys: tuple[str, ...]) -> tuple[str, ...]:
        """Return the footnotes; in a PX file # begins a line."""
        found = (self.text(keyword, *keys) for keyword in ("NOTEX", "NOTE"))
        return tuple(text.replace("#", "\n") for text in found if text)

    def line(self, keyword: str, *keys: str) -> str:
        """Return the place of a keyword for a message."""
        statement = self.get(keyword, *keys)
        return f"{self.where}: line {statement.line}" if statement is not None else self.where


def _keyword_with_keys(keyword: str, keys: tuple[str, ...]) -> str:
    return f"{keyword}({','.join(keys)})" if keys else keyword
