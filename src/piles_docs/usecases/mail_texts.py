"""The texts of messages, as `piles templates` knows them: which there are, what they say, what is wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import product

from piles_docs.case.models import Case
from piles_docs.documents.mail_text import FOLDER, MailFacts, Next, ToSignByMail, write_mail
from piles_docs.errors import CaseInvalid, Defect, TemplateInvalid, UsageError
from piles_docs.methodology.acts import Means, Purpose
from piles_docs.methodology.parties import HOST, full_name
from piles_docs.usecases.letters import WHERE
from piles_docs.usecases.workspace import Workspace

MAIL_PREFIX = f"{FOLDER}/"
"""How the names of these texts begin: `courriels/envoi`."""

_USES = {Purpose.SENDING: "courriel de piles send", Purpose.REMINDER: "courriel de piles remind"}


def mail_texts(workspace: Workspace) -> dict[str, str]:
    """The texts, by name, and what each is for.

    Raises:
        TemplateInvalid: One is not UTF-8 text.
    """
    names = [*(str(purpose) for purpose in Purpose)]
    others = [name.removesuffix(".txt") for name in workspace.mail_texts()]
    uses = {str(purpose): use for purpose, use in _USES.items()}
    return {
        f"{MAIL_PREFIX}{name}": uses.get(name, "repris par d’autres courriels")
        for name in dict.fromkeys([*names, *others])
    }


def show_mail_text(workspace: Workspace, name: str) -> str:
    """What a text says, as it is written.

    Raises:
        UsageError: There is no such text.
    """
    texts = workspace.mail_texts()
    file = f"{name.removeprefix(MAIL_PREFIX).removesuffix('.txt')}.txt"
    if file not in texts:
        raise UsageError(f"il n’y a pas de modèle « {name} »", remedy="piles templates list les nomme")
    return texts[file]


def mail_text_defects(workspace: Workspace, case: Case, today: dt.date) -> tuple[Defect, ...]:
    """What is wrong in the texts: each is tried for all that changes what it says.

    Args:
        workspace: Where they are.
        case: The case to try them with.
        today: The day of the trial messages.

    Raises:
        CaseInvalid: piles.toml has errors.
    """
    return tuple(dict.fromkeys(_defects(workspace, case, today)))


def _defects(workspace: Workspace, case: Case, today: dt.date) -> Iterator[Defect]:
    network = workspace.network()
    for purpose, facts in product(Purpose, _trials(case, today)):
        try:
            write_mail(str(purpose), workspace.mail_texts(), facts, case, network)
        except (TemplateInvalid, CaseInvalid) as error:
            file = f"templates/{MAIL_PREFIX}{purpose}.txt"
            yield from error.defects or [Defect(file=file, message=error.message, remedy=error.remedy)]


def _trials(case: Case, today: dt.date) -> Iterator[MailFacts]:
    """One document or two, on paper or not, now or later, in time or late, alone or with others."""
    person = case.porteuse.representant
    for means, is_turn, days, is_last in product(Means, (True, False), (-1, 1), (True, False)):
        signed = ToSignByMail(
            title="Charte",
            reference=f"{case.dossier}.charte.v1",
            originals=1,
            means=means,
            issued_on=today - dt.timedelta(days=10),
            due_on=today + dt.timedelta(days=days),
            is_turn=is_turn,
            unlocks="l’étape 3",
            after=Next(name="APEAS", address="1 rue de l’Essai", is_return=is_last),
        )
        other = ToSignByMail(
            title="Convention",
            reference=f"{case.dossier}.convention.v1",
            originals=2,
            means=Means.PAPER,
            issued_on=today,
            due_on=None,
            is_turn=True,
            unlocks="",
            after=Next(name="M. Camille Fictif", address="", is_return=False),
        )
        yield MailFacts(
            reader=person,
            reader_path=WHERE[HOST],
            body=case.porteuse.forme,
            to_sign=(signed,) if is_last else (signed, other),
            order=((full_name(person), True), *(() if is_last else (("M. Camille Fictif", False),))),
            written_on=today,
            last_written_on=None if is_last else today,
            return_address="signatures@tete-de-reseau.example",
        )
