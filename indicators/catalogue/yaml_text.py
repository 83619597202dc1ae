"""A YAML text as dicts, lists and text, with the line of every key. Nothing is known here of what the keys mean."""

from functools import lru_cache
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

Keys = tuple[str | int, ...]
Fault = tuple[int, Keys, str]


class NotYaml(Exception):
    """A text that is no YAML; the message says why. line: where, counted from 1."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line = line


def plain(text: str) -> tuple[Any, dict[Keys, int], list[Fault]]:
    """Return the content of a YAML text, the line of each key path, and each key that cannot be one or is given twice.

    Raises NotYaml.
    """
    try:
        node = _composed(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise NotYaml(mark.line + 1 if mark else 1, _problem(error)) from None
    except YAMLError as error:
        raise NotYaml(1, str(error)) from None
    numbers: dict[Keys, int] = {}
    faults: list[Fault] = []
    return _plain(node, (), numbers, faults) if node is not None else None, numbers, faults


@lru_cache(maxsize=128)
def _composed(text: str) -> Node | None:
    """Return the nodes of a YAML text; cached, for parsing takes nearly all the time of reading the catalogue.

    Callers must not change the nodes.
    """
    return YAML(typ="safe").compose(text)


def _problem(error: MarkedYAMLError) -> str:
    """Say what the parser could not read, and what was expected."""
    problem = " ".join(part for part in (error.context, error.problem) if part)
    if "\\t" in problem or "\t" in problem:
        return f"{problem}; expected spaces, for YAML takes no tabs"
    return f"{problem}; expected YAML with brackets and quotes closed, and the same indentation in a list"


_NULLS = {"", "~", "null", "Null", "NULL"}


def _plain(node: Node, keys: Keys, numbers: dict[Keys, int], faults: list[Fault]) -> Any:
    """Return a node as dicts, lists and text, noting the line of every key and each key given twice."""
    numbers.setdefault(keys, node.start_mark.line + 1)
    if isinstance(node, SequenceNode):
        return [_plain(item, (*keys, number), numbers, faults) for number, item in enumerate(node.value)]
    if isinstance(node, MappingNode):
        mapping: dict[str, Any] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, ScalarNode):
                faults.append((line, keys, "a key is a list or mapping; expected text"))
            elif key.value in mapping:
                first = numbers[(*keys, key.value)]
                faults.append((line, (*keys, key.value), f"given twice, first in line {first}; expected once"))
            else:
                numbers[(*keys, key.value)] = line
                mapping[key.value] = _plain(value, (*keys, key.value), numbers, faults)
        return mapping
    is_plain = isinstance(node, ScalarNode) and node.style not in ("'", '"', "|", ">")
    return None if is_plain and node.value in _NULLS else node.value
