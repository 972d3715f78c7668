"""Bind PDFs into one file with bookmarks, the same bytes for the same parts."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, OutlineItem, Page, Pdf, String
from pikepdf.exceptions import PikepdfError

from piles_docs.errors import ToolFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One PDF of a pack, with the title its bookmark shows."""

    title: str
    content: bytes


def page_count(content: bytes, *, name: str) -> int:
    """Count the pages of a PDF.

    Raises:
        ToolFailed: It cannot be read.
    """
    with _read(content, name=name) as document:
        return len(document.pages)


def bind(parts: Sequence[Part], *, title: str) -> bytes:
    """Bind parts in order; the reader opens on the bookmarks, shows the title, and knows that this is French.

    Links keep their targets. Fields become what they show: a signature in the whole would be of no document.
    The parts' tags and claims (PDF/A, PDF/UA) stay with the parts: the whole claims nothing.

    Raises:
        ToolFailed: A part cannot be read.
    """
    with Pdf.new() as whole, ExitStack() as until_written:
        bookmarks, version = [], whole.pdf_version
        for part in parts:
            # Its streams are copied when the whole is written.
            document = until_written.enter_context(_read(part.content, name=part.title))
            _draw_fields(document)
            version = max(version, document.pdf_version)
            bookmarks.append(OutlineItem(part.title, len(whole.pages), "Fit"))
            whole.add_pages_from(document, outlines="ignore")
        with whole.open_outline() as outline:
            outline.root.extend(bookmarks)
        whole.Root.Lang = String("fr-FR")
        whole.Root.PageMode = Name.UseOutlines
        whole.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        whole.trailer.Info = whole.make_indirect(Dictionary(Title=String(title), Producer="piles-docs"))
        output = io.BytesIO()
        whole.save(
            output,
            min_version=version,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            fix_metadata_version=False,  # there are no metadata beside the title
        )
    return output.getvalue()


@contextmanager
def _read(content: bytes, *, name: str) -> Iterator[Pdf]:
    """Open a PDF; what goes wrong with it while it is open is its own fault too."""
    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            if not document.pages:
                raise PikepdfError("no page")  # noqa: TRY301  # one way out for all that is wrong with it
            yield document
    except PikepdfError as error:
        raise ToolFailed(
            f"le PDF de {name} est illisible", remedy="relancez la commande ; piles verify dit le reste"
        ) from error


def _draw_fields(document: Pdf) -> None:
    """Make the looks of fields a part of their pages; those that show nothing go."""
    with_fields = [page for page in document.pages if any(map(_is_field, _annotations(page)))]
    if with_fields:
        document.generate_appearance_streams()
        document.flatten_annotations()
    for page in with_fields:
        page.Annots = Array([item for item in _annotations(page) if not _is_field(item)])


def _annotations(page: Page) -> list[Object]:
    found = page.get(Name.Annots)
    return list(found) if isinstance(found, Array) else []


def _is_field(annotation: Object) -> bool:
    return isinstance(annotation, Dictionary) and annotation.get(Name.Subtype) == Name.Widget


def zip_files(files: Mapping[str, bytes]) -> bytes:
    """Pack separate files into a ZIP, the same bytes for the same files."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name])
    return output.getvalue()
