"""Answers with a place changed at random: each is read, or refused by a SourceError. Nothing else ever comes out.

The answers are the stand-ins' own. What is changed is seeded, so that a failure names a mutant that can be made again.
"""

import copy
import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import orjson
import pytest

from pipelines.errors import NotKept, SourceError
from pipelines.providers import klass
from pipelines.providers.fhi import FhiClient
from pipelines.providers.klass import KlassClient, KlassQuery
from pipelines.providers.pxweb import Dialect, Fetched, PxWebClient, Query, Selection
from pipelines.providers.transport import Check, LiveTransport, Request, Response
from tests.fhi_server import FhiServer
from tests.integration import test_fhi_client, test_klass_client, test_pxweb_client
from tests.klass_server import Classification, KlassServer
from tests.pxweb_server import PxWebServer

MUTANTS = 5_000
NOW = datetime(2026, 11, 25, tzinfo=UTC)
ODD: list[Any] = [
    None,
    5,
    -1,
    0,
    1.5,
    True,
    10**18,
    "",
    "x",
    "Tid",
    "\u0000",
    "9999-12-31",
    [],
    {},
    [None],
    [[]],
    {"a": None},
]
ODD += [{"": {}}, ["x", "x"], [{}], {"0": "x"}, "*", "2024-02-30", "é" * 3000]


class Kept:
    """Gives kept answers, and once learnt, one of them otherwise."""

    name = "kept"

    def __init__(self, live: LiveTransport | None = None) -> None:
        self.live, self.answers, self.instead = live, dict[str, bytes](), dict[str, bytes]()

    def send(self, request: Request, check: Check | None = None) -> Response:
        if self.live is not None and request.key not in self.answers:
            self.answers[request.key] = self.live.send(request).content
        content = self.instead.get(request.key, self.answers.get(request.key))
        if content is None:
            raise NotKept(f"no answer to {request.key}")
        if check is not None:
            try:
                check(content)
            except ValueError as error:
                raise SourceError(f"kept: {error}") from error
        return Response(request, "http://kept" + request.target, content, {}, NOW)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in inner:
        yield from places(child, (*path, key))


def mutated(content: bytes, chance: random.Random) -> bytes:
    """The answer with one place changed, or two; now and then with a byte changed, cut off or a mark before it."""
    kind = chance.random()
    if kind < 0.02:
        return content[: chance.randrange(len(content))]
    if kind < 0.04:
        at = chance.randrange(len(content))
        return content[:at] + bytes([chance.randrange(256)]) + content[at + 1 :]
    if kind < 0.05:
        return b"\xef\xbb\xbf" + content
    body = orjson.loads(content)
    for _ in range(chance.choice([1, 1, 1, 2])):
        path = chance.choice(list(places(body)))
        if not path:
            body = copy.deepcopy(chance.choice(ODD))
            continue
        holder = body
        for key in path[:-1]:
            holder = holder[key]
        change = chance.random()
        if change < 0.15:
            del holder[path[-1]]
        elif change < 0.25 and isinstance(holder, dict):
            holder[chance.choice(["x", "", "codeLists", "time", "0"])] = holder.pop(path[-1])
        elif change < 0.25:
            holder.append(copy.deepcopy(holder[path[-1]]))
        else:
            holder[path[-1]] = copy.deepcopy(chance.choice(ODD))
    return orjson.dumps(body)


def outcomes(kept: Kept, read: Callable[[], object], keys: list[str], seed: int) -> tuple[int, int]:
    """How many mutants of the answers to `keys` were read, and how many refused. Fails naming any other outcome."""
    kept.live, found = None, [0, 0]
    for number in range(MUTANTS):
        chance = random.Random(seed * MUTANTS + number)
        key = chance.choice(keys)
        kept.instead = {key: mutated(kept.answers[key], chance)}
        try:
            read()
            found[0] += 1
        except SourceError:
            found[1] += 1
        except Exception as error:
            raise AssertionError(f"mutant {number} of {key}: {kept.instead[key][:3000]!r}") from error
    return found[0], found[1]


def used(fetched: Fetched | None) -> None:
    """What the stages after the client do with metadata, as `steps.asking` does."""
    assert fetched is not None
    for variable in fetched.metadata.dimensions:
        for code, _label in zip(variable.codes, variable.labels, strict=True):
            orjson.dumps({**variable.units.get(code, {}), "refperiod": variable.reference_times.get(code)})
    assert all(isinstance(note, str) for note in fetched.metadata.notes)
    assert fetched.metadata.updated is None or isinstance(fetched.metadata.updated, str)


@pytest.mark.slow
@pytest.mark.parametrize(("dialect", "seed"), [("v2", 1), ("v0", 2)])
def test_metadata_of_pxweb(dialect: Dialect, seed: int) -> None:
    query = test_pxweb_client.query(
        **({"Region": Selection(("*",), "agg_KommSummer")} if dialect == "v2" else {"Region": ["0602"]}),
        ContentsCode="*",
        Tid=["top(2)"],
    )
    with PxWebServer([test_pxweb_client.employed()]) as server:
        url = server.url if dialect == "v2" else server.v0_url
        kept = Kept(LiveTransport(url, name="ssb", calls_per_minute=10**6))

        def read() -> None:
            client = PxWebClient(kept, dialect=dialect, workers=1)
            used(client.fetch(query))

        read()
    keys = [key for key in kept.answers if "/data" not in key and not key.startswith("POST")]
    assert len(keys) == (3 if dialect == "v2" else 1)
    read_well, refused = outcomes(kept, read, keys, seed)
    assert min(read_well, refused) > MUTANTS // 10


@pytest.mark.slow
def test_answers_of_klass() -> None:
    frames = test_klass_client.CODES, test_klass_client.CHANGES, {"1": test_klass_client.DISTRICTS}
    with KlassServer({"131": Classification(*frames)}) as server:
        kept = Kept(LiveTransport(server.url, name="klass", calls_per_minute=10**6))
        client = KlassClient(kept)

        def read() -> None:
            client.updated("131")
            fetched = client.fetch(KlassQuery("131", date(2018, 1, 1), correspondences=("1",)))
            assert fetched is not None
            assert fetched.updated is None or isinstance(fetched.updated, str)
            for role, response in fetched.responses:
                if role != "metadata":
                    getattr(klass, f"read_{role}")(response.content, response.url)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(server, "strict", False)
            read()
    read_well, refused = outcomes(kept, read, list(kept.answers), 3)
    assert min(read_well, refused) > MUTANTS // 10


@pytest.mark.slow
@pytest.mark.parametrize(("of_data", "seed"), [(False, 4), (True, 5)])
def test_answers_of_fhi(of_data: bool, seed: int) -> None:
    with FhiServer({"795": test_fhi_client.table()}) as server:
        kept = Kept(LiveTransport(server.url, name="fhi", calls_per_minute=10**6))
        client = FhiClient(kept)

        def read() -> None:
            client.updated("795")
            fetched = client.fetch(Query("795", test_fhi_client.query(AAR=["top(1)"]).selection))
            used(fetched)
            assert fetched is not None
            shapes.add(tuple(cube.table.num_rows for cube in fetched.cubes))

        shapes: set[tuple[int, ...]] = set()
        read()
        [whole] = shapes
    keys = [key for key in kept.answers if key.startswith("POST") == of_data]
    assert keys
    read_well, refused = outcomes(kept, read, keys, seed)
    assert min(read_well, refused) > MUTANTS // 20
    assert not of_data or shapes == {whole}  # never a part of what was asked for
