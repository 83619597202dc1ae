"""Documentation: every command of the guides is run on the demo, and every command anywhere is one that there is."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from pipelines import cli
from pipelines.settings import PROJECT
from tests.e2e.conftest import Levekar

GUIDES = ["first_day", "first_hour", "another_district"]
PAGES = [PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md"))]
_OPTIONAL = re.compile(r"\[[^\]]*\]")


def commands(path: Path) -> list[str]:
    """The commands in blocks for a shell, each without its comment."""
    blocks = re.findall(r"```sh\n(.*?)```", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    lines = (line.strip() for block in blocks for line in block.splitlines())
    return [line for line in lines if line.startswith("levekar ")]


@pytest.mark.slow
@pytest.mark.parametrize("guide", GUIDES)
def test_every_command_of_a_guide_runs_on_the_demo(
    guide: str, demo_copy: Path, levekar: Levekar, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = commands(PROJECT / "docs" / f"{guide}.md")
    assert len(found) > 3
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("LEVEKAR_DATA_DIR", str(demo_copy))
    for command in found:
        said = levekar(*shlex.split(command)[1:])
        assert said.code == 0, f"{command}: {said.err}"


def mentioned(text: str) -> list[str]:
    """Every command that a page shows, in blocks or within a sentence; `[...]` may be left out."""
    blocks = re.findall(r"^ *(levekar [^\n]*)$", text, flags=re.MULTILINE)
    within = re.findall(r"`(levekar [^`]*)`", text)
    return [_OPTIONAL.sub("", one.partition("  #")[0]).strip() for one in (*blocks, *within)]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_command_that_a_page_shows_is_there_with_its_options(path: Path) -> None:
    known = get_command(cli.app)
    for command in mentioned(path.read_text(encoding="utf-8")):
        words = command.split()[1:]
        if not words or words[0].startswith("-"):
            continue
        assert words[0] in known.commands, command
        options = {name for one in known.commands[words[0]].params for name in (*one.opts, *one.secondary_opts)}
        used = {word.partition("=")[0] for word in words[1:] if re.fullmatch(r"--?[a-z][a-z-]*(=.*)?", word)}
        assert used <= options | {"--help"}, f"{command}: {sorted(used - options)}"


@pytest.mark.slow
def test_the_site_is_built_whole_and_asks_for_nothing_from_elsewhere(tmp_path: Path) -> None:
    command = [Path(sys.executable).with_name("properdocs"), "build", "--strict", "--site-dir", tmp_path / "site"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for page in PAGES[1:]:
        assert (tmp_path / "site" / f"{page.stem}.html").is_file()
    for page in (tmp_path / "site").rglob("*.html"):
        asked = re.findall(
            r'<(?:script|link|img|iframe)[^>]*(?:src|href)="(https?:)?//', page.read_text(encoding="utf-8")
        )
        assert asked == [], page
