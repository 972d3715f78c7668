"""A bag: files with their digests, as archives exchange them (BagIt 1.0, RFC 8493)."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping

from piles_docs.packs.binding import zip_files


def zipped_bag(
    payload: Mapping[str, bytes],
    *,
    name: str,
    made_on: dt.date,
    information: Mapping[str, str],
    notes: Mapping[str, bytes],
) -> bytes:
    """Make a bag in one ZIP, the same bytes for the same content.

    Args:
        payload: The files to keep, by their path below `data/`.
        name: The folder that the ZIP unpacks to.
        made_on: The day, told in the bag.
        information: What `bag-info.txt` says besides, by label.
        notes: Files beside the payload, such as instructions.
    """
    files = {f"data/{path}": content for path, content in payload.items()}
    size = sum(map(len, files.values()))
    about = {
        **information,
        "Bagging-Date": made_on.isoformat(),
        "Payload-Oxum": f"{size}.{len(files)}",  # octets, then number of files
    }
    tags = {
        "bagit.txt": b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        "bag-info.txt": "".join(f"{label}: {value}\n" for label, value in about.items()).encode(),
        "manifest-sha256.txt": _manifest(files),
        **notes,
    }
    tags["tagmanifest-sha256.txt"] = _manifest(tags)
    return zip_files({f"{name}/{path}": content for path, content in (files | tags).items()})


def _manifest(files: Mapping[str, bytes]) -> bytes:
    """One line a file, as `sha256sum -c` reads it."""
    lines = [f"{hashlib.sha256(content).hexdigest()}  {path}\n" for path, content in sorted(files.items())]
    return "".join(lines).encode()
