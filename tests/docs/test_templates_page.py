"""docs/modeles.md says all that a template may name, and nothing else."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from jinja2.sandbox import SandboxedEnvironment

from piles_docs.case import models, network_models, parties
from piles_docs.documents.committee import Committee
from piles_docs.documents.compiled import Compiled
from piles_docs.documents.cover import Cover, Round, make_cover
from piles_docs.documents.filters import FILTERS
from piles_docs.documents.mail_text import MailFacts, Next, ToSignByMail, mail_variables
from piles_docs.documents.making import Order, SignedAct, make
from piles_docs.documents.sections import Rewriting
from piles_docs.documents.view import Record
from piles_docs.errors import ExitCode
from piles_docs.french.typography import typeset
from piles_docs.french.vocabulary import Vocabulary
from piles_docs.methodology.acts import Means
from piles_docs.methodology.model import load_methodology
from piles_docs.methodology.states import Key
from piles_docs.usecases.template_samples import Samples
from piles_docs.usecases.workspace import Workspace

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/modeles.md").read_text("utf-8")
WORKSPACE = Workspace(ROOT)
Context = dict[str, Any]


def part(title: str) -> str:
    """The text below a heading, up to the next heading of the same level or above."""
    heading = re.search(rf"^(#+) {re.escape(title)}\n", PAGE, re.MULTILINE)
    assert heading is not None, f"no part « {title} »"
    rest = PAGE[heading.end() :]
    end = re.search(rf"^#{{1,{len(heading[1])}}} ", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest


def named(text: str) -> list[str]:
    """The names in the first column of the tables of a text."""
    return re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)


def context_of(document: str, key: Key, **order: Any) -> Context:
    """What the template of a document sees of the sample case."""
    kind = load_methodology().document(document)
    draft = Order(
        document=kind,
        key=key,
        reference=key.name,
        version=1,
        draft=True,
        means=Means.PAPER,
        originals=len(kind.signatories),
        **order,
    )
    case = WORKSPACE.case("haut-verdon")
    with watching() as seen:
        make(draft, case, WORKSPACE.network(), WORKSPACE.template(document))
    return seen


@contextmanager
def watching() -> Iterator[Context]:
    """What templates are given to render, while this lasts."""
    seen: Context = {}
    run = Compiled.run

    def spy(self: Compiled, member: str, *variables: Mapping[str, Any]) -> Any:
        for one in reversed(variables):  # the first that has a name gives its value
            # What begins with a low line is the program's own.
            seen.update({name: value for name, value in one.items() if name[0] != "_"})
        return run(self, member, *variables)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Compiled, "run", spy)
        yield seen


@pytest.fixture
def letter() -> Context:
    return context_of("invitation-copil", Key("invitation-copil", "mairie-castellane"))


@pytest.fixture
def amendment() -> Context:
    act = SignedAct(reference="haut-verdon.convention-cadre.v1", signed_on=dt.date(2027, 1, 4))
    change = Rewriting(heading="Article 12 – Durée", before=True, wording=())
    key = Key("avenant", "convention-cadre")
    return context_of("avenant", key, acts={"convention-cadre": act}, rewritings=(change,))


@pytest.fixture
def cover() -> Context:
    day = dt.date(2026, 10, 15)
    page = Cover(
        signatory="Mme Lise Exemple",
        function="présidente",
        on_behalf_of="AVP",
        due_on=day,
        issued_on=day,
        to_sign=(),
        signed=(),
        head="essai 1 0000",
        read_only=(),
        orders=(Round(titles=("Charte",), names=("Mme Lise Exemple",), reader=0),),
    )
    with watching() as seen:
        make_cover(page, WORKSPACE.network(), WORKSPACE.template("couverture"))
    return seen


@pytest.fixture
def proof() -> Context:
    trial = Samples(WORKSPACE, dt.date(2026, 10, 15))
    with watching() as seen:
        trial.proof_file()
    return seen


def test_every_filter_is_explained_once_and_no_other() -> None:
    assert sorted(named(part("Les filtres"))) == sorted(FILTERS)


def test_every_variable_of_all_documents_is_explained_and_no_other(
    letter: Context, cover: Context, proof: Context
) -> None:
    assert set(named(part("Dans tous les documents"))) == set(letter) | set(cover) | set(proof)
    assert set(cover) - set(letter) == {"pack"}
    assert set(proof) - set(letter) == {"preuve"}


def test_what_the_cover_alone_sees_is_explained(cover: Context) -> None:
    assert set(named(part("La page de garde"))) == set(cover["pack"])
    shared = re.search(
        r"^Pour `couverture.docx` seulement, avec (.*)\.$", part("La page de garde"), re.MULTILINE
    )
    assert shared is not None
    assert set(re.findall(r"`(\w+)`", shared[1])) == set(cover) - {"pack"}


def test_what_the_proof_file_alone_sees_is_explained(proof: Context) -> None:
    text = part("Le fichier de preuve")
    assert set(named(text)) == set(proof["preuve"])
    shared = re.search(r"^Pour `preuve.docx` seulement, avec (.*)\. Les$", text, re.MULTILINE)
    assert shared is not None
    assert set(re.findall(r"`(\w+)`", shared[1])) == set(proof) - {"preuve"}
    explained = set(re.findall(r"`(\w+)`", text))
    signatory = proof["preuve"]["signataires"][0]
    for inside in (
        signatory,
        signatory["electronique"],
        signatory["electronique"]["certificat"],
        *(proof["preuve"][name][0] for name in ("courriels", "journal", "pieces", "verifications")),
    ):
        assert set(inside) <= explained


@pytest.mark.parametrize(
    ("title", "fields"),
    [
        ("Le PILES", models.Hub.model_fields),
        ("Une structure", parties.NetworkHead.model_fields),
        ("Une personne", parties.Representative.model_fields | parties.Animator.model_fields),
        ("Un partenaire", parties.Partner.model_fields),
        ("Une délibération", parties.Deliberation.model_fields),
        ("La formation", models.Training.model_fields),
        ("Les rencontres", models.Meetings.model_fields),
        ("Une rencontre", models.Meeting.model_fields),
        ("Le poste", models.Position.model_fields),
        ("Un compte rendu", models.Minutes.model_fields),
        ("Le diagnostic", models.Diagnostic.model_fields),
        ("Les conventions", models.AnnualConvention.model_fields),
        ("Le budget", {**models.Budget.model_fields, "total_charges": None, "total_produits": None}),
        ("Un PILES ouvert", network_models.OpenHub.model_fields),
        ("Les termes datés", [field.name for field in dataclasses.fields(Vocabulary)]),
    ],
)
def test_the_fields_of_the_case_are_explained_and_no_other(title: str, fields: Any) -> None:
    assert sorted(named(part(title))) == sorted(fields)


@pytest.mark.parametrize(
    ("title", "variable"),
    [
        ("Le document", "document"),
        ("Un signataire", "signataires"),
        ("Les actes signés", "actes"),
        ("Un acte", "acte"),
        ("Une modification", "modifications"),
    ],
)
def test_what_the_program_adds_is_explained(title: str, variable: str, amendment: Context) -> None:
    value = amendment[variable]
    assert sorted(named(part(title))) == sorted(value[0] if isinstance(value, list) else value)


def test_the_committee_is_explained(letter: Context) -> None:
    rows = [name for name, value in vars(Committee).items() if isinstance(value, property)]
    assert isinstance(letter["comite"], Committee)
    assert sorted(named(part("Le comité"))) == sorted(rows)


def test_the_training_plan_is_explained() -> None:
    plan = context_of("plan-formation", Key("plan-formation"))["plan"]
    text = part("Le plan de formation")
    assert sorted(named(text)) == sorted(plan)
    assert set(plan["catalogue"][0]) <= set(re.findall(r"`([\w.]+)`", text))
    session = plan["seances"][0]
    assert set(session) | {f"module.{name}" for name in session["module"]} <= set(
        re.findall(r"`([\w.]+)`", text)
    )


def test_the_examples_of_the_filters_give_what_the_page_says(letter: Context) -> None:
    environment = SandboxedEnvironment()
    environment.filters |= dict(FILTERS)
    rows = re.findall(r"^\| `(\w+)` \| `(.*)` \| (.*) \|$", part("Les filtres"), re.MULTILINE)
    assert len(rows) == len(FILTERS)
    for name, example, result in rows:
        source = example.replace("\\|", "|")
        assert f"|{name}" in source
        made = typeset(environment.from_string(source).render(letter))
        assert made.split() == result.split(), source


def test_what_the_texts_of_messages_see_is_explained() -> None:
    after = Next(name="APEAS", address="", is_return=True)
    charter = ToSignByMail(
        title="Charte",
        reference="haut-verdon.charte.v1",
        originals=1,
        means=Means.PAPER,
        issued_on=dt.date(2026, 10, 1),
        due_on=dt.date(2026, 10, 16),
        is_turn=True,
        unlocks="",
        after=after,
    )
    case = WORKSPACE.case("haut-verdon")
    facts = MailFacts(
        reader=case.porteuse.representant,
        reader_path="porteuse.representant",
        body="association",
        to_sign=(charter,),
        order=(("Mme Lise Exemple", True),),
        written_on=dt.date(2026, 10, 10),
        last_written_on=None,
        return_address="signatures@tete-de-reseau.example",
    )
    seen = mail_variables(facts, case, WORKSPACE.network(), Record())
    assert sorted(named(part("Les courriels"))) == sorted(seen)
    text = part("Un courriel")
    assert sorted(named(text)) == sorted(seen["courriel"])
    for name in ("a_signer", "suites", "ordre"):
        (row,) = re.findall(rf"^\| `{name}` \|.*$", text, re.MULTILINE)
        assert set(re.findall(r"`(\w+)`", row)) == {name, *seen["courriel"][name][0]}
    assert set(re.findall(r"`([\w-]+\.txt)`", part("Les courriels"))) == set(WORKSPACE.mail_texts())


def test_the_code_of_a_refused_template_is_right() -> None:
    assert f"avec le code {ExitCode.TEMPLATE_INVALID.value}" in part("Ce qui est refusé")
