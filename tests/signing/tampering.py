"""Files that are not what they seem: each says what was done, and how an easily satisfied check takes it.

The attacks have their names from the literature: « 1 Trillion Dollar Refund » (universal signature forgery,
incremental saving, signature wrapping), « Shadow Attacks », « Breaking the Specification: PDF Certification ».
"""

from __future__ import annotations

import io
import re
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf
import pypdf
import pypdfium2
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import RawContent
from pyhanko.pdf_utils.embed import EmbeddedFileObject, FileSpec, embed_file
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from piles_docs.methodology.acts import SEAL_FIELD, Level
from piles_docs.signing.verdicts import Verdict

from .honest import HEAD, HEAD_FIELD, HOST, HOST_FIELD, Honest

Writer = IncrementalPdfFileWriter


@dataclass(frozen=True)
class Case:
    """One file that must not stand."""

    name: str
    build: Callable[[Honest], bytes]
    verdict: Verdict
    says: str = ""
    """A part of the first reason."""
    naive_accepts: bool = True


def updated(content: bytes, change: Callable[[Writer], object]) -> bytes:
    """Change a file by an incremental update, as anyone can who has no key."""
    writer, output = Writer(io.BytesIO(content)), io.BytesIO()
    change(writer)
    writer.write(output)
    return output.getvalue()


def _page(writer: Writer, number: int = 0) -> Any:
    return writer.find_page_for_modification(number)[0].get_object()


def _field(writer: Writer, name: str) -> Any:
    fields = [item.get_object() for item in writer.root["/AcroForm"]["/Fields"]]
    (field,) = [item for item in fields if item["/T"] == name]
    return field


def _numbers(*values: float) -> Any:
    return generic.ArrayObject(map(generic.FloatObject, values))


def paint_over(writer: Writer) -> None:
    """A white box over an article, with another amount in it."""
    drawing = b"q 1 1 1 rg 60 500 400 200 re f Q BT /F1 12 Tf 60 600 Td (999 999 EUR) Tj ET"
    writer.add_stream_to_page(0, writer.add_object(generic.StreamObject(stream_data=drawing)))


def replace_content(writer: Writer) -> None:
    """The stream of the second page, written anew without its first line."""
    page = _page(writer, 1)
    for reference in _streams(page):
        stream = reference.get_object()
        assert isinstance(stream, generic.StreamObject)
        changed = re.sub(rb"\[?<[0-9A-Fa-f]+>[^\n]*T[jJ]|\([^\n]*\) ?Tj", b"", stream.data, count=3)
        if changed != stream.data:
            stream._data, stream._encoded_data = changed, None
            writer.mark_update(reference)
            return
    raise AssertionError("the page has no text")


def _streams(page: generic.DictionaryObject) -> list[generic.IndirectObject]:
    """The references of a page's content streams: one, or several."""
    contents = page.raw_get("/Contents")
    found = contents.get_object() if isinstance(contents, generic.IndirectObject) else contents
    return [contents] if isinstance(found, generic.StreamObject) else list(found)


def annotate(writer: Writer) -> None:
    page = _page(writer)
    note = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/FreeText"),
            pdf_name("/Rect"): _numbers(60, 700, 460, 760),
            pdf_name("/Contents"): generic.TextStringObject("Montant : 999 999 EUR"),
            pdf_name("/F"): generic.NumberObject(4),
            pdf_name("/DA"): generic.TextStringObject("/Helv 12 Tf 0 g"),
        }
    )
    if "/Annots" in page:
        page["/Annots"].append(writer.add_object(note))
        writer.update_container(page["/Annots"])
    else:
        page["/Annots"] = generic.ArrayObject([writer.add_object(note)])
    writer.update_container(page)


def repaint_signature(writer: Writer) -> None:
    field = _field(writer, HOST_FIELD)
    picture = RawContent(b"1 0 0 rg 0 0 198 71 re f", box=BoxConstraints(width=198, height=71))
    field["/AP"] = generic.DictionaryObject({pdf_name("/N"): writer.add_object(picture.as_form_xobject())})
    writer.update_container(field)


def enlarge_field(writer: Writer) -> None:
    field = _field(writer, HEAD_FIELD)
    field["/Rect"] = _numbers(0, 0, 595, 842)
    writer.update_container(field)


def add_field(writer: Writer) -> None:
    spec = SigFieldSpec("Intrus", on_page=0, box=(60, 600, 400, 760), empty_field_appearance=True)
    append_signature_field(writer, spec)


def change_preferences(writer: Writer) -> None:
    writer.root["/ViewerPreferences"] = generic.DictionaryObject(
        {pdf_name("/HideToolbar"): generic.BooleanObject(True)}
    )
    writer.update_root()


def attach(writer: Writer) -> None:
    inside = EmbeddedFileObject.from_file_data(writer, b"autre version", mime_type="text/plain")
    embed_file(writer, FileSpec("annexe.txt", file_name="annexe.txt", embedded_data=inside))


def add_script(writer: Writer) -> None:
    writer.root["/OpenAction"] = writer.add_object(
        generic.DictionaryObject(
            {
                pdf_name("/S"): pdf_name("/JavaScript"),
                pdf_name("/JS"): generic.TextStringObject("app.alert('bonjour')"),
            }
        )
    )
    writer.update_root()


def launch(writer: Writer) -> None:
    page = _page(writer)
    page["/AA"] = generic.DictionaryObject(
        {
            pdf_name("/O"): generic.DictionaryObject(
                {pdf_name("/S"): pdf_name("/Launch"), pdf_name("/F"): generic.TextStringObject("calc.exe")}
            )
        }
    )
    writer.update_container(page)


def add_page(writer: Writer) -> None:
    pages = writer.root["/Pages"]
    page = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Page"),
            pdf_name("/Parent"): writer.root.raw_get("/Pages"),
            pdf_name("/MediaBox"): _numbers(0, 0, 595, 842),
            pdf_name("/Resources"): generic.DictionaryObject(),
        }
    )
    pages["/Kids"].append(writer.add_object(page))
    pages["/Count"] = generic.NumberObject(int(pages["/Count"]) + 1)
    writer.update_container(pages["/Kids"])
    writer.update_container(pages)


def crop_page(writer: Writer) -> None:
    page = _page(writer)
    page["/CropBox"] = _numbers(0, 0, 595, 300)
    writer.update_container(page)


def hide_behind_layer(writer: Writer) -> None:
    writer.root["/OCProperties"] = generic.DictionaryObject()
    writer.update_root()


def replace_font(writer: Writer) -> None:
    """Shadow attack, « replace »: another font draws other letters for the same codes."""
    font = next(iter(_page(writer)["/Resources"]["/Font"].values())).get_object()
    font["/BaseFont"] = pdf_name("/Autre-Police")
    writer.update_container(font)


def drop_permissions(writer: Writer) -> None:
    del writer.root["/Perms"]
    writer.update_root()


def empty_page(writer: Writer) -> None:
    """Incremental saving with all that a reader wants: another content for the page."""
    page = _page(writer)
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"q Q"))
    writer.update_container(page)


def share_value(writer: Writer) -> None:
    """The signature of one party is put into the field of the other too."""
    field = _field(writer, HEAD_FIELD)
    field["/V"] = _field(writer, HOST_FIELD).raw_get("/V")
    writer.update_container(field)


def copy_value(writer: Writer) -> None:
    """The same, by a copy of the signature as an object of its own."""
    field = _field(writer, HEAD_FIELD)
    value = _field(writer, HOST_FIELD)["/V"]
    copied = generic.DictionaryObject({key: value.raw_get(key) for key in value})
    field["/V"] = writer.add_object(copied)
    writer.update_container(field)


def move_value(writer: Writer) -> None:
    """The host's signature, moved to the other field."""
    share_value(writer)
    field = _field(writer, HOST_FIELD)
    del field["/V"]
    writer.update_container(field)


def remove_signature(writer: Writer) -> None:
    field = _field(writer, HOST_FIELD)
    del field["/V"]
    writer.update_container(field)


def _value_of(writer: Writer) -> Any:
    value = _field(writer, HOST_FIELD)["/V"]
    writer.update_container(value)
    return value


def forget_range(writer: Writer) -> None:
    """Universal signature forgery: without a range, what is covered?"""
    del _value_of(writer)["/ByteRange"]


def zero_range(writer: Writer) -> None:
    _value_of(writer)["/ByteRange"] = generic.ArrayObject([generic.NumberObject(0)] * 4)


def negative_range(writer: Writer) -> None:
    _value_of(writer)["/ByteRange"] = generic.ArrayObject(map(generic.NumberObject, (0, 100, 200, -5)))


def null_range(writer: Writer) -> None:
    _value_of(writer)["/ByteRange"] = generic.NullObject()


def empty_contents(writer: Writer) -> None:
    _value_of(writer)["/Contents"] = generic.ByteStringObject(b"")


def null_contents(writer: Writer) -> None:
    _value_of(writer)["/Contents"] = generic.NullObject()


def unknown_kind(writer: Writer) -> None:
    """Readers pass over a signature of a kind that they do not know."""
    _value_of(writer)["/SubFilter"] = pdf_name("/ETSI.inconnu")


def _whole(content: bytes) -> tuple[int, int, int]:
    """The last range in a file: where the hole begins and ends, and how much follows."""
    found = re.findall(rb"/ByteRange ?\[ ?0 (\d+) (\d+) (\d+)", content)
    hole, after, length = map(int, found[-1])
    return hole, after, length


def wrap_signature(content: bytes) -> bytes:
    """Signature wrapping: the covered end is moved away, and another signature object says where it is now.

    The digest is right, as the same bytes are hashed; between them stand a new page content and that object.
    """
    hole, after, _ = _whole(content)
    value, tail = content[hole:after], content[after:]
    reader = Writer(io.BytesIO(content))
    signature = _field(reader, HOST_FIELD).raw_get("/V").reference.idnum
    page = reader.find_page_for_modification(0)[0]
    contents = _streams(page.get_object())[0].idnum
    root = reader.root_ref.idnum
    tables = reader.prev.xrefs
    last = reader.prev.total_revisions - 1
    start_of_prior = tables.get_startxref_for_revision(last - 1)
    of_last = {number: place for number, (_, place) in tables.get_xref_data(last).standard_xrefs.items()}
    size = reader.prev.trailer["/Size"]

    def put_between(moved: int) -> tuple[bytes, dict[int, int]]:
        between, places = bytearray(b"\n"), {}
        for number, body in (
            (contents, b"<</Length 3>>\nstream\nq Q\nendstream"),
            (
                signature,
                b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/ByteRange[0 %d %d %d]/Contents %s>>"
                % (hole, moved, len(tail), value),
            ),
        ):
            places[number] = after + len(between)
            between += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        return bytes(between), places

    between, places = put_between(10_000_000)
    between, places = put_between(after + len(between) + 1)
    between = between.ljust(len(between) + 1)  # numbers of another length: one byte is kept in reserve
    moved = after + len(between)
    between, places = put_between(moved)
    between = between.ljust(moved - after)
    moved_by = moved - after
    places = {
        number: place + moved_by if place > hole else place for number, place in of_last.items()
    } | places
    table = bytearray(b"xref\n")
    start = moved + len(tail)
    for number, place in sorted(places.items()):
        table += b"%d 1\n%010d 00000 n \n" % (number, place)
    table += b"trailer\n<</Size %d/Root %d 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        root,
        start_of_prior,
        start,
    )
    return content[:after] + between + tail + bytes(table)


def without_table(content: bytes) -> bytes:
    """Incremental saving without a cross-reference table: lenient readers search for objects themselves."""
    page = Writer(io.BytesIO(content)).find_page_for_modification(0)[0]
    number = _streams(page.get_object())[0].idnum
    return content + b"%d 0 obj\n<</Length 3>>\nstream\nq Q\nendstream\nendobj\n" % number


def with_copied_trailer(content: bytes) -> bytes:
    """The same, with the end of the file repeated, so that it looks whole."""
    return without_table(content) + content[content.rindex(b"startxref") :]


def other_value(honest: Honest) -> bytes:
    """The second signature's value is replaced by the first's, of the same length on the page."""
    content = honest.complete()
    ranges = [
        tuple(map(int, found)) for found in re.findall(rb"/ByteRange ?\[ ?0 (\d+) (\d+) (\d+)", content)
    ]
    (first, first_end, _), (second, second_end, _) = ranges[-2:]
    value = content[first + 1 : first_end - 1].rstrip(b"0")
    hole = second_end - second - 2
    return content[: second + 1] + value.ljust(hole, b"0")[:hole] + content[second_end - 1 :]


def fill_hole(content: bytes) -> bytes:
    """Other bytes where the value of the last signature is only filled up with zeros: no digest covers them."""
    _, after, _ = _whole(content)
    return content[: after - 9] + b"12345678" + content[after - 1 :]


def comment_in_hole(content: bytes) -> bytes:
    """The same, with spaces and lines that a reader passes over."""
    _, after, _ = _whole(content)
    return content[: after - 9] + b"\n  00   " + content[after - 1 :]


def flip(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def flip_date(honest: Honest) -> bytes:
    content = honest.partial()
    return flip(content, content.rindex(b"/M (D") + 9)


def saved_by_pikepdf(content: bytes) -> bytes:
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as document:
        document.save(output)
    return output.getvalue()


def saved_by_pypdf(content: bytes) -> bytes:
    output = io.BytesIO()
    pypdf.PdfWriter(clone_from=io.BytesIO(content)).write(output)
    return output.getvalue()


def printed(content: bytes) -> bytes:
    """As « print to PDF » does: by cairo."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "a.pdf"), Path(folder, "b.pdf")
        source.write_bytes(content)
        subprocess.run(["pdftocairo", "-pdf", source, target], check=True, capture_output=True)
        return target.read_bytes()


def scanned(content: bytes, pages: int | None = None) -> bytes:
    """Pictures of the pages."""
    document = pypdfium2.PdfDocument(content)
    pictures = [document[number].render(scale=0.7).to_pil().convert("L") for number in range(len(document))]
    document.close()
    output = io.BytesIO()
    pictures[0].save(output, format="PDF", save_all=True, append_images=pictures[1:pages])
    return output.getvalue()


def with_text_changed(content: bytes) -> bytes:
    """A page's text changed in an editor, and saved."""
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as document:
        page = document.pages[1]
        shown, kept = 0, []
        for instruction in pikepdf.parse_content_stream(page):
            is_text = str(instruction.operator) in {"Tj", "TJ"}
            shown += is_text
            if not is_text or shown % 10:
                kept.append(instruction)
        page.Contents = document.make_stream(pikepdf.unparse_content_stream(kept))
        document.save(output)
    return output.getvalue()


def without_page(content: bytes) -> bytes:
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as document:
        del document.pages[1]
        document.save(output)
    return output.getvalue()


def with_password(content: bytes) -> bytes:
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as document:
        document.save(output, encryption=pikepdf.Encryption(owner="a", user=""))
    return output.getvalue()


def _on_partial(change: Callable[[Writer], object]) -> Callable[[Honest], bytes]:
    return lambda honest: updated(honest.partial(), change)


ALTERED, NOT_JUDGED = Verdict.ALTERED, Verdict.NOT_JUDGED
UPDATES = [
    Case("text painted over", _on_partial(paint_over), ALTERED, "modifié après la signature de Mme Lise"),
    Case("page content replaced in place", _on_partial(replace_content), ALTERED, "page 2"),
    Case("page emptied", _on_partial(empty_page), ALTERED, "page 1"),
    Case("annotation added", _on_partial(annotate), ALTERED, "modifié après la signature"),
    Case(
        "look of a signature replaced", _on_partial(repaint_signature), ALTERED, "modifié après la signature"
    ),
    Case("field enlarged over the page", _on_partial(enlarge_field), ALTERED, "modifié après la signature"),
    Case("visible field added", _on_partial(add_field), ALTERED, "modifié après l’émission"),
    Case("viewer preferences", _on_partial(change_preferences), ALTERED, "modifié après la signature"),
    Case("file attached", _on_partial(attach), ALTERED, "une pièce jointe"),
    Case("script added", _on_partial(add_script), ALTERED, "une action à l’ouverture"),
    Case("program to be launched", _on_partial(launch), ALTERED, "une action automatique"),
    Case("page added", _on_partial(add_page), ALTERED, "modifié après la signature"),
    Case("page cropped", _on_partial(crop_page), ALTERED, "modifié après la signature"),
    Case("layers added", _on_partial(hide_behind_layer), ALTERED, "modifié après la signature"),
    Case("font replaced", _on_partial(replace_font), ALTERED, "modifié après la signature"),
    Case("certification removed", _on_partial(drop_permissions), ALTERED, "cachet"),
    Case("signature removed", _on_partial(remove_signature), ALTERED),
    Case("signature in both fields", _on_partial(share_value), ALTERED, "deux champs"),
    Case("signature copied to another field", _on_partial(copy_value), ALTERED),
    Case("signature moved to another field", _on_partial(move_value), ALTERED),
    Case("range forgotten", _on_partial(forget_range), NOT_JUDGED, naive_accepts=False),
    Case("range of zeros", _on_partial(zero_range), ALTERED),
    Case("negative range", _on_partial(negative_range), ALTERED),
    Case("range that is null", _on_partial(null_range), NOT_JUDGED),
    Case("no value", _on_partial(empty_contents), NOT_JUDGED, naive_accepts=False),
    Case("value that is null", _on_partial(null_contents), NOT_JUDGED, naive_accepts=False),
    Case("signature of an unknown kind", _on_partial(unknown_kind), ALTERED, "genre"),
]
BYTES = [
    Case("wrapped signature", lambda h: wrap_signature(h.partial()), ALTERED),
    Case("objects without a table", lambda h: without_table(h.partial()), ALTERED),
    Case("objects with a copied end", lambda h: with_copied_trailer(h.partial()), ALTERED),
    Case("comment at the end", lambda h: h.partial() + b"% parasite\n", ALTERED, "suivent la fin"),
    Case("line end at the end", lambda h: h.partial() + b"\n", ALTERED, "suivent la fin"),
    Case(
        "line end after the last, unsigned update", lambda h: h.complete(Level.LT) + b"\n", ALTERED, "suivent"
    ),
    Case("value of another signature", other_value, ALTERED),
    Case("hole filled with other bytes", lambda h: fill_hole(h.partial()), ALTERED, "suivie d’autre chose"),
    Case("hole with spaces", lambda h: comment_in_hole(h.partial()), ALTERED, "ne couvre pas"),
    Case("byte flipped in the issued pages", lambda h: flip(h.partial(), 5000), ALTERED, "abîmé", False),
    Case("byte flipped in a table", lambda h: flip(h.partial(), len(h.issued) + 700), NOT_JUDGED, "abîmé"),
    Case("byte flipped in a date", flip_date, ALTERED, "ne correspond pas"),
    Case("cut in the issued pages", lambda h: h.partial()[:30_000], NOT_JUDGED, "coupé", False),
    Case("cut in the signature", lambda h: h.partial()[:-2000], NOT_JUDGED, "coupé", False),
]
SIGNERS = [
    Case(
        "text changed, then the second party signs",
        lambda h: h.signed_by(updated(h.partial(), paint_over), HEAD),
        ALTERED,
        "modifié après la signature de Mme Lise",
    ),
    Case(
        "text changed before the first party signs",
        lambda h: h.signed_by(updated(h.issued, paint_over), HOST),
        ALTERED,
        "modifié après l’émission",
    ),
    Case(
        "intruder signs in a field of its own",
        lambda h: h.signed_anyhow(
            h.partial(), "Intrus", "stranger", new_field=SigFieldSpec("Intrus", box=(60, 600, 400, 760))
        ),
        ALTERED,
        "hors de nos champs",
    ),
    Case(
        "intruder signs invisibly",
        lambda h: h.signed_anyhow(h.partial(), "Intrus", "stranger", new_field=SigFieldSpec("Intrus")),
        ALTERED,
        "hors de nos champs",
    ),
    Case(
        "revoked",
        lambda h: h.signed_anyhow(h.issued, HOST_FIELD, "revoked"),
        Verdict.REVOKED,
        "révoqué depuis le",
    ),
    Case(
        "impostor of the same name",
        lambda h: h.signed_anyhow(h.issued, HOST_FIELD, "impostor"),
        Verdict.UNTRUSTED,
        "aucune autorité de confiance",
    ),
    Case(
        "ended certificate",
        lambda h: h.signed_anyhow(h.issued, HOST_FIELD, "expired"),
        Verdict.UNTRUSTED,
        "a pris fin le",
    ),
    Case(
        "wrong person",
        lambda h: h.signed_anyhow(h.issued, HOST_FIELD, "stranger"),
        Verdict.WRONG_SIGNATORY,
        "certificat de Paul Spécimen",
    ),
    Case(
        "one person in both fields",
        lambda h: h.signed_anyhow(h.partial(), HEAD_FIELD, "porteuse"),
        Verdict.WRONG_SIGNATORY,
        "la case de M. Camille Fictif",
    ),
    Case(
        "a method that is no longer safe",
        lambda h: h.signed_anyhow(h.issued, HOST_FIELD, "porteuse", method="sha1"),
        Verdict.UNTRUSTED,
        "n’est plus sûre",
    ),
    Case(
        "a certificate that is not for signing",
        lambda h: h.signed_anyhow(h.issued, HOST_FIELD, "horodatage"),
        Verdict.UNTRUSTED,
        "n’est pas fait pour cet usage",
    ),
    Case(
        "our seal's key in a signatory's field",
        lambda h: h.signed_anyhow(h.issued, HOST_FIELD, "tete-de-reseau-cachet"),
        Verdict.WRONG_SIGNATORY,
    ),
]
OTHER_FILES = [
    Case("seal missing", lambda h: h.signed_by(h.issue.unsealed, HOST), ALTERED),
    Case(
        "sealed anew by a stranger",
        lambda h: h.signed_by(
            h.signed_anyhow(
                h.issue.unsealed, SEAL_FIELD, "stranger", certify=True, new_field=SigFieldSpec(SEAL_FIELD)
            ),
            HOST,
        ),
        ALTERED,
    ),
    Case(
        "another document",
        lambda h: h.signed_by(h.sealed(h.pages["charte"].unsealed), HOST),
        NOT_JUDGED,
        "ce n’est pas ce document",
    ),
    Case(
        "saved anew by pikepdf",
        lambda h: saved_by_pikepdf(h.partial()),
        Verdict.RESAVED,
        "enregistré le fichier",
        False,
    ),
    Case(
        "saved anew by pypdf",
        lambda h: saved_by_pypdf(h.partial()),
        Verdict.RESAVED,
        "enregistré le fichier",
        False,
    ),
    Case("printed", lambda h: printed(h.complete()), Verdict.PRINTED, "imprimé en PDF", False),
    Case("scanned", lambda h: scanned(h.complete()), Verdict.PRINTED, "scan", False),
    Case("scanned in part", lambda h: scanned(h.complete(), 3), Verdict.PRINTED, "scan", False),
    Case(
        "text changed and saved", lambda h: with_text_changed(h.partial()), ALTERED, "modifié page 2", False
    ),
    Case(
        "printed with other text", lambda h: printed(with_text_changed(h.partial())), ALTERED, "page 2", False
    ),
    Case("a page taken out", lambda h: without_page(h.partial()), ALTERED, "pages, et non", False),
    Case("under a password", lambda h: with_password(h.partial()), NOT_JUDGED, "mot de passe", False),
    Case("not a PDF", lambda h: b"PK\x03\x04 un fichier Word", NOT_JUDGED, "pas un PDF", False),
    Case("nothing", lambda h: b"", NOT_JUDGED, "pas un PDF", False),
]
CASES = [*UPDATES, *BYTES, *SIGNERS, *OTHER_FILES]
