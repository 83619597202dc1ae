"""Which of FHI's tables have living-conditions zones: areas below the municipality, with codes of ten digits.

No list says which tables are published by zone, so each table's own areas are looked at: one call a table.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from indicators.catalogue.models import SourceTable
from pipelines.errors import NotKept, SourceError, Unreachable
from pipelines.providers.fhi import FhiClient

_ZONE = re.compile(r"\d{10}")
_SHOWN = 6  # municipalities that a line names


@dataclass(frozen=True)
class Survey:
    """What the areas of all tables show: of each that has zones the title, and zones by municipality.

    unread: tables whose areas could not be read -> why.
    """

    looked_at: int
    found: dict[str, tuple[str, Counter[str]]]
    unread: dict[str, str]

    def lines(self, declared: Iterable[SourceTable]) -> list[str]:
        """Return the findings as sentences; declared: the tables of the catalogue."""
        used = {table.asked_as: table for table in declared}
        lines = [f"{self.looked_at} tables looked at, {len(self.found)} have living-conditions zones"]
        lines += [
            f"{number} ({title}): {_counted(zones)}{_use(used.get(number))}"
            for number, (title, zones) in self.found.items()
        ]
        lines += [f"{number}: not read ({why})" for number, why in self.unread.items()]
        return lines


def survey(client: FhiClient) -> Survey:
    """Look at the areas of every table. A table that cannot be read is named, and the others are looked at.

    Raises SourceError where there is no list, Unreachable where nobody answers any longer.
    """
    tables = client.listed()
    found: dict[str, tuple[str, Counter[str]]] = {}
    unread: dict[str, str] = {}
    for number, title in tables.items():
        try:
            codes = client.areas(number)
        except (Unreachable, NotKept):
            raise
        except SourceError as error:
            unread[number] = " ".join(str(error).split())
            continue
        zones = Counter(code[:4] for code in codes if _ZONE.fullmatch(code))
        if zones:
            found[number] = (title, zones)
    return Survey(len(tables), found, unread)


def _counted(zones: Counter[str]) -> str:
    named = ", ".join(f"{number} of {code}" for code, number in sorted(zones.items())[:_SHOWN])
    more = f" and of {len(zones) - _SHOWN} more" if len(zones) > _SHOWN else ""
    return f"{zones.total()} zones, {named}{more}"


def _use(table: SourceTable | None) -> str:
    if table is None:
        return "; no indicator uses the table"
    return "; they are asked for" if table.zones else f"; not asked for: {table.id} lacks `zones: discover`"
