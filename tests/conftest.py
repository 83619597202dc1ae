"""What every test shares: how examples are drawn, and one visible line where the recorded statistics are absent."""

import pytest
from hypothesis import settings

from tests.recorded import RECORDED

# The same examples in every run, and no limit of time for each: a busy machine is no fault of the code.
settings.register_profile("levekar", deadline=None, derandomize=True)
settings.load_profile("levekar")


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say that tests/recorded is left out, rather than skipping it silently."""
    if RECORDED.is_dir():
        return None
    return "tests/recorded is left out: ../shared/recorded (real statistics) is not beside this clone"
