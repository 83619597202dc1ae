"""Which of our code a table was made by: a module with all that it imports, told apart by their bytes.

So that a changed comment in one room does not make the tables of another anew. Bytes rather than meaning: whoever
edits a module may have changed what it does. Only our own packages are followed; other libraries have a lock file.
"""

import hashlib
import re
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[1]
_PACKAGES = ("indicators", "pipelines")
# Our own formatting is fixed (ruff), so that the text of an import says all; wherever in a module it stands.
_FROM = re.compile(r"^[ \t]*from[ \t]+((?:indicators|pipelines)[\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n]+)", re.M)
_IMPORT = re.compile(r"^[ \t]*import[ \t]+((?:indicators|pipelines)[\w.]*)", re.M)


def modules_behind(*functions: Callable[..., Any]) -> dict[str, str]:
    """Return the digest of each module that the functions' own modules need, by the module's name."""
    waiting = [_module_of(function) for function in functions]
    found: dict[str, str] = {}
    while waiting:
        module = waiting.pop()
        if module not in found:
            digest, imported = _read(module)
            found[module] = digest
            waiting.extend(imported)
    return dict(sorted(found.items()))


def version_behind(*functions: Callable[..., Any]) -> str:
    """Return one digest over all modules that the functions' own modules need."""
    text = "\n".join(f"{module} {digest}" for module, digest in modules_behind(*functions).items())
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def whole_version() -> str:
    """Return one digest over all of our code, for the record of an edition."""
    digest = hashlib.sha256()
    for package in _PACKAGES:
        for path in sorted((_ROOT / package).rglob("*.py")):
            digest.update(path.relative_to(_ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _module_of(function: Callable[..., Any]) -> str:
    return _module_of(function.func) if isinstance(function, partial) else function.__module__


@cache
def _read(module: str) -> tuple[str, tuple[str, ...]]:
    """Return a module's digest and the modules that it imports, its own packages among them.

    A module that is none of ours, such as a test's, has no digest and is followed no further.
    """
    path = _path(module)
    if path is None:
        return "not ours", ()
    content = path.read_bytes()
    text = content.decode()
    imported = set(_IMPORT.findall(text))
    for package, names in _FROM.findall(text):
        imported.add(package)
        listed = (name.split(" as ")[0].strip() for name in names.strip("()").split(","))
        imported |= {f"{package}.{name}" for name in listed if name and _path(f"{package}.{name}")}
    parents = {module.rsplit(".", depth)[0] for depth in range(1, module.count(".") + 1)}
    return hashlib.sha256(content).hexdigest()[:12], tuple(sorted(imported | parents))


@cache
def _path(module: str) -> Path | None:
    if not re.fullmatch(r"(indicators|pipelines)(\.\w+)*", module):
        return None
    folder = _ROOT.joinpath(*module.split("."))
    for path in (folder.with_suffix(".py"), folder / "__init__.py"):
        if path.is_file():
            return path
    return None
