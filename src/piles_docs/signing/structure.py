"""Signatures as bytes of a file: what each covers, and in which field it is.

pyHanko tells how far a signature reaches and what changed after it. What is added here closes what attacks
on PDF signatures have used (Mladenov et al., « 1 Trillion Dollar Refund », 2019; Mainka et al., « Shadow
Attacks », 2021): a hole in what is covered that holds more than the signature, a signature whose value is
somewhere else, and fields that readers pass over in silence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from asn1crypto import parser
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, DiffResult
from pyhanko.sign.diff_analysis.policies import StandardDiffPolicy
from pyhanko.sign.fields import MDPPerm, enumerate_sig_fields
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature, read_certification_data

from piles_docs.methodology.acts import SEAL_FIELD
from piles_docs.signing.believing import Store
from piles_docs.signing.revisions import ends

_HEXADECIMAL = re.compile(rb"<(?:[0-9a-f]*|[0-9A-F]*)>")
_OBJECT = re.compile(rb"(?<!\d)\d{1,10}\s+\d{1,5}\s+obj(?![a-z])")
_LARGEST_SIGNATURE = 1_000_000
"""Bytes: with all certificates and a long list of revoked ones in it, a signature has a tenth."""
_MOST_SIGNATURES = 60


_STRICT = StandardDiffPolicy(
    DEFAULT_DIFF_POLICY.global_rules,
    form_rule=None,
    ignore_orphaned_objects=False,
    ignore_identical_objects=False,
)


@dataclass(frozen=True, slots=True)
class FilledField:
    """A field that holds a signature or a document time stamp."""

    name: str
    signature: EmbeddedPdfSignature
    end: int
    """Where the bytes that it covers end."""
    is_stamp: bool
    is_visible: bool

    @property
    def revision(self) -> int:
        """Which revision it closes, from 0."""
        return int(self.signature.signed_revision)


class Misshapen(Exception):
    """A signature is not shaped as one that covers its file; the message says how, in French."""


def field_names(reader: PdfFileReader) -> frozenset[str]:
    """The names of all fields for signatures, filled or not.

    Raises:
        Misshapen: Two have the same name.
    """
    names = [name for name, _, _ in enumerate_sig_fields(reader)]
    if len(set(names)) != len(names):
        raise Misshapen("deux champs de signature ont le même nom")
    return frozenset(names)


def filled_fields(reader: PdfFileReader, content: bytes) -> tuple[FilledField, ...]:
    """All signatures and document time stamps of a file, in the order in which they were made.

    Raises:
        Misshapen: One of them is not what it should be.
    """
    filled = list(enumerate_sig_fields(reader, filled_status=True))
    values = [id(value.get_object()) for _, value, _ in filled]
    if len(filled) > _MOST_SIGNATURES:
        raise Misshapen(f"le fichier porte {len(filled)} signatures")
    if len(set(values)) != len(values):
        raise Misshapen("une même signature se trouve dans deux champs")
    embedded = reader.embedded_signatures
    if len(embedded) != len(filled):
        raise Misshapen("une signature est d’un genre qui n’est pas connu")
    possible = set(ends(content)) | {len(content)}
    return tuple(_filled(signature, content, possible) for signature in embedded)


def _filled(signature: EmbeddedPdfSignature, content: bytes, possible: set[int]) -> FilledField:
    kind = signature.sig_object_type
    if kind not in {"/Sig", "/DocTimeStamp"}:
        raise Misshapen("une signature est d’un genre qui n’est pas connu")
    end = _covered_until(signature, content)
    if end not in possible:
        raise Misshapen("une signature s’arrête au milieu du fichier")
    return FilledField(
        name=str(signature.field_name),
        signature=signature,
        end=end,
        is_stamp=kind == "/DocTimeStamp",
        is_visible=_is_visible(signature.sig_field),
    )


def _covered_until(signature: EmbeddedPdfSignature, content: bytes) -> int:
    """Where the covered bytes end, all but the value of the signature itself being covered."""
    ranges = [int(value) for value in signature.byte_range]
    if len(ranges) != 4 or ranges[0] != 0 or any(value < 0 for value in ranges):
        raise Misshapen("une signature ne couvre pas le fichier depuis son début")
    _, hole, after, length = ranges
    end = after + length
    if not hole < after <= end <= len(content):
        raise Misshapen("une signature couvre autre chose que ce fichier")
    value = content[hole:after]
    if after - hole > 2 * _LARGEST_SIGNATURE or not _HEXADECIMAL.fullmatch(value):
        raise Misshapen("une signature laisse dans le fichier une partie qu’elle ne couvre pas")
    decoded = bytes.fromhex(value[1:-1].decode("ascii"))
    if decoded != signature.pkcs7_content:
        raise Misshapen("la valeur d’une signature n’est pas à sa place")
    if any(decoded[parser.peek(decoded) :]):
        raise Misshapen("la valeur d’une signature est suivie d’autre chose")
    return end


def _is_visible(place: generic.DictionaryObject) -> bool:
    left, bottom, right, top = map(float, place["/Rect"]) if "/Rect" in place else (0.0, 0.0, 0.0, 0.0)
    return left != right and bottom != top


def seal_of(fields: tuple[FilledField, ...], reader: PdfFileReader) -> FilledField | None:
    """Our seal, or None: the first signature, in its own field, that lets nothing but fields be filled."""
    if not fields or fields[0].name != SEAL_FIELD or fields[0].is_stamp or fields[0].is_visible:
        return None
    certified = read_certification_data(reader)
    if certified is None or certified.permission is not MDPPerm.FILL_FORMS:
        return None
    if certified.author_sig.get_object() is not fields[0].signature.sig_object:
        return None
    return fields[0] if fields[0].signature.docmdp_level is MDPPerm.FILL_FORMS else None


def is_whole(fields: tuple[FilledField, ...], reader: PdfFileReader, content: bytes) -> bool:
    """Whether a file ends with its last signature, or with whole revisions that no one signed yet.

    Such a revision must add to what a signature's check needs, and nothing more: no idle object that a later
    update could wake (« shadow attacks »), nothing that a program finds that reads more leniently
    (« incremental saving »).
    """
    last = max(fields, key=lambda field: field.end)
    unsigned = reader.total_revisions - 1 - last.revision
    rest = content[last.end :]
    if unsigned == 0:
        return not rest
    for revision in range(last.revision + 1, reader.total_revisions):
        before, then = map(reader.get_historical_resolver, (revision - 1, revision))
        if Store.of(then).contents <= Store.of(before).contents:
            return False
    difference = _STRICT.review_file(reader, last.revision, doc_mdp=MDPPerm.NO_CHANGES)
    if not isinstance(difference, DiffResult):
        return False
    table = reader.xrefs.get_startxref_for_revision(reader.total_revisions - 1)
    tail = f"startxref\n{table}\n%%EOF".encode("ascii")
    return (
        rest.count(b"%%EOF") == unsigned
        and table >= last.end
        and rest.replace(b"\r\n", b"\n").endswith((tail, tail + b"\n"))
    )


def has_stray_objects(reader: PdfFileReader, content: bytes, known: int) -> bool:
    """Whether there are objects that no table of the file tells of, for lenient programs to find.

    Args:
        reader: Of the file.
        content: Of the file.
        known: How many bytes at its beginning are ours.
    """
    told = set()
    for revision in range(reader.total_revisions):
        told.add(reader.xrefs.get_xref_container_info(revision).start_location)
        told |= {place for _, place in reader.xrefs.get_xref_data(revision).standard_xrefs.values()}
    return any(found.start() not in told for found in _OBJECT.finditer(content, known))
