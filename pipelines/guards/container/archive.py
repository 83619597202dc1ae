"""The zip archive of an XLSX or ODS: opened, held to limits and proven whole before its contents are used.

What the members mean belongs to `ooxml` and `opendocument`.
"""

import codecs
import copy
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from itertools import chain

from pipelines.guards.container.contained import ContainerError

_BLOCK = 1 << 20
_MOST_MEMBERS = 10_000
_MOST_UNPACKED = 1_000_000_000
# Sheets of repeated figures pack to a fiftieth; a large member that packs to less than this is a zip bomb.
_MOST_RATIO = 200
_LARGE = 10_000_000
_SAVE_AGAIN = "open it in the spreadsheet program and save it again"
_ENTRY = b"PK\x01\x02"
_END_OF_DIRECTORY = b"PK\x05\x06"
_DESCRIPTOR = 24  # sum and sizes behind a member, as some programs write them (APPNOTE 4.3.9)

# A declaration (DOCTYPE, ENTITY, ELEMENT …), but no comment or CDATA.
_DECLARATION = re.compile(rb"<!(?!--|\[CDATA\[)")
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']""")
# Encodings in which a byte below 128 is that letter of ASCII: only those can be scanned as bytes.
_SCANNED_ENCODINGS = {b"utf-8", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1252"}
# What a document system keeps behind a workbook, SharePoint in UTF-16; no program reads a cell from there.
_BEHIND = "customxml/"


class Archive:
    """A zip archive whose members are safe to unpack one block at a time."""

    def __init__(self, content: bytes) -> None:
        """Open by the directory alone. Raises ContainerError: damaged, zip bomb, hostile or doubled names."""
        # Counted in the bytes: a directory of millions fills the memory when it is read.
        entries = content.count(_ENTRY)
        if entries > _MOST_MEMBERS:
            raise ContainerError(
                [f"the file consists of {entries:,} parts; a workbook has at most {_MOST_MEMBERS:,}. {_SAVE_AGAIN}"]
            )
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, struct.error, OSError, ValueError, NotImplementedError) as error:
            raise ContainerError([_damaged(str(error))]) from None
        self._members = {info.filename: info for info in self._zip.infolist()}
        faults = [*_odd_ends(content, self._zip), *_odd_members(self._zip.infolist())]
        if faults:
            raise ContainerError(faults)

    def check(self) -> None:
        """Unpack everything once. Raises ContainerError: checksums, sizes, hostile markup, files within the file."""
        faults = [fault for name in self._members for fault in self._member_faults(name)]
        if faults:
            raise ContainerError(faults)

    def __contains__(self, name: str) -> bool:
        return name in self._members

    @property
    def names(self) -> list[str]:
        """The members' names, as the directory lists them."""
        return list(self._members)

    def remark(self, name: str) -> str:
        """Return what the directory says of a member besides its name."""
        return self._members[name].comment.decode("utf-8", "replace")

    def blocks(self, name: str) -> Iterator[bytes]:
        """Yield a member's bytes, a block at a time. Raises ContainerError where it is not what it declares."""
        declared = self._members[name]
        # One byte more than declared is asked for: a member that unpacks to more is found out, not cut off silently.
        asked = copy.copy(declared)
        asked.file_size = declared.file_size + 1
        unpacked = 0
        try:
            with self._zip.open(asked) as file:
                while block := file.read(_BLOCK):
                    unpacked += len(block)
                    if unpacked > declared.file_size:
                        break
                    yield block
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
            raise ContainerError([_damaged(f"'{name}': {error}")]) from None
        if unpacked != declared.file_size:
            how = "more" if unpacked > declared.file_size else "less"
            raise ContainerError(
                [_damaged(f"'{name}' unpacks to {how} than the {declared.file_size:,} bytes declared")]
            )

    def tags(self, name: str) -> Iterator[bytes]:
        """Yield a member's bytes so that no block ends within a tag."""
        return whole_tags(self.blocks(name), name)

    def _member_faults(self, name: str) -> list[str]:
        try:
            return list(_content_faults(name, self.blocks(name)))
        except ContainerError as error:
            return list(error.faults)


def whole_tags(blocks: Iterator[bytes], name: str) -> Iterator[bytes]:
    """Yield the blocks so that each ends before a `<`. Raises ContainerError where none comes for a whole block."""
    unfinished = b""
    for block in blocks:
        cut = block.rfind(b"<")
        if cut < 0:
            if len(unfinished) + len(block) > 2 * _BLOCK:
                raise ContainerError(
                    [
                        f"'{name}' holds a text of more than {_BLOCK:,} bytes in one piece, more than a cell takes; "
                        f"{_SAVE_AGAIN}"
                    ]
                )
            unfinished += block
            continue
        yield unfinished + block[:cut]
        unfinished = block[cut:]
    yield unfinished


def _damaged(what: str) -> str:
    return f"the file is damaged or cut off ({what}), so nothing in it is sure; ask its sender for the file again"


def _odd_ends(content: bytes, archive: zipfile.ZipFile) -> Iterator[str]:
    """Yield why the archive's two ends let programs see different contents."""
    first = min((info.header_offset for info in archive.infolist()), default=0)
    if first or content[-22:-18] != _END_OF_DIRECTORY or _has_unlisted_bytes(content, archive):
        yield (
            "there are bytes before the first, between or after the parts of the file, so that two programs may see "
            f"two different workbooks in it; {_SAVE_AGAIN}"
        )


def _has_unlisted_bytes(content: bytes, archive: zipfile.ZipFile) -> bool:
    """Say whether something lies between the members: a program that replaces a part may leave the old one there."""
    begins = sorted(archive.infolist(), key=lambda info: info.header_offset)
    for info, after in zip(begins, [*(next_.header_offset for next_ in begins[1:]), archive.start_dir], strict=True):
        # The lengths of the name and of what else stands in the member's own header (APPNOTE 4.3.7).
        at = info.header_offset + 26
        own = sum(int.from_bytes(content[start : start + 2], "little") for start in (at, at + 2))
        if after - (at + 4 + own + info.compress_size) > _DESCRIPTOR:
            return True
    return False


def _odd_members(members: list[zipfile.ZipInfo]) -> Iterator[str]:
    total = sum(info.file_size for info in members)
    if total > _MOST_UNPACKED:
        yield (
            f"the file unpacks to {total:,} bytes, more than the {_MOST_UNPACKED:,} that are read (a zip bomb?); "
            "deliver the figures as CSV, or in several files"
        )
    comparable_names: set[str] = set()
    for info in members:
        yield from _odd_member(info)
        comparable = info.orig_filename.replace("\\", "/").casefold()
        if comparable in comparable_names:
            yield f"part '{info.filename}' is in the file twice, and programs differ in which they read; {_SAVE_AGAIN}"
        comparable_names.add(comparable)


def _odd_member(info: zipfile.ZipInfo) -> Iterator[str]:
    name = info.orig_filename.replace("\\", "/")
    if name.startswith("/") or ".." in name.split("/") or ":" in name or "\0" in name:
        yield f"part '{name[:80]}' is named to be written outside the file's own folder; {_SAVE_AGAIN}"
    if info.flag_bits & 0x1:
        yield f"part '{name}' is encrypted; save the workbook without a password"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        yield f"part '{name}' is packed by method {info.compress_type}; a workbook is packed by deflate. {_SAVE_AGAIN}"
    if info.file_size > _LARGE and info.file_size > _MOST_RATIO * info.compress_size:
        yield (
            f"part '{name}' unpacks {info.compress_size:,} bytes to {info.file_size:,}, over {_MOST_RATIO} times as "
            "many (a zip bomb?); deliver the figures as CSV"
        )


def _content_faults(name: str, blocks: Iterator[bytes]) -> Iterator[str]:
    """Yield what is wrong with one member's bytes; it is read to its end, which proves its checksum."""
    first = next(blocks, b"")
    if first.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"7z\xbc\xaf", b"Rar!", b"\x1f\x8b\x08")):
        yield (
            f"part '{name}' is a file within the file (an embedded document, an archive or macros), which is not "
            "looked into; delete the embedded object, save as XLSX or ODS without macros"
        )
    if is_markup(name, first):
        yield from _markup_faults(name, first, blocks)
    for _rest in blocks:
        pass


def is_markup(name: str, first: bytes) -> bool:
    """Tell whether a member is XML, by its name or its first bytes."""
    return name.lower().endswith((".xml", ".rels", ".vml")) or first.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _markup_faults(name: str, first: bytes, rest: Iterator[bytes]) -> Iterator[str]:
    if name.lower().startswith(_BEHIND) and first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        yield from _declarations(name, _as_utf8(chain([first], rest), name))
        return
    declared = _ENCODING.match(first.removeprefix(b"\xef\xbb\xbf")[:1000])
    encoding = declared[1].lower() if declared else b"utf-8"
    if b"\0" in first[:4] or first.startswith((b"\xff\xfe", b"\xfe\xff")) or encoding not in _SCANNED_ENCODINGS:
        yield f"part '{name}' is XML in another encoding than UTF-8, in which contents can be hidden; {_SAVE_AGAIN}"
    yield from _declarations(name, chain([first], rest))


def _as_utf8(blocks: Iterator[bytes], name: str) -> Iterator[bytes]:
    """Yield blocks of UTF-16 as UTF-8, so that they can be scanned. Raises ContainerError for what is no UTF-16."""
    try:
        for text in codecs.iterdecode(blocks, "utf-16"):
            yield text.encode()
    except UnicodeError:
        raise ContainerError([_damaged(f"'{name}' is no UTF-16 throughout")]) from None


def _declarations(name: str, blocks: Iterator[bytes]) -> Iterator[str]:
    if any(_DECLARATION.search(block) for block in whole_tags(blocks, name)):
        yield (
            f"part '{name}' declares a document type or entities (<!DOCTYPE, <!ENTITY), by which a small file unpacks "
            f"to a huge one or reads other files; no spreadsheet program writes that. {_SAVE_AGAIN}"
        )
