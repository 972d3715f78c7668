"""The ZIP container of a Word file: read within limits, written the same way every time."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Mapping

from lxml import etree

from piles_docs.errors import TemplateInvalid

# A template with letterhead weighs under 1 MiB; a hundred times that, unpacked, is not a template.
MAXIMUM_UNPACKED_BYTES = 100 * 1024 * 1024
TEXT_PARTS = re.compile(r"word/(document|[a-z-]*header\d*|[a-z-]*footer\d*|footnotes|endnotes)\.xml")
"""The members that hold text which reaches a page."""
FIRST_MEMBER = "[Content_Types].xml"


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


def write_members(members: Mapping[str, bytes]) -> bytes:
    """Pack a Word file so that the same members always give the same bytes (fixed order and dates)."""
    output = io.BytesIO()
    names = sorted(members, key=lambda member: (member != FIRST_MEMBER, member))
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in names:
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, members[name])
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
