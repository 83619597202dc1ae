"""The chart that the page of an asset shows, drawn once and kept beside the lake.

Drawing takes longer than most steps, and the page of a table that stands should show its chart too.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from indicators.catalogue import Catalogue
from pipelines.code_version import version_behind
from pipelines.steps.counting import RESIDENTS
from pipelines.steps.evaluating import FITS, RESULTS
from pipelines.steps.runner import Made
from pipelines.storage import files
from pipelines.storage.lake import Lake
from pipelines.workplace import drawings, evaluation_chart

Charts = dict[str, str]
"""Markdown with a picture inside, by its title."""


@dataclass(frozen=True)
class ChartFolder:
    """The charts of one area below `root`, each with the version of the table that it shows in its name."""

    root: Path
    catalogue: Catalogue
    lake: Lake
    area: str
    synthetic: bool

    def of(self, made: Made) -> Charts:
        """Return the charts of a step's table; none for tables that are not drawn."""
        key = made.step.key
        if made.step.group != "series" and key not in (RESIDENTS, RESULTS):
            return {}
        version = hashlib.sha256(f"{made.kept.version} {self.area} {self._code}".encode()).hexdigest()[:16]
        path = self.root / f"{key}-{version}.json"
        if not path.is_file():
            files.write(path, json.dumps(self._drawn(key)).encode())
            for older in path.parent.glob(f"{path.stem.rpartition('-')[0]}-*.json"):
                if older != path:
                    older.unlink(missing_ok=True)
        drawn: Charts = json.loads(path.read_bytes())
        return drawn

    @cached_property
    def _code(self) -> str:
        return version_behind(drawings.pillar, evaluation_chart.chart)

    def _drawn(self, key: str) -> Charts:
        stage, _, pillar = key.partition("/")
        if stage == "series":
            series = self.lake.read(key)
            return {"chart": drawings.pillar(self.catalogue, pillar, series, self.area, synthetic=self.synthetic)}
        if key == RESIDENTS:
            return {"chart": drawings.population(self.catalogue, self.lake.read(key), self.area, self.synthetic)}
        fits = self.lake.read(FITS).to_pylist()
        return {
            f"chart {plan.id}": evaluation_chart.chart(
                self.catalogue,
                plan,
                [fit for fit in fits if fit["evaluation_id"] == plan.id],
                synthetic=self.synthetic,
            )
            for plan in self.catalogue.evaluations.values()
        }
