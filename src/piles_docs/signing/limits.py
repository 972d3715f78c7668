"""What a file from outside may be, before anything else looks into it.

A returned file may be made to exhaust a program, or to act where it is opened. pyHanko reads it first, as it
alone bounds what a compressed stream may grow to: other libraries see a file only once it has passed.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.decode_limits import DecodeLimits, DocumentDecodeBudget, StreamDecodeLimits
from pyhanko.pdf_utils.misc import PdfDecodeLimitError, PdfError, PdfStreamError
from pyhanko.pdf_utils.reader import PdfFileReader

from piles_docs.errors import Mismatch

LARGEST_FILE = 50_000_000
"""Bytes. A scan of a long act in colour has a tenth of it."""
MOST_PAGES = 500
MOST_OBJECTS = 20_000
MOST_REVISIONS = 100
DEEPEST = 50
"""Levels of arrays and dictionaries in an object; those of LibreOffice have four."""
MOST_DRAWINGS = 1_000_000
"""Times that a drawing is put on a page, drawings in drawings counted: a second of a reader's time."""
_DRAWS = re.compile(rb"(?<![A-Za-z])Do(?![A-Za-z])")
_MIB = 1024 * 1024
_HEADER_WITHIN = 1024  # bytes: programs look no further (ISO 32000-2, I.2)
DECODE_LIMITS = DecodeLimits(
    per_stream=StreamDecodeLimits(max_output_size=64 * _MIB),
    document_budget=DocumentDecodeBudget(base_allowance=256 * _MIB, max_ratio=20),
)

_ACTIONS = {
    "/JavaScript": "un script",
    "/Launch": "le lancement d’un programme",
    "/ImportData": "l’import de données",
    "/SubmitForm": "l’envoi d’un formulaire",
    "/GoToE": "un renvoi vers une pièce jointe",
    "/RichMediaExecute": "un contenu animé",
}
_KEYS = {
    "/JS": "un script",
    "/JavaScript": "un script",
    "/OpenAction": "une action à l’ouverture",
    "/AA": "une action automatique",
    "/EmbeddedFiles": "une pièce jointe",
    "/EF": "une pièce jointe",
    "/XFA": "un formulaire XFA",
    "/RichMediaContent": "un contenu animé",
}
_REFUSED = "demandez un PDF ordinaire, sans mot de passe ni pièce jointe"


def check_limits(content: bytes) -> None:
    """Refuse a file that is too large, too intricate, locked, or that would act where it is opened.

    Raises:
        Mismatch: It says what is refused.
    """
    reader = open_within_limits(content)
    found = active_content(reader)
    if found:
        raise Mismatch(f"ce PDF contient {', '.join(found)}", remedy=_REFUSED)


def open_within_limits(content: bytes, *, known: int = 0, strict: bool = False) -> PdfFileReader:
    """Read all of a file once, to know that it can be.

    Args:
        content: Of the file.
        known: How many bytes at its beginning are ours, and need no look.
        strict: Whether nothing is to be read in more than one way (signatures), or as well as can be.

    Raises:
        Mismatch: It is no PDF, or too large, too intricate, or locked.
    """
    check_size(content)
    if not content[:_HEADER_WITHIN].lstrip().startswith(b"%PDF-"):
        raise Mismatch("ce fichier n’est pas un PDF", remedy="demandez le PDF signé, tel quel")
    try:
        reader = PdfFileReader(io.BytesIO(content), strict=strict, decode_limits=DECODE_LIMITS)
        _check_reader(reader, known)
    except PdfDecodeLimitError as error:
        raise _too_intricate("ses données comprimées sont démesurées") from error
    except RecursionError as error:
        raise _too_intricate("ses objets sont trop imbriqués") from error
    # Broken bytes end in whatever the reader meets first; pages that cannot be read are refused all the same.
    except (PdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, AssertionError) as error:
        raise Mismatch(
            "ce PDF est abîmé ou coupé, il ne peut pas être lu",
            remedy="demandez que le fichier soit renvoyé, tel qu’il a été signé",
        ) from error
    return reader


def check_size(content: bytes) -> None:
    """Refuse a file that is too large.

    Raises:
        Mismatch: It is.
    """
    if len(content) > LARGEST_FILE:
        raise Mismatch(
            f"ce fichier est trop grand ({len(content) // 1_000_000} Mo ; "
            f"{LARGEST_FILE // 1_000_000} Mo au plus)",
            remedy="demandez-le à une résolution plus faible, ou partagé en plusieurs",
        )


def _check_reader(reader: PdfFileReader, known: int) -> None:
    if "/Encrypt" in reader.trailer_view:
        raise Mismatch("ce PDF est protégé par un mot de passe", remedy=_REFUSED)
    if reader.total_revisions > MOST_REVISIONS:
        raise _too_intricate(f"il a {reader.total_revisions} révisions")
    references = _references(reader)
    if len(references) > MOST_OBJECTS:
        raise _too_intricate(f"il a {len(references)} objets")
    pages = reader.root["/Pages"]["/Count"]
    if not isinstance(pages, int) or pages > MOST_PAGES:
        raise _too_intricate(f"il a {pages} pages")
    if not known:
        check_drawings(reader)
    for item in _objects(reader, known):
        if _depth(item) > DEEPEST:
            raise _too_intricate("ses objets sont trop imbriqués")
        if isinstance(item, generic.StreamObject):
            _decode(item)


def _decode(stream: generic.StreamObject) -> bytes:
    try:
        return bytes(stream.read_data())
    except PdfDecodeLimitError:
        raise
    except (NotImplementedError, PdfStreamError, ValueError, zlib.error):
        return b""  # a picture's own compression (JPEG), or data that do not unpack: they do not grow either


def check_drawings(reader: PdfFileReader) -> None:
    """Refuse a file whose pages draw too much: ten drawings of ten drawings, seven times over, take an hour.

    Raises:
        Mismatch: They do, or a drawing draws itself.
    """
    costs: dict[int, int] = {}
    total = 0
    for page, resources in _leaves(reader):
        contents = page.get("/Contents")
        streams = contents if isinstance(contents, generic.ArrayObject) else [contents]
        for stream in streams:
            total += _cost(stream and stream.get_object(), resources, costs, ())
            if total > MOST_DRAWINGS:
                raise _too_intricate("ses pages dessinent trop de choses")


def _leaves(reader: PdfFileReader) -> Iterator[tuple[generic.DictionaryObject, generic.PdfObject | None]]:
    """The pages, each with its resources, which it may have from above."""
    waiting: list[tuple[generic.PdfObject, generic.PdfObject | None]] = [(reader.root["/Pages"], None)]
    seen: set[int] = set()
    while waiting:
        node, inherited = waiting.pop()
        if not isinstance(node, generic.DictionaryObject) or id(node) in seen:
            continue
        seen.add(id(node))
        resources = node.get("/Resources", inherited)
        if "/Kids" in node:
            waiting += [(kid.get_object(), resources) for kid in node["/Kids"]]
        else:
            yield node, resources


def _cost(
    stream: object, inherited: generic.PdfObject | None, costs: dict[int, int], path: tuple[int, ...]
) -> int:
    """How many drawings a content puts on the page; the costs that are known are kept."""
    if not isinstance(stream, generic.StreamObject):
        return 0
    if id(stream) in path or len(path) > DEEPEST:
        raise _too_intricate("ses dessins s’appellent eux-mêmes")
    if id(stream) not in costs:
        calls = len(_DRAWS.findall(_decode(stream)))
        total = 1
        if calls:
            path = (*path, id(stream))
            resources = stream.get("/Resources", inherited)
            inner = [_cost(form, resources, costs, path) for form in _forms(resources)]
            total += calls * max(inner, default=1)
        costs[id(stream)] = total
    return costs[id(stream)]


def _forms(resources: generic.PdfObject | None) -> list[generic.PdfObject]:
    drawings = resources.get("/XObject") if isinstance(resources, generic.DictionaryObject) else None
    if not isinstance(drawings, generic.DictionaryObject):
        return []
    found = [drawings[name] for name in drawings]
    return [one for one in found if isinstance(one, generic.StreamObject) and one.get("/Subtype") == "/Form"]


def active_content(reader: PdfFileReader, *, known: int = 0) -> tuple[str, ...]:
    """What in a file acts by itself, or comes along hidden, in French; nothing that is issued does.

    Only the last state of each object is looked at: what was there before is found by the signatures.

    Args:
        reader: Of the file.
        known: How many bytes at its beginning are ours, and need no look.
    """
    found = {name: None for item in _objects(reader, known) for name in _actions(item)}
    return tuple(found)


def _actions(item: generic.PdfObject) -> Iterator[str]:
    waiting = [item]
    while waiting:
        one = waiting.pop()
        if isinstance(one, generic.DictionaryObject):
            if (
                one.raw_get("/S", decrypt=generic.EncryptedObjAccess.RAW) in _ACTIONS
                if "/S" in one
                else False
            ):
                yield _ACTIONS[str(one["/S"])]
            for key, name in _KEYS.items():
                if key in one and not _is_a_view(one, key):
                    yield name
            waiting += [one.raw_get(key) for key in one if isinstance(one.raw_get(key), _CONTAINERS)]
        elif isinstance(one, generic.ArrayObject):
            waiting += [part for part in one if isinstance(part, _CONTAINERS)]


_CONTAINERS = (generic.DictionaryObject, generic.ArrayObject)


def _is_a_view(item: generic.DictionaryObject, key: str) -> bool:
    """Whether the file only says at which page it opens: that does nothing."""
    if key != "/OpenAction":
        return False
    action = item[key]
    return isinstance(action, generic.ArrayObject) or (
        isinstance(action, generic.DictionaryObject) and action.get("/S") == "/GoTo"
    )


def _references(reader: PdfFileReader, known: int = 0) -> set[generic.Reference]:
    """All objects that revisions beyond a number of bytes define."""
    return {
        reference
        for revision in range(reader.total_revisions)
        if reader.xrefs.get_xref_container_info(revision).end_location > known
        for reference in reader.xrefs.explicit_refs_in_revision(revision)
    }


def _objects(reader: PdfFileReader, known: int) -> Iterator[generic.PdfObject]:
    for reference in _references(reader, known):
        yield reader.get_object(reference)


def _depth(item: generic.PdfObject) -> int:
    """How many arrays and dictionaries are in one another; more than the limit is not counted."""
    level, depth = [item], 0
    while level and depth <= DEEPEST:
        inner: list[generic.PdfObject] = []
        for one in level:
            if isinstance(one, generic.DictionaryObject):
                inner += [one.raw_get(key) for key in one]
            elif isinstance(one, generic.ArrayObject):
                inner += list(map(one.raw_get, range(len(one))))
        level = [one for one in inner if isinstance(one, _CONTAINERS)]
        depth += 1
    return depth


def _too_intricate(what: str) -> Mismatch:
    return Mismatch(f"ce PDF n’est pas examiné : {what}", remedy=_REFUSED)
