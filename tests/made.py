"""What a folder of drafts holds, to be compared with another."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path


def made(out: Path) -> dict[str, str]:
    """The digest of each file that commands made, by its name in `out/`; what is only kept for speed is none."""
    return {
        str(path.relative_to(out)): hashlib.sha256(_lasting(path)).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(out).parts)
    }


def _lasting(path: Path) -> bytes:
    """The content of a file; of a manifest, without how its last run ended, which tells dates of files."""
    content = path.read_bytes()
    if path.name != "manifeste.json":
        return content
    data = json.loads(content)
    data.pop("run", None)
    return json.dumps(data, sort_keys=True).encode()
