"""Compiled templates, kept for the life of the process and on disk for the next one.

What is kept is run as code, like the .pyc files of Python: it lies in the user's own cache folder, which
nobody else may write, never in a workspace that people share.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path

from piles_docs.documents import compiled
from piles_docs.documents.compiled import Compiled, compile_template
from piles_docs.documents.template import Template

_LIBRARIES = ("deflate", "docxtpl", "jinja2", "lxml", "markupsafe", "python-docx")
_DIGEST_BYTES = hashlib.sha256().digest_size
_MOST_FILES = 200
"""Some 150 kB each; a changed template or program leaves its earlier ones behind."""


@lru_cache(maxsize=128)
def compiled_from(template: Template) -> Compiled:
    """The compiled form of a template: from this process, from disk, or made now.

    Raises:
        TemplateInvalid: The template is not Word, or unfit to be one.
        TemplateError: A tag is broken, as Jinja says.
    """
    folder = _folder()
    path = folder / f"{_key(template)}.compile" if folder else None
    if path and (found := _read(path)) is not None:
        return Compiled.load(found)
    made = compile_template(template.dressed(), name=template.name)
    if path:
        _write(path, made.dump())
    return made


def _key(template: Template) -> str:
    """A digest over all that a compiled template depends on: its files, the libraries, and this program."""
    digest = hashlib.sha256(_tools())
    for part in _parts(template):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _parts(template: Template) -> Iterator[bytes]:
    yield template.name.encode()
    yield template.content
    yield template.letterhead
    for name, content in template.blocks:
        yield name.encode()
        yield content


@cache
def _tools() -> bytes:
    libraries = [f"{name} {version(name)}" for name in _LIBRARIES]
    rooms = Path(compiled.__file__).parent.parent
    sources = sorted([*(rooms / "documents").glob("*.py"), rooms / "french" / "typography.py"])
    digest = hashlib.sha256("\n".join([sys.implementation.cache_tag or "", sys.version, *libraries]).encode())
    for source in sources:
        digest.update(source.read_bytes())
    return digest.digest()


def _folder() -> Path | None:
    """The user's cache folder for programs (XDG Base Directory 0.8); None for a user who has no home."""
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    try:
        return (base if base.is_absolute() else Path.home() / ".cache") / "piles-docs" / "modeles"
    except RuntimeError:
        return None


def _read(path: Path) -> bytes | None:
    """A file that we wrote, whole and unaltered; None for any other."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        try:
            about = os.fstat(descriptor)
            if about.st_uid != os.getuid() or about.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
                return None
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                written = file.read()
        finally:
            os.close(descriptor)
    except OSError:
        return None
    digest, content = written[:_DIGEST_BYTES], written[_DIGEST_BYTES:]
    return content if hashlib.sha256(content).digest() == digest else None


def _write(path: Path, content: bytes) -> None:
    """Keep a file whole or not at all; that it cannot be kept costs time, and nothing else."""
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".partiel")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(hashlib.sha256(content).digest() + content)
            Path(name).replace(path)
            _forget_oldest(path.parent)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise


def _forget_oldest(folder: Path) -> None:
    files = sorted(folder.glob("*.compile"), key=lambda file: file.stat().st_mtime)
    for file in files[:-_MOST_FILES]:
        file.unlink(missing_ok=True)
