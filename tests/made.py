"""What a folder of drafts holds, to be compared with another."""

from __future__ import annotations

import hashlib
from pathlib import Path


def made(out: Path) -> dict[str, str]:
    """The digest of each file that commands made, by its name in `out/`; what is only kept for speed is none."""
    return {
        str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(out).parts)
    }
