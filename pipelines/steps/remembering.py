"""What readers already hold: the figures that earlier editions showed or hid, as an input of the steps that hide.

A count that stands in an older edition is known, and a companion that was hidden there must stay hidden. So protection
takes the memory as an input, which counts in the memo like any other. A table's own publication is no news to it: its
memo is moved on, so that a night without change rebuilds nothing.
"""

from dataclasses import dataclass, field, replace

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from indicators.disclosure.tables import REMEMBERED
from pipelines.storage.history import FIGURES, KEY, History
from pipelines.storage.lake import Memo
from pipelines.storage.store import Store

SHOWN = "memory/shown"
"""The need of a step that is to know what was shown; such a step gets the store's secret key, too."""
COMPUTED = "computed/"
MEASURES = "measures/"


@dataclass
class Memory:
    """What the editions of a store have shown and hidden, by the values that figures had then.

    pillars: of the catalogue.
    """

    store: Store
    pillars: tuple[str, ...]
    _is_known: bool = field(default=False, repr=False)

    @property
    def version(self) -> str:
        """Tells the memory apart from another, and the key by which is chosen what to hide. Raises LakeError."""
        self.remember()
        kept = self.store.lake.kept(SHOWN)
        return f"{kept.version if kept else 'lost'} {self.store.names.of(SHOWN)[:16]}"

    def remember(self, *, again: bool = False) -> None:
        """Record the editions that are not recorded yet, and what they told. again: one was published just now.

        A process that was killed between the two left one unrecorded: so the memory is looked at before it is used.
        Raises LakeError.
        """
        if self._is_known and not again:
            return
        history = History(self.store.root, self.store.lake)
        missing = history.missing()
        kept = self.store.lake.kept(SHOWN)
        if missing or kept is None or not self.store.lake.is_whole(kept):
            before = kept.version if kept else None
            for edition in missing:
                newest = edition == missing[-1]
                try:
                    history.add(edition, self._computed() if newest else None)
                except duckdb.Error:
                    continue  # what cannot be opened tells nobody anything
            written = self.store.lake.write(SHOWN, told(history.rows()), Memo())
            self._move_on(before, written.version)
        self._is_known = True

    def _computed(self) -> pa.Table | None:
        """The measures behind the current edition before anything was hidden; None where they were never made."""
        keys = [f"{COMPUTED}{pillar}" for pillar in self.pillars]
        if any(self.store.lake.kept(key) is None for key in keys):
            return None
        return pa.concat_tables([self.store.lake.read(key) for key in keys])

    def _move_on(self, before: str | None, now: str) -> None:
        """Tell tables that were made with the memory of before that what is new in it is their own publication."""
        name = self.store.names.of(SHOWN)[:16]
        for pillar in self.pillars:
            kept = self.store.lake.kept(f"{MEASURES}{pillar}")
            if kept is not None and kept.memo.inputs.get(SHOWN) == f"{before} {name}":
                memo = replace(kept.memo, inputs={**kept.memo.inputs, SHOWN: f"{now} {name}"})
                self.store.lake.note(f"{MEASURES}{pillar}", replace(kept, memo=memo), kept.findings)


def told(history: pa.Table) -> pa.Table:
    """Return what a history (`storage.history.ROWS`) told of delivered figures, each state once (REMEMBERED).

    What a provider has published is known to everybody, whether an edition showed it or not.
    """
    delivered = pc.match_substring(history["source_table"], "delivery/")
    rows = history.filter(pc.fill_null(delivered, fill_value=False))
    hidden = pc.equal(rows["state"], "hidden")
    figures = {name: pc.if_else(hidden, rows[f"hidden_{name}"], rows[name]) for name in FIGURES}
    table = pa.table({**{name: rows[name] for name in KEY}, **figures, "state": rows["state"]})
    once = table.group_by(table.column_names).aggregate([])
    return once.select(REMEMBERED.names).sort_by([(name, "ascending") for name in REMEMBERED.names]).cast(REMEMBERED)
