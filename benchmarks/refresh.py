"""A night on which nothing changed, against the limit of 3 s: imports are counted out, every source is asked."""

import tempfile
import time
from pathlib import Path

from benchmarks import Result
from data.demo import generate
from pipelines import automation, definitions
from pipelines.resources import Settings, Workspace
from tests.klass_server import KlassServer, from_areas
from tests.pxweb_server import PxWebServer

LIMIT = 3.0


def run() -> list[Result]:
    _first, tables = generate.Maker().tables()
    klass = KlassServer(from_areas(*generate.official_areas()))
    with tempfile.TemporaryDirectory() as folder, PxWebServer(tables) as server, klass:
        settings = Settings("live", Path(folder), Path(folder) / "inbox", urls={"ssb": server.url, "klass": klass.url})
        refreshed(settings)
        server.requests.clear()
        seconds, done = refreshed(settings)
        assert done == automation.Refreshed("unchanged"), done
        assert not [request for request in server.requests if request.path.endswith("/data")]
    return [Result("refresh, nothing changed", seconds, "the limit", LIMIT, 1.0)]


def refreshed(settings: Settings) -> tuple[float, automation.Refreshed]:
    start = time.perf_counter()
    workspace = Workspace(settings)
    done = automation.refresh(definitions.build(workspace), workspace)
    return time.perf_counter() - start, done
