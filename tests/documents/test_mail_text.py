"""The texts of messages: what they say to whom, and what is told when staff break one."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from piles_docs.case.parties import Representative
from piles_docs.documents.mail_text import MailFacts, MailText, Next, ToSignByMail, write_mail
from piles_docs.errors import CaseInvalid, TemplateInvalid
from piles_docs.methodology.acts import Means
from piles_docs.usecases.workspace import Workspace

BACK = Next(name="APEAS", address="12 rue de l'Exemple, 13001 Marseille", is_return=True)
HEAD = Next(name="M. Camille Fictif", address="APEAS, 12 rue de l'Exemple, 13001 Marseille", is_return=False)
CHARTER = ToSignByMail(
    title="Charte",
    reference="haut-verdon.charte.v1",
    originals=1,
    means=Means.PAPER,
    issued_on=dt.date(2026, 10, 1),
    due_on=dt.date(2026, 10, 16),
    is_turn=True,
    unlocks="l’étape 3, « Diagnostic de territoire »",
    after=BACK,
)
SEEDING = replace(
    CHARTER,
    title="Convention d’amorçage",
    reference="haut-verdon.convention-amorcage.v1",
    originals=2,
    unlocks="",
    after=HEAD,
)


def mayor(**changes: Any) -> Representative:
    person = {
        "civilite": "Mme",
        "prenom": "Lise",
        "nom": "Exemple",
        "fonction": "maire",
        "courriel": "mairie@x.example",
    }
    return Representative.model_validate(person | changes)


def facts(*to_sign: ToSignByMail, **changes: Any) -> MailFacts:
    made = MailFacts(
        reader=mayor(),
        reader_path="porteuse.representant",
        body="collectivite",
        to_sign=to_sign or (CHARTER,),
        order=(("Mme Lise Exemple", True),),
        written_on=dt.date(2026, 10, 10),
        last_written_on=None,
        return_address="signatures@tete-de-reseau.example",
    )
    return replace(made, **changes)


def write(repository: Workspace, name: str, about: MailFacts, **texts: str) -> MailText:
    known = repository.mail_texts() | {f"{file}.txt": text for file, text in texts.items()}
    return write_mail(name, known, about, repository.case("haut-verdon"), repository.network())


def one_line(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("name", ["envoi", "rappel"])
def test_a_mayor_is_called_and_greeted_alike_and_in_her_gender(repository: Workspace, name: str) -> None:
    body = write(repository, name, facts()).body
    assert body.startswith("Madame la Maire,\n\n")
    closing = "Nous vous prions d’agréer, Madame la Maire, l’expression de notre haute considération."
    assert closing in one_line(body)
    preferred = facts(reader=mayor(appellation="Madame le Maire"))
    body = write(repository, name, preferred).body
    assert one_line(body).count("Madame le Maire,") == 2


def test_the_subject_counts_documents(repository: Workspace) -> None:
    assert write(repository, "envoi", facts()).subject == "Document à signer, PILES du Haut-Verdon"
    subject = write(repository, "rappel", facts(CHARTER, SEEDING)).subject
    assert subject == "Rappel\u00a0: documents à signer, PILES du Haut-Verdon"


def test_what_a_signature_opens_since_when_and_until_when_is_said(repository: Workspace) -> None:
    body = one_line(write(repository, "rappel", facts(SEEDING, CHARTER)).body)
    assert (
        "Convention d’amorçage (haut-verdon.convention-amorcage.v1), 2 originaux, en attente depuis le 1er octobre 2026, à signer avant le 16 octobre 2026."
        in body
    )
    assert "Il faut cette signature pour atteindre l’étape 3, « Diagnostic de territoire »." in body


def test_after_the_deadline_it_says_so_kindly(repository: Workspace) -> None:
    late = facts(written_on=dt.date(2026, 10, 17))
    assert "La date souhaitée est passée" in one_line(write(repository, "rappel", late).body)
    assert "le 16 octobre 2026, est passée" in one_line(write(repository, "envoi", late).body)
    on_time = facts(written_on=dt.date(2026, 10, 16))
    assert "est passée" not in one_line(write(repository, "rappel", on_time).body)
    assert "Merci de signer avant le 16 octobre 2026." in one_line(write(repository, "envoi", on_time).body)


def test_paper_goes_from_hand_to_hand(repository: Workspace) -> None:
    alone = one_line(write(repository, "envoi", facts()).body)
    assert "imprimez tout le dossier joint, sauf sa page de garde" in alone
    assert (
        "Renvoyez ensuite toutes les feuilles par la poste à cette adresse : APEAS, 12 rue de l’Exemple"
        in alone
    )
    assert "Ordre des signatures" not in alone
    order = (("Mme Lise Exemple", True), ("M. Camille Fictif", False))
    several = one_line(write(repository, "envoi", facts(CHARTER, SEEDING, order=order)).body)
    assert "- Charte : à APEAS, 12 rue" in several
    assert "- Convention d’amorçage : à M. Camille Fictif, APEAS, 12 rue" in several
    assert "(qui signe après vous)" in several
    assert "1. Mme Lise Exemple (vous) ; 2. M. Camille Fictif." in several
    later = one_line(write(repository, "envoi", facts(replace(SEEDING, is_turn=False))).body)
    assert "attendez les feuilles" in later
    assert "imprimez tout" not in later


def test_files_are_signed_as_files(repository: Workspace) -> None:
    one = replace(CHARTER, means=Means.ELECTRONIC)
    body = one_line(write(repository, "envoi", facts(one)).body)
    assert "signez le fichier PDF joint à part (Charte)" in body
    assert "renvoyez-le tel quel à signatures@tete-de-reseau.example" in body
    assert "papier" not in body
    both = one_line(write(repository, "envoi", facts(one, SEEDING)).body)
    assert "imprimez du dossier joint ce qui se signe ainsi (Convention d’amorçage)" in both


def test_lines_are_short_and_keep_their_no_break_spaces(repository: Workspace) -> None:
    body = write(repository, "rappel", facts(CHARTER, SEEDING, replace(CHARTER, is_turn=False))).body
    assert max(map(len, body.splitlines())) <= 76
    assert "\n\n\n" not in body
    assert "16\u00a0octobre" in body
    assert "« Diagnostic" not in body
    assert "'" not in body


def test_data_protection_is_told(repository: Workspace) -> None:
    for name in ("envoi", "rappel"):
        body = one_line(write(repository, name, facts()).body)
        assert "Vous pouvez y accéder et les faire corriger" in body
        assert "CNIL" in body


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("Bonjour\n", 1, "objet"),
        ("", 1, "objet"),
        ("Objet : x\n\n{{ appell }}\n", 3, "appell"),
        ("Objet : x\n{% if appel %}\n", 2, "balise"),
        ("Objet : x\n\n\n{{ courriel.a_signer|montant }}\n", 4, "ValueError"),
        ("Objet : x\n{{ porteuse.noms }}\n", 2, "porteuse.noms"),
        ("Objet : x\n{% include 'absent.txt' %}\n", 2, "absent.txt"),
    ],
)
def test_a_text_that_staff_broke_is_refused_with_the_place(
    repository: Workspace, text: str, line: int, words: str
) -> None:
    with pytest.raises(TemplateInvalid) as raised:
        write(repository, "envoi", facts(), envoi=text)
    (defect,) = raised.value.defects
    assert (defect.file, defect.line) == ("templates/courriels/envoi.txt", line)
    assert words in defect.message


def test_a_mistake_in_an_included_text_is_found_there(repository: Workspace) -> None:
    for text, line in (("\n{{ appel|montant }}\n", 2), ("{% endif %}", 1)):
        with pytest.raises(TemplateInvalid) as raised:
            write(repository, "envoi", facts(), pied=text)
        (defect,) = raised.value.defects
        assert (defect.file, defect.line) == ("templates/courriels/pied.txt", line)


def test_a_text_that_is_not_there_is_told(repository: Workspace) -> None:
    with pytest.raises(TemplateInvalid, match=r"courriels/relance\.txt manque"):
        write(repository, "relance", facts())


def test_a_text_that_writes_what_the_case_does_not_give_is_refused(repository: Workspace) -> None:
    with pytest.raises(CaseInvalid) as raised:
        write(repository, "envoi", facts(), envoi="Objet : x\n{{ destinataire.telephone }}")
    assert "porteuse.representant.telephone" in raised.value.remedy


def test_no_text_runs_code(repository: Workspace) -> None:
    with pytest.raises(TemplateInvalid):
        write(repository, "envoi", facts(), envoi="Objet : x\n{{ appel.__class__.__mro__ }}")
