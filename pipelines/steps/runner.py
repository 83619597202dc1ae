"""The one runner: makes a step's table, or keeps it and says so; and why it was made anew.

A table stands as long as its inputs, the part of the catalogue that it reads and the code that makes it are the same.

A step that fails is that step's failure: what stood before stands, where it was made by the same code from the same
catalogue, so that no table outlives a change of the rules that protect it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import pyarrow as pa

from indicators.catalogue import Catalogue
from pipelines.code_version import modules_behind
from pipelines.decoding.vintages import Vintages
from pipelines.engine.on_duckdb import DuckDbEngine
from pipelines.steps.remembering import SHOWN, Memory
from pipelines.steps.step import SNAPSHOT, Before, Check, Finding, Inputs, Step
from pipelines.storage import files
from pipelines.storage.lake import Kept, Lake, LakeError, Memo

NEVER_MADE = "was never made, or not to its end"
DAMAGED = "its file was damaged, or its writer was killed"
NOT_CHECKED = "its checks were not made to their end"


@dataclass(frozen=True)
class Made:
    """What came of running a step: its table as kept, why it was made anew (nothing: it stands), what was found.

    error: why it could not be made, so that the table before stands; None where all is well.
    """

    step: Step
    kept: Kept
    reasons: tuple[str, ...]
    findings: Mapping[str, Finding]
    error: Exception | None = None

    @property
    def failure(self) -> str | None:
        """What is to be said of the error to whoever looks after the store."""
        return None if self.error is None else f"{type(self.error).__name__}: {self.error}"

    @property
    def rebuilt(self) -> bool:
        """Whether the table was made anew."""
        return bool(self.reasons)


class Runner:
    """Runs steps on one store. full: everything is made anew. most: the engine's memory, as DuckDB spells it."""

    def __init__(
        self,
        catalogue: Catalogue,
        lake: Lake,
        vintages: Vintages,
        memory: Memory,
        *,
        full: bool = False,
        most: str | None = None,
    ) -> None:
        self._catalogue, self.lake, self._vintages, self._memory = catalogue, lake, vintages, memory
        self._full, self._most = full, most

    def run(self, step: Step) -> Made:
        """Make the step's table where it does not stand; where that fails, the one before stands with the failure.

        Raises OSError where there is no room, and, where no table may stand, LakeError, SourceError and what the step
        raises.
        """
        try:
            return self._run(step)
        except (OSError, MemoryError):
            raise
        except Exception as error:
            kept = self._last_good(step)
            if kept is None:
                raise
            return Made(step, kept, (), _findings_of(kept), error)

    def _last_good(self, step: Step) -> Kept | None:
        """Return the table that stands where it cannot be made anew; None where none may.

        A single source's facts stand whatever made them, as its last good answer does. Where there are none, nothing is
        published: an edition without them would be silent about figures that the one before shows.
        """
        kept = self.lake.kept(step.key)
        whole = kept if kept is not None and self.lake.is_whole(kept) else None
        if whole is not None:
            rules = (self._catalogue.digests(*step.reads), _code_of(step.make))
            if rules == (whole.memo.catalogue, whole.memo.code):
                return whole
            if step.otherwise is not None and self.lake.ref(step.key).schema.equals(step.otherwise):
                return whole
        return None

    def _run(self, step: Step) -> Made:
        memo, kept = self._memo(step), self.lake.kept(step.key)
        reasons = self._reasons(step, memo, kept)
        if kept is not None and not self.lake.is_whole(kept):
            kept, reasons = None, [DAMAGED]
        if kept is not None and not reasons:
            return Made(step, kept, (), _findings_of(kept))
        with files.scratch(self.lake.root) as scratch:
            inputs = self._inputs(step, DuckDbEngine(scratch, self._most), self._before(step, memo, kept))
            part = self._catalogue.only(*step.reads)
            written = self.lake.write(step.key, step.make(inputs, part), memo)
            findings = {}
            if step.checks:
                table = self.lake.read(step.key)
                findings = {check.name: _examined(check, table, inputs, part) for check in step.checks}
                written = self.lake.note(
                    step.key, written, [_finding_record(name, found) for name, found in findings.items()]
                )
        return Made(step, written, tuple(reasons), findings)

    def stands(self, steps: Iterable[Step]) -> bool:
        """Tell whether all of these tables stand as they are. Raises SourceError where a record cannot be read."""
        return not any(self._reasons(step, self._memo(step), self.lake.kept(step.key)) for step in steps)

    def _memo(self, step: Step) -> Memo:
        inputs = {need: self._version(need) for need in step.needs}
        return Memo(inputs, self._catalogue.digests(*step.reads), _code_of(step.make))

    def _version(self, need: str) -> str:
        if need.startswith(SNAPSHOT):
            return self._vintages.standing(need.removeprefix(SNAPSHOT)).version
        if need == SHOWN:
            return self._memory.version
        kept = self.lake.kept(need)
        return kept.version if kept is not None else "not made"

    def _reasons(self, step: Step, memo: Memo, kept: Kept | None) -> list[str]:
        if kept is None:
            return [NEVER_MADE]
        # A writer that was killed between table and checks leaves a whole table that nobody has looked at.
        if not {check.name for check in step.checks} <= {found["check"] for found in kept.findings}:
            return [NOT_CHECKED]
        return memo.reasons(kept.memo) or (["everything is to be made anew"] if self._full else [])

    def _inputs(self, step: Step, engine: DuckDbEngine, before: Before | None) -> Inputs:
        tables = [need for need in step.needs if not need.startswith(SNAPSHOT)]
        sources = [need.removeprefix(SNAPSHOT) for need in step.needs if need.startswith(SNAPSHOT)]
        return Inputs(
            {key: partial(self.lake.ref, key) for key in tables},
            {name: self._vintages.standing(name) for name in sources},
            engine,
            before,
            self._memory.store.names.key if SHOWN in tables else b"",
        )

    def _before(self, step: Step, memo: Memo, kept: Kept | None) -> Before | None:
        """Return the table that can be added to: made by the same code from the same catalogue and needs."""
        if kept is None or self._full or (memo.catalogue, memo.code) != (kept.memo.catalogue, kept.memo.code):
            return None
        if memo.inputs.keys() != kept.memo.inputs.keys():
            return None
        changed = frozenset(need for need in step.needs if memo.inputs[need] != kept.memo.inputs[need])
        try:
            return Before(self.lake.ref(step.key), changed)
        except LakeError:
            return None  # damaged: it is made from nothing


def _examined(check: Check, table: pa.Table, inputs: Inputs, catalogue: Catalogue) -> Finding:
    """Put a check's question. One that only warns fails alone where it cannot be put: no table waits for it."""
    try:
        return check.examine(table, inputs, catalogue)
    except Exception as error:
        if check.blocking:
            raise
        return Finding(False, f"the check itself failed ({type(error).__name__}): report it; the table stands")


@cache
def _code_of(make: Any) -> dict[str, str]:
    return modules_behind(make, DuckDbEngine)


def _finding_record(name: str, found: Finding) -> dict[str, Any]:
    return {"check": name, "passed": found.passed, "reason": found.reason, "shown": dict(found.shown)}


def _findings_of(kept: Kept) -> dict[str, Finding]:
    return {
        found["check"]: Finding(**{name: value for name, value in found.items() if name != "check"})
        for found in kept.findings
    }
