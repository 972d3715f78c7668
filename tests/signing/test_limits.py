"""Files that are made to exhaust a program, or to act where they are opened, are refused by name and in time."""

from __future__ import annotations

import io
import time
import zlib
from collections.abc import Callable

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from piles_docs.errors import Mismatch
from piles_docs.methodology.acts import Level
from piles_docs.signing import limits
from piles_docs.signing.judging import judge
from piles_docs.signing.limits import check_limits
from piles_docs.signing.verdicts import Verdict

from .honest import Honest
from .tampering import printed, saved_by_pikepdf, scanned, with_password

_SECONDS = 60  # on a slow machine; what is refused is refused in a tenth of a second


def pdf(*objects: bytes, root: bytes = b"<</Type/Catalog/Pages 2 0 R>>", page: bytes = b"") -> bytes:
    """A file of given objects, numbered from 4; something may be added to its page, which is the third."""
    content, places = bytearray(b"%PDF-1.7\n"), []
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]%s>>" % page
    pages = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
    for number, body in enumerate([root, pages, page, *objects], start=1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(content)
    content += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    content += b"".join(b"%010d 00000 n \n" % place for place in places)
    content += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, table)
    return bytes(content)


def stream(data: bytes, about: bytes = b"/Filter/FlateDecode") -> bytes:
    return b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(data), about, data)


def bomb() -> bytes:
    return pdf(stream(zlib.compress(bytes(200_000_000), 9)))


def stacked_bomb() -> bytes:
    once = zlib.compress(bytes(100_000_000), 9)
    return pdf(stream(zlib.compress(once, 9), b"/Filter[/FlateDecode/FlateDecode]"))


def many_bombs() -> bytes:
    one = stream(zlib.compress(bytes(60_000_000), 9))
    return pdf(*[one] * 8)


def drawings_of_drawings(depth: int, *, ends: bool = True) -> bytes:
    """Each drawing draws the next one ten times."""
    page = b"/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>>>"
    objects = [stream(b"/F Do " * 10, b"")]
    for level in range(depth):
        is_last = level == depth - 1
        following = 5 if is_last and not ends else 6 + level
        about = b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]"
        if not (is_last and ends):
            about += b"/Resources<</XObject<</F %d 0 R>>>>" % following
        objects.append(stream(b"" if is_last and ends else b"/F Do " * 10, about))
    return pdf(*objects, page=page)


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "drawings of drawings": (lambda: drawings_of_drawings(9), "dessinent trop"),
    "a drawing that draws itself": (lambda: drawings_of_drawings(3, ends=False), "eux-mêmes"),
    "a stream that unpacks to 200 MB": (bomb, "démesurées"),
    "a stream packed twice": (stacked_bomb, "démesurées"),
    "many streams": (many_bombs, "démesurées"),
    "arrays in arrays": (lambda: pdf(b"[" * 60 + b"]" * 60), "imbriqués"),
    "arrays beyond any stack": (lambda: pdf(b"[" * 100_000 + b"]" * 100_000), "imbriqués"),
    "dictionaries beyond any stack": (
        lambda: pdf(b"<</A" * 50_000 + b" 1" + b">>" * 50_000),
        "imbriqués|abîmé",
    ),
    "too many objects": (lambda: pdf(*[b"null"] * 20_001), "objets"),
    "too many pages": (
        lambda: pdf().replace(b"/Count 1>>", b"/Count 9999999>>"),
        "abîmé|pages",
    ),
    "too large": (lambda: b"%PDF-1.7\n" + bytes(limits.LARGEST_FILE), "trop grand"),
    "a table that refers to itself": (
        lambda: pdf().replace(b"/Root 1 0 R>>", b"/Root 1 0 R/Prev 234>>"),
        "abîmé|révisions",
    ),
    "a page that is its own parent": (
        lambda: pdf(root=b"<</Type/Catalog/Pages 1 0 R/Kids[1 0 R]/Count 1>>"),
        "",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_is_not_judged_and_takes_no_time(honest: Honest, name: str) -> None:
    build, _ = HOSTILE[name]
    content = build()
    begun = time.monotonic()
    judgement = judge(content, honest.expectation, honest.trust, fetches=False)
    assert time.monotonic() - begun < _SECONDS
    assert not judgement.verdict.stands
    assert judgement.reasons


@pytest.mark.parametrize("name", [name for name, (_, says) in HOSTILE.items() if says])
def test_limit_is_named(name: str) -> None:
    build, says = HOSTILE[name]
    with pytest.raises(Mismatch, match=says):
        check_limits(build())


@pytest.mark.parametrize(
    ("root", "says"),
    [
        (b"/OpenAction<</S/JavaScript/JS(app.alert())>>", "une action à l’ouverture"),
        (b"/OpenAction<</S/Launch/F(calc.exe)>>", "lancement d’un programme"),
        (b"/AA<</WC<</S/JavaScript/JS(1)>>>>", "une action automatique"),
        (b"/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(1)>>]>>>>", "un script"),
        (b"/Names<</EmbeddedFiles<</Names[]>>>>", "une pièce jointe"),
        (b"/AcroForm<</XFA(x)/Fields[]>>", "XFA"),
        (b"/OpenAction<</S/SubmitForm/F(http://exemple.invalid)>>", "l’envoi d’un formulaire"),
    ],
)
def test_what_acts_by_itself_is_named(root: bytes, says: str) -> None:
    with pytest.raises(Mismatch, match=says):
        check_limits(pdf(root=b"<</Type/Catalog/Pages 2 0 R%s>>" % root))


def test_drawings_within_measure_are_read() -> None:
    check_limits(drawings_of_drawings(3))


def test_file_may_say_at_which_page_it_opens() -> None:
    check_limits(pdf(root=b"<</Type/Catalog/Pages 2 0 R/OpenAction[3 0 R/Fit]>>"))


def test_password_is_named(honest: Honest) -> None:
    with pytest.raises(Mismatch, match="mot de passe"):
        check_limits(with_password(honest.issued))


@pytest.mark.parametrize("level", Level)
def test_honest_files_are_within_the_limits(honest: Honest, level: Level) -> None:
    check_limits(honest.issued)
    check_limits(honest.complete(level))


def test_copies_of_honest_files_are_within_the_limits(honest: Honest) -> None:
    for copy in (printed, scanned, saved_by_pikepdf):
        check_limits(copy(honest.complete()))


def test_script_in_another_file_is_warned_of(honest: Honest) -> None:
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(honest.partial())) as document:
        document.Root.OpenAction = Dictionary(S=Name.JavaScript, JS="app.alert()")
        document.Root.Deep = Array([])
        document.save(output)
    judgement = judge(output.getvalue(), honest.expectation, honest.trust)
    assert judgement.verdict is Verdict.RESAVED
    assert any("un script" in reason for reason in judgement.reasons)
