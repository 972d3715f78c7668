"""What a template names is known before it is rendered, in every branch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from docx.document import Document as WordDocument

from piles_docs.case.paths import flatten
from piles_docs.documents.committee import Committee
from piles_docs.documents.compiled import Compiled
from piles_docs.documents.cover import Cover, Round, make_cover
from piles_docs.documents.filters import FILTERS
from piles_docs.documents.making import Order, SignedAct, make
from piles_docs.documents.sections import Rewriting
from piles_docs.documents.template import Template
from piles_docs.documents.view import Absent, Record, View
from piles_docs.methodology.acts import Means
from piles_docs.methodology.model import load_methodology
from piles_docs.methodology.states import Key
from piles_docs.proofing.expressions import Reading
from piles_docs.proofing.places import whole
from piles_docs.proofing.variables import (
    FILTER_DESCRIPTIONS,
    Variable,
    cover_variables,
    document_variables,
    proof_variables,
)
from piles_docs.usecases.template_samples import Samples
from piles_docs.usecases.workspace import Workspace

Read = Callable[..., Reading]


@pytest.fixture
def read(word: WordDocument, as_template: Callable[[WordDocument], Template]) -> Read:
    """Reads paragraphs as those of a template of a document."""

    def reading(*texts: str) -> Reading:
        for text in texts:
            word.add_paragraph(text)
        return Reading(document_variables()).read(whole(as_template(word)))

    return reading


def said(reading: Reading) -> list[str]:
    return [fault.message for fault in reading.faults]


def test_a_name_is_judged_in_a_branch_that_no_case_takes(read: Read) -> None:
    assert said(read("{% if false %}{{ porteuse.nomm }}{% endif %}")) == [
        "la variable « porteuse.nomm » n’existe pas"
    ]


def test_the_nearest_name_is_offered(read: Read) -> None:
    faults = read("{{ porteuze.nom }}", "{{ porteuse.sigl }}", "{{ porteuse|adrese }}").faults
    assert [fault.remedy.partition(" ?")[0] for fault in faults] == [
        "vouliez-vous dire « porteuse »", "vouliez-vous dire « sigle »", "vouliez-vous dire « adresse »",
    ]  # fmt: skip


def test_what_is_set_or_looped_over_is_followed_to_the_case(read: Read) -> None:
    reading = read(
        "{%p set partie = porteuse %}",
        "{{ partie.sigle }}{{ partie.nope }}",
        "{%p for ami in partenaires %}",
        "{{ loop.index }}{{ ami.representant.nom }}{{ ami.representant.nope }}",
        "{%p endfor %}",
        "{{ ami }}",
    )
    assert said(reading) == [
        "la variable « porteuse.nope » n’existe pas",
        "la variable « partenaires[].representant.nope » n’existe pas",
        "la variable « ami » n’existe pas",
    ]
    assert {"porteuse.sigle", "partenaires[].representant.nom"} <= set(reading.variables)


def test_what_may_be_one_thing_or_another_has_the_parts_of_both(read: Read) -> None:
    reading = read(
        "{%p set qui = destinataire or porteuse %}", "{{ qui.invite_a }}{{ qui.rna }}{{ qui.nope }}"
    )
    assert said(reading) == ["la variable « destinataire.nope » n’existe pas"]


def test_a_list_has_no_name_of_its_own(read: Read) -> None:
    assert said(read("{{ partenaires.nom }}{{ partenaires[0].nom }}{{ (partenaires|first).nom }}")) == [
        "« partenaires » est une liste : elle n’a pas de « nom »"
    ]


def test_a_value_has_what_texts_and_dates_have_and_no_more(read: Read) -> None:
    assert said(read("{{ piles.nom.upper() }}{{ document.date.year }}{{ piles.nom.nom }}")) == [
        "la variable « piles.nom.nom » n’existe pas"
    ]


def test_every_wrong_tag_is_told_in_french(read: Read) -> None:
    messages = said(
        read("{{ porteuse nom }}", "{% foo %}", "{{ «x» }}", "{{ porteuse| }}", "{{ porteuse.nom }}")
    )
    assert len(messages) == 4
    assert all(message.startswith("la balise « ") for message in messages)
    assert "« foo » n’est pas une balise" in messages[1]
    assert "le signe « n’y a pas sa place" in messages[2]
    assert not [message for message in messages if "expected" in message or "unknown" in message]


def test_what_a_tag_binds_is_known_after_it(read: Read) -> None:
    reading = read(
        "{% set mot %}un mot{% endset %}{{ mot }}",
        "{% macro gras(texte) %}{{ texte }}{% endmacro %}{{ gras('x') }}",
        "{% with qui = porteuse %}{{ qui.nope }}{% endwith %}",
        "{% for cle, valeur in [('a', 1)] %}{{ cle }}{{ valeur }}{% endfor %}",
    )
    assert said(reading) == ["la variable « porteuse.nope » n’existe pas"]


def test_items_and_choices_are_followed(read: Read) -> None:
    reading = read(
        '{{ porteuse["nom"] }}{{ porteuse["nope1"] }}',
        "{% for ami in partenaires[1:] %}{{ ami.nope2 }}{% endfor %}",
        "{{ (porteuse if piles.nom else tete_de_reseau).nda }}{{ (porteuse if piles.nom else porteuse).nope3 }}",
        "{% for ami in partenaires|sort(attribute='nom') %}{{ ami.nope4 }}{% endfor %}",
    )
    assert [message.partition(" » n’existe pas")[0].rpartition(".")[2] for message in said(reading)] == [
        "nope1", "nope2", "nope3", "nope4",
    ]  # fmt: skip


def test_word_s_curly_quotes_are_read_as_quotes(read: Read) -> None:
    assert said(read("{{ article(“duree”) }}{{ porteuse.representant|accorde(‘habilité’) }}")) == []


def test_every_datum_of_a_case_can_be_named(repository: Workspace) -> None:
    for path in [
        *flatten(repository.case("embrunais")),
        *flatten(repository.network().tete_de_reseau, "tete_de_reseau"),
    ]:
        first, *rest = path.split(".")
        at: Variable | None = document_variables()[first]
        for word in rest:
            assert at is not None, path
            # In a list the word is an item's id or index; a list of single values ends there.
            at = at.item if at.many else at.parts.get(word.replace("-", "_"))
        assert at is not None, path


def test_every_filter_has_its_line() -> None:
    assert set(FILTER_DESCRIPTIONS) == set(FILTERS)


def test_every_variable_has_a_description() -> None:
    for known in (document_variables(), cover_variables()):
        for first in known.values():
            assert [each.name for each in first.all() if not each.description] == []


def test_what_a_committee_has_is_described(repository: Workspace) -> None:
    lists = {name: found for name, found in vars(Committee).items() if isinstance(found, property)}
    known = document_variables()["comite"].parts
    assert set(known) == set(lists)
    case = repository.case("embrunais")
    partners = {one.id: View(one, one.id, Record()) for one in case.partenaires}
    meeting = View(case.rencontres.copil, "copil", Record()) if case.rencontres.copil else None
    assert meeting is not None
    committee = Committee(meeting=meeting, occasion="copil", bodies=partners)
    for name in lists:
        for row in getattr(committee, name):
            assert set(known[name].parts) == set(row), name
    assert committee.invites


def given_to_templates(monkeypatch: pytest.MonkeyPatch, work: Callable[[], object]) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    run = Compiled.run

    def spy(self: Compiled, member: str, *names: Mapping[str, Any]) -> Any:
        seen.update({name: value for layer in names for name, value in layer.items()})
        return run(self, member, *names)

    monkeypatch.setattr(Compiled, "run", spy)
    work()
    return {name: value for name, value in seen.items() if not name.startswith("_")}


def assert_same_names(known: Mapping[str, Variable], given: Mapping[str, Any]) -> None:
    """What templates are given is what is said that they can name, as deep as the program adds it."""
    assert set(known) == set(given)
    for name, value in given.items():
        inner = value[0] if isinstance(value, list) and value else value
        if isinstance(inner, dict):
            assert_same_names(known[name].parts, inner)
        elif not isinstance(value, View | Absent):
            assert known[name].many == isinstance(value, list | tuple), name


def test_what_is_described_is_what_documents_are_given(
    repository: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    methodology = load_methodology()
    act = SignedAct(
        reference="x.convention-cadre.v1", signed_on=dt.date(2026, 1, 5), title="Convention cadre"
    )
    for document, key in (
        ("plan-formation", Key("plan-formation")),
        ("avenant", Key("avenant", "convention-cadre")),
    ):
        order = Order(
            document=methodology.document(document),
            key=key,
            reference=key.name,
            version=1,
            draft=True,
            means=Means.PAPER,
            originals=2,
            acts=dict.fromkeys(
                ("charte", "convention-amorcage", "convention-cadre", "convention-annuelle"), act
            ),
            rewritings=(Rewriting(heading="Article 12 – Durée", before=True, wording=()),),
        )
        seen = given_to_templates(
            monkeypatch,
            lambda order=order: make(  # type: ignore[misc]  # bound for this turn of the loop
                order,
                repository.case("embrunais"),
                repository.network(),
                repository.template(order.document.id),
            ),
        )
        seen["termes"] = {name: getattr(seen["termes"], name) for name in seen["termes"].__slots__}
        assert_same_names(document_variables(), seen)


def test_what_is_described_is_what_a_cover_is_given(
    repository: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = dt.date(2026, 10, 15)
    cover = Cover(
        signatory="Mme Lise Exemple", function="présidente", on_behalf_of="", due_on=day, issued_on=day,
        to_sign=(), signed=(("Charte", day),), head="essai 1 0000", read_only=(("Charte", 2),), orders=(Round(titles=("Charte",), names=("Mme Lise Exemple",), reader=0),),
    )  # fmt: skip
    seen = given_to_templates(
        monkeypatch, lambda: make_cover(cover, repository.network(), repository.template("couverture"))
    )
    known = cover_variables()
    assert set(known) == set(seen)
    assert set(known["pack"].parts) == set(seen["pack"])
    for name in ("annexes", "deja_signe", "retour", "tours"):
        value = seen["pack"][name]
        assert set(known["pack"].parts[name].parts) == set(value[0] if isinstance(value, list) else value)


def test_what_is_described_is_what_a_proof_file_is_given(
    repository: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = Samples(repository, dt.date(2026, 10, 15))
    seen = given_to_templates(monkeypatch, trial.proof_file)
    known = proof_variables()
    assert set(known) == set(seen)
    pairs = [(known["preuve"], seen["preuve"])]
    while pairs:
        described, given = pairs.pop()
        assert set(described.parts) == set(given), described.name
        for name, value in given.items():
            one = value[0] if isinstance(value, list) else value
            if isinstance(one, dict):
                pairs.append((described.parts[name], one))


def test_the_repository_has_no_wrong_name(repository: Workspace) -> None:
    names = [path.stem for path in (Path(repository.root) / "templates").glob("*.docx")]
    assert names
    for name in names:
        own = {"couverture": cover_variables, "preuve": proof_variables}
        known = own.get(name, document_variables)()
        assert said(Reading(known).read(whole(repository.template(name)))) == [], name
