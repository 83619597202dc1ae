"""What no linter asks of the house: each module's name occurs once, and each name in a module is defined once.

A second definition takes the place of the first without a word, and two modules of one name are taken for each other.
Packages count by the name of their folder. `make check` runs it; `python .ci/house.py FOLDER …` looks elsewhere.
"""

import ast
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOMS = ("indicators", "pipelines")


def faults(folders: Iterable[Path]) -> list[str]:
    """Return a line for each name that occurs again, with both places."""
    modules = sorted(path for folder in folders for path in folder.rglob("*.py"))
    return [*_doubled_modules(modules), *(fault for path in modules for fault in _doubled_definitions(path))]


def _doubled_modules(modules: Iterable[Path]) -> Iterator[str]:
    first: dict[str, Path] = {}
    for path in modules:
        name = path.parent.name if path.stem == "__init__" else path.stem
        if name in first:
            yield f"{path}: the module's name is that of {first[name]}; expected each name once"
        first.setdefault(name, path)


def _doubled_definitions(path: Path) -> Iterator[str]:
    """What stands below `if` or `try` is one definition of several, and not looked at; overloads are none."""
    first: dict[str, int] = {}
    for statement in ast.parse(path.read_bytes(), str(path)).body:
        for name in _defined(statement):
            if name in first:
                yield f"{path}:{statement.lineno}: '{name}' is defined in line {first[name]} already; expected once"
            first.setdefault(name, statement.lineno)


def _defined(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        is_overload = any(ast.unparse(decorator).endswith("overload") for decorator in statement.decorator_list)
        return [] if is_overload or statement.name == "_" else [statement.name]
    if isinstance(statement, ast.Assign) or (isinstance(statement, ast.AnnAssign) and statement.value is not None):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        names = (node for target in targets for node in ast.walk(target) if isinstance(node, ast.Name))
        return [name.id for name in names if isinstance(name.ctx, ast.Store) and name.id != "_"]
    return []


if __name__ == "__main__":
    found = faults([Path(folder) for folder in sys.argv[1:] or ROOMS])
    sys.exit("\n".join(found) or None)
