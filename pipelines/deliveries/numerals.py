"""Numbers as people write them: decimal signs, thousands, signs for what is missing."""

import re
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from indicators.catalogue.contracts import Contents, DeliveryContract


@dataclass(frozen=True)
class Numbers:
    """Distinct texts as numbers: the value, which sign of a missing one it is, whether it is neither, or was spaced."""

    value: pa.Array
    sign: pa.Array
    wrong: pa.Array
    spaced: pa.Array


_PER_CENT = {"percent": 1.0, "share": 100.0}
"""So many per cent are 1, by the kind of figure; of any other kind nobody can say."""


def decimal_of(text: pa.Array, contract: DeliveryContract) -> str:
    """Return the decimal sign of a column: the contract's; where that takes either, the one that the column has.

    A column with both signs has a comma for its decimals, and a number with a dot is none.
    """
    if contract.decimal != "either":
        return contract.decimal
    with_dot, with_comma = (
        pc.any(pc.match_substring_regex(text, pattern)).as_py() for pattern in (r"\d\.\d", r"\d,\d")
    )
    return "." if with_dot and not with_comma else ","


def numbers_of(text: pa.Array, contract: DeliveryContract, kind: str, missing: list[str]) -> Numbers:
    """Return distinct texts as numbers of a kind, by the column's decimal sign.

    missing: its signs for what is missing. A per cent sign is understood of figures in per cent, and of shares.
    """
    sign = pc.index_in(text, pa.array(missing, pa.string()))
    in_per_cent = pc.match_substring_regex(text, r"\d[ \x{a0}\x{202f}]?%$")
    if kind in _PER_CENT:
        text = pc.if_else(in_per_cent, pc.replace_substring_regex(text, r"[ \x{a0}\x{202f}]?%$", ""), text)
    point = decimal_of(text, contract)
    decimal = re.escape(point)
    plain_text = text
    if contract.thousands is not None:
        grouped = pc.match_substring_regex(text, rf"^-?\d{{1,3}}(\.\d{{3}})+({decimal}\d+)?$")
        plain_text = pc.if_else(grouped, pc.replace_substring(text, ".", ""), text)
    is_plain = pc.match_substring_regex(plain_text, rf"^-?\d+({decimal}\d+)?([eE][-+]?\d{{1,2}})?$")
    # Spaces of any kind between groups of three digits, and a minus sign that is no hyphen, can mean nothing else.
    spaced = pc.match_substring_regex(text, rf"^[-−]?\d{{1,3}}([ \x{{a0}}\x{{202f}}]\d{{3}})*({decimal}\d+)?$")
    spaced = pc.and_not(spaced, is_plain)
    closed = pc.replace_substring(pc.replace_substring_regex(text, r"[ \x{a0}\x{202f}]", ""), "−", "-")
    number = pc.if_else(spaced, closed, pc.if_else(is_plain, plain_text, None))
    number = pc.if_else(sign.is_valid(), None, number)
    value = pc.replace_substring(number, point, ".").cast(pa.float64())
    if kind in _PER_CENT:
        value = pc.if_else(in_per_cent, pc.divide(value, _PER_CENT[kind]), value)
    wrong = pc.and_(value.is_null(), sign.is_null())
    return Numbers(value, sign, wrong, pc.and_(spaced, sign.is_null()))


def example(contract: DeliveryContract, contents: Contents) -> str:
    """Return an example of such a figure, for a message."""
    decimal = contract.written_sign
    return {"count": "1234", "share": f"0{decimal}125"}.get(contents.kind, f"12{decimal}5")
