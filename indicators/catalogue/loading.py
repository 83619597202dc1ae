"""Reading the catalogue's YAML into typed models, with every fault named by file, line and key.

Scalars stay the text that is written (`0602` and `no` are what they look like); the models say what becomes a number.
What the keys mean belongs to the models; whether names in different files agree is checked where they meet.
"""

import difflib
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

M = TypeVar("M", bound=BaseModel)
_Keys = tuple[str | int, ...]


class CatalogueError(Exception):
    """The catalogue has faults: one line for each, with file, line and key."""


class Lines:
    """Where in its file a key stands: `lines("indicators", 3, "unit")` -> `catalogue/work.yaml:41`."""

    def __init__(self, shown: str, numbers: dict[_Keys, int]) -> None:
        self.shown = shown
        self._numbers = numbers

    def __contains__(self, keys: _Keys) -> bool:
        return keys in self._numbers

    def __call__(self, *keys: str | int) -> str:
        """Return `file:line` of a key path; a path that is not in the file gets its nearest parent's line."""
        while keys and keys not in self._numbers:
            keys = keys[:-1]
        return f"{self.shown}:{self._numbers.get(keys, 1)}"


def load(path: Path, model: type[M]) -> M:
    """Read one YAML file as `model`. Raises CatalogueError with every fault found."""
    return load_with_lines(path, model)[0]


def load_with_lines(path: Path, model: type[M]) -> tuple[M, Lines]:
    """Read one YAML file as `model`, with the lines of its keys for checks across files. Raises CatalogueError."""
    content, lines = _read(path)
    try:
        return model.model_validate(content), lines
    except ValidationError as error:
        raise CatalogueError("\n".join(_faults(error, model, lines))) from None


def _shown(path: Path) -> str:
    """Return the path from the catalogue folder on, so that messages are the same on every machine."""
    parts = path.parts
    start = len(parts) - 1 - parts[::-1].index("catalogue") if "catalogue" in parts[:-1] else len(parts) - 2
    return "/".join(parts[max(start, 0) :])


def _read(path: Path) -> tuple[Any, Lines]:
    # Who has the catalogue from what was kept of it does not wait for the parser.
    from indicators.catalogue import yaml_text

    shown = _shown(path)
    try:
        content, numbers, faults = yaml_text.plain(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CatalogueError(f"{shown}: no such file; expected a YAML file of the catalogue") from None
    except UnicodeDecodeError as error:
        raise CatalogueError(f"{shown}: byte {error.start} is not UTF-8; save the file as UTF-8") from None
    except yaml_text.NotYaml as error:
        raise CatalogueError(f"{shown}:{error.line} is not YAML: {error}") from None
    if faults:
        raise CatalogueError("\n".join(f"{shown}:{line} {_dotted(keys)}: {text}" for line, keys, text in faults))
    return content, Lines(shown, numbers)


def _dotted(keys: Sequence[str | int]) -> str:
    return ".".join(str(key) for key in keys) or "the file"


def _faults(error: ValidationError, model: type[BaseModel], lines: Lines) -> Iterator[str]:
    """Yield one line per place at fault; the alternatives of a union at one place are joined with `or`."""
    by_place: dict[_Keys, list[str]] = {}
    for detail in error.errors(include_url=False):
        place = _place(detail, model, lines)
        expected = by_place.setdefault(place, [])
        if (text := _expected(detail, model, place)) not in expected:
            expected.append(text)
    for place, texts in by_place.items():
        yield f"{lines(*place)} {_dotted(place)}: " + ", or ".join(texts)


def _place(detail: ErrorDetails, model: type[BaseModel], lines: Lines) -> _Keys:
    """Return the key path without the names of union alternatives that pydantic puts into it."""
    place: _Keys = ()
    for key in detail["loc"]:
        if (*place, key) in lines:
            place = (*place, key)
    if detail["type"] == "missing":
        place = (*place, detail["loc"][-1])
    return place


def _expected(detail: ErrorDetails, model: type[BaseModel], place: _Keys) -> str:
    kind, found, context = detail["type"], detail["input"], detail.get("ctx", {})
    message = detail["msg"].removeprefix("Value error, ").removeprefix("Input should be ").removeprefix("Input should ")
    if kind == "extra_forbidden":
        known = _known_keys(model, place[:-1])
        return f"unknown key{_nearest(str(place[-1]), known)}; known are {', '.join(known)}"
    if kind == "missing":
        return "missing; expected a value"
    if kind == "literal_error":
        expected = str(context["expected"])
        nearest = _nearest(str(found), re.findall(r"'([^']*)'", expected))
        return f"found {_quoted(found)}, expected {expected}{nearest}"
    if kind == "string_pattern_mismatch":
        return f"found {_quoted(found)}, expected text of the form {context['pattern']}"
    if kind in ("value_error", "assertion_error"):
        return message
    return f"found {_quoted(found)}, expected {message[:1].lower()}{message[1:]}"


def _quoted(found: Any) -> str:
    if found is None:
        return "nothing"
    if isinstance(found, dict | list):
        return "a mapping" if isinstance(found, dict) else "a list"
    text = str(found)
    return f"'{text if len(text) <= 60 else text[:57] + '...'}'"


def _nearest(name: str, valid: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, valid, n=1, cutoff=0.5)
    return f" (did you mean '{near[0]}'?)" if near else ""


@lru_cache(maxsize=256)
def _known_keys(model: type[BaseModel], place: _Keys) -> tuple[str, ...]:
    """Return the keys that the model knows at a key path."""
    types: list[Any] = [model]
    for key in place:
        types = [inner for outer in types for inner in _inside(outer, key)]
    return tuple(name for model_type in types for name in _fields(model_type))


def _fields(model: Any) -> dict[str, Any]:
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return {}
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def _inside(outer: Any, key: str | int) -> list[Any]:
    """Return the types that may stand under `key` of a model, list or dict."""
    fields = _fields(outer)
    if fields:
        return _alternatives(fields[str(key)]) if key in fields else []
    return _alternatives(get_args(outer)[-1]) if get_origin(outer) in (list, dict) else []


def _alternatives(annotation: Any) -> list[Any]:
    if get_origin(annotation) is Annotated:
        return _alternatives(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return [inner for alternative in get_args(annotation) for inner in _alternatives(alternative)]
    return [annotation]
