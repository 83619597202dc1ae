"""Decoding a cube of 700,000 synthetic cells: at most twice orjson's own time, at least 20 times less than pyjstat.

The time of `orjson.loads` on the same bytes is the floor: whatever decodes JSON has to read it first.
"""

import random

import orjson
from pyjstat import pyjstat

from benchmarks import Result, in_turn
from pipelines.formats import jsonstat

SIZES = {"Region": 70, "Alder": 10, "Kjonn": 10, "ContentsCode": 10, "Tid": 10}
CELLS = 700_000


def cube(values: list[float | None], status: object = None) -> bytes:
    dataset = {
        "version": "2.0",
        "class": "dataset",
        "label": "synthetic",
        "id": list(SIZES),
        "size": list(SIZES.values()),
        "dimension": {
            name: {
                "label": name,
                "category": {
                    "index": {f"{name}{at}": at for at in range(size)},
                    "label": {f"{name}{at}": f"{name} number {at}" for at in range(size)},
                },
            }
            for name, size in SIZES.items()
        },
        "value": values,
    }
    return orjson.dumps(dataset | ({"status": status} if status is not None else {}))


def cases() -> dict[str, bytes]:
    draw = random.Random(1)
    counts = [draw.randrange(10_000) for _ in range(CELLS)]
    shares = [round(draw.random() * 100, 1) for _ in range(CELLS)]
    gaps = [None if at % 10 == 0 else one for at, one in enumerate(counts)]
    return {
        "counts": cube(counts),
        "shares": cube(shares),
        "a tenth missing, statuses by cell number": cube(gaps, {str(at): ".." for at in range(0, CELLS, 10)}),
        "a tenth missing, a status for each cell": cube(gaps, [":" if at % 10 == 0 else None for at in range(CELLS)]),
    }


def run() -> list[Result]:
    results = []
    for name, content in cases().items():
        ours, floor = in_turn(lambda c=content: jsonstat.decode(c, "synthetic"), lambda c=content: orjson.loads(c), 15)
        results.append(Result(f"decode 700,000 cells: {name}", ours, "orjson.loads", floor, 2.0))
    content = cases()["counts"]
    ours, peer = in_turn(
        lambda: jsonstat.decode(content, "synthetic"),
        lambda: pyjstat.Dataset.read(content.decode()).write("dataframe"),
        3,
    )
    results.append(Result("decode 700,000 cells: counts", ours, "pyjstat", peer, 1 / 20))
    return results
