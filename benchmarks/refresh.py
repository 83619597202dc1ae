"""A night on which nothing changed, against the limit of 3 s: imports are counted out, every source is asked."""

import tempfile
import time
from pathlib import Path

from benchmarks import Result
from data.demo import generate
from indicators import catalogue
from pipelines.settings import Settings
from pipelines.workplace import definitions, refreshing
from pipelines.workplace.night import compose
from tests.fhi_server import FhiServer, Table, from_selections
from tests.klass_server import KlassServer, from_areas
from tests.pxweb_server import PxWebServer
from tests.register_server import with_some

LIMIT = 3.0


def run() -> list[Result]:
    _first, tables = generate.Maker().tables()
    klass = KlassServer(from_areas(*generate.official_areas()))
    fhi = FhiServer(fhi_tables())
    registers = with_some()
    with tempfile.TemporaryDirectory() as folder, PxWebServer(tables) as server, klass, fhi, registers:
        urls = {"ssb_url": server.url, "klass_url": klass.url, "fhi_url": fhi.url}
        urls |= {"nvdb_url": registers.nvdb, "brreg_url": registers.brreg}
        settings = Settings("live", data_dir=folder, inbox=Path(folder) / "inbox", anyway=True, **urls)
        refreshed(settings)
        server.requests.clear()
        seconds, done = refreshed(settings)
        assert done == refreshing.Refreshed("unchanged"), done
        assert not [request for request in server.requests if request.path.endswith("/data")]
    return [Result("refresh, nothing changed", seconds, "the limit", LIMIT, 1.0)]


def fhi_tables() -> dict[str, Table]:
    """FHI's tables as sources.yaml asks for them, with synthetic figures."""
    declared = [one for one in catalogue.load().tables.values() if one.provider == "fhi"]
    return from_selections(
        {one.table_id: {name: list(chosen.values) for name, chosen in one.selection.items()} for one in declared}
    )


def refreshed(settings: Settings) -> tuple[float, refreshing.Refreshed]:
    start = time.perf_counter()
    night = compose(settings)
    done = refreshing.refresh(definitions.build(night), night)
    return time.perf_counter() - start, done
