#!/usr/bin/env python3
"""Has a running unoserver convert files, in one process: a line of JSON asks, another tells. Usage: … PORT"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from unoserver.client import UnoClient


def main() -> None:
    client = UnoClient(port=sys.argv[1])
    for line in sys.stdin:
        request = json.loads(line)
        for file in map(Path, request["files"]):
            target = Path(request["target"], f"{file.stem}.uno.pdf")
            target.parent.mkdir(exist_ok=True)
            _convert(client, file, target)
        print(json.dumps({"done": len(request["files"])}), flush=True)


def _convert(client: UnoClient, file: Path, target: Path) -> None:
    for _ in range(60):
        try:
            client.convert(inpath=str(file), outpath=str(target))
        except ConnectionError:  # it has only just been started
            time.sleep(1)
        else:
            return
    raise SystemExit("unoserver does not answer")


if __name__ == "__main__":
    main()
