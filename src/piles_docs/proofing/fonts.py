"""The fonts that Word files ask for, and whether this machine has them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable, Iterator

from docx.oxml.ns import qn
from lxml import etree

from piles_docs.documents.word_archive import parse_texts, read_members

_SCRIPTS = ("ascii", "hAnsi")
"""The two slots that French text uses."""


def fonts_in_text(content: bytes, *, name: str) -> dict[str, None]:
    """The fonts set by hand in a Word file, outside its styles."""
    members = read_members(content, name=name)
    theme = _theme(members)
    roots = parse_texts(members, name=name).values()
    return {font: None for root in roots for font in _fonts(root.iter(qn("w:rFonts")), theme)}


def styles_in_text(content: bytes, *, name: str) -> set[str]:
    """The ids of the styles that a Word file uses."""
    names = (qn("w:pStyle"), qn("w:rStyle"), qn("w:tblStyle"))
    roots = parse_texts(read_members(content, name=name), name=name).values()
    return {element.get(qn("w:val"), "") for root in roots for element in root.iter(*names)}


def fonts_of_styles(letterhead: bytes, used: Iterable[str], *, name: str) -> dict[str, None]:
    """The fonts of the letterhead's styles: the default ones, and those used with what they are based on."""
    members = read_members(letterhead, name=name)
    styles = etree.fromstring(members.get("word/styles.xml", b"<none/>"))
    by_id = {style.get(qn("w:styleId"), ""): style for style in styles.iter(qn("w:style"))}
    wanted = {name for name, style in by_id.items() if style.get(qn("w:default")) == "1"}
    waiting = list(used)
    while waiting:
        style = by_id.get(waiting.pop())
        if style is not None and style.get(qn("w:styleId")) not in wanted:
            wanted.add(style.get(qn("w:styleId"), ""))
            waiting += [base.get(qn("w:val"), "") for base in style.iterfind(qn("w:basedOn"))]
    # What the document's defaults say counts only where the default style says nothing.
    elements = [element for name in sorted(wanted) for element in by_id[name].iter(qn("w:rFonts"))]
    if not any(True for name in wanted for _ in by_id[name].iter(qn("w:rFonts"))):
        elements = list(styles.iter(qn("w:rFonts")))
    return dict.fromkeys(_fonts(elements, _theme(members)))


def installed_fonts() -> frozenset[str] | None:
    """The names of the fonts of this machine, in lower case; None where fontconfig cannot be asked."""
    program = shutil.which("fc-list")
    if program is None:
        return None
    words = [program, "--format", "%{family}\n"]
    answer = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603  # found on PATH
    if answer.returncode:
        return None
    return frozenset(
        family.strip().lower() for line in answer.stdout.splitlines() for family in line.split(",")
    )


def _fonts(elements: Iterable[etree._Element], theme: dict[str, str]) -> Iterator[str]:
    for element in elements:
        for script in _SCRIPTS:
            themed = element.get(qn(f"w:{script}Theme"))
            font = theme.get(themed[:5]) if themed else element.get(qn(f"w:{script}"))
            if font:
                yield font


def _theme(members: dict[str, bytes]) -> dict[str, str]:
    """The theme's fonts for titles (`major`) and for text (`minor`)."""
    content = next((members[name] for name in sorted(members) if name.startswith("word/theme/")), None)
    if content is None:
        return {}
    drawing = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
    found = {}
    for kind in ("major", "minor"):
        for latin in etree.fromstring(content).iterfind(f".//{drawing}{kind}Font/{drawing}latin"):
            found[kind] = latin.get("typeface", "")
    return found
