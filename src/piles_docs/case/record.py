"""The base of everything a case file says: a frozen group of keys, no other key allowed."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic.fields import FieldInfo


class Record(BaseModel):
    """A group of keys of the file. Field names, or their aliases, are the YAML keys.

    A key left empty is a key not given: staff prepare a file before they know everything.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True)

    @model_validator(mode="before")
    @classmethod
    def _empty_is_absent(cls, data: object) -> object:
        if not isinstance(data, dict):
            return data
        known = cls.fields_by_key()
        return {key: value for key, value in data.items() if value is not None or key not in known}

    @classmethod
    def fields_by_key(cls) -> dict[str, FieldInfo]:
        """Return the fields of this group by YAML key, in the order of the file."""
        return {field.alias or name: field for name, field in cls.model_fields.items()}
