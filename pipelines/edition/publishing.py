"""Publication: an edition gathered, checked and put out, where anything in it differs from the one that readers see.

How a file is built and the pointer moved belongs to `storage.warehouse`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import duckdb
import pyarrow as pa

from indicators.catalogue import Catalogue
from indicators.dictionary import SCHEMA
from pipelines.code_version import version_behind, whole_version
from pipelines.edition import gate, gathering, over_time, releases
from pipelines.edition.views import MACROS, VIEWS
from pipelines.engine.on_duckdb import DuckDbEngine
from pipelines.steps.remembering import Memory
from pipelines.storage import files, warehouse
from pipelines.storage.store import Store
from pipelines.storage.warehouse import Edition


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Publisher:
    """Puts out editions of one source set. synthetic: its figures are made up.

    now: the time to publish by. most: the engine's memory.
    """

    catalogue: Catalogue
    store: Store
    source_set: str
    synthetic: bool
    memory: Memory
    now: Callable[[], datetime] = _now
    most: str | None = None

    @property
    def fingerprint(self) -> str:
        """Identify what an edition is made from; the same fingerprint means the same figures.

        By the store's key, for the versions of its tables follow from counts that no reader may try out.
        """
        kept = {key: self.store.lake.kept(key) for key in gathering.gathered_keys(self.catalogue)}
        versions = [f"{key} {table.version if table is not None else ''}" for key, table in kept.items()]
        made = [f"release {release.name}" for release in releases.made(self.store.root)]
        text = "\n".join([*versions, *made, self.catalogue.digest, version_behind(gathering.gather, warehouse.publish)])
        return self.store.names.of(text)

    def is_current(self) -> bool:
        """Say whether the edition that readers see is made from what the lake holds, by today's code and catalogue."""
        try:
            with warehouse.connect(self.store.root) as connection:
                found = connection.execute("SELECT value FROM meta WHERE key = 'fingerprint'").fetchone()
        except (warehouse.NothingPublished, duckdb.Error):
            return False
        return found is not None and found[0] == self.fingerprint and self._is_whole()

    def _is_whole(self) -> bool:
        """Whether each file of the edition that readers see is as it was published."""
        edition = warehouse.current(self.store.root)
        return edition is not None and not warehouse.damage(edition)

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
            engine = DuckDbEngine(scratch, self.most)
            tables = gathering.gather(engine.run, self.catalogue, self.store, results, runs, synthetic=self.synthetic)
        now = self.now()
        tables = self._with_memory(tables, now, run_id)
        wrong = list(gate.failures(self.catalogue, tables))
        if wrong:
            raise warehouse.PublicationError(wrong)
        edition = self._put_out(tables, now)
        self.memory.remember(again=True)
        return edition, {name: table.num_rows for name, table in tables.items()}

    def unexplained(self) -> str | None:
        """Say which changes of the edition that readers see have no reason; None where all have, or nothing stands."""
        query = "SELECT message FROM check_result WHERE check_name = ? AND NOT passed"
        try:
            with warehouse.connect(self.store.root) as connection:
                found = connection.execute(query, [over_time.CHECK]).fetchone()
        except (warehouse.NothingPublished, duckdb.Error):
            return None
        return str(found[0]) if found is not None else None

    def _with_memory(self, tables: dict[str, pa.Table], now: datetime, run_id: str) -> dict[str, pa.Table]:
        """Return the tables with those that remember, and what was found of their reasons in `check_result`."""
        name = warehouse.next_name(self.store.root, now)
        edition = {
            "edition": name,
            "published_at": warehouse.published_at(name),
            "code_version": whole_version(),
            "catalogue_hash": self.catalogue.digest,
        }
        told = over_time.remembered(tables, self.catalogue, self.store, edition)
        unexplained = ", ".join(f"{number} of {table}" for table, number in told.unexplained.items())
        found = {
            "check_name": over_time.CHECK,
            "subject": "publication/warehouse",
            "severity": "ERROR",
            "passed": not unexplained,
            "checked_at": now,
            "run_id": run_id,
            "message": f"changes without a reason: {unexplained}; see reasons in the tables ending in _history"
            if unexplained
            else None,
        }
        check = pa.Table.from_pylist([found], schema=SCHEMA["check_result"].arrow)
        return {**tables, **told.tables, "check_result": pa.concat_tables([tables["check_result"], check])}

    def _put_out(self, tables: dict[str, pa.Table], now: datetime) -> Edition:
        meta = {
            "source_set": self.source_set,
            "synthetic": str(self.synthetic).lower(),
            "code_version": whole_version(),
            "catalogue_hash": self.catalogue.digest,
            "fingerprint": self.fingerprint,
        }
        return warehouse.publish(self.store.root, tables, SCHEMA, VIEWS, meta, now, macros=MACROS)

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
