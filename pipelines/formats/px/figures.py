"""The cells of a PX file: behind DATA=, with or without keys."""

import math
import re
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.formats.format_error import excerpt, product
from pipelines.formats.px.keywords import PxError

# With KEYS, rows of zeros are left out: a cube may be larger than its data, but not without bound.
_ALWAYS_ALLOWED_CELLS = 1_000_000
_CELLS_PER_VALUE = 1_000
_MOST_CELLS = 100_000_000

_NUMBER = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$"
_DECIMAL_COMMA = r"^([+-]?[0-9]+),([0-9]+)$"
NIL = "-"
# Keys and cells: quoted ones are group 1, others group 2.
_COMMA_IN_CELL = re.compile(r'"([^"]*)",?|([^\s;"\0\x1a]+)')
_COMMA_BETWEEN = re.compile(r'"([^"]*)"|([^\s;,"\0\x1a]+)')


class Cells:
    """The cells behind DATA=, which go on to the end of the file."""

    def __init__(self, text: str, start: int, where: str, signs: Mapping[str, str]) -> None:
        self._text, self._start, self._where, self._signs = text, start, where, signs

    def dense(self, sizes: list[int]) -> tuple[pa.Array, pa.Array]:
        """Return value and status of one cell for every combination. Raises PxError."""
        cells = math.prod(sizes)
        # A cell takes a character and a delimiter: a product beyond that is refused before the cells are looked at.
        if cells > (len(self._text) - self._start + 1) // 2 + 1:
            raise self._wrong_count("fewer cells than that", sizes)
        data = self._text[self._start :]
        tokens = _split(data)
        if len(tokens) != cells and "," in data:
            tokens = _split(data.replace(",", " "))
        if len(tokens) != cells:
            raise self._wrong_count(f"{len(tokens):,} cells", sizes)
        return self._read(tokens)

    def _wrong_count(self, found: str, sizes: list[int]) -> PxError:
        return PxError(
            f"{self._place(self._start)}: DATA holds {found}, but VALUES make {product(sizes)}; expected one each. "
            "Is the file whole?"
        )

    def keyed(self, keys: list[tuple[str, ...]], sizes: list[int]) -> tuple[pa.Array, pa.Array]:
        """Return value and status where each row begins with its keys; an absent row is zeros. Raises PxError."""
        # Without its end, rows that were cut off would be zeros.
        if not self._text.rstrip("\0\x1a \t\r\n").endswith(";"):
            raise PxError(
                f"{self._place(self._start)}: DATA is not ended; expected a semicolon behind the last row, as rows "
                "that are left out are zeros. Is the file whole?"
            )
        try:
            return self._keyed(_COMMA_IN_CELL, keys, sizes)
        except PxError as error:
            # A comma is the decimal sign, or else it parts the cells.
            try:
                return self._keyed(_COMMA_BETWEEN, keys, sizes)
            except PxError:
                raise error from None

    def _keyed(
        self, pattern: re.Pattern[str], keys: list[tuple[str, ...]], sizes: list[int]
    ) -> tuple[pa.Array, pa.Array]:
        width, cells = math.prod(sizes[len(keys) :]), math.prod(sizes)
        found = [(match[1], match[2]) for match in pattern.finditer(self._text, self._start)]
        rows, rest = divmod(len(found), len(keys) + width)
        if rest:
            raise PxError(
                f"{self._place(self._start)}: DATA holds {len(found):,} keys and cells; expected rows of {len(keys)} "
                f"keys and {width:,} cells each. Is the file whole?"
            )
        allowed = min(_MOST_CELLS, max(_ALWAYS_ALLOWED_CELLS, _CELLS_PER_VALUE * rows * width))
        if cells > allowed:
            raise PxError(
                f"{self._place(self._start)}: VALUES make {product(sizes)} cells, but DATA has {rows:,} rows of "
                f"{width:,}; expected at most {allowed:,} cells for so few"
            )
        return self._spread(found, keys, sizes, rows, width)

    def _spread(
        self, found: list[tuple[str, str]], keys: list[tuple[str, ...]], sizes: list[int], rows: int, width: int
    ) -> tuple[pa.Array, pa.Array]:
        step = len(keys) + width
        at = np.zeros(rows, np.int64)
        for number, known in enumerate(keys):
            index = {key: place for place, key in enumerate(known)}
            places = [self._key(quoted, bare, number, index) for quoted, bare in found[number::step]]
            at = at * len(known) + np.array(places, np.int64)
        if len(np.unique(at)) < rows:
            raise PxError(f"{self._place(self._start)}: DATA has a row twice; expected each combination of keys once")
        tokens = [
            quoted or bare for row in range(rows) for quoted, bare in found[row * step + len(keys) : (row + 1) * step]
        ]
        value, status = self._read(pa.array(tokens, pa.large_string()))
        cells = (at[:, None] * width + np.arange(width)).reshape(-1)
        values = np.zeros(math.prod(sizes))
        values[cells] = value.to_numpy(zero_copy_only=False)
        signs = status.dictionary_encode() if not pa.types.is_dictionary(status.type) else status
        indices = np.full(len(values), -1, np.int32)
        indices[cells] = signs.indices.fill_null(-1).to_numpy()
        spread = pa.DictionaryArray.from_arrays(pa.array(indices, mask=indices < 0), signs.dictionary)
        return pa.array(values, from_pandas=True), spread

    def _key(self, quoted: str | None, bare: str, number: int, index: Mapping[str, int]) -> int:
        """Return the place of a key among those of its variable."""
        if quoted is not None and quoted in index:
            return index[quoted]
        given = bare if quoted is None else f'"{quoted}"'
        place = self._place(self._text.find(given, self._start))
        raise PxError(
            f"{place}: DATA has {excerpt(given)} where a key stands; expected one of the {len(index)} of variable "
            f'{number + 1} of STUB in quotation marks, such as "{next(iter(index))}"'
        )

    def _read(self, tokens: pa.Array) -> tuple[pa.Array, pa.Array]:
        """Part numbers from signs. Raises PxError for what is neither, by its line."""
        tokens = pc.replace_substring_regex(tokens, _DECIMAL_COMMA, r"\1.\2")
        is_number = pc.match_substring_regex(tokens, _NUMBER)
        signs = pc.if_else(is_number, None, tokens).dictionary_encode()
        statuses = []
        for sign in signs.dictionary.to_pylist():
            status = self._signs.get(sign.strip('"'))
            if status is None:
                raise self._unknown_sign(sign)
            statuses.append(status)
        value = pc.if_else(is_number, tokens, None).cast(pa.float64())
        if pc.any(pc.is_inf(value)).as_py():
            raise PxError(
                f"{self._place(self._start)}: DATA has a number beyond any count; expected numbers below 1e308"
            )
        # Two signs may be shown alike: Arrow wants each status once.
        status = pa.DictionaryArray.from_arrays(signs.indices, pa.array(statuses, pa.string()))
        status = status.cast(pa.string()).dictionary_encode()
        return pc.if_else(pc.fill_null(pc.equal(status.cast(pa.string()), NIL), False), 0.0, value), status

    def _unknown_sign(self, sign: str) -> PxError:
        known = ", ".join(f'"{sign}"' for sign in sorted(self._signs))
        return PxError(
            f"{self._place(self._text.find(sign, self._start))}: DATA has {excerpt(sign)} for a cell; "
            f"expected a number or one of {known}"
        )

    def _place(self, at: int) -> str:
        return f"{self._where}: line {self._text.count(chr(10), 0, max(at, self._start)) + 1}"


def _split(data: str) -> pa.Array:
    """Return what stands between blanks, tabs, line ends and semicolons."""
    cleaned = data.replace(";", " ").replace("\0", " ").replace("\x1a", " ").strip()
    if not cleaned:
        return pa.array([], pa.large_string())
    return pc.ascii_split_whitespace(pa.array([cleaned], pa.large_string())).flatten()
