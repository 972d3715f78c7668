"""A returned PDF that does not continue the issued bytes: saved anew, printed, scanned, or changed.

Told apart by the text of the pages, since that is what was agreed on. Nothing that is found here lets a
signature stand; it says what to ask for.
"""

from __future__ import annotations

import ctypes
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import pypdfium2
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pypdfium2 import raw

from piles_docs.errors import Mismatch
from piles_docs.methodology.acts import party_of
from piles_docs.signing.limits import MOST_PAGES, check_limits
from piles_docs.signing.verdicts import Judgement, Verdict

Rect = tuple[float, float, float, float]

MOST_CHARACTERS = 2_000_000
"""Of all pages: an act of eight pages has 20 000."""
_MARGIN = 1.0  # points around a signature's box
_SIZE_TOLERANCE = 2.0  # points: printers round a page's size
_SAME_BLOCK = 4096
_REFERENCE = re.compile(
    r"(?<![\w.-])[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)+\.v[1-9][0-9]{0,3}(?![\w-])"
)


@dataclass(frozen=True, slots=True)
class Page:
    """What is compared of a page."""

    text: str = field(repr=False)
    """Without spaces, and without what is in the boxes for signatures."""
    width: float
    height: float


def compare_bytes(received: bytes, issued: bytes) -> Judgement | None:
    """Tell a file that is ours, cut or with some bytes changed; None for any other. It is not opened."""
    if issued.startswith(received) and received:
        return Judgement(
            verdict=Verdict.NOT_JUDGED,
            reasons=("le fichier est coupé, il en manque la fin ; demandez qu’il soit renvoyé",),
        )
    if _is_in_place(received, issued):
        return Judgement(
            verdict=Verdict.ALTERED,
            reasons=(
                (
                    "le fichier a été abîmé ou retouché : ce sont nos octets, mais certains ont changé ; "
                    "demandez que le fichier signé soit renvoyé tel quel"
                ),
            ),
        )
    return None


def compare(received: bytes, issued: bytes) -> Judgement:
    """Tell what a file is that does not begin with the issued bytes.

    Args:
        received: Checked against the limits already.
        issued: Ours.
    """
    boxes = _boxes(issued)
    ours, theirs = pages_of(issued, boxes), pages_of(received, boxes)
    if not any(page.text for page in theirs):
        return _scanned(ours, theirs)
    if not _is_alike(ours, theirs):
        return Judgement(
            verdict=Verdict.NOT_JUDGED,
            reasons=("ce n’est pas ce document : son texte n’est pas le nôtre ; vérifiez le fichier choisi",),
        )
    changes = tuple(_changes(ours, theirs))
    if changes:
        return Judgement(verdict=Verdict.ALTERED, reasons=changes)
    if _has_signatures(received):
        return Judgement(
            verdict=Verdict.RESAVED,
            reasons=(
                (
                    "un programme a enregistré le fichier à sa façon, ses signatures ne se vérifient plus ; "
                    "demandez le fichier tel qu’il a été signé, sans « enregistrer sous » ni compression"
                ),
            ),
        )
    return Judgement(
        verdict=Verdict.PRINTED,
        reasons=(
            (
                "le fichier a été imprimé en PDF : il n’y reste aucune signature électronique ; "
                "demandez le fichier signé lui-même, et non une impression"
            ),
        ),
    )


def differing_pages(received: bytes, issued: bytes) -> tuple[int, ...]:
    """The pages, from 1, whose text is not ours outside of the boxes for signatures."""
    boxes = _boxes(issued)
    ours, theirs = pages_of(issued, boxes), pages_of(received, boxes)
    return tuple(
        number
        for number, (mine, other) in enumerate(zip(ours, theirs, strict=False), start=1)
        if mine.text != other.text
    )


def references_in(content: bytes) -> tuple[str, ...]:
    """The references of issued documents that are printed in a PDF: `haut-verdon.convention-amorcage.v1`.

    Each once, the most frequent first: a document prints its own on every page.

    Raises:
        Mismatch: The file is too large, too intricate, locked, or would act where it is opened.
    """
    check_limits(content)
    with _opened(content) as document:
        texts = list(_texts(document, {}))
    counted = Counter(found for text in texts for found in _REFERENCE.findall(text))
    return tuple(reference for reference, _ in counted.most_common())


def pages_of(content: bytes, boxes: Mapping[int, list[Rect]]) -> list[Page]:
    """Read the pages of a PDF.

    Args:
        content: Of the file.
        boxes: What to leave out, by page from 0.

    Raises:
        Mismatch: It has far more text than an act.
    """
    with _opened(content) as document:
        return [
            Page(_plain(text), *document.get_page_size(number))
            for number, text in enumerate(_texts(document, boxes))
        ]


@contextmanager
def _opened(content: bytes) -> Iterator[pypdfium2.PdfDocument]:
    document = pypdfium2.PdfDocument(content)
    try:
        yield document
    finally:
        document.close()


def _texts(document: pypdfium2.PdfDocument, boxes: Mapping[int, list[Rect]]) -> Iterator[str]:
    read = 0
    for number in range(min(len(document), MOST_PAGES)):
        text = _text(document, number, boxes.get(number, ()))
        read += len(text)
        if read > MOST_CHARACTERS:
            raise _too_much_text()
        yield text


def _too_much_text() -> Mismatch:
    return Mismatch(
        f"ce PDF n’est pas examiné : il a plus de {MOST_CHARACTERS} caractères",
        remedy="vérifiez le fichier choisi",
    )


def _text(document: pypdfium2.PdfDocument, number: int, boxes: tuple[Rect, ...] | list[Rect] = ()) -> str:
    page = document[number]
    try:
        text = page.get_textpage()
        try:
            if text.count_chars() > MOST_CHARACTERS:
                raise _too_much_text()
            if not boxes:
                return str(text.get_text_range())
            return "".join(
                chr(raw.FPDFText_GetUnicode(text, index))
                for index in range(text.count_chars())
                if not _is_in(text, index, boxes)
            )
        finally:
            text.close()
    finally:
        page.close()


def _is_in(text: pypdfium2.PdfTextPage, index: int, boxes: tuple[Rect, ...] | list[Rect]) -> bool:
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    raw.FPDFText_GetCharBox(text, index, left, right, bottom, top)
    x, y = (left.value + right.value) / 2, (bottom.value + top.value) / 2
    return any(
        box[0] - _MARGIN <= x <= box[2] + _MARGIN and box[1] - _MARGIN <= y <= box[3] + _MARGIN
        for box in boxes
    )


def _plain(text: str) -> str:
    """Letters, digits and signs in one form; spaces and hyphenation depend on who wrote the file."""
    return "".join(
        letter
        for letter in unicodedata.normalize("NFKC", text)
        if not letter.isspace() and unicodedata.category(letter)[0] != "C"
    )


def _boxes(issued: bytes) -> dict[int, list[Rect]]:
    """Where the issued file has fields to sign, by page from 0."""
    reader = PdfFileReader(io.BytesIO(issued))
    pages = {
        reader.find_page_for_modification(number)[0].reference: number
        for number in range(int(reader.root["/Pages"]["/Count"]))
    }
    found: dict[int, list[Rect]] = {}
    for name, _, reference in enumerate_sig_fields(reader):
        place = reference.get_object()
        if party_of(name) is not None:
            left, bottom, right, top = map(float, place["/Rect"])
            found.setdefault(pages[place.raw_get("/P").reference], []).append((left, bottom, right, top))
    return found


def _is_in_place(received: bytes, issued: bytes) -> bool:
    """Whether most blocks of the issued file are where they were: writing a file anew moves them."""
    starts = range(0, len(issued), _SAME_BLOCK)
    same = sum(
        received[start : start + _SAME_BLOCK] == issued[start : start + _SAME_BLOCK] for start in starts
    )
    return 2 * same >= len(starts)


def _is_alike(ours: list[Page], theirs: list[Page]) -> bool:
    """Whether it is this document at all: half of what it says is what ours says."""
    mine, other = (Counter(_pieces(pages)) for pages in (ours, theirs))
    return 2 * (mine & other).total() >= min(mine.total(), other.total())


def _pieces(pages: list[Page]) -> Iterator[str]:
    for page in pages:
        yield from (page.text[start : start + 8] for start in range(len(page.text) - 7))


def _differing(ours: list[Page], theirs: list[Page]) -> Iterator[int]:
    for number, (mine, other) in enumerate(zip(ours, theirs, strict=False), start=1):
        if other.text and mine.text != other.text:
            yield number


def _changes(ours: list[Page], theirs: list[Page]) -> Iterator[str]:
    if len(ours) != len(theirs):
        yield f"le fichier a {len(theirs)} pages, et non {len(ours)} ; demandez-le en entier"
        return
    pages = list(_differing(ours, theirs))
    if pages:
        yield f"le texte a été modifié {written_pages(pages)} ; demandez des explications"
    pictures = [
        number
        for number, (mine, other) in enumerate(zip(ours, theirs, strict=False), start=1)
        if mine.text and not other.text
    ]
    if pictures:
        yield f"le texte a été remplacé par une image {written_pages(pictures)}"
    sizes = [
        number
        for number, (mine, other) in enumerate(zip(ours, theirs, strict=False), start=1)
        if abs(mine.width - other.width) > _SIZE_TOLERANCE
        or abs(mine.height - other.height) > _SIZE_TOLERANCE
    ]
    if sizes and not pages:
        yield f"le format du papier a été modifié {written_pages(sizes)}"


def written_pages(numbers: list[int] | tuple[int, ...]) -> str:
    """Pages in a sentence: « page 3 », « pages 1, 2 et 5 »."""
    if len(numbers) == 1:
        return f"page {numbers[0]}"
    return f"pages {', '.join(map(str, numbers[:-1]))} et {numbers[-1]}"


def _scanned(ours: list[Page], theirs: list[Page]) -> Judgement:
    reasons = [
        (
            "il n’y a que des images de pages : c’est un scan, qui ne porte aucune signature électronique ; "
            "demandez le fichier signé lui-même, ou enregistrez-le comme signature sur papier"
        )
    ]
    if len(ours) != len(theirs):
        reasons.append(f"le scan a {len(theirs)} pages, et non {len(ours)}")
    return Judgement(verdict=Verdict.PRINTED, reasons=tuple(reasons))


def _has_signatures(received: bytes) -> bool:
    """Whether something of the signatures, or of our fields, is left."""
    with _opened(received) as document:
        if raw.FPDF_GetSignatureCount(document) > 0:
            return True
    reader = PdfFileReader(io.BytesIO(received), strict=False)
    return any(True for _ in enumerate_sig_fields(reader))
