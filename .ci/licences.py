"""Every locked package with its licence: a list for people and an SBOM (CycloneDX) for scanners.

`python .ci/licences.py` writes docs/licences.md and docs/sbom.cdx.json from both lock files and from what the installed
packages say of themselves; `--check` compares instead, and ends with 1 where they differ or a licence is not known.
"""

import json
import re
import sys
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).parents[1]
_PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^ ;\\]+)", re.MULTILINE)
# Locked for systems other than Linux or CPython, or not needed by the installed Python: as their projects state them.
_ELSEWHERE = {
    "appnope": "BSD-2-Clause",
    "cffi": "MIT",
    "colorama": "BSD-3-Clause",
    "pycparser": "BSD-3-Clause",
    "pyreadline3": "BSD-3-Clause",
    "pywin32": "PSF-2.0",
    "pyyaml-ft": "MIT",
}
_CLASSIFIER = "License :: OSI Approved :: "
_LONGEST = 60  # what is longer is the text of a licence rather than its name
_UNKNOWN = "unknown"


@dataclass(frozen=True)
class Package:
    """A locked package. shipped: part of the product, not only a developer's tool. needs: locked packages, by name.

    is_spdx: its licence is an SPDX expression, and not in words of its own.
    """

    name: str
    version: str
    licence: str
    shipped: bool
    needs: tuple[str, ...] = ()
    is_spdx: bool = False

    @property
    def purl(self) -> str:
        """The name that every scanner knows it by."""
        return f"pkg:pypi/{self.name}@{self.version}"


def locked(path: Path) -> dict[str, str]:
    """Return name and version of each package of a lock file."""
    return dict(_PINNED.findall(path.read_text(encoding="utf-8")))


def packages() -> list[Package]:
    """Return all locked packages by name."""
    product = locked(PROJECT / "requirements.lock")
    everything = locked(PROJECT / "requirements-dev.lock")
    found = []
    for name, version in sorted(everything.items()):
        try:
            installed = distribution(name)
        except PackageNotFoundError:
            found.append(Package(name, version, _ELSEWHERE.get(name, _UNKNOWN), name in product))
            continue
        needs = tuple(sorted({need for need in _needs(installed) if need in everything}))
        is_spdx = "License-Expression" in installed.metadata
        found.append(Package(name, version, _licence(installed), name in product, needs, is_spdx))
    return found


def _licence(installed: Distribution) -> str:
    """Return what a package says of its licence: the SPDX expression, else the field, else the classifiers."""
    said = installed.metadata
    if expression := said.get("License-Expression"):
        return str(expression)
    classifiers = [name.removeprefix(_CLASSIFIER) for name in said.get_all("Classifier", []) if _CLASSIFIER in name]
    field = (said.get("License") or "").strip()
    if field and len(field) <= _LONGEST and "\n" not in field and field not in ("UNKNOWN", "Dual License"):
        return field
    return " or ".join(classifiers) or field.partition("\n")[0][:_LONGEST] or _UNKNOWN


def _needs(installed: Distribution) -> list[str]:
    """Return the names of what a package needs, whatever the system; what an extra of it needs is not among them."""
    wanted = [Requirement(text) for text in installed.requires or []]
    return [canonicalize_name(need.name) for need in wanted if "extra" not in str(need.marker or "")]


def as_markdown(found: list[Package]) -> str:
    """Return the list for people."""
    rows = [
        f"| {package.name} | {package.version} | {package.licence.replace('|', '/')} | "
        f"{'product' if package.shipped else 'tools'} |"
        for package in found
    ]
    head = (
        "# Licences of all locked packages\n\nWritten by `make licences` from what the packages say of themselves; not "
        "edited by hand. *product*: installed by\n`make setup`; *tools*: a developer's only. `docs/sbom.cdx.json` says "
        "the same to scanners (CycloneDX 1.6).\n\n| package | version | licence | part of |\n|---|---|---|---|\n"
    )
    return head + "\n".join(rows) + "\n"


def as_cyclonedx(found: list[Package]) -> str:
    """Return the bill of materials. It names no time, so that the same lock files give the same text."""
    components = [
        {
            "type": "library",
            "bom-ref": package.purl,
            "name": package.name,
            "version": package.version,
            "purl": package.purl,
            "scope": "required" if package.shipped else "excluded",
            "licenses": [
                {"expression": package.licence} if package.is_spdx else {"license": {"name": package.licence}}
            ],
        }
        for package in found
    ]
    purls = {package.name: package.purl for package in found}
    needed = [{"ref": package.purl, "dependsOn": [purls[name] for name in package.needs]} for package in found]
    bom = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": "levekar", "name": "levekar"}},
        "components": components,
        "dependencies": needed,
    }
    return json.dumps(bom, ensure_ascii=False, indent=1) + "\n"


def main() -> int:
    """Write both files, or compare them with `--check`; return the exit code."""
    found = packages()
    unknown = [package.name for package in found if package.licence == _UNKNOWN]
    for name in unknown:
        sys.stderr.write(f"{name}: its licence is not known; look it up and name it in .ci/licences.py\n")
    texts = {"docs/licences.md": as_markdown(found), "docs/sbom.cdx.json": as_cyclonedx(found)}
    faults = bool(unknown)
    for name, text in texts.items():
        path = PROJECT / name
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            sys.stderr.write(f"{name}: does not match the lock files; run 'make licences'\n")
            faults = True
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
