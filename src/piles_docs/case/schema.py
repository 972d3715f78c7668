"""The JSON Schema of a case file, which an editor uses to complete, explain and underline."""

from __future__ import annotations

import json
from typing import Any

from piles_docs.case.models import Case

SCHEMA_FILE = "dossier.schema.json"
"""The schema's name beside the case files, in `cases/`."""

SCHEMA_COMMENT = f"# yaml-language-server: $schema={SCHEMA_FILE}"
"""The first line of a case file: it makes an editor use the schema."""


def case_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a case file, with the fields' French descriptions only."""
    schema: dict[str, Any] = _without_titles(Case.model_json_schema())
    for definition in schema["$defs"].values():
        definition.pop("description", None)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "Dossier PILES",
        "description": "Description d’un dossier d’essaimage",
    }


def schema_text() -> str:
    """Return the text of the schema's file."""
    return json.dumps(case_schema(), indent=2, ensure_ascii=False) + "\n"


def _without_titles(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _without_titles(child) for key, child in node.items() if key != "title"}
    return [_without_titles(child) for child in node] if isinstance(node, list) else node
