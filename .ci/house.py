"""Two habits that no linter holds: each module's name once in the house, and each name once in a module.

`python .ci/house.py FOLDER ...` prints every fault with both its places, and ends with 1 where there is any.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path


def doubled_modules(roots: list[Path]) -> Iterator[str]:
    """Yield modules that are called as another one is; packages' __init__ and __main__ have to be."""
    seen: dict[str, Path] = {}
    for path in (path for root in roots for path in sorted(root.rglob("*.py"))):
        if path.stem.startswith("__"):
            continue
        if path.stem in seen:
            yield f"{path}: a module called '{path.stem}' is there already, {seen[path.stem]}; give one another name"
        seen.setdefault(path.stem, path)


def doubled_names(path: Path) -> Iterator[str]:
    """Yield names that a module defines twice at its top level: the first definition is lost, and nobody notices."""
    seen: dict[str, int] = {}
    for statement in ast.parse(path.read_text(encoding="utf-8")).body:
        for name in _defined(statement):
            if name in seen and name != "_":
                yield f"{path}:{statement.lineno}: '{name}' is defined in line {seen[name]} already; delete one of them"
            seen[name] = statement.lineno


def _defined(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        overloads = any(ast.unparse(decorator).endswith("overload") for decorator in statement.decorator_list)
        return [] if overloads else [statement.name]
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    targets = [statement.target] if isinstance(statement, ast.AnnAssign) else targets
    names = (node for target in targets for node in ast.walk(target) if isinstance(node, ast.Name))
    return [name.id for name in names if isinstance(name.ctx, ast.Store)]


def faults(roots: list[Path]) -> list[str]:
    """Return all faults of the packages below these folders."""
    modules = [path for root in roots for path in sorted(root.rglob("*.py"))]
    return [*doubled_modules(roots), *(fault for path in modules for fault in doubled_names(path))]


if __name__ == "__main__":
    found = faults([Path(folder) for folder in sys.argv[1:]])
    sys.stderr.write("".join(f"{fault}\n" for fault in found))
    sys.exit(1 if found else 0)
