"""The ZIP container of a Word file: read within limits, written the same way every time."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from deflate import crc32, deflate_compress
from lxml import etree

from piles_docs.errors import TemplateInvalid

# A template with letterhead weighs under 1 MiB; a hundred times that, unpacked, is not a template.
MAXIMUM_UNPACKED_BYTES = 100 * 1024 * 1024
TEXT_PARTS = re.compile(r"word/(document|[a-z-]*header\d*|[a-z-]*footer\d*|footnotes|endnotes)\.xml")
"""The members that hold text which reaches a page."""
FIRST_MEMBER = "[Content_Types].xml"
_ZIP_VERSION = 20  # of the format, needed to unpack: 2.0
_NAMES_IN_UTF8 = 0x800  # general purpose flag, bit 11
_FIRST_OF_JANUARY_1980 = (1 << 5) | 1  # the earliest date that the format knows


def read_members(content: bytes, *, name: str) -> dict[str, bytes]:
    """Unpack a Word file.

    Args:
        content: The bytes of the file.
        name: The file's name as the user knows it, for the message.

    Raises:
        TemplateInvalid: It is not a Word file, or unpacks to more than 100 MiB.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(member.file_size for member in archive.infolist()) > MAXIMUM_UNPACKED_BYTES:
                raise TemplateInvalid(
                    f"{name} est démesuré une fois ouvert (plus de 100 Mo)",
                    remedy="repartez du modèle d’origine, sans images trop lourdes",
                )
            members = {member.filename: archive.read(member) for member in archive.infolist()}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as error:
        raise _not_word(name) from error
    if "word/document.xml" not in members or FIRST_MEMBER not in members:
        raise _not_word(name)
    return members


@dataclass(frozen=True, slots=True)
class Packed:
    """A member as it lies in the file, compressed: it goes from one file to another as it is."""

    compressed: bytes
    crc: int
    size: int
    """Bytes once unpacked."""


def pack(content: bytes, *, level: int = 6) -> Packed:
    """Compress a member: at level 9 what is kept for many files, at 1 what is made for one."""
    return Packed(bytes(deflate_compress(content, level)), crc32(content), len(content))


def write_members(members: Mapping[str, bytes]) -> bytes:
    """Pack a Word file so that the same members always give the same bytes (fixed order and dates)."""
    return join_members({name: pack(content) for name, content in members.items()})


def join_members(members: Mapping[str, Packed]) -> bytes:
    """Put packed members into one Word file: what `write_members` gives, without compressing anything.

    The standard library reads and writes ZIP files, and cannot copy a member that is compressed already
    (APPNOTE 6.3, 4.3: a local header before each member, and the central directory at the end).
    """
    output, directory = io.BytesIO(), io.BytesIO()
    for name in sorted(members, key=lambda member: (member != FIRST_MEMBER, member)):
        member, file_name = members[name], name.encode()
        common = struct.pack(
            "<HHHHHIIIHH",
            _ZIP_VERSION,
            _NAMES_IN_UTF8,
            zipfile.ZIP_DEFLATED,
            0,
            _FIRST_OF_JANUARY_1980,
            member.crc,
            len(member.compressed),
            member.size,
            len(file_name),
            0,
        )
        offset = struct.pack("<HHHII", 0, 0, 0, 0, output.tell())
        directory.write(b"PK\x01\x02" + struct.pack("<H", _ZIP_VERSION) + common + offset + file_name)
        output.write(b"PK\x03\x04" + common + file_name + member.compressed)
    entries, size, start = len(members), directory.tell(), output.tell()
    output.write(directory.getvalue())
    output.write(b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, entries, entries, size, start, 0))
    return output.getvalue()


def parse_texts(members: Mapping[str, bytes], *, name: str) -> dict[str, etree._Element]:
    """Parse the members that hold text which reaches a page, by member name.

    Raises:
        TemplateInvalid: One is cut or damaged.
    """
    try:
        return {
            part: etree.fromstring(members[part]) for part in sorted(members) if TEXT_PARTS.fullmatch(part)
        }
    except etree.XMLSyntaxError as error:
        raise _not_word(name) from error


def _not_word(name: str) -> TemplateInvalid:
    return TemplateInvalid(
        f"{name} n’est pas un fichier Word lisible",
        remedy="ouvrez-le dans Word, enregistrez-le au format .docx, ou reprenez le modèle d’origine",
    )
