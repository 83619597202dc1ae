"""The catalogue as single keys with their values, so that it can be told which of them an edition changed.

An entry has the name by which `Catalogue.digests` calls it, such as `indicator crowding`; a key is the path to a value
within it, such as `target.value`. What is not said in the YAML has no key.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from indicators.catalogue import Catalogue
from indicators.catalogue.models import PillarFile

_PARTS = (
    *("pillars", "areas", "programmes", "tables", "contracts", "classifications", "area_lists", "boundaries"),
    *("evaluations", "disclosure"),
)
"""What figures follow from. Terms of providers, the agreement's sentences and what programmes record change none."""


def keys(catalogue: Catalogue) -> Iterator[tuple[str, str, str]]:
    """Yield every entry, key and value, all as text; an entry of values alone has the key `-`."""
    for part in _PARTS:
        whole = getattr(catalogue, part)
        for name, value in whole.items() if isinstance(whole, Mapping) else [("", whole)]:
            yield from _of_entry(f"{part} {name}".strip(), value)


def _of_entry(entry: str, value: Any) -> Iterator[tuple[str, str, str]]:
    if isinstance(value, PillarFile):
        yield from _of_entry(entry, [value.pillar, *value.subgoals])
        for indicator in value.indicators:
            yield from _of_entry(f"indicator {indicator.id}", indicator)
        return
    for path, text in _leaves(_plain(value), ()):
        yield entry, ".".join(path) or "-", text


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _leaves(inner, (*path, str(key)))
    elif isinstance(value, Sequence) and not isinstance(value, str) and value:
        # A list of plain values is one: codes that move up by one place would all be changes else.
        if any(isinstance(inner, Mapping | list) for inner in value):
            for number, inner in enumerate(value):
                yield from _leaves(inner, (*path, str(number)))
        else:
            yield path, ", ".join(map(str, value))
    else:
        yield path, str(value)
