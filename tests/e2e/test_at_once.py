"""Processes on one store at the same moment: they go one after the other, and each one's work is in the edition."""

import os
import signal
from pathlib import Path
from subprocess import Popen

import pytest

from tests.e2e.conftest import Levekar
from tests.e2e.test_deliver import newer, points
from tests.e2e.test_kill import published, see_that_the_folder_is_whole, started


def ended(process: Popen[str]) -> str:
    """Wait for it, see that it succeeded, and return what it said."""
    said = process.communicate(timeout=900)[0]
    assert process.returncode == 0, said
    return " ".join(said.split())


@pytest.mark.slow  # two refreshes and a delivery, each as its own process
def test_two_refreshes_and_a_delivery_at_once_go_one_after_the_other(
    demo_copy: Path, levekar: Levekar, tmp_path: Path
) -> None:
    file, _period, value = newer(tmp_path)
    commands = (("refresh", "--full"), ("deliver", file), ("refresh",))
    at_once = [started(demo_copy, *command, LEVEKAR_WAIT="900") for command in commands]
    said = [ended(process) for process in at_once]
    waited = [text for text in said if "is in use by" in text]
    assert len(waited) >= 2, said
    assert points(levekar, demo_copy) == value + 1
    see_that_the_folder_is_whole(demo_copy, published(demo_copy))


@pytest.mark.slow  # processes of their own
def test_who_does_not_want_to_wait_is_told_by_whom_the_store_is_used(demo_copy: Path) -> None:
    before = published(demo_copy)
    with started(demo_copy, "refresh", "--full") as first:
        assert first.stdout is not None
        first.stdout.readline()  # at work
        os.kill(first.pid, signal.SIGSTOP)  # and as slow as can be
        try:
            with started(demo_copy, "refresh", LEVEKAR_WAIT="1") as second:
                said = " ".join(second.communicate(timeout=120)[0].split())
                assert second.returncode != 0
                assert f"is busy: levekar refresh (process {first.pid} on " in said
                assert "Nothing was changed. Run it again later." in said
            assert published(demo_copy) == before
        finally:
            os.killpg(first.pid, signal.SIGKILL)
