"""What every test shares: how examples are drawn, and one visible line where the recorded statistics are absent."""

import math
import os
import time
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.recorded import RECORDED
from tests.register_server import with_some

# The same examples in every run, and no limit of time for each: a busy machine is no fault of the code.
settings.register_profile("levekar", deadline=None, derandomize=True)
settings.load_profile("levekar")

# When the slow tests have to end, in seconds since 1970: CI that is stopped after ninety minutes has shown nothing.
UNTIL = float(os.environ.get("LEVEKAR_SLOW_UNTIL", "inf"))


@pytest.fixture(scope="session", autouse=True)
def registers() -> Iterator[None]:
    """No test asks a register on the net: whoever has no other address asks one of the tests' own."""
    with with_some() as server, pytest.MonkeyPatch.context() as environment:
        environment.setenv("LEVEKAR_NVDB_URL", server.nvdb)
        environment.setenv("LEVEKAR_BRREG_URL", server.brreg)
        environment.setenv("LEVEKAR_TRAFIKKDATA_URL", server.trafikkdata)
        environment.setenv("LEVEKAR_NILU_URL", server.nilu)
        yield


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say that tests/recorded is left out, rather than skipping it silently."""
    if RECORDED.is_dir():
        return None
    return "tests/recorded is left out: ../shared/recorded (real statistics) is not beside this clone"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where time is short, let another file of slow tests begin each day, so that each has its turn."""
    if math.isinf(UNTIL):
        return
    files = list(dict.fromkeys(item.path for item in items))
    first = int(time.time() // 86_400) % len(files) if files else 0
    place = {path: (number - first) % len(files) for number, path in enumerate(files)}
    items.sort(key=lambda item: place[item.path])


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out slow tests for which no time is left; the summary counts them."""
    if time.time() > UNTIL and item.get_closest_marker("slow"):
        pytest.skip("CI's time is up (docs/architecture.md, Tests); `make slow` runs them all")
