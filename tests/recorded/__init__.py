"""Tests on real statistics, read where they lie beside the project and never copied into it."""

from pathlib import Path

RECORDED = Path(__file__).parents[3] / "shared" / "recorded"
