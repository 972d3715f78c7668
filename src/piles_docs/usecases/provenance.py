"""What a draft was made from, and what of it is different today: a draft is made again for that alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from piles_docs.documents.blocks import file_of
from piles_docs.documents.making import Order, circumstances
from piles_docs.documents.rendering import Rendered
from piles_docs.documents.template import LETTERHEAD_FILE, Template
from piles_docs.documents.view import trace, value_seen
from piles_docs.usecases.conversion import tools
from piles_docs.usecases.situation import Situation
from piles_docs.usecases.stamps import program

_ROOMS = ("case", "documents", "french", "methodology")
_PROGRAM = "programme"


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a draft was made from: a trace of each thing, by the name that staff know it by."""

    fields: Mapping[str, str]
    """What its template looked at of the case and of piles.toml, by path."""
    files: Mapping[str, str]
    """The template, the blocks it includes, the letterhead."""
    circumstances: Mapping[str, str]
    """What happened to the case: acts signed, milestones, reference, signatories."""
    tools: Mapping[str, str]

    @classmethod
    def of(cls, made: Rendered, order: Order, now: Situation, template: Template) -> Provenance:
        """What a rendering was made from."""
        blocks = {file_of(name): content for name, content in template.used_blocks().items()}
        return cls(
            {path: trace(value) for path, value in made.seen.items()},
            _digests(template, blocks),
            _circumstances(order, now),
            _tools(),
        )

    @classmethod
    def read(cls, entry: Mapping[str, Any]) -> Provenance | None:
        """What the manifest says of a draft; None where it says nothing, as before the first one."""
        parts: list[Any] = [entry.get(part.name) for part in fields(cls)]
        return cls(*parts) if all(isinstance(part, dict) for part in parts) else None

    def entry(self) -> dict[str, Any]:
        """As the manifest keeps it."""
        return {part.name: getattr(self, part.name) for part in fields(self)}

    def changes(self, order: Order, now: Situation, template: Template) -> tuple[str, ...]:
        """What is different today, in French; nothing means that the same bytes would be made."""
        blocks = {
            name: content for block, content in template.blocks if (name := file_of(block)) in self.files
        }
        seen = {path: trace(value_seen(now.case, now.network, path)) for path in self.fields}
        return (
            *_different(self.fields, seen),
            *_different(self.files, _digests(template, blocks)),
            *_different(self.circumstances, _circumstances(order, now)),
            *_different(self.tools, _tools()),
        )


def _different(before: Mapping[str, str], after: Mapping[str, str]) -> Iterable[str]:
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def _circumstances(order: Order, now: Situation) -> dict[str, str]:
    return {name: trace(value) for name, value in circumstances(order, now.case, now.network).items()}


def _tools() -> dict[str, str]:
    """What makes a Word file; what makes a PDF of it is told by the PDF's own name in the cache."""
    return tools(None) | {_PROGRAM: program(_ROOMS).hex()[:16]}


def _digests(template: Template, blocks: Mapping[str, bytes]) -> dict[str, str]:
    files = {template.name: template.content, LETTERHEAD_FILE: template.letterhead, **blocks}
    return {name: _digest(content) for name, content in files.items()}


@lru_cache(maxsize=256)  # the same few files for every draft of every case
def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
