"""What a provider's table is like now, against how the catalogue asks for it: differences, and what would mend them.

What belongs: comparing a declared query with metadata, change by change; putting such changes into the catalogue's
YAML. What does not: asking (`probe`), whether a query can be answered (`providers.pxweb_plan`), what people read.
"""

import difflib
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from indicators.catalogue.models import Classification, IndicatorSource, SourceTable, TableSelection, expand_ranges
from pipelines.providers.pxweb_metadata import CodeList, TableMetadata, Variable
from pipelines.providers.pxweb_plan import expand, is_expression

Kind = Literal[
    "variable renamed",
    "variable new",
    "variable gone",
    "codes gone",
    "code list gone",
    "area renamed",
    "time renamed",
    "contents renamed",
    "period gone",
    "table gone",
    "level gone",
    "not answered",
]
Role = Literal["time", "area", "contents", "other"]
CodeListOf = Callable[[str], CodeList]

_SHOWN = 5  # codes that a sentence names
_ALL = re.compile(r"i alt|ialt|total|alle?\b|begge|both|hele\b|uansett|sum\b", re.IGNORECASE)
_PLAIN = re.compile(r"(?!(null|true|false|yes|no|on|off)$)[A-Za-z][\w.-]*", re.IGNORECASE)
_BETWEEN = re.compile(r"(from|to|range)\((.*)\)", re.IGNORECASE)


@dataclass(frozen=True)
class Change:
    """One change of a source's entry in sources.yaml.

    Where `path` leads to a mapping, `old` is its key that is to be called `new`; where to a list, its element. Else
    what stands there becomes `new`. With no `new` it is taken out.
    """

    source: str
    path: tuple[str, ...]
    old: str | None
    new: Any

    def as_json(self) -> dict[str, Any]:
        """Return the change as changes.json holds it."""
        return {**asdict(self), "path": list(self.path)}


@dataclass(frozen=True)
class Difference:
    """One thing that is not as declared, in words; without changes it is for a person to decide."""

    kind: Kind
    words: str
    changes: tuple[Change, ...] = ()


# --- comparing ------------------------------------------------------------------------------------------------------


def compare(table: SourceTable, metadata: TableMetadata, codelist_of: CodeListOf | None) -> list[Difference]:
    """Return how the table differs from its declared query.

    codelist_of: gets a code list by its id; None where the provider shows none, so that codes of one are taken as
    declared. Raises what `codelist_of` raises.
    """
    return list(_Comparison(table, metadata, codelist_of).differences())


@dataclass(frozen=True)
class _Comparison:
    """A declared table beside its metadata. now: what each declared variable that is still there is today."""

    table: SourceTable
    metadata: TableMetadata
    codelist_of: CodeListOf | None
    now: dict[str, Variable] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.now.update({name: there for name in self.table.selection if (there := self.metadata.dimension(name))})
        # Those that a role tells go first, so that no other is taken for them.
        for name in sorted(set(self.table.selection) - set(self.now), key=lambda name: self.role(name) == "other"):
            nearest = self._nearest_variable(name)
            if nearest is not None:
                self.now[name] = nearest

    def differences(self) -> Iterator[Difference]:
        """Yield variables first, for what follows names them as they are called now."""
        for name in self.table.selection:
            if name not in self.now:
                yield self._gone(name)
            elif self.now[name].id != name:
                yield self._renamed(name, self.now[name])
        for variable in self._undeclared():
            if not variable.elimination:
                yield self._new(variable)
        for name, variable in self.now.items():
            yield from self._selection(name, variable, self.table.selection[name])

    def role(self, name: str) -> Role:
        """Return what a declared variable is for."""
        if name in (self.table.time, self.table.area):
            return "time" if name == self.table.time else "area"
        return "contents" if name in ("ContentsCode", "MEASURE_TYPE") else "other"

    # --- variables --------------------------------------------------------------------------------------------------

    def _undeclared(self) -> list[Variable]:
        taken = {variable.id for variable in self.now.values()}
        return [variable for variable in self.metadata.dimensions if variable.id not in taken]

    def _nearest_variable(self, name: str) -> Variable | None:
        """Return the undeclared variable that a declared one has most likely become: by its role, else its name."""
        free = self._undeclared()
        wanted = {"time": "time", "area": "geo", "contents": "metric", "other": None}[self.role(name)]
        alike = [variable for variable in free if variable.role == wanted]
        if wanted is not None and len(alike) == 1:
            return alike[0]
        candidates = alike or [variable for variable in free if variable.role is None]
        near = [(max(likeness(name, variable.id), likeness(name, variable.label)), variable) for variable in candidates]
        best = max(near, key=lambda pair: pair[0], default=None)
        return best[1] if best is not None and best[0] >= 0.5 else None

    def _renamed(self, name: str, variable: Variable) -> Difference:
        kinds: dict[Role, Kind] = {"time": "time renamed", "area": "area renamed"}
        changes = [self._change(("selection",), name, variable.id)]
        changes += [self._change((key,), name, variable.id) for key in self._keys_that_name(name)]
        changes += [self._change(("residents", key), name, variable.id) for key in self._residents_that_name(name)]
        words = f"the variable '{name}' is not there; '{variable.id}' ({variable.label}) is most like it"
        return Difference(kinds.get(self.role(name), "variable renamed"), words, tuple(changes))

    def _gone(self, name: str) -> Difference:
        there = ", ".join(variable.id for variable in self.metadata.dimensions)
        words = (
            f"the variable '{name}' is not there, and none like it (taken out, which may change what is counted); "
            f"the table has {there}"
        )
        needed = self._keys_that_name(name) or self._residents_that_name(name)
        return Difference("variable gone", words, () if needed else (self._change(("selection",), name, None),))

    def _new(self, variable: Variable) -> Difference:
        code = _code_for_all(variable)
        chosen = f"'{code}' stands for all"
        if code is None:
            chosen = "no code seems to stand for all, so that all are asked for, and indicators must choose"
        words = f"the variable '{variable.id}' ({variable.label}) must have values, and is not asked for; {chosen}"
        change = self._change(("selection", variable.id), None, {"values": [code or "*"]})
        return Difference("variable new", words, (change,))

    def _keys_that_name(self, name: str) -> list[str]:
        return [key for key in ("area", "time") if getattr(self.table, key) == name]

    def _residents_that_name(self, name: str) -> list[str]:
        return [key for key in ("sex", "age") if getattr(self.table.residents, key, None) == name]

    # --- what is asked for along a variable -------------------------------------------------------------------------

    def _selection(self, name: str, variable: Variable, choice: TableSelection) -> Iterator[Difference]:
        codes, labels = variable.codes, variable.labels
        if choice.codelist is not None:
            if self.codelist_of is None:
                return
            codelist = _nearest_codelist(variable, choice, self.codelist_of)
            if codelist is None or codelist.id != choice.codelist:
                yield self._other_codelist(variable, choice, codelist)
            if codelist is not None:
                codes, labels = codelist.codes, codelist.labels
        missing = [value for value in choice.values if not _stands(value, codes, self.role(name) == "time")]
        if missing:
            yield self._missing(name, variable.id, missing, dict(zip(codes, labels, strict=False)))

    def _other_codelist(self, variable: Variable, choice: TableSelection, nearest: CodeList | None) -> Difference:
        path = ("selection", variable.id, "codelist")
        words = f"the variable '{variable.id}' has no code list '{choice.codelist}'"
        if nearest is not None:
            words += f"; '{nearest.id}' ({nearest.label}) is most like it"
            return Difference("code list gone", words, (self._change(path, choice.codelist, nearest.id),))
        if any(code in variable.codes for code in choice.values):
            words += "; the variable itself has codes that are asked for"
            return Difference("code list gone", words, (self._change(path, choice.codelist, None),))
        return Difference("code list gone", f"{words}; it has {', '.join(variable.codelists) or 'none'}")

    def _missing(self, name: str, called: str, missing: Sequence[str], there: Mapping[str, str]) -> Difference:
        """Say which values are not there, and put the nearest in their place, or none."""
        role = self.role(name)
        kinds: dict[Role, Kind] = {"time": "period gone", "contents": "contents renamed"}
        declared = self.table.selection[name].values
        free = {code: label for code, label in there.items() if code not in declared}
        replaced: dict[str, str | None] = {}
        for value in missing:
            replaced[value] = (
                _nearest_period(value, list(there)) if role == "time" else _nearest_code(value, free, role)
            )
            free.pop(replaced[value] or "", None)
        told = [f"'{value}' ({_instead(new, there)})" for value, new in replaced.items()]
        words = f"the variable '{called}' lacks {_some(told)}; it has {_some(list(there))}"
        path = ("selection", called, "values")
        changes = tuple(self._change(path, value, new) for value, new in replaced.items())
        nothing_left = len(missing) == len(declared) and not any(replaced.values())
        return Difference(kinds.get(role, "codes gone"), words, () if nothing_left else changes)

    def _change(self, path: tuple[str, ...], old: str | None, new: Any) -> Change:
        return Change(self.table.id, path, old, new)


def compare_classification(classification: Classification, levels: Iterable[str]) -> list[Difference]:
    """Return how a classification differs; levels: those that its codes have."""
    there = set(levels)
    return [
        Difference(
            "level gone",
            f"no code is of level {level} ({kind}); there are levels {', '.join(sorted(there))}",
            (Change(classification.id, ("levels",), level, None),),
        )
        for level, kind in classification.levels.items()
        if level not in there
    ]


def renumbered(table: SourceTable, number: str) -> Change:
    """Return the change that asks for a table by another number; its name in the catalogue stays."""
    return Change(table.id, ("number",), table.number, number)


def concerned(source: IndicatorSource, changes: Iterable[Change]) -> bool:
    """Whether the cells that an indicator selects of a table are named otherwise after the changes."""
    cells = [cells for cells in (source.numerator, source.denominator, source.value) if cells]
    names = {name for chosen in cells for name in chosen}
    codes = {code for chosen in cells for code in chosen.values() if isinstance(code, str)}
    codes |= {code for chosen in cells for listed in chosen.values() if isinstance(listed, list) for code in listed}
    return any(
        change.source == source.table
        and change.path[0] == "selection"
        and (change.old is None or change.old in names or change.old in codes)
        for change in changes
    )


def _nearest_codelist(variable: Variable, choice: TableSelection, codelist_of: CodeListOf) -> CodeList | None:
    """Return the declared code list or, of those with the nearest names, the one that has most of the codes."""
    wanted = choice.codelist or ""
    if wanted in variable.codelists:
        return codelist_of(wanted)
    near = difflib.get_close_matches(wanted, variable.codelists, n=3, cutoff=0.5)
    held = [(sum(code in known.codes for code in choice.values), known) for known in map(codelist_of, near)]
    best = max(held, key=lambda pair: pair[0], default=None)
    return best[1] if best is not None and best[0] else None


def _stands(value: str, codes: Sequence[str], is_time: bool) -> bool:
    try:
        expand(value, codes, newest_last=is_time)
    except ValueError:
        return False
    return True


def _nearest_period(value: str, periods: Sequence[str]) -> str | None:
    """Return the expression with its ends moved to periods that there are; None where that leaves nothing."""
    found = _BETWEEN.fullmatch(value)
    if not found:
        return None
    name = found[1].lower()
    ends = [end.strip() for end in found[2].split(",")]
    moved = [
        next((period for period in periods if period >= ends[0]), None)
        if name != "to"
        else next((period for period in reversed(periods) if period <= ends[0]), None)
    ]
    if name == "range":
        moved.append(next((period for period in reversed(periods) if period <= ends[-1]), None))
    return f"{name}({','.join(str(end) for end in moved)})" if all(moved) else None


def _nearest_code(value: str, free: Mapping[str, str], role: Role) -> str | None:
    """Return the undeclared code that a missing one has most likely become.

    Of areas, and of numbers, a similar code is another area or group: there only spelling may differ.
    """
    if role == "contents" and len(free) == 1:
        return next(iter(free))
    for code, label in free.items():
        if label.casefold() == value.casefold() or (_spelt(code) == _spelt(value) != ""):
            return code
    if role == "area" or value.isdigit() or is_expression(value):
        return None
    near = difflib.get_close_matches(value, free, n=1, cutoff=0.6 if role == "contents" else 0.8)
    return near[0] if near else None


def _spelt(code: str) -> str:
    """Return a code without what people write now so, now so: case, punctuation, zeros before; '' of zeros alone."""
    return re.sub(r"[\W_]", "", code).casefold().lstrip("0")


def _code_for_all(variable: Variable) -> str | None:
    pairs = zip(variable.codes, variable.labels, strict=False)
    return next((code for code, label in pairs if _ALL.match(label)), None)


def likeness(name: str, other: str) -> float:
    """Return how alike two texts are, 0 to 1."""
    return difflib.SequenceMatcher(None, name.casefold(), other.casefold()).ratio()


def _instead(new: str | None, there: Mapping[str, str]) -> str:
    if new is None:
        return "dropped, which changes what is counted"
    label = there.get(new, new)
    return f"'{new}'{f', {label},' if label != new else ''} is most like it"


def _some(texts: Sequence[str]) -> str:
    shown = ", ".join(texts[:_SHOWN])
    return f"{shown} … ({len(texts)} in all)" if len(texts) > _SHOWN else shown


# --- mending --------------------------------------------------------------------------------------------------------


def mended(table: SourceTable, changes: Iterable[Change]) -> SourceTable:
    """Return the table as it is asked for after the changes. Raises ValidationError where that makes no sense."""
    entry = table.model_dump(exclude_unset=True)
    for change in changes:
        _change_entry(entry, change)
    return SourceTable.model_validate(entry)


def read_changes(path: Path) -> list[Change]:
    """Return the changes of a changes.json. Raises OSError, and ValueError or TypeError where it is another file."""
    given = json.loads(path.read_text(encoding="utf-8"))
    return [Change(**{**change, "path": tuple(change["path"])}) for change in given]


def mend(folder: Path, changes: Sequence[Change]) -> list[Path]:
    """Put the changes into the files of a catalogue's folder, and return those that it wrote.

    Indicators that draw on a changed table name its cells by the new names and codes. Raises ValueError, and writes
    nothing, where what is to be changed is not there.
    """
    texts = {path: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yaml"))}
    changed = {path: applied(text, changes) for path, text in texts.items()}
    written = [path for path, text in texts.items() if changed[path] != text]
    for path in written:
        path.write_text(changed[path], encoding="utf-8")
    return written


def applied(text: str, changes: Iterable[Change]) -> str:
    """Return the text of sources.yaml, or of a pillar's file, with the changes in it.

    Comments stay, and every entry that is not concerned stays as it is written. Raises ValueError where what is to be
    changed is not there.
    """
    wanted = list(changes)
    lines = text.splitlines(keepends=True)
    for kind, first, end in reversed(_blocks(text)):
        block = f"{kind}:\n" + "".join(lines[first:end])
        mine = [change for change in wanted if re.search(rf"\b{change.source}\b", block)]
        changed = _block_with(block, mine) if mine else block
        if mine and changed != _block_with(block, []):
            lines[first:end] = changed.splitlines(keepends=True)[1:]
    return "".join(lines)


def _blocks(text: str) -> list[tuple[str, int, int]]:
    """Return the lines of each entry: which list it is of, its first line, and the first that is not its own."""
    document = _yaml().load(text)
    starts = [
        (kind, entry.lc.line)
        for kind in ("classifications", "tables", "indicators")
        for entry in document.get(kind, [])
    ]
    lines = text.splitlines()
    ends = {line for _kind, line in starts} | {number for number, line in enumerate(lines) if re.match(r"\w", line)}
    return [
        (kind, first, min((end for end in ends if end > first), default=len(lines)))
        for kind, first in sorted(starts, key=lambda start: start[1])
    ]


def _block_with(block: str, changes: Iterable[Change]) -> str:
    document = _yaml().load(block)
    for change in changes:
        for entry in _entries(document, change.source):
            try:
                _change_entry(entry, change)
            except (KeyError, ValueError) as error:
                where = f"{change.source}: {'.'.join(change.path)}"
                raise ValueError(f"{where} has no '{change.old}'; was it changed already?") from error
        for cells in _cells(document, change.source):
            _change_cells(cells, change)
    return _written(document)


def entry_of(text: str, source: str) -> str:
    """Return the entry of one source as sources.yaml writes it; '' where there is none."""
    lines = text.splitlines()
    for _kind, first, end in _blocks(text):
        if lines[first].split() == ["-", "id:", source]:
            own = lines[first:end]
            while own and (not own[-1].strip() or own[-1].startswith("  #")):
                own.pop()
            return "\n".join(own) + "\n"
    return ""


def _yaml() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 120
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _written(document: Any) -> str:
    out = io.StringIO()
    _yaml().dump(document, out)
    return out.getvalue()


def _entries(document: Any, source: str) -> Iterator[Any]:
    for kind in ("tables", "classifications"):
        yield from (entry for entry in document.get(kind, []) if entry["id"] == source)


def _cells(document: Any, source: str) -> Iterator[Any]:
    """Yield the cells that indicators select of a table: dimension -> code or codes."""
    for indicator in document.get("indicators", []):
        for used in indicator["sources"]:
            if used["table"] == source:
                yield from (used[role] for role in ("numerator", "denominator", "value") if role in used)


def _change_entry(entry: Any, change: Change) -> None:
    *above, last = change.path
    parent = entry
    for key in above:
        parent = parent[key]
    there = parent.get(last)
    if change.old is not None and isinstance(there, dict):
        _rename(there, change.old, change.new)
    elif change.old is not None and isinstance(there, list):
        _replace(there, change.old, change.new)
    elif change.new is None:
        parent.pop(last, None)
    elif last not in parent and last == "number" and isinstance(parent, CommentedMap):
        parent.insert(1, last, DoubleQuotedScalarString(change.new))  # below the id
    else:
        parent[last] = _quoted(change.new)


def _change_cells(cells: Any, change: Change) -> None:
    """Let an indicator's cells follow a change of its table's query.

    A code that is only dropped, and is the cell's only one, stays: the catalogue's own checks then name the indicator.
    """
    old, new = change.old, change.new
    match change.path:
        case ("selection",) if old is not None and old in cells:
            _rename(cells, old, new)
        case ("selection", name) if old is None and not is_expression(new["values"][0]):
            cells[name] = _quoted(new["values"][0])
        case ("selection", name, "values") if old is not None and name in cells:
            if isinstance(cells[name], list) and old in cells[name]:
                _replace(cells[name], old, new)
            elif cells[name] == old and new is not None:
                cells[name] = _quoted(new)


def _rename(mapping: dict[str, Any], old: str, new: str | None) -> None:
    """Call a key otherwise, in its place and with its comments, or take it out."""
    place = list(mapping).index(old)
    value = mapping.pop(old)
    if new is None:
        return
    if isinstance(mapping, CommentedMap):
        mapping.insert(place, new, value)
        if old in mapping.ca.items:
            mapping.ca.items[new] = mapping.ca.items.pop(old)
    else:
        mapping[new] = value


def _replace(listed: list[str], old: str, new: str | None) -> None:
    """Put another element in an element's place, or none; a range of units that holds it is written out first."""
    if old not in listed:
        listed[:] = [_quoted(code) for code in expand_ranges([str(code) for code in listed])]
    place = listed.index(old)
    listed[place : place + 1] = [] if new is None else [_quoted(new)]


def _quoted(value: Any) -> Any:
    """Return a value as the catalogue writes it: codes that look like numbers in quotes, lists on one line."""
    if isinstance(value, str):
        return value if _PLAIN.fullmatch(value) else DoubleQuotedScalarString(value)
    if isinstance(value, list):
        return [_quoted(item) for item in value]
    made = CommentedMap((key, _quoted(item)) for key, item in value.items())
    made.fa.set_flow_style()
    return made
