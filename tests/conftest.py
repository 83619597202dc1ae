"""What every test shares: one visible line where the recorded statistics are absent."""

import pytest

from tests.recorded import RECORDED


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say that tests/recorded is left out, rather than skipping it silently."""
    if RECORDED.is_dir():
        return None
    return "tests/recorded is left out: ../shared/recorded (real statistics) is not beside this clone"
