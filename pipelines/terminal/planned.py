"""`levekar refresh --plan`: what a refresh would ask the open tables for, worked out from their metadata alone."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping

from indicators.catalogue.models import SourceTable
from pipelines.errors import SourceError
from pipelines.providers.fhi import FhiClient
from pipelines.providers.pxweb_metadata import CodeList
from pipelines.providers.pxweb_plan import Plan
from pipelines.providers.tonight import Providers
from pipelines.providers.transport import CALLS_PER_MINUTE


def lines(tables: Mapping[str, SourceTable], providers: Providers) -> Iterator[str]:
    """Yield a line for each table, with its areas, cells and calls, and one for each provider with the time it takes.

    Asks for metadata and no figures. A table that cannot be planned says why, and the others are planned. A provider
    that is to be left alone at this hour is not asked. The time is the least that the pace allows.
    """
    calls: Counter[str] = Counter()
    for name, table in tables.items():
        if (until := providers.closed_until(table.provider)) is not None:
            yield f"{name}: not asked, {table.provider} renews its figures until {until:%H:%M} (Europe/Oslo)"
            continue
        if table.register:
            number = providers.registers[table.provider].calls(providers.query_of(table))
            calls[table.provider] += number
            yield f"{name}: a register, looked through once a month; {number} call(s) or more"
            continue
        client = providers.clients[table.provider]
        try:
            plan = client.plan(providers.query_of(table))
        except SourceError as error:
            yield f"{name}: cannot be planned: {error}"
            continue
        metadata = _calls_for_metadata(plan, fhi=isinstance(client, FhiClient))
        calls[table.provider] += metadata + len(plan.parts)
        [areas] = [len(choice.codes) for choice in plan.choices if choice.variable == table.area]
        largest = max(math.prod(map(len, part.values())) for part in plan.parts)
        yield (
            f"{name}: {areas:,} areas, {plan.cells:,} cells; {metadata} call(s) for metadata, {len(plan.parts)} for "
            f"figures of {largest:,} cells at most"
        )
    for provider, number in calls.items():
        minutes = max(0, math.ceil(number / CALLS_PER_MINUTE) - 1)
        yield f"{provider}: {number} calls, at most {CALLS_PER_MINUTE} a minute: {minutes} minutes or more"


def _calls_for_metadata(plan: Plan, *, fhi: bool) -> int:
    """Return how many calls come before the figures: FHI describes a table and its dimensions, PxWeb each code list."""
    return 2 if fhi else 1 + sum(isinstance(choice.codelist, CodeList) for choice in plan.choices)
