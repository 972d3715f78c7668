"""What a draft was made from: whatever changes its bytes is told, and what it does not look at is not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from enum import Enum
from typing import Any

from pydantic import BaseModel

from piles_docs.documents.making import Order, make
from piles_docs.documents.template import Template
from piles_docs.methodology.states import DocumentState
from piles_docs.methodology.training import ImpossibleDates
from piles_docs.usecases.generate import order_for
from piles_docs.usecases.provenance import Provenance
from piles_docs.usecases.situation import Situation, situation
from piles_docs.usecases.workspace import Workspace

TODAY = dt.date(2026, 6, 15)


def _other(value: object) -> list[object]:
    """Other values of the same kind."""
    match value:
        case bool():
            return [not value]
        case Enum():
            return [*[one for one in type(value) if one is not value][:1]]
        case str():
            return [f"{value} modifié"]
        case int():
            return [value + 1]
        case Decimal():
            return [value + 1]
        case dt.date():
            return [value + dt.timedelta(days=7)]
        case _:
            return []


def _changed(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """A model with one thing in it changed, for each thing: a value, a group or an item that goes."""
    if isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            child = getattr(value, name)
            if child is not None and not field.is_required():
                yield (
                    f"{path}.{name} ôté",
                    value.model_copy(update={name: () if isinstance(child, tuple) else None}),
                )
            for where, other in _changed(child, f"{path}.{name}"):
                yield where, value.model_copy(update={name: other})
    elif isinstance(value, tuple):
        for rank, item in enumerate(value):
            yield f"{path}.{rank} ôté", (*value[:rank], *value[rank + 1 :])
            for where, other in _changed(item, f"{path}.{rank}"):
                yield where, (*value[:rank], other, *value[rank + 1 :])
        if value:
            yield f"{path} doublé", (*value, value[0])
    else:
        for other in _other(value):
            yield path, other


def _documents(
    now: Situation, workspace: Workspace
) -> Iterator[tuple[DocumentState, Order, Template, bytes, Provenance]]:
    for state in now.state.documents:
        if not state.lacks:
            template, order = workspace.template(state.key.document), order_for(now, state)
            made = make(order, now.case, now.network, template)
            yield state, order, template, made.docx, Provenance.of(made, order, now, template)


def test_whatever_of_the_case_or_of_the_network_changes_a_document_is_told(repository: Workspace) -> None:
    now = situation(repository, "embrunais", TODAY)
    documents = list(_documents(now, repository))
    situations = [(where, replace(now, case=case)) for where, case in _changed(now.case, "")]
    situations += [(where, replace(now, network=network)) for where, network in _changed(now.network, "")]
    assert len(situations) > 150
    missed, told = [], 0
    for where, other in situations:
        for state, _, template, docx, provenance in documents:
            try:
                order = order_for(other, state)
                if provenance.changes(order, other, template):
                    told += 1
                    continue
                again = make(order, other.case, other.network, template).docx
            except (ImpossibleDates, AttributeError, ValueError):
                continue  # no file says such a thing
            if again != docx:
                missed.append(f"{state.key.name} : {where}")
    assert missed == []
    assert 0 < told < len(situations) * len(documents) / 3  # and most changes leave most documents alone


def test_the_field_that_changed_is_named(repository: Workspace) -> None:
    now = situation(repository, "embrunais", TODAY)
    (found,) = [one for one in _documents(now, repository) if one[0].key.name == "deliberation"]
    _, _, template, _, provenance = found
    host = now.case.porteuse
    held = host.deliberation
    assert held is not None
    other = replace(
        now,
        case=now.case.model_copy(
            update={
                "porteuse": host.model_copy(update={"deliberation": held.model_copy(update={"quorum": 3})})
            }
        ),
    )
    assert provenance.changes(found[1], now, template) == ()
    assert provenance.changes(found[1], other, template) == ("porteuse.deliberation.quorum",)


def test_another_template_block_letterhead_or_act_is_named(repository: Workspace) -> None:
    now = situation(repository, "embrunais", TODAY)
    for _, order, template, _, provenance in _documents(now, repository):
        assert provenance.changes(order, now, replace(template, letterhead=b"")) == (
            "templates/papier-en-tete.docx",
        )
        assert provenance.changes(order, now, replace(template, content=b"")) == (template.name,)
        assert provenance.changes(replace(order, version=2), now, template) == ("la référence",)
        for block in template.used_blocks():
            blocks = tuple((name, b"" if name == block else content) for name, content in template.blocks)
            assert provenance.changes(order, now, replace(template, blocks=blocks)) == (
                f"templates/blocs/{block}.docx",
            )
        unused = {name for name, _ in template.blocks} - set(template.used_blocks())
        blocks = tuple((name, b"" if name in unused else content) for name, content in template.blocks)
        assert provenance.changes(order, now, replace(template, blocks=blocks)) == ()


def test_what_the_manifest_keeps_is_read_back(repository: Workspace) -> None:
    now = situation(repository, "embrunais", TODAY)
    for _, order, template, _, provenance in _documents(now, repository):
        again = Provenance.read(provenance.entry())
        assert again is not None
        assert again.changes(order, now, template) == ()
    assert Provenance.read({}) is None
