"""Publication: an edition gathered, checked and put out, where anything in it differs from the one that readers see.

How a file is built and the pointer moved belongs to `storage.warehouse`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import duckdb
import pyarrow as pa

from indicators.catalogue import Catalogue
from indicators.dictionary import SCHEMA
from pipelines.code_version import version_behind, whole_version
from pipelines.edition import gathering
from pipelines.edition.views import VIEWS
from pipelines.engine.on_duckdb import DuckDbEngine
from pipelines.steps.remembering import Memory
from pipelines.storage import files, warehouse
from pipelines.storage.store import Store
from pipelines.storage.warehouse import Edition


@dataclass(frozen=True)
class Publisher:
    """Puts out editions of one source set. synthetic: its figures are made up."""

    catalogue: Catalogue
    store: Store
    source_set: str
    synthetic: bool
    memory: Memory

    @property
    def fingerprint(self) -> str:
        """Identify what an edition is made from; the same fingerprint means the same figures.

        By the store's key, for the versions of its tables follow from counts that no reader may try out.
        """
        kept = {key: self.store.lake.kept(key) for key in gathering.gathered_keys(self.catalogue)}
        versions = [f"{key} {table.version if table is not None else ''}" for key, table in kept.items()]
        text = "\n".join([*versions, self.catalogue.digest, version_behind(gathering.gather, warehouse.publish)])
        return self.store.names.of(text)

    def is_current(self) -> bool:
        """Say whether the edition that readers see is made from what the lake holds, by today's code and catalogue."""
        try:
            with warehouse.connect(self.store.root) as connection:
                found = connection.execute("SELECT value FROM meta WHERE key = 'fingerprint'").fetchone()
        except (warehouse.NothingPublished, duckdb.Error):
            return False
        return found is not None and found[0] == self.fingerprint

    def publish(
        self, checks: Iterable[dict[str, Any]], run_id: str, started: datetime
    ) -> tuple[Edition, dict[str, int]]:
        """Put out an edition; return it with the rows of each table. Raises PublicationError, LakeError.

        checks: what was checked in this run, as rows of `check_result` with the state of each source asked.
        """
        rows = list(checks)
        states = [str(row["state"]) for row in rows if row.get("state")]
        results = [{name: value for name, value in row.items() if name != "state"} for row in rows]
        runs = self._runs(run_id, started, states)
        with files.scratch(self.store.lake.root) as scratch:
            tables = gathering.gather(DuckDbEngine(scratch).run, self.catalogue, self.store, results, runs)
        edition = self._put_out(tables)
        self.memory.remember(again=True)
        return edition, {name: table.num_rows for name, table in tables.items()}

    def _put_out(self, tables: dict[str, pa.Table]) -> Edition:
        meta = {
            "source_set": self.source_set,
            "synthetic": str(self.synthetic).lower(),
            "code_version": whole_version(),
            "catalogue_hash": self.catalogue.digest,
            "fingerprint": self.fingerprint,
        }
        return warehouse.publish(self.store.root, tables, SCHEMA, VIEWS, meta, datetime.now(UTC))

    def _runs(self, run_id: str, started: datetime, states: list[str]) -> list[dict[str, Any]]:
        """Rows of `refresh_run`: those of the edition before, and this run."""
        this = {
            "run_id": run_id,
            "started_at": started,
            "finished_at": datetime.now(UTC),
            "source_set": self.source_set,
            "trigger": "refresh",
            "fetched": states.count("new"),
            "unchanged": states.count("unchanged"),
            "failed": states.count("failed"),
            "outcome": "published, some sources failed" if "failed" in states else "published",
        }
        try:
            with warehouse.connect(self.store.root) as connection:
                earlier = warehouse.rows(connection, "SELECT * FROM refresh_run")
        except (warehouse.NothingPublished, duckdb.Error):
            earlier = []
        return [*earlier, this]
