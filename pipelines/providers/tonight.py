"""The providers of one refresh: a client for each, and their answers so far, so that none is asked twice."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from indicators.catalogue.models import Asked, Provider, SourceTable
from pipelines.errors import SourceError, Unreachable
from pipelines.providers.fhi import FhiClient
from pipelines.providers.klass import KlassClient, KlassFetched, KlassQuery
from pipelines.providers.pxweb import Fetched, PxWebClient, Query, Selection
from pipelines.providers.registers import CLIENTS, RegisterClient
from pipelines.providers.replay import ReplayTransport
from pipelines.providers.transport import LiveTransport, Transport
from pipelines.storage.snapshots import SnapshotStore

_OSLO = ZoneInfo("Europe/Oslo")
# A municipality's code, or the mask of all of them.
_MUNICIPALITY = re.compile(r"\d{4}|\?{4}")
# The same with what a code list writes before it.
_OF_A_LIST = re.compile(r"(|K-|K_)\d{4}")


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Providers:
    """The providers as declared, asked over the network, or where `replay` is given, as if what is kept there were new.

    urls: addresses that go before those of the catalogue. asked: False where deliveries alone are taken. anyway: ask in
    closed hours too. clock: gives the time, with its zone. paces: a folder in which all processes on this machine count
    their calls. everywhere: tables of municipalities are asked for every municipality that they have.
    """

    declared: dict[str, Provider]
    urls: dict[str, str] = field(default_factory=dict)
    replay: Path | None = None
    asked: bool = True
    anyway: bool = False
    clock: Callable[[], datetime] = _now
    paces: Path | None = None
    everywhere: bool = False
    # What went wrong when a source was asked whether it changed, by the source's name.
    faults: dict[str, SourceError] = field(default_factory=dict)
    _updated: dict[tuple[str, str], str | None] = field(default_factory=dict)
    # Why a host cannot be reached: two providers may be one host's.
    _unreachable: dict[str, str] = field(default_factory=dict)

    @cached_property
    def replayed(self) -> SnapshotStore | None:
        """The snapshots that stand in for the providers, if any. Raises SourceError where they are not there."""
        if self.replay is None:
            return None
        if not self.replay.is_dir():
            raise SourceError(f"{self.replay}: no such folder of snapshots; expected one written by `levekar refresh`")
        return SnapshotStore(self.replay)

    def open_replay(self) -> SnapshotStore | None:
        """Return `replayed`, for who wants to know at once whether it is there. Raises SourceError."""
        return self.replayed

    @cached_property
    def clients(self) -> dict[str, PxWebClient | FhiClient]:
        """One client per provider of tables, so that its calls share one rate limit."""
        return {
            name: FhiClient(self._transport(name))
            if provider.dialect == "fhi"
            else PxWebClient(self._transport(name), dialect="v0" if provider.dialect == "v0" else "v2")
            for name, provider in self.declared.items()
            if provider.dialect in ("v2", "v0", "fhi")
        }

    @cached_property
    def registers(self) -> dict[str, RegisterClient]:
        """One client per register, of which the figures are counted here."""
        return {
            name: CLIENTS[provider.dialect](self._transport(name), self.clock)
            for name, provider in self.declared.items()
            if provider.dialect in CLIENTS
        }

    def client(self, provider: str) -> PxWebClient | FhiClient | RegisterClient:
        """Return the client of a provider of tables or of a register."""
        return self.registers.get(provider) or self.clients[provider]

    @cached_property
    def klass(self) -> KlassClient:
        """The client of the classification service."""
        return KlassClient(self._transport("klass"))

    def closed_until(self, name: str) -> datetime | None:
        """Return until when a provider is to be left alone, by the clocks in Oslo; None where it may be asked.

        In these hours it renews its figures, and may show zeros or nothing in their place.
        """
        if self.replay is not None or self.anyway:
            return None
        now = self.clock().astimezone(_OSLO)
        hours = self.declared[name].closed_hours if name in self.declared else []
        ends = [now.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0) for _start, end in hours]
        return next(
            (end for (start, _end), end in zip(hours, ends, strict=True) if start <= now.time() and now < end), None
        )

    def updated(self, source: Asked, known: str | None) -> str | None:
        """Return when a source last changed, asked for once however many queries use it. Raises SourceError."""
        key = (source.provider, source.asked_as)
        if key not in self._updated:
            self._updated[key] = (
                self.client(source.provider).updated(source.asked_as, known)
                if isinstance(source, SourceTable)
                else self.klass.updated(source.asked_as)
            )
        return self._updated[key]

    def fetch_table(self, table: SourceTable, known_updated: str | None) -> Fetched | None:
        """Return a table's answers; None where it was not modified since. Raises SourceError."""
        return self.client(table.provider).fetch(self.query_of(table), known_updated=known_updated)

    def query_of(self, table: SourceTable) -> Query:
        """Return the query that is put to a table tonight."""
        return query_of(table, everywhere=self.everywhere)

    def fetch_classification(self, query: KlassQuery, known_updated: str | None) -> KlassFetched | None:
        """Return a classification's answers; None where it was not modified since. Raises SourceError."""
        return self.klass.fetch(query, known_updated=known_updated)

    def note(self, name: str, fault: SourceError, every: Mapping[str, Asked]) -> None:
        """Remember a fault. Where a whole service is out of reach, its other sources are not tried one by one."""
        self.faults[name] = fault
        provider = every[name].provider if name in every else None
        if isinstance(fault, Unreachable) and provider and self.declared[provider].dialect in ("klass", "fhi"):
            self.faults |= {other: fault for other, source in every.items() if source.provider == provider}

    def _transport(self, provider: str) -> Transport:
        if self.replayed is not None:
            return ReplayTransport(self.replayed, provider)
        url = self.urls.get(provider) or self.declared[provider].url
        pace_file = self.paces / f"{provider}.pace" if self.paces else None
        return LiveTransport(url, name=provider, pace_file=pace_file, unreachable=self._unreachable, now=self.clock)


def query_of(table: SourceTable, *, everywhere: bool = False) -> Query:
    """Return the query that the catalogue declares for a table, with its municipalities' zones where it has any.

    everywhere: with every municipality of every year as well, as far as the table has them.
    """
    further = (*zones_within(table), *(_municipalities(table) if everywhere and not table.register else ()))
    chosen = {
        name: Selection(tuple(choice.values), choice.codelist, further if name == table.area else (), choice.labels)
        for name, choice in table.selection.items()
    }
    return Query(table.asked_as, chosen)


def _municipalities(table: SourceTable) -> tuple[str, ...]:
    """Return masks of all municipalities' codes, in each form in which the table is asked for any: 3301, K-3301.

    Counties are numbered from 01 to 56. Masks without the first digit would also find words such as Ialt.
    """
    asked = table.selection[table.area].values if table.area is not None else []
    forms = {found[1] for code in asked if (found := _OF_A_LIST.fullmatch(code))}
    return tuple(f"{form}{digit}???" for form in sorted(forms) for digit in range(6))


def zones_within(table: SourceTable) -> tuple[str, ...]:
    """Return masks of the ten-digit codes of living-conditions zones in the municipalities that are asked for.

    None where the table is not to be looked through for zones.
    """
    if table.zones is None or table.area is None:
        return ()
    return tuple(f"{code}??????" for code in table.selection[table.area].values if _MUNICIPALITY.fullmatch(code))
