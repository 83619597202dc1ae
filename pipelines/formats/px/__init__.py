"""PX files (PC-Axis) to cubes, as `jsonstat` gives them: every form that Statistics Sweden's description allows.

What belongs: the format itself, and refusing what is no cube before memory is spent on it. What does not: where the
bytes come from, and what a table's dimensions mean. (PX-file format, axis versions to 2013, scb.se/px-file-format)

Arrow reads the cells; rows behind KEYS, a rare form, are read by a loop in Python.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from pipelines.formats.format_error import excerpt
from pipelines.formats.jsonstat import Cube, Dimension, code_columns
from pipelines.formats.px.figures import NIL, Cells
from pipelines.formats.px.keywords import Head, PxError, decoded, looks_like_px, statements

__all__ = ["PxError", "decode", "looks_like_px"]

_TIME_LIST = re.compile(r"\s*TLIST\s*\(\s*([A-Za-z][0-9]*)", re.IGNORECASE)
_DECIMALS = re.compile("[0-9]{1,2}")
_CONFIDENTIAL = ":"
_MOST_DOTS = 7


def decode(content: bytes, where: str) -> Cube:
    """Decode a PX file in its main language; `where` names the source in errors. Raises PxError."""
    text = decoded(content, where)
    found, data_at = statements(text, where)
    head = Head(found, where)
    dimensions = tuple(_dimension(head, name) for name in [*head.texts("STUB"), *head.texts("HEADING")])
    _check_ids(dimensions, where)
    sizes = [len(dimension.codes) for dimension in dimensions]
    cells = Cells(text, data_at, where, _signs(head))
    keys = _key_lists(head, dimensions)
    value, status = cells.keyed(keys, sizes) if keys else cells.dense(sizes)
    updated = head.first("LAST-UPDATED")
    return Cube(
        label=head.text("TITLE") or head.text("DESCRIPTION") or head.text("CONTENTS"),
        source=head.text("SOURCE"),
        updated=updated,
        notes=head.notes(()),
        dimensions=dimensions,
        table=pa.table({**code_columns(dimensions, sizes, math.prod(sizes)), "value": value, "status": status}),
        extension={"px": {"matrix": head.text("MATRIX"), "language": head.text("LANGUAGE")}},
    )


def _dimension(head: Head, name: str) -> Dimension:
    values, codes = head.texts("VALUES", name), head.texts("CODES", name)
    if not values and not codes:
        raise PxError(
            f"{head.line('STUB')}: variable {excerpt(name)} of STUB or HEADING has no values; "
            f'expected VALUES("{name}")='
        )
    if values and codes and len(values) != len(codes):
        raise PxError(
            f"{head.line('CODES', name)}: CODES({name}) has {len(codes)} codes for the {len(values)} texts of VALUES; "
            "expected one each"
        )
    codes, values = codes or values, values or codes
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            keyword = "CODES" if head.get("CODES", name) else "VALUES"
            raise PxError(
                f"{head.line(keyword, name)}: {keyword}({name}) has {excerpt(code)} twice; expected different ones"
            )
        seen.add(code)
    units = _units(head, values, codes) if head.text("CONTVARIABLE") == name else {}
    return Dimension(
        id=head.text("VARIABLECODE", name) or name,
        label=name,
        codes=codes,
        labels=values,
        role=_role(head, name),
        units=units,
        notes=head.notes((name,)),
        extension=_time_scale(head, name),
    )


def _role(head: Head, name: str) -> str | None:
    kind = (head.text("VARIABLE-TYPE", name) or "").lower()
    if head.get("TIMEVAL", name) is not None or kind in ("t", "time"):
        return "time"
    if head.text("CONTVARIABLE") == name:
        return "metric"
    return "geo" if kind in ("g", "geographical") or head.get("MAP", name) is not None else None


def _units(head: Head, values: tuple[str, ...], codes: tuple[str, ...]) -> Mapping[str, Mapping[str, Any]]:
    """Return the unit of each content, and its decimals where they are given."""
    found: dict[str, Mapping[str, Any]] = {}
    variable = head.text("CONTVARIABLE") or ""
    for value, code in zip(values, codes, strict=True):
        base = head.text("UNITS", value) or head.text("UNITS")
        decimals = head.text("PRECISION", variable, value) or head.text("DECIMALS")
        unit = {"base": base, "decimals": int(decimals) if decimals and _DECIMALS.fullmatch(decimals) else None}
        found[code] = {key: given for key, given in unit.items() if given is not None}
    return found


def _time_scale(head: Head, name: str) -> Mapping[str, Any]:
    """Return what TIMEVAL says of the periods: A1 years, H1 half years, Q1 quarters, M1 months, W1 weeks."""
    statement = head.get("TIMEVAL", name)
    if statement is None:
        return {}
    scale = _TIME_LIST.match(statement.value)
    if scale is None:
        raise PxError(
            f"{head.line('TIMEVAL', name)}: TIMEVAL({name}) is {excerpt(statement.value.strip())}; "
            "expected TLIST(A1) and periods"
        )
    return {"time_scale": scale[1].upper()}


def _check_ids(dimensions: tuple[Dimension, ...], where: str) -> None:
    if not dimensions:
        raise PxError(f"{where}: neither STUB nor HEADING names a variable; expected at least one")
    ids = [dimension.id for dimension in dimensions]
    for name, times in Counter(ids).items():
        if times > 1:
            raise PxError(
                f"{where}: two variables of STUB and HEADING are called {excerpt(name)}; expected different names"
            )
        if name in ("value", "status"):
            raise PxError(f"{where}: a variable is called {excerpt(name)}, which is the name of a column of the table")


def _signs(head: Head) -> dict[str, str]:
    """Return the status for each sign in the cells; DATASYMBOL1 is what one dot is shown as, and so on.

    A cell of dots is missing, even where it is to be shown as if it were zero.
    """
    signs = {"." * dots: "." * dots for dots in range(1, _MOST_DOTS + 1)}
    nil = head.text("DATASYMBOLNIL")
    for dots in range(1, _MOST_DOTS):
        symbol = head.text(f"DATASYMBOL{dots}")
        if symbol and symbol not in (NIL, nil):
            signs["." * dots] = symbol
    total = head.text("DATASYMBOLSUM")
    if total:
        signs.setdefault(total, total)
    return {**({nil: NIL} if nil and nil not in signs else {}), **signs, _CONFIDENTIAL: _CONFIDENTIAL, NIL: NIL}


def _key_lists(head: Head, dimensions: tuple[Dimension, ...]) -> list[tuple[str, ...]]:
    """Return the keys of each variable of STUB where KEYS says that rows begin with keys; else nothing."""
    stub = head.texts("STUB")
    if not any(head.get("KEYS", name) for name in stub):
        return []
    lists = []
    for name, dimension in zip(stub, dimensions, strict=False):
        kind = (head.text("KEYS", name) or "VALUES").upper()
        if kind not in ("CODES", "VALUES"):
            raise PxError(f"{head.line('KEYS', name)}: KEYS({name}) is {excerpt(kind)}; expected CODES or VALUES")
        lists.append(dimension.codes if kind == "CODES" else dimension.labels)
    return lists
