"""The house's own habits (.ci/house.py), on trees that break them."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from pipelines.settings import PROJECT


@pytest.fixture(scope="module")
def house() -> ModuleType:
    spec = importlib.util.spec_from_file_location("house", PROJECT / ".ci" / "house.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def written(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def test_two_modules_of_one_name_are_told_with_both_places(house: ModuleType, tmp_path: Path) -> None:
    root = written(tmp_path, {"a/__init__.py": "", "b/__init__.py": "", "a/evaluation.py": "", "b/evaluation.py": ""})
    [fault] = house.faults([root])
    assert str(root / "a" / "evaluation.py") in fault
    assert str(root / "b" / "evaluation.py") in fault


@pytest.mark.parametrize(
    "text",
    ["X = 1\nX = 2\n", "X: int = 1\ndef X(): ...\n", "X, Y = 1, 2\nclass Y: ...\n", "def f(): ...\ndef f(): ...\n"],
)
def test_a_name_that_is_defined_twice_is_told_with_both_lines(house: ModuleType, tmp_path: Path, text: str) -> None:
    [fault] = house.faults([written(tmp_path, {"a.py": text})])
    assert "a.py:2:" in fault
    assert "line 1 already" in fault


def test_overloads_and_names_of_one_system_are_no_faults(house: ModuleType, tmp_path: Path) -> None:
    text = (
        "import sys\nfrom typing import overload\nif sys.platform == 'win32':\n    X = 1\nelse:\n    X = 2\n"
        "@overload\ndef f(a: int) -> int: ...\n@overload\ndef f(a: str) -> str: ...\ndef f(a): return a\n"
    )
    assert house.faults([written(tmp_path, {"a.py": text})]) == []


def test_our_own_house_is_in_order(house: ModuleType) -> None:
    assert house.faults([PROJECT / "indicators", PROJECT / "pipelines"]) == []
