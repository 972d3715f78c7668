"""Pages of a scan: every format, one at a time; what is broken or too large is said, and the next goes on."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pypdfium2
import pytest
from PIL import Image, ImageDraw

from piles_docs.scanning import pages
from piles_docs.scanning.pages import LONG_SIDE_PIXELS, BadPage, ScanPage, count_pages, read_pages


def _page(mode: str = "L", size: tuple[int, int] = (1654, 2339)) -> Image.Image:
    """A page with grey writing."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    for row in range(20, size[1] - 20, 40):
        draw.line([(50, row), (size[0] - 50, row + 9)], fill=(90, 100, 160), width=9)
    return image.convert(mode)


def _file(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _read(content: bytes) -> list[ScanPage]:
    found = list(read_pages(content))
    assert all(isinstance(page, ScanPage) for page in found), found
    return [page for page in found if isinstance(page, ScanPage)]


def _bad(content: bytes) -> list[BadPage]:
    return [page for page in read_pages(content) if isinstance(page, BadPage)]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "PDF"])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_each_format_is_read(kind: str, mode: str) -> None:
    [page] = _read(_file(_page(mode), kind, **({"resolution": 200} if kind == "PDF" else {})))
    assert page.number == 1
    assert max(page.image.size) == LONG_SIDE_PIXELS
    assert page.dpi == 200
    assert not page.is_bilevel


def test_a_large_scan_is_made_smaller_and_tells_its_own_resolution() -> None:
    [page] = _read(_file(_page(size=(2480, 3508)), "JPEG"))
    assert max(page.image.size) == LONG_SIDE_PIXELS
    assert page.dpi == 300


def test_a_page_that_a_telephone_made_metres_tall_is_no_larger() -> None:
    [page] = _read(_file(_page(size=(3000, 4000)), "PDF", resolution=72))
    assert max(page.image.size) == LONG_SIDE_PIXELS


def test_a_small_scan_is_left_as_it_is() -> None:
    [page] = _read(_file(_page(size=(827, 1170)), "PNG"))
    assert page.image.size == (827, 1170)
    assert page.dpi == 100


@pytest.mark.parametrize("kind", ["TIFF", "PDF"])
def test_pages_are_numbered_and_made_when_asked_for(kind: str) -> None:
    first, *others = [_page(size=(800, 1131)) for _ in range(3)]
    content = _file(first, kind, save_all=True, append_images=others)
    found = read_pages(content)
    assert [page.number for page in found] == [1, 2, 3]


@pytest.mark.parametrize("kind", ["TIFF", "PDF"])
def test_black_and_white_is_told(kind: str) -> None:
    [page] = _read(_file(_page("1"), kind))
    assert page.is_bilevel


def test_black_and_white_is_told_when_it_is_stored_as_grey() -> None:
    [page] = _read(_file(_page("1").convert("L"), "PNG"))
    assert page.is_bilevel


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a picture",
        b"%PDF-1.7 nothing",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0",
        b"II*\x00" + bytes(40),
    ],
)
def test_what_is_no_scan_is_one_bad_page(content: bytes) -> None:
    [page] = read_pages(content)
    assert isinstance(page, BadPage)
    assert page.reason


def test_heic_is_named_where_it_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "_know_heic", lambda: None)
    [page] = _bad(b"\x00\x00\x00\x18ftypheic" + bytes(40))
    assert "HEIC" in page.reason


def test_heic_is_read_where_its_plug_in_is_installed() -> None:
    pytest.importorskip("pillow_heif").register_heif_opener()
    [page] = _read(_file(_page("RGB"), "HEIF", quality=80))
    assert max(page.image.size) == LONG_SIDE_PIXELS


@pytest.mark.parametrize("kind", ["TIFF", "PDF"])
def test_pages_are_counted_before_they_are_read(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first, *others = [_page(size=(400, 566)) for _ in range(3)]
    assert count_pages(_file(first, kind, save_all=True, append_images=others)) == 3
    assert count_pages(_file(first, "JPEG")) == 1
    monkeypatch.setattr(pages, "MOST_PAGES", 2)
    assert count_pages(_file(first, kind, save_all=True, append_images=others)) == 2
    assert count_pages(b"%PDF-1.7 nothing") == count_pages(b"nothing") == 1


def test_a_torn_jpeg_is_a_bad_page() -> None:
    content = _file(_page("RGB"), "JPEG")
    [page] = _bad(content[: len(content) // 2])
    assert "abîmé" in page.reason


def test_the_pages_before_a_tear_are_read() -> None:
    first, *others = [_page("RGB", (800, 1131)) for _ in range(3)]
    content = _file(first, "TIFF", save_all=True, append_images=others, compression="tiff_lzw")
    found = list(read_pages(content[: len(content) * 2 // 3]))
    assert isinstance(found[0], ScanPage)
    assert any(isinstance(page, BadPage) for page in found)


def test_a_picture_too_large_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image.Image, "convert", lambda *_: pytest.fail("unpacked"))
    side = 40_000

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    content = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    [page] = _bad(content)
    assert page.number == 1


def test_a_picture_too_large_in_a_pdf_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST_PIXELS", 1000 * 1000)
    [page] = _bad(_file(_page(), "PDF", resolution=200))
    assert "démesurée" in page.reason


def test_too_many_pages_and_bytes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST_PAGES", 2)
    first, *others = [_page(size=(400, 566)) for _ in range(4)]
    for kind in ("TIFF", "PDF"):
        found = list(read_pages(_file(first, kind, save_all=True, append_images=others)))
        assert [type(page) for page in found] == [ScanPage, ScanPage, BadPage]
    monkeypatch.setattr(pages, "MOST_BYTES", 10)
    assert _bad(bytes(11))


def test_a_page_without_surface_does_not_stop_the_next() -> None:
    document = pypdfium2.PdfDocument.new()
    document.new_page(10_000, 1)
    document.new_page(595, 842)
    out = io.BytesIO()
    document.save(out)
    document.close()
    bad, good = read_pages(out.getvalue())
    assert isinstance(bad, BadPage)
    assert isinstance(good, ScanPage)


def test_an_encrypted_pdf_is_said_to_be() -> None:
    pikepdf = pytest.importorskip("pikepdf")
    out = io.BytesIO()
    with pikepdf.Pdf.open(io.BytesIO(_file(_page(), "PDF"))) as document:
        document.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    [page] = _bad(out.getvalue())
    assert "mot de passe" in page.reason
