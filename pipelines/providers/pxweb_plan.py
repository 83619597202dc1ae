"""What a query to a PxWeb table will bring, worked out before it is sent. Pure: no network.

What belongs: queries, selection expressions, checking against metadata, splitting at the server's limit. What
does not: asking (`pxweb`) and reading metadata (`pxweb_metadata`). A module of its own, because all of it is
arithmetic that can be tested without a server.
"""

import difflib
import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache

from pipelines.errors import SourceError
from pipelines.providers.pxweb_metadata import CodeList, Dialect, TableMetadata, Variable

_FUNCTION = re.compile(r"(top|bottom|range|from|to)\((.*)\)", re.IGNORECASE)
_SUGGESTED = 3  # nearest codes named per fault
_DETAILED = 5  # wrong values of one variable that get suggestions
_NAMED = 50  # wrong values of one variable that are named; the rest are only counted


class QueryError(SourceError):
    """A query that the table cannot answer. `faults` lists all that is wrong with it."""

    def __init__(self, where: str, faults: Sequence[str]) -> None:
        super().__init__("\n  - ".join([f"{where}: the query cannot be answered as it stands", *faults]))
        self.faults = tuple(faults)


class TableGone(QueryError):
    """The provider shows neither the metadata nor the description of a table."""


@dataclass(frozen=True)
class Selection:
    """What is asked for along one variable: codes or expressions (`*`, `?`, `top(n)`, `range(a,b)` …).

    where_there: codes or expressions that are asked for as well where the table has such codes, and else are no fault.
    labels: a word that the label of a code must have, so that per cent is not taken for per 1,000.
    """

    values: tuple[str, ...]
    codelist: str | None = None
    where_there: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Query:
    """A table and a selection per variable; a variable left out is eliminated (summed away) by the server."""

    table_id: str
    selection: Mapping[str, Selection]


@dataclass(frozen=True)
class Choice:
    """One variable of a plan: the codes wanted, in the table's order, and all of them (None: unknown)."""

    variable: str
    codes: tuple[str, ...]
    all_codes: tuple[str, ...] | None
    codelist: CodeList | str | None = None

    @property
    def codelist_id(self) -> str | None:
        """The id of the code list used."""
        return self.codelist.id if isinstance(self.codelist, CodeList) else self.codelist


Part = Mapping[str, tuple[str, ...]]
"""One call: the codes of each variable."""


@dataclass(frozen=True)
class Plan:
    """A checked query: what is chosen, and the calls that bring every cell once."""

    metadata: TableMetadata
    choices: tuple[Choice, ...]
    parts: tuple[Part, ...]

    @property
    def cells(self) -> int:
        """The number of cells of all parts together."""
        return math.prod(len(choice.codes) for choice in self.choices)

    @property
    def eliminated(self) -> tuple[str, ...]:
        """The variables that are left out."""
        chosen = {choice.variable for choice in self.choices}
        return tuple(variable.id for variable in self.metadata.dimensions if variable.id not in chosen)


def plan(
    query: Query,
    metadata: TableMetadata,
    codelists: Mapping[str, CodeList],
    max_cells: int,
    where: str,
    dialect: Dialect = "v2",
) -> Plan:
    """Check a query and split it. Raises QueryError that lists all faults.

    codelists: per variable, the code list that the query names for it; those not offered may be left out.
    """
    faults = [*_unknown_variables(query, metadata), *_missing_variables(query, metadata)]
    choices = []
    for variable in metadata.dimensions:
        if variable.id not in query.selection:
            continue
        selection = query.selection[variable.id]
        wrong = _codelist_fault(variable, selection, dialect)
        if wrong:
            faults.append(wrong)
            continue
        codelist = codelists.get(variable.id) if selection.codelist else None
        choice, wrong_values = _choose(variable, selection, codelist, dialect)
        choices.append(choice)
        faults.extend(wrong_values)
    if faults:
        raise QueryError(where, faults)
    return Plan(metadata, tuple(choices), tuple(split(choices, max_cells)))


# --- checking -----------------------------------------------------------------------------------------------


def _unknown_variables(query: Query, metadata: TableMetadata) -> Iterator[str]:
    names = [variable.id for variable in metadata.dimensions]
    for name in query.selection:
        if name not in names:
            labelled = [variable.id for variable in metadata.dimensions if variable.label.casefold() == name.casefold()]
            nearest = labelled or _nearest(name, names)
            hint = f"did you mean {_listed(nearest)}? " if nearest else ""
            yield f"variable '{name}' does not exist; {hint}The table has {', '.join(names)}"


def _missing_variables(query: Query, metadata: TableMetadata) -> Iterator[str]:
    for variable in metadata.dimensions:
        if variable.id not in query.selection and not variable.elimination:
            yield (
                f"variable '{variable.id}' ({variable.label}) must have values, it cannot be left out; "
                f"for instance {_some(variable.codes)}"
            )


def _codelist_fault(variable: Variable, selection: Selection, dialect: Dialect) -> str | None:
    """v0 does not say which code lists there are, so there none is wrong."""
    wanted = selection.codelist
    if wanted is None or wanted in variable.codelists or dialect == "v0":
        return None
    if not variable.codelists:
        return f"variable '{variable.id}' has no code lists, so '{wanted}' does not exist; leave it out"
    nearest = _nearest(wanted, list(variable.codelists))
    hint = f"did you mean {_listed(nearest)}? " if nearest else ""
    return (
        f"variable '{variable.id}' has no code list '{wanted}' (ids mind their case and differ per table); "
        f"{hint}It has {', '.join(variable.codelists)}"
    )


def _choose(
    variable: Variable, selection: Selection, codelist: CodeList | None, dialect: Dialect
) -> tuple[Choice, list[str]]:
    """Expand one variable's values; the second part lists what is wrong with them."""
    if selection.codelist and codelist is None:
        return _choose_unseen(variable, selection, dialect)
    codes, labels = (codelist.codes, codelist.labels) if codelist else (variable.codes, variable.labels)
    found, wrong = set[str](), list[tuple[str, str]]()
    places = _places(codes)
    for value in selection.values:
        try:
            found.update(_expanded(value, codes, places, newest_last=variable.role == "time"))
        except ValueError as error:
            wrong.append((value, str(error)))
    for value in selection.where_there:
        with suppress(ValueError):
            found.update(_expanded(value, codes, places, newest_last=variable.role == "time"))
    faults = [f"variable '{variable.id}'{_in_list(selection)}: nothing is selected"] if not selection.values else []
    if wrong:
        faults = [_wrong_values(variable, selection, wrong, codes, labels)]
    shown = dict(zip(codes, labels, strict=False))
    faults += [
        f"variable '{variable.id}': {code} is called '{shown[code]}'; expected '{word}' in it, else its figures are in "
        "another unit"
        for code, word in selection.labels.items()
        if code in found and word.casefold() not in shown[code].casefold()
    ]
    ordered = tuple(code for code in codes if code in found)
    return Choice(variable.id, ordered, codes, codelist), faults


def _choose_unseen(variable: Variable, selection: Selection, dialect: Dialect) -> tuple[Choice, list[str]]:
    """Take codes of a code list that the server does not show, as v0's: as they are, each once."""
    codes = tuple(dict.fromkeys(selection.values))
    expressions = [code for code in codes if is_expression(code)]
    where = f"variable '{variable.id}'{_in_list(selection)}"
    faults = [f"{where}: nothing is selected"] if not codes else []
    if expressions:
        faults.append(f"{where}: {dialect} does not show a code list's codes; write out {', '.join(expressions)}")
    return Choice(variable.id, codes, None, selection.codelist), faults


def _wrong_values(
    variable: Variable,
    selection: Selection,
    wrong: Sequence[tuple[str, str]],
    codes: Sequence[str],
    labels: Sequence[str],
) -> str:
    detailed = [f"'{value}'{_because(why)}{_meant(value, codes, labels)}" for value, why in wrong[:_DETAILED]]
    listed = ", ".join([*detailed, *(f"'{value}'" for value, _why in wrong[_DETAILED:_NAMED])])
    listed += f" and {len(wrong) - _NAMED:,} more" if len(wrong) > _NAMED else ""
    newest = f", the newest is {codes[-1]}" if variable.role == "time" and codes else ""
    return f"variable '{variable.id}'{_in_list(selection)}: no value {listed}. It has {_some(codes)}{newest}"


def _because(why: str) -> str:
    return f" ({why})" if why else ""


def _meant(wrong: str, codes: Sequence[str], labels: Sequence[str]) -> str:
    """Name the nearest codes, by code or by label: people write names where codes are wanted."""
    function = _FUNCTION.fullmatch(_unbracketed(wrong))
    if function and function[1].lower() in ("top", "bottom"):
        return ""
    texts = [text.strip() for text in function[2].split(",")] if function else [wrong]
    known = set(codes)
    of_label = {label.casefold(): code for code, label in zip(codes, labels, strict=False)}
    nearest = [
        code
        for text in texts
        if text not in known
        for code in ([of_label[text.casefold()]] if text.casefold() in of_label else _nearest(text, codes))
    ]
    return f" (did you mean {_listed(nearest)}?)" if nearest else ""


def _nearest(text: str, candidates: Sequence[str]) -> list[str]:
    folded = {candidate.casefold(): candidate for candidate in reversed(candidates)}
    return [folded[candidate] for candidate in difflib.get_close_matches(text.casefold(), folded, n=_SUGGESTED)]


def _listed(texts: Sequence[str]) -> str:
    return " or ".join(f"'{text}'" for text in dict.fromkeys(texts))


def _some(codes: Sequence[str]) -> str:
    shown = ", ".join(codes[:_DETAILED])
    return f"{shown} … ({len(codes)} in all)" if len(codes) > _DETAILED else shown


def _in_list(selection: Selection) -> str:
    return f" with code list '{selection.codelist}'" if selection.codelist else ""


# --- expressions --------------------------------------------------------------------------------------------


def is_expression(value: str) -> bool:
    """Whether a value stands for several codes, provided that it is not itself a code."""
    text = _unbracketed(value)
    return bool(_FUNCTION.fullmatch(text)) or "*" in text or "?" in text


def expand(value: str, codes: Sequence[str], *, newest_last: bool) -> Sequence[str]:
    """Return the codes that a value or expression stands for. Raises ValueError where it stands for none.

    newest_last: of a time variable `top(n)` gives the newest n, of any other the first n.
    """
    return _expanded(value, codes, _places(codes), newest_last=newest_last)


def _places(codes: Sequence[str]) -> dict[str, int]:
    return {code: place for place, code in enumerate(codes)}


def _expanded(value: str, codes: Sequence[str], places: Mapping[str, int], *, newest_last: bool) -> Sequence[str]:
    """Expand one of many values: `places` says at once where a code stands, in tables of 100,000 codes."""
    if value in places:
        return [value]
    if not is_expression(value):
        raise ValueError("")
    text = _unbracketed(value)
    function = _FUNCTION.fullmatch(text)
    if function:
        arguments = [argument.strip() for argument in function[2].split(",")]
        return _apply(function[1].lower(), arguments, codes, places, newest_last)
    mask = re.compile(re.escape(text).replace(r"\*", ".*").replace(r"\?", "."))
    found = [code for code in codes if mask.fullmatch(code)]
    if not found:
        raise ValueError("matches no code")
    return found


def _unbracketed(value: str) -> str:
    return value[1:-1] if value.startswith("[") and value.endswith("]") else value


def _apply(
    name: str, arguments: list[str], codes: Sequence[str], places: Mapping[str, int], newest_last: bool
) -> Sequence[str]:
    if name in ("top", "bottom"):
        return _end_of(codes, arguments, from_last=(name == "top") == newest_last)
    expected = 2 if name == "range" else 1
    if len(arguments) != expected or not all(arguments):
        raise ValueError(f"{name} takes {expected} code{'s' if expected > 1 else ''}")
    missing = [argument for argument in arguments if argument not in places]
    if missing:
        raise ValueError(f"no code {', '.join(missing)}")
    ends = sorted(places[argument] for argument in arguments)
    first = 0 if name == "to" else ends[0]
    last = len(codes) - 1 if name == "from" else ends[-1]
    return codes[first : last + 1]


def _end_of(codes: Sequence[str], arguments: list[str], *, from_last: bool) -> Sequence[str]:
    """`n` codes from one end, after leaving out the second argument's number of them."""
    if not 1 <= len(arguments) <= 2 or not all(argument.isdigit() for argument in arguments) or int(arguments[0]) == 0:
        raise ValueError("top and bottom take how many, at least 1, and perhaps how many to leave out first")
    count, skipped = int(arguments[0]), int(arguments[1]) if len(arguments) == 2 else 0
    ordered = codes[::-1] if from_last else codes
    if not ordered[skipped : skipped + count]:
        raise ValueError(f"there are only {len(codes)}")
    return ordered[skipped : skipped + count]


# --- splitting ----------------------------------------------------------------------------------------------


def split(choices: Sequence[Choice], max_cells: int) -> Iterator[Part]:
    """Yield the calls that together bring every cell once, as few as can be, none above `max_cells`."""
    runs = [
        [choice.codes[start : start + length] for start in range(0, len(choice.codes), length)]
        for choice, length in zip(choices, _lengths([len(choice.codes) for choice in choices], max_cells), strict=True)
    ]
    for combination in itertools.product(*runs):
        yield {choice.variable: codes for choice, codes in zip(choices, combination, strict=True)}


def _lengths(sizes: Sequence[int], max_cells: int) -> tuple[int, ...]:
    """Return how many codes of each variable go into one call, so that calls are fewest.

    Exact: tries every number of runs along each variable, with the room that the others leave (few rooms
    occur, since (room // a) // b == room // (a * b)). Ties go to cutting fewer variables.
    """
    possible = [sorted({-(-size // runs) for runs in range(1, size + 1)}) for size in sizes]

    @cache
    def best(place: int, room: int) -> tuple[int, int, tuple[int, ...]]:
        if place == len(sizes):
            return 1, 0, ()
        size = sizes[place]
        found = []
        for length in possible[place]:
            if length <= room:
                calls, cut, others = best(place + 1, room // length)
                found.append((calls * -(-size // length), cut + (length < size), (length, *others)))
        return min(found)

    return best(0, max(1, max_cells))[2]
