"""Run `python -m piles_docs` as `piles`."""

from __future__ import annotations

from piles_docs.cli.main import main

main()
