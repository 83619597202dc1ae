"""The house's own check: no module's name twice, and no name defined twice in one module."""

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / ".ci" / "house.py"


@pytest.fixture
def write(tmp_path):
    def write(path: str, text: str = "") -> Path:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    return write


def faults(*folders: Path) -> list[str]:
    return runpy.run_path(str(SCRIPT))["faults"](folders)


def test_a_doubled_module_name_is_told_with_both_places(write, tmp_path):
    first, second = write("rates/interval.py"), write("rooms/other/interval.py")
    write("rates/__init__.py")
    write("rooms/__init__.py")
    [fault] = faults(tmp_path / "rates", tmp_path / "rooms")
    assert str(first) in fault
    assert str(second) in fault


def test_a_package_and_a_module_of_one_name_are_doubled(write, tmp_path):
    first, second = write("rates/px/__init__.py"), write("rooms/px.py")
    [fault] = faults(tmp_path)
    assert str(first) in fault
    assert str(second) in fault


@pytest.mark.parametrize(
    ("text", "name", "line", "before"),
    [
        ("SUSPECT = 1\n\nSUSPECT = 2\n", "SUSPECT", 3, 1),
        ("import re\n\ndef clean(): ...\n\nclass clean: ...\n", "clean", 5, 3),
        ("A: int = 1\nasync def A(): ...\n", "A", 2, 1),
        ("(A, B), C = (1, 2), 3\nB = 4\n", "B", 2, 1),
    ],
)
def test_a_name_defined_twice_is_told_with_both_lines(write, tmp_path, text, name, line, before):
    path = write("room/module.py", text)
    [fault] = faults(tmp_path)
    assert f"{path}:{line}: '{name}'" in fault
    assert f"line {before} " in fault


def test_overloads_conditions_and_what_only_changes_a_value_are_no_fault(write, tmp_path):
    write(
        "room/module.py",
        "import sys\nimport typing\nfrom typing import overload\n"
        "@overload\ndef one(x: int): ...\n@typing.overload\ndef one(x: str): ...\ndef one(x): ...\n"
        "def lock(): ...\nif sys.platform == 'win32':\n    def lock(): ...\nelse:\n    def lock(): ...\n"
        "rows = {}\nrows['a'] = 1\nrows |= {}\nlater: int\nlater = 1\nclass A:\n    x = 1\n    x = 2\n",
    )
    assert faults(tmp_path) == []


def test_the_script_fails_with_the_faults_and_passes_without(write, tmp_path):
    def run():
        return subprocess.run([sys.executable, SCRIPT, tmp_path], capture_output=True, text=True, check=False)

    write("a/rows.py")
    assert (run().returncode, run().stderr) == (0, "")
    write("b/rows.py")
    done = run()
    assert done.returncode == 1
    assert "rows.py: the module's name is that of" in done.stderr
