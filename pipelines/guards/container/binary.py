"""Texts in what is not XML: images with their metadata, printer settings, and runs of letters in any bytes.

What an image shows is not looked at. Raises Unknown for what is of no kind that can be looked into.
(PNG: ISO/IEC 15948; JPEG: ITU-T T.81; GIF89a; EMF and WMF: [MS-EMF], [MS-WMF])
"""

import re
import struct
import zlib
from collections.abc import Callable, Iterator

_MOST_UNPACKED = 1 << 20
_PNG, _GIF, _BMP, _JPEG = b"\x89PNG\r\n\x1a\n", b"GIF8", b"BM", b"\xff\xd8\xff"
_EMF, _WMF = b"\x01\x00\x00\x00", (b"\xd7\xcd\xc6\x9a", b"\x01\x00\x09\x00")
# Letters of one byte; and of two, with signs of Latin and punctuation.
_NARROW = re.compile(rb"[\x20-\x7e\xa0-\xff\t\r\n]{5,}")
_WIDE = re.compile(rb"(?:[\x20-\x7e\xa0-\xff\t\r\n]\x00|[\x00-\xff][\x01\x20]){5,}")


class Unknown(ValueError):
    """Bytes that cannot be looked into, or contradict what they begin as."""


def strings(content: bytes) -> Iterator[str]:
    """Yield the runs of five letters or more, of one byte or two."""
    for run in _WIDE.findall(content):
        yield run.decode("utf-16-le", "replace")
    for run in _NARROW.findall(content):
        yield run.decode("cp1252", "replace")


def image_texts(content: bytes) -> Iterator[str]:
    """Yield what an image says beside its picture. Raises Unknown."""
    reading = next((reading for begins, reading in _IMAGES if content.startswith(begins)), None)
    if reading is None:
        raise Unknown("of no known kind of image")
    try:
        yield from reading(content)
    except (struct.error, zlib.error, IndexError) as error:
        raise Unknown(f"damaged ({error})") from None


def _png(content: bytes) -> Iterator[str]:
    at = len(_PNG)
    while at < len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        body = content[at + 8 : at + 8 + length]
        if kind in (b"zTXt", b"iTXt"):
            yield from _packed_text(kind, body)
        elif kind not in (b"IDAT", b"PLTE", b"iCCP", b"fdAT"):
            yield from strings(body)
        at += 12 + length
        if kind == b"IEND":
            break
    yield from strings(content[at:])


def _packed_text(kind: bytes, body: bytes) -> Iterator[str]:
    key, _, rest = body.partition(b"\0")
    yield key.decode("latin-1")
    if kind == b"zTXt":
        yield _inflated(rest[1:]).decode("latin-1")
        return
    packed = rest[0]
    language, translated, text = rest[2:].split(b"\0", 2)
    yield from (part.decode("utf-8", "replace") for part in (language, translated))
    yield (_inflated(text) if packed else text).decode("utf-8", "replace")


def _inflated(packed: bytes) -> bytes:
    unpacker = zlib.decompressobj()
    text = unpacker.decompress(packed, _MOST_UNPACKED)
    if unpacker.unconsumed_tail:
        raise Unknown(f"a text of more than {_MOST_UNPACKED:,} bytes")
    return text


def _jpeg(content: bytes) -> Iterator[str]:
    """Yield the texts of the segments before the picture, and of what follows its end."""
    at = 2
    while at < len(content):
        mark, kind = content[at], content[at + 1]
        if mark != 0xFF:
            raise Unknown("damaged (a segment does not begin)")
        if kind == 0xD9:
            yield from strings(content[at + 2 :])
            return
        (length,) = struct.unpack_from(">H", content, at + 2)
        body = content[at + 4 : at + 2 + length]
        # APP1 and others, and comments; tables of the picture itself hold no text.
        if 0xE0 <= kind <= 0xEF or kind == 0xFE:
            yield from strings(body)
        at += 2 + length
        if kind == 0xDA:
            at = _past_picture(content, at)


def _past_picture(content: bytes, at: int) -> int:
    """Return where the next segment begins: in a picture's data 0xFF is followed by 0 or a restart's number."""
    while (at := content.find(b"\xff", at)) >= 0 and at + 1 < len(content):
        if content[at + 1] not in (0, 0xFF) and not 0xD0 <= content[at + 1] <= 0xD7:
            return at
        at += 1
    raise Unknown("cut off")


def _gif(content: bytes) -> Iterator[str]:
    """Yield the comments and the other extensions."""
    flags = content[10]
    at = 13 + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
    while content[at] != 0x3B:
        if content[at] == 0x21:
            blocks, at = _gif_blocks(content, at + 2)
            yield from strings(blocks)
        elif content[at] == 0x2C:
            local = content[at + 9]
            _picture, at = _gif_blocks(content, at + 11 + (3 << (local & 7) + 1 if local & 0x80 else 0))
        else:
            raise Unknown("damaged (a block of no known kind)")
    yield from strings(content[at + 1 :])


def _gif_blocks(content: bytes, at: int) -> tuple[bytes, int]:
    pieces = []
    while size := content[at]:
        pieces.append(content[at + 1 : at + 1 + size])
        at += 1 + size
    return b"".join(pieces), at + 1


def _bmp(content: bytes) -> Iterator[str]:
    (size,) = struct.unpack_from("<I", content, 2)
    yield from strings(content[size:])


_IMAGES: tuple[tuple[bytes | tuple[bytes, ...], Callable[[bytes], Iterator[str]]], ...] = (
    (_PNG, _png),
    (_JPEG, _jpeg),
    (_GIF, _gif),
    (_BMP, _bmp),
    # Records of a drawing: their texts stand in them as they are.
    (_WMF, strings),
    (_EMF, strings),
)
