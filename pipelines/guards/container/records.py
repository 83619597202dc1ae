"""The records of an XLS ([MS-XLS], BIFF8): where each begins and ends, and the texts in those of no known meaning.

Pictures lie among the records of drawings ([MS-ODRAW]), in their own formats.
"""

import struct
import zlib
from collections.abc import Iterator

from pipelines.guards.container.binary import Unknown, image_texts, strings
from pipelines.guards.container.compound import Damaged

CONTINUE = 0x003C
_CONTAINER = 0xF
_MOST_UNPACKED = 64 << 20
# Pictures by the type of their record: packed drawings, and those in formats of their own, by their first bytes.
_PACKED_PICTURES = (0xF01A, 0xF01B, 0xF01C)
_PICTURES = {0xF01D: b"\xff\xd8\xff", 0xF02A: b"\xff\xd8\xff", 0xF01E: b"\x89PNG"}
_BITMAP, _OTHER_PICTURES, _STORE_ENTRY = 0xF01F, (0xF029,), 0xF007


def records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield kind and body of each record. Raises Damaged."""
    at = 0
    while at + 4 <= len(stream):
        record, length = struct.unpack_from("<HH", stream, at)
        if at + 4 + length > len(stream):
            raise Damaged(f"a record at byte {at:,} breaks off")
        yield record, stream[at + 4 : at + 4 + length]
        at += 4 + length


def shared_texts(bodies: list[bytes]) -> list[str]:
    """Return the shared texts; one may go on in the next record, which then says its width anew."""
    if not bodies:
        return []
    (count,) = struct.unpack_from("<I", bodies[0], 4)
    texts: list[str] = []
    number, at = 0, 8
    while len(texts) < count and number < len(bodies):
        if at >= len(bodies[number]):
            at -= len(bodies[number])
            number += 1
            continue
        letters, flags = struct.unpack_from("<HB", bodies[number], at)
        runs, extension = 0, 0
        at += 3
        if flags & 8:
            (runs,) = struct.unpack_from("<H", bodies[number], at)
            at += 2
        if flags & 4:
            (extension,) = struct.unpack_from("<I", bodies[number], at)
            at += 4
        text, number, at = _letters(bodies, number, at, letters, 1 + (flags & 1))
        # Readings in other letters, which no reader gives.
        reading = bodies[number][at + 4 * runs : at + 4 * runs + extension] if extension else b""
        at += 4 * runs + extension
        texts.append(text + "".join(f"\n{part}" for part in strings(reading)))
    return texts


def _letters(bodies: list[bytes], number: int, at: int, letters: int, width: int) -> tuple[str, int, int]:
    """Return so many letters, and the record and byte behind them."""
    pieces: list[str] = []
    while letters > (here := (len(bodies[number]) - at) // width):
        pieces.append(_decoded(bodies[number][at : at + here * width], width))
        letters -= here
        number += 1
        width, at = 1 + (bodies[number][0] & 1), 1
    pieces.append(_decoded(bodies[number][at : at + letters * width], width))
    return "".join(pieces), number, at + letters * width


def _decoded(letters: bytes, width: int) -> str:
    return letters.decode("utf-16-le" if width == 2 else "latin-1", "replace")


def drawing_texts(content: bytes) -> Iterator[str]:
    """Yield the texts of drawings: of shapes, and of pictures beside what they show. Raises Unknown."""
    at = 0
    while at + 8 <= len(content):
        version, kind, length = struct.unpack_from("<HHI", content, at)
        body = content[at + 8 : at + 8 + length]
        at += 8 + length
        if version & 0xF == _CONTAINER:
            yield from drawing_texts(body)
        elif kind == _STORE_ENTRY:
            yield from strings(body[36 : 36 + 2 * body[33]])
            yield from drawing_texts(body[36 + body[33] :])
        else:
            yield from _of_record(kind, body)


def _of_record(kind: int, body: bytes) -> Iterator[str]:
    if kind in _PICTURES:
        begins = body.find(_PICTURES[kind])
        if begins < 0:
            raise Unknown("a picture that does not begin as it should")
        yield from image_texts(body[begins:])
    elif kind in _PACKED_PICTURES:
        yield from strings(_unpacked(body))
    elif kind in _OTHER_PICTURES:
        raise Unknown("a picture of a kind that is not looked into")
    elif kind != _BITMAP:
        yield from strings(body)


def _unpacked(body: bytes) -> bytes:
    """Return a packed drawing ([MS-ODRAW] 2.2.24): one or two fingerprints and 34 bytes stand before it."""
    for before in (16 + 34, 32 + 34):
        if body[before - 2 : before - 1] == b"\xfe":
            return body[before:]
        try:
            return zlib.decompressobj().decompress(body[before:], _MOST_UNPACKED)
        except zlib.error:
            continue
    raise Unknown("a drawing that cannot be unpacked")
