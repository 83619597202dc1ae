"""What is installed: users get the product alone, developers the same versions and their tools, all by hash."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from pipelines.settings import PROJECT
from tests.e2e.conftest import environment

DECLARED = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PRODUCT, TOOLS = "requirements.lock", "requirements-dev.lock"


def entries(name: str) -> dict[str, str]:
    """Each package of a lock file with its version, condition and hashes."""
    text = (PROJECT / name).read_text(encoding="utf-8")
    found = re.findall(r"^([a-z0-9._-]+)(==(?:.*\\\n)+.*)$", text, re.MULTILINE)
    assert len(found) == len([line for line in text.splitlines() if "==" in line and not line.startswith(" ")])
    return dict(found)


def named(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(text).name) for text in requirements}


def test_developers_have_the_products_versions_and_more() -> None:
    product, tools = entries(PRODUCT), entries(TOOLS)
    assert product.keys() < tools.keys()
    without_condition = {name: re.sub(r" ; [^\\]*", " ", entry) for name, entry in tools.items()}
    for name, entry in product.items():
        assert re.sub(r" ; [^\\]*", " ", entry) == without_condition[name]


def test_the_product_has_none_of_the_developers_tools() -> None:
    product = entries(PRODUCT).keys()
    extras = DECLARED["optional-dependencies"]
    assert product >= named([*DECLARED["dependencies"], *extras["setup"]])
    both = named(extras["dev"]) & product
    assert both == {"websockets"}  # the webserver speaks them, and the tests ask it
    assert not {"selenium", "pytest", "mypy", "hypothesis"} & product


@pytest.mark.parametrize("name", [PRODUCT, TOOLS])
def test_every_package_is_locked_by_hash_and_no_registry_is_named(name: str) -> None:
    text = (PROJECT / name).read_text(encoding="utf-8")
    assert not re.search(r"https?:|--index|--find-links|@ ", text)
    for package, entry in entries(name).items():
        assert "--hash=sha256:" in entry, package


def test_the_product_imports_nothing_that_it_does_not_declare() -> None:
    own = {"indicators", "pipelines"}
    imported = set()
    for path in (path for folder in own for path in (PROJECT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                imported.add(node.module.partition(".")[0])
    distributions = packages_distributions()
    foreign = imported - own - sys.stdlib_module_names
    declared = {*named(DECLARED["dependencies"]), "pydantic-core"}  # that is one with pydantic
    assert {module for module in foreign if not set(map(canonicalize_name, distributions[module])) & declared} == set()


def test_the_bill_of_materials_names_every_locked_package_with_a_licence() -> None:
    bom = json.loads((PROJECT / "docs" / "sbom.cdx.json").read_text(encoding="utf-8"))
    listed = {component["name"]: component for component in bom["components"]}
    assert {name: f"=={component['version']}" for name, component in listed.items()} == {
        name: entry.split()[0] for name, entry in entries(TOOLS).items()
    }
    assert {name for name, component in listed.items() if component["scope"] == "required"} == entries(PRODUCT).keys()
    known = {component["bom-ref"] for component in bom["components"]}
    assert all(set(needs["dependsOn"]) <= known for needs in bom["dependencies"])
    rows = (PROJECT / "docs" / "licences.md").read_text(encoding="utf-8").splitlines()[7:]
    licences = {row.split(" | ")[0].removeprefix("| "): row.split(" | ")[2] for row in rows}
    assert licences.keys() == listed.keys()
    assert not {"", "unknown"} & set(licences.values())


@pytest.mark.slow  # a clone with an environment of its own
def test_a_fresh_clone_refreshes_without_the_developers_tools(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", PROJECT, clone], check=True)
    make = ["make", f"PYTHON={sys.executable}"]
    done = subprocess.run([*make, "refresh"], cwd=clone, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Strømsø/Tangen" in done.stdout
    tried = "import importlib.util as u; print([n for n in ('selenium', 'pytest', 'mypy') if u.find_spec(n)])"
    asked = subprocess.run([clone / ".venv/bin/python", "-c", tried], capture_output=True, text=True, check=True)
    assert asked.stdout.strip() == "[]"
