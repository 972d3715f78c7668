"""Facts 29 to 40: who is party to an act, and how it is signed. X stands for the conventions and the amendment."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import Any

import pytest
from PIL import Image

from piles_docs.case.parties import Organisation
from piles_docs.errors import Severity
from piles_docs.methodology.acts import Means
from piles_docs.methodology.model import load_methodology
from piles_docs.methodology.parties import HOST, NETWORK_HEAD, full_name, signatory

from . import checks
from .cases import as_case, generate
from .papers import ACTS, CHARTER, Bundle, Paper
from .samples import every_case, report
from .stock import OFFICES

FORMS = {
    "association": r"association",
    "etablissement-public": r"établissement public",
    "cooperative": r"coopérative|société",
    "collectivite": r"collectivité territoriale|commune|établissement public de coopération intercommunale|communauté",
    "autre": r"personne morale|fondation|groupement",
}


def parties(paper: Paper) -> list[Organisation]:
    by_role = {HOST: paper.case.porteuse, NETWORK_HEAD: paper.network.tete_de_reseau}
    return [by_role[role] for role in paper.order.document.signatories if role in by_role]


def block_of(paper: Paper, party: Organisation) -> str:
    """Where an act presents a party: from its name to the short name it is given."""
    text = paper.text
    start = text.find(typeset(party.nom))
    end = text.find("»", text.find("ci-après", start))
    return text[start : end + 1]


def typeset(name: str) -> str:
    return name.replace("'", "’")


def quality(function: str, civility: str) -> str:
    """A function in a person's gender, by the hand-written table."""
    known = next((office for office in OFFICES if function in {office.man, office.woman}), None)
    assert known, function
    return known.woman if civility == "Mme" else known.man


@every_case
def test_an_act_presents_each_party_whole(made: Bundle) -> None:
    def check(paper: Paper) -> list[str]:
        faults = []
        for party in parties(paper):
            block, person = checks.plain(block_of(paper, party)), party.representant
            wanted = [
                (FORMS[party.forme], f"la forme de {party.nom}"),
                (re.escape(typeset(party.siege.commune)), "la commune du siège"),
                (party.siege.code_postal, "le code postal du siège"),
                (re.escape(typeset(full_name(person))), "qui représente"),
                (rf"\b{quality(person.fonction, person.civilite)}\b", "sa qualité"),
                (r"ci-après (?:dénommée?|désignée?)s? « ", "le nom abrégé"),
            ]
            if party.siege.voie:
                wanted.append((re.escape(typeset(party.siege.voie)), "la voie du siège"))
            if number := party.siret or party.siren:
                wanted.append((r" ?".join(number), "SIRET ou SIREN"))
            if party.rna:
                wanted.append((party.rna, "RNA"))
            faults += checks.required(block, wanted)
        return faults

    assert report(made.of(*ACTS), check) == []


@every_case
def test_a_defined_name_is_used_and_nothing_else_replaces_it(made: Bundle) -> None:
    def check(paper: Paper) -> list[str]:
        faults = checks.unused_definitions(paper.text)
        articles = "\n".join(paper.articles().values())
        # What stands between quotation marks is a title or a name that is quoted; a table of bank details names its holder.
        prose = re.sub("«[^»]*»", "", articles)
        for party in parties(paper):
            names = [typeset(party.nom), *([typeset(party.sigle)] if party.sigle else [])]
            faults += [
                f"{name} remplace le nom défini"
                for name in names
                if re.search(rf"\b{re.escape(name)}\b", prose)
            ]
        return faults

    assert report(made.of(*ACTS), check) == []


@every_case
def test_originals_are_as_many_as_parties_on_paper_and_none_electronically(made: Bundle) -> None:
    def check(paper: Paper) -> list[str]:
        count = len(paper.order.document.signatories)
        return checks.originals(paper.text, count, paper=paper.order.means is Means.PAPER)

    assert report(made.of(*ACTS), check) == []


@every_case
def test_an_act_ends_with_place_date_and_one_block_a_party_in_order(made: Bundle) -> None:
    def check(paper: Paper) -> list[str]:
        end = checks.plain(paper.section("\nFait "))
        faults = checks.required(
            end, [(r"^\s*Fait (?:à|au|aux) [A-ZÉ][^,]+, (?:le |à la date)", "le lieu et la date")]
        )
        signatories = [
            signatory(role, paper.case, paper.network) for role in paper.order.document.signatories
        ]
        names = [typeset(full_name(person)) for person in signatories]
        if len(paper.boxes) != len(names):
            return [*faults, f"{len(paper.boxes)} blocs pour {len(names)} signataires"]
        for box, person, name in zip(paper.boxes, signatories, names, strict=True):
            faults += [] if name in checks.plain(box) else [f"{name} n’est pas à sa place"]
            if person and person.fonction:
                faults += checks.required(
                    box, [(rf"\b{quality(person.fonction, person.civilite)}\b", f"la qualité de {name}")]
                )
        return faults

    assert report(made.of(*ACTS), check) == []


@every_case
def test_nobody_but_the_signatories_has_a_block(made: Bundle) -> None:
    def check(paper: Paper) -> list[str]:
        allowed = {
            typeset(full_name(signatory(role, paper.case, paper.network)))
            for role in paper.order.document.signatories
        }
        boxes = checks.plain("\n".join(paper.boxes))
        found = re.findall(r"(?m)^((?:Mme|M\.) [^,\n]+)", boxes)
        return [f"{name} ne représente aucune partie" for name in found if name.strip() not in allowed]

    assert report(made.papers, check) == []


@every_case
def test_lu_et_approuve_is_no_condition(made: Bundle) -> None:
    condition = [(r"(?:doit|doivent|obligatoire|à peine|précédée? de)[^.\n]{0,80}lu et approuvé", "condition de validité"),
                 (r"lu et approuvé[^.\n]{0,80}(?:obligatoire|à peine de nullité)", "condition de validité")]  # fmt: skip
    assert report(made.of(*ACTS, CHARTER), lambda paper: checks.forbidden(paper.text, condition)) == []


@every_case
def test_no_picture_stands_for_an_electronic_signature(made: Bundle) -> None:
    claim = [
        (
            r"(?:image|scan|numéris)[^.\n]{0,60}signature électronique|signature électronique[^.\n]{0,60}(?:image|scan)",
            "image",
        )
    ]

    def check(paper: Paper) -> list[str]:
        with zipfile.ZipFile(io.BytesIO(paper.word)) as word:
            pictures = [word.read(name) for name in word.namelist() if name.startswith("word/media/")]
        opaque = [picture for picture in pictures if not _is_transparent(picture)] if paper.boxes else []
        return checks.forbidden(paper.text, claim) + ["une image visible" for _ in opaque]

    assert report(made.of(*ACTS, CHARTER), check) == []


def _is_transparent(content: bytes) -> bool:
    with Image.open(io.BytesIO(content)) as picture:
        return picture.mode == "RGBA" and picture.getchannel("A").getextrema() == (0, 0)


@every_case
def test_an_authority_to_sign_is_quoted_as_decided_or_not_claimed(made: Bundle) -> None:
    decisions = made.of("deliberation")

    def check(paper: Paper) -> list[str]:
        faults = []
        for party in parties(paper):
            block, board = checks.plain(block_of(paper, party)), party.deliberation
            if board is None:
                faults += checks.forbidden(
                    block, [(r"délibération|dûment habilité", "habilitation que le dossier ne dit pas")]
                )
            else:
                assert board.organe, "the generated boards have a name"
                assert board.date, "and a date"
                faults += checks.required(
                    block,
                    [
                        (re.escape(typeset(board.organe)), "l’organe"),
                        (checks.written(board.date), "la date de la délibération"),
                    ],
                )
        return faults

    assert report(made.of(*ACTS), check) == []
    board = made.generated.case.porteuse.deliberation
    if board and board.date:
        assert decisions or "deliberation" in made.incomplete, (
            "the decision that acts quote is a document of the case"
        )
        assert all(board.date in checks.dates_in(decision.text) for decision in decisions)


def test_a_common_administrator_is_a_warning_that_names_the_article() -> None:
    data = json.loads(generate(1).text)
    assert data["porteuse"]["administrateurs_communs"]
    case, defects, _ = as_case(data)
    assert case is not None
    said = [
        defect for defect in defects if "L.612-5" in defect.message.replace("\u00a0", "").replace(" ", "")
    ]
    assert [defect.severity for defect in said] == [Severity.WARNING]
    assert not [one for one in as_case(data | {"porteuse": data["porteuse"] | {"administrateurs_communs": []}})[1]
                if "612-5" in one.message]  # fmt: skip


@every_case
def test_the_extract_of_a_decision_says_all_that_it_must(made: Bundle) -> None:
    methodology = load_methodology()

    def check(paper: Paper) -> list[str]:
        board = paper.case.porteuse.deliberation
        assert board
        assert board.convoque_le
        text = checks.plain(paper.text)
        votes = {
            word: int(match[1])
            for word in ("Pour", "Contre", "Abstentions?")
            if (
                match := re.search(
                    rf"(?i)\b{word}\D{{0,12}}(\d+)", text[text.find("vote") :] if "vote" in text else text
                )
            )
        }
        present, represented = board.presents or 0, board.representes or 0
        titles = [methodology.document(name).title for name in ("charte", "convention-amorcage")]
        return [
            *checks.required(
                text,
                [
                    (checks.written(board.convoque_le), "la date de convocation"),
                    (rf"membres en exercice\D{{0,20}}{board.membres}\b", "les membres en exercice"),
                    (rf"présents\D{{0,20}}{present}\b", "les présents"),
                    (rf"représentés\D{{0,20}}{represented}\b", "les représentés"),
                    (rf"quorum[^\d]{{0,60}}{board.quorum}\b", "le quorum"),
                    (r"certifiée? conforme", "la mention « certifié conforme »"),
                    *((re.escape(title), f"le titre exact : {title}") for title in titles),
                ],
            ),
            *(
                []
                if len(votes) == 3 and sum(votes.values()) == present + represented
                else [f"votes : {votes}"]
            ),
            *([] if present >= (board.quorum or 0) else ["le quorum imprimé n’est pas atteint"]),
        ]

    assert report(made.of("deliberation"), check) == []


@pytest.mark.parametrize(("present", "is_reached"), [(5, True), (4, False), (0, False)])
def test_a_decision_without_quorum_is_refused(present: int, is_reached: bool) -> None:
    data: dict[str, Any] = json.loads(generate(0).text)
    data["porteuse"]["deliberation"] |= {"membres": 9, "presents": present, "representes": 0, "quorum": 5}
    data["porteuse"]["deliberation"] |= {"pour": present, "contre": 0, "abstentions": 0}
    case, defects, _ = as_case(data)
    refused = [one for one in defects if "quorum" in one.message and one.severity is Severity.ERROR]
    assert (case is not None, bool(refused)) == (is_reached, not is_reached)
