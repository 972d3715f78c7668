from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from piles_docs.case.schema import SCHEMA_COMMENT, SCHEMA_FILE, case_schema, schema_text

CASES = sorted(Path(__file__).parents[2].joinpath("cases").glob("*.yaml"))
NAME = jsonschema.Draft202012Validator(case_schema()["properties"]["dossier"])
CASE = jsonschema.Draft202012Validator(case_schema())


def as_an_editor_reads(path: Path) -> object:
    yaml = YAML(typ="safe", pure=True)
    return json.loads(json.dumps(yaml.load(path.read_text("utf-8")), default=str))


def test_the_schema_beside_the_cases_is_the_models_own(root: Path) -> None:
    written = (root / "cases" / SCHEMA_FILE).read_text("utf-8")
    assert written == schema_text(), (
        "write schema_text() of piles_docs.case.schema to cases/dossier.schema.json"
    )


def test_the_schema_is_a_valid_schema_and_explains_every_key_in_french() -> None:
    schema = case_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    groups = [found for found in schema["$defs"].values() if found["type"] == "object"]
    assert len(groups) > 15
    for definition in [schema, *groups]:
        for key, field in definition["properties"].items():
            assert field.get("description"), key
        assert definition["additionalProperties"] is False
    assert "title" not in schema["$defs"]["Hub"]
    assert "description" not in schema["$defs"]["Hub"]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_an_editor_finds_no_fault_in_a_sample_case(path: Path) -> None:
    CASE.validate(as_an_editor_reads(path))
    assert path.read_text("utf-8").startswith(SCHEMA_COMMENT + "\n")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("dossier", "Haut Verdon"),
        ("signature", "papyrus"),
        ("inconnue", 1),
        ("dossier", None),
        ("conventions", []),
    ],
)
def test_an_editor_underlines_what_reading_refuses(key: str, value: object) -> None:
    case = as_an_editor_reads(CASES[0])
    assert isinstance(case, dict)
    with pytest.raises(jsonschema.ValidationError):
        CASE.validate({**case, key: value})


@settings(max_examples=30)
@given(st.from_regex(r"[a-z0-9]+(-[a-z0-9]+){0,3}", fullmatch=True))
def test_every_right_name_of_a_case_passes_the_schema(name: str) -> None:
    NAME.validate(name)
