"""Compound files ([MS-CFB]): the streams of an XLS, and what lies between them.

What the streams mean belongs to `xls`.
"""

import struct

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FREE = 0xFFFFFFFF
_MARKS = 0xFFFFFFFA  # numbers from here on are marks (free, end of chain), not sectors
_SHORT = 4096  # streams that are shorter lie together in the root's own, in sectors of 64 bytes
_SHORT_SECTOR = 64
_STREAM, _ROOT = 2, 5


class Damaged(Exception):
    """The bytes contradict each other."""


class CompoundFile:
    """The directory of a compound file, and its streams."""

    def __init__(self, content: bytes) -> None:
        """Read the directory. Raises Damaged, struct.error or IndexError for a file that is cut."""
        self._content = content
        (shift,) = struct.unpack_from("<H", content, 30)
        if shift not in (9, 12):
            raise Damaged(f"its sectors are 2^{shift} bytes; expected 512 or 4,096")
        self._size = 1 << shift
        first_directory, _, _, first_short = struct.unpack_from("<IIII", content, 48)
        self._fat = self._allocation()
        short = self._chain(first_short)
        self._short_fat = struct.unpack(f"<{len(short) // 4}I", short)
        self._entries: dict[str, tuple[int, int]] = {}
        self.storages: set[str] = set()
        self._root = b""
        directory = self._chain(first_directory)
        if len(directory) % self._size:
            raise Damaged("its directory breaks off")
        for at in range(0, len(directory) - 127, 128):
            self._take(directory[at : at + 128])

    def _take(self, entry: bytes) -> None:
        length, kind = struct.unpack_from("<HB", entry, 64)
        if kind not in (1, _STREAM, _ROOT) or not 2 <= length <= 64:
            return
        name = entry[: length - 2].decode("utf-16-le")
        start, size = struct.unpack_from("<II", entry, 116)
        if kind == _STREAM:
            # Each storage may have a stream of that name.
            self._entries[name if name not in self._entries else f"{name} {len(self._entries)}"] = start, size
        else:
            self.storages.add(name)
        if kind == _ROOT:
            self._root = self._chain(start)[:size]

    @property
    def streams(self) -> list[str]:
        """The streams' names; a storage within another gives its streams too."""
        return list(self._entries)

    def stream(self, name: str) -> bytes:
        """Return a stream's bytes. Raises Damaged where it breaks off."""
        start, length = self._entries[name]
        found = self._chain(start) if length >= _SHORT else self._short_chain(start)
        if len(found) < length:
            raise Damaged(f"stream '{name}' breaks off after {len(found):,} of {length:,} bytes")
        return found[:length]

    def unused(self) -> bytes:
        """Return the bytes that belong to nothing: earlier contents may still stand there.

        They are those of free sectors, those behind the end of a stream, and all short sectors.
        """
        last = (len(self._content) - 1) // self._size
        free = [
            self._content[(sector + 1) * self._size : (sector + 2) * self._size]
            for sector in range(last)
            if sector >= len(self._fat) or self._fat[sector] == _FREE
        ]
        ends = [self._chain(start)[size:] for start, size in self._entries.values() if size >= _SHORT]
        return b"\0\0".join([*free, *ends, self._root])

    def _allocation(self) -> list[int]:
        """Return the file allocation table: for each sector the next one."""
        sectors = list(struct.unpack_from("<109I", self._content, 76))
        following, count = struct.unpack_from("<II", self._content, 68)
        per_sector = self._size // 4
        for _number in range(min(count, len(self._content) // self._size + 1)):
            if following >= _MARKS:
                break
            *more, following = struct.unpack_from(f"<{per_sector}I", self._content, (following + 1) * self._size)
            sectors += more
        table: list[int] = []
        for sector in sectors[: len(self._content) // self._size + 1]:
            if sector < _MARKS:
                table += struct.unpack_from(f"<{per_sector}I", self._content, (sector + 1) * self._size)
        return table

    def _chain(self, sector: int) -> bytes:
        pieces: list[bytes] = []
        while sector < _MARKS:
            if len(pieces) > len(self._fat):
                raise Damaged("its sectors run in a circle")
            piece = self._content[(sector + 1) * self._size : (sector + 2) * self._size]
            if not piece:
                raise Damaged(f"sector {sector:,} lies behind the end of the file")
            pieces.append(piece)
            sector = self._fat[sector]
        return b"".join(pieces)

    def _short_chain(self, sector: int) -> bytes:
        pieces: list[bytes] = []
        while sector < _MARKS:
            if len(pieces) > len(self._short_fat):
                raise Damaged("its short sectors run in a circle")
            pieces.append(self._root[sector * _SHORT_SECTOR : (sector + 1) * _SHORT_SECTOR])
            sector = self._short_fat[sector]
        return b"".join(pieces)
