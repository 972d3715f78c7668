"""Facts 41 to 65: what conventions, amendment and charter say. X stands for the conventions and the amendment."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest

from piles_docs.case.models import Contribution
from piles_docs.errors import Severity
from piles_docs.methodology.model import load_methodology

from . import checks
from .cases import as_case, generate
from .papers import (
    ACTS,
    AMENDMENT,
    ANNUAL,
    CHARTER,
    CONVENTIONS,
    FRAMEWORK,
    SEEDING,
    Bundle,
    Paper,
    bundle,
    situation_of,
)
from .samples import NUMBERS, every_case, report

VALUES = (
    "l’Homme",
    "les solidarités",
    "l’autonomie",
    "l’égalité",
    "le partage",
    "la réciprocité",
    "la citoyenneté",
    "l’environnement",
)
MISSIONS = (
    (r"informer, sensibiliser,? (?:et )?valoriser", "première mission"),
    (r"accueillir, faire émerger,? (?:et )?accompagner", "deuxième mission"),
    (r"identifier, mettre en lien, impulser et animer", "troisième mission"),
)
KEEPS_THE_REST = (
    r"(?:autres? (?:stipulations|articles|clauses)).{0,40}demeurent inchangé",
    "le reste demeure inchangé",
)


def says(text: str, *wanted: tuple[str, str]) -> list[str]:
    return checks.required(text, wanted)


@every_case
def test_the_structure_makes_the_diagnostic_and_the_head_supports_it(made: Bundle) -> None:
    def check(paper: Paper) -> list[str]:
        text = paper.text
        return [
            *says(
                text,
                (r"la Structure réalise le diagnostic|diagnostic[^.]{0,30}réalisé par la Structure", "qui fait le diagnostic"),
                (r"appui\w*, (?:l’)?encadre\w*,? et (?:les )?conseil\w*", "appuie, encadre et conseille"),
            ),
            *checks.forbidden(
                text, [(r"(?:Tête de réseau|APEAS) (?:réalise|effectue|conduit|mène) (?:le|un) diagnostic", "la tête ferait le diagnostic")]
            ),
        ]  # fmt: skip

    assert report(made.of(SEEDING), check) == []


@every_case
def test_the_seeding_recalls_the_charter_signed_before_it(made: Bundle) -> None:
    signed = made.generated.signed[CHARTER]

    def check(paper: Paper) -> list[str]:
        late = [] if signed <= paper.date else ["la charte est postérieure"]
        return late + says(
            paper.text, (rf"{checks.written(signed)}[^.]{{0,80}}charte", "la charte et sa date")
        )

    assert report(made.of(SEEDING), check) == []


@every_case
def test_the_seeding_can_end_there_and_promises_nothing(made: Bundle) -> None:
    def check(paper: Paper) -> list[str]:
        return [
            *says(
                paper.text,
                (r"besoin n’est pas confirmé[^.]*?(?:mettre fin|prend fin|cesse)", "l’issue quand le besoin n’est pas confirmé"),
                (r"ni (?:la )?promesse|ne (?:vaut|constitue)[^.]{0,30}promesse|n’emporte[^.]{0,30}engagement", "aucune promesse"),
            ),
            *checks.forbidden(
                paper.text,
                [(r"s’engage(?:nt)? à (?:créer|ouvrir|financer)|garantit (?:la création|l’ouverture|le financement)", "promesse")],
            ),
        ]  # fmt: skip

    assert report(made.of(SEEDING), check) == []


@every_case
def test_every_annex_cited_is_in_the_bundle(made: Bundle) -> None:
    methodology = load_methodology()
    in_case = {state.key.document for state in situation_of(made.generated).state.documents}

    def check(paper: Paper) -> list[str]:
        faults = [
            f"{annex} n’est pas du dossier" for annex in paper.order.document.annexes if annex not in in_case
        ]
        listed = [
            checks.plain(line.text).lower()
            for line in paper.lines
            if re.match(r"annexe.n°", line.text.lower())
        ]
        for annex in paper.order.document.annexes:
            words = methodology.document(annex).short_title.replace("Projet de ", "").lower().split(" ")[0]
            faults += (
                [] if any(words in line for line in listed) else [f"annexe absente de la liste : {annex}"]
            )
        return faults

    assert report(made.of(*CONVENTIONS), check) == []
    for seeding in made.of(SEEDING):
        assert {"charte", "cahier-des-charges-diagnostic"} <= set(seeding.order.document.annexes)


@every_case
def test_the_framework_says_missions_job_training_and_tools(made: Bundle) -> None:
    wanted = (
        *MISSIONS,
        (r"temps plein", "temps plein"),
        (r"Structure[^.]{0,60}(?:emploi|employ|recrut|embauch)", "la structure emploie"),
        (r"trois \(3\) jours|trois jours", "trois jours"),
        (
            r"Tête de réseau (?:assure|dispense) la formation|formation[^.]{0,60}par la Tête de réseau",
            "la tête forme",
        ),
        (
            r"(?:transf[eè]re?r?t?|transfert|transmet)[^.]{0,60}outils|outils[^.]{0,40}transf",
            "le transfert des outils",
        ),
    )
    assert report(made.of(FRAMEWORK), lambda paper: says(paper.text, *wanted)) == []


@every_case
def test_the_animateur_is_under_the_employer_s_sole_authority(made: Bundle) -> None:
    assert report(made.of(*CONVENTIONS), lambda paper: checks.authority(paper.text)) == []
    sole = (
        r"(?:seule|unique) autorité (?:hiérarchique )?de la Structure",
        "la seule autorité de la structure",
    )
    assert report(made.of(FRAMEWORK), lambda paper: says(paper.text, sole)) == []


@every_case
def test_the_framework_recalls_charter_and_seeding_and_ranks_the_annual(made: Bundle) -> None:
    def check(paper: Paper) -> list[str]:
        wanted = [
            (rf"{checks.written(made.generated.signed[name])}", f"la date de {name}")
            for name in (CHARTER, SEEDING)
            if name in paper.order.acts
        ]
        return says(
            paper.text,
            *wanted,
            (r"convention annuelle", "la convention annuelle"),
            (r"pr[ée]va(?:ut|lent)|l’emporte", "ce qui prévaut"),
        )

    assert report(made.of(FRAMEWORK), check) == []


@every_case
def test_the_annual_has_its_three_provisions_apart(made: Bundle) -> None:
    def check(paper: Paper) -> list[str]:
        headings = list(paper.articles())
        wanted = ("animation du réseau", "appui au fonctionnement", "formation continue")
        found = [[heading for heading in headings if words in heading.lower()] for words in wanted]
        return [
            f"pas d’article sur : {words}"
            for words, heads in zip(wanted, found, strict=True)
            if len(heads) != 1
        ]

    assert report(made.of(ANNUAL), check) == []


@every_case
def test_the_annual_lasts_a_year_at_most_and_names_the_framework_by_date(made: Bundle) -> None:
    def check(paper: Paper) -> list[str]:
        annual = paper.case.conventions.annuelle
        assert annual
        assert annual.debut
        assert annual.fin
        faults = says(
            paper.article("durée"),
            (checks.written(annual.debut), "le début"),
            (checks.written(annual.fin), "la fin"),
        )
        if annual.fin - annual.debut > dt.timedelta(days=367):
            faults.append("plus de douze mois")
        if FRAMEWORK in paper.order.acts:
            faults += says(
                paper.text,
                (checks.written(made.generated.signed[FRAMEWORK]), "la date de la convention cadre"),
            )
        return faults

    assert report(made.of(ANNUAL), check) == []


@pytest.mark.parametrize(("days", "is_allowed"), [(364, True), (365, True), (366, False), (500, False)])
def test_an_annual_convention_beyond_a_year_is_refused(days: int, is_allowed: bool) -> None:
    data = json.loads(generate(0).text)
    annual = data["conventions"]["annuelle"]
    annual |= {"debut": "2011-01-01", "fin": (dt.date(2011, 1, 1) + dt.timedelta(days=days)).isoformat()}
    assert (as_case(data)[0] is not None) == is_allowed


@every_case
def test_nothing_lasts_for_ever(made: Bundle) -> None:
    assert report(made.of(*ACTS), lambda paper: checks.endless(paper.text)) == []


@every_case
def test_an_act_gives_an_amount_whole_or_says_that_nothing_is_due(made: Bundle) -> None:
    def check(paper: Paper) -> list[str]:
        article = paper.article("financi")
        if not article:
            return ["pas d’article financier"]
        return checks.price(article)

    assert report(made.of(*ACTS), check) == []
    assert report(made.papers, lambda paper: checks.amounts_in_words(paper.text)) == []


@every_case
def test_the_amounts_printed_are_the_case_s(made: Bundle) -> None:
    case = made.generated.case
    by_act = {
        SEEDING: case.conventions.amorcage,
        FRAMEWORK: case.conventions.cadre,
        ANNUAL: case.conventions.annuelle,
    }

    def check(paper: Paper) -> list[str]:
        convention = by_act[paper.id]
        assert convention
        found = checks.amounts_in(paper.article("financi"))
        due = convention.contribution
        expected = (
            [int(due.montant * 100), *(int(one.montant * 100) for one in due.echeances)]
            if isinstance(due, Contribution)
            else []
        )
        return [] if found == expected else [f"montants imprimés {found}, montants dus {expected}"]

    assert report(made.of(*CONVENTIONS), check) == []


@every_case
def test_an_iban_has_its_key_and_its_groups(made: Bundle) -> None:
    assert report(made.papers, lambda paper: checks.ibans(paper.text)) == []


def test_an_iban_is_printed_where_a_contribution_is_paid_to_it() -> None:
    paid = [
        paper
        for made in map(bundle, NUMBERS)
        for paper in made.of(ANNUAL)
        if paper.network.tete_de_reseau.iban and checks.amounts_in(paper.article("financi"))
    ]
    assert paid
    assert [paper.name for paper in paid if "FR14 2004 1010" not in checks.plain(paper.text)] == []


@every_case
def test_termination_takes_a_registered_letter_a_delay_and_settles_what_follows(made: Bundle) -> None:
    wanted = (
        (r"lettre recommandée avec (?:demande d’)?(?:avis|accusé) de réception", "la lettre recommandée"),
        (r"mise en demeure|met en demeure", "la mise en demeure"),
        (r"\bnoms?\b", "l’effet sur le nom"),
        (r"\boutils\b|\btrames\b", "l’effet sur les outils"),
        (r"\bdonnées\b", "l’effet sur les données"),
    )
    delay = (r"[\w-]+ \(\d+\) jours|délai qui y (?:sont|est) prévu", "le délai en jours")

    def check(paper: Paper) -> list[str]:
        return says(paper.article("résiliation"), *wanted, delay)

    assert report(made.of(*ACTS), check) == []


@every_case
def test_disputes_are_settled_amicably_first_and_no_town_s_court_is_named(made: Bundle) -> None:
    def check(paper: Paper) -> list[str]:
        article = paper.article("différend") or paper.article("litige")
        return [*says(article, (r"amiable", "la phase amiable")), *checks.exclusive_court(paper.text)]

    assert report(made.of(*ACTS), check) == []


@every_case
def test_an_act_says_how_it_is_amended_and_an_amendment_what_it_changes(made: Bundle) -> None:
    rule = (r"avenant (?:écrit|signé)|par (?:un )?avenant", "la règle de l’avenant")
    assert (
        report(made.of(*CONVENTIONS), lambda paper: says(paper.text, rule, (r"avenant", "l’avenant"))) == []
    )

    def check(paper: Paper) -> list[str]:
        amended = paper.order.acts[str(paper.order.key.recipient)]
        assert amended.signed_on
        return says(
            paper.text,
            (re.escape(amended.title), "le titre de l’acte"),
            (checks.written(amended.signed_on), "sa date"),
            (re.escape(amended.reference), "sa référence"),
            (r"avenant n° \d+", "son propre numéro"),
            (r"articles? \d+", "les articles modifiés"),
            (r"prend effet", "la date d’effet"),
            KEEPS_THE_REST,
        )

    assert report(made.of(AMENDMENT), check) == []


@every_case
def test_the_law_of_grants_is_no_basis_of_a_contract_between_associations(made: Bundle) -> None:
    forms = {made.generated.case.porteuse.forme, made.generated.network.tete_de_reseau.forme}
    if forms != {"association"}:
        return
    assert (
        report(made.of(*ACTS), lambda paper: checks.own_legal_basis("\n".join(paper.articles().values())))
        == []
    )


@every_case
def test_a_contribution_paid_from_a_grant_needs_the_funder_s_authorisation(made: Bundle) -> None:
    forms = {made.generated.case.porteuse.forme, made.generated.network.tete_de_reseau.forme}

    def check(paper: Paper) -> list[str]:
        article = paper.article("financi")
        if not checks.amounts_in(article):
            return []
        return says(
            article,
            (r"subvention[^.]{0,200}autoris|autoris[^.]{0,200}subvention", "l’autorisation du financeur"),
        )

    if forms == {"association"}:
        assert report(made.of(*CONVENTIONS), check) == []


@every_case
def test_rights_on_tools_and_names_have_extent_purpose_place_and_term(made: Bundle) -> None:
    tools = (
        (r"reproduction", "le droit de reproduction"),
        (r"représentation", "le droit de représentation"),
        (r"adaptation", "le droit d’adaptation"),
        (r"pour (?:les seul|l[ae]s? |ses propres|l’)", "le but"),
        (r"territoire|en France", "le lieu"),
        (r"dur[ée]e|pendant", "la durée"),
    )
    names = (
        (r"non exclusi", "non exclusive"),
        (r"gratuit", "gratuite"),
        (r"logo", "le logo"),
        (r"dur[ée]e|prend fin", "sa durée"),
    )
    # The annual convention may leave both to the framework convention, which governs what it does not say.
    elsewhere = r"convention cadre"

    def check(paper: Paper) -> list[str]:
        tool_article = paper.article("outils") or paper.article("propriété")
        name_article = paper.article("nom") or paper.article("logo")
        faults = []
        for article, wanted in ((tool_article, tools), (name_article, names)):
            missing = says(article, *wanted)
            if paper.id == ANNUAL and missing and re.search(elsewhere, article, re.IGNORECASE):
                continue
            faults += missing
        return faults

    assert report(made.of(*CONVENTIONS), check) == []
    assert (
        report(
            made.of(AMENDMENT),
            lambda paper: says(
                paper.text, KEEPS_THE_REST, (r"le nom et le logo", "le nom"), (r"outils", "les outils")
            ),
        )
        == []
    )


@every_case
def test_personal_data_are_kept_by_the_law_of_the_day(made: Bundle) -> None:
    def check(paper: Paper) -> list[str]:
        after = paper.date >= dt.date(2018, 5, 25)
        wanted = (
            (r"2016/679|RGPD", "le règlement") if after else (r"78-17 du 6 janvier 1978", "la loi de 1978")
        )
        return says(
            paper.text,
            wanted,
            (r"données (?:à caractère personnel|personnelles)|protection des données", "les données"),
        )

    assert report(made.of(*ACTS), check) == []


@every_case
def test_articles_annexes_and_references_fit(made: Bundle) -> None:
    def check(paper: Paper) -> list[str]:
        headings = [line.text for line in paper.lines if line.style.startswith("Heading")]
        text = paper.text
        if paper.id == AMENDMENT:  # the articles that it changes are those of another act
            text = re.sub(r"se lit désormais.*?Les termes définis", "", text, flags=re.DOTALL)
        few = [] if len(paper.articles()) > 7 else [f"{len(paper.articles())} articles"]
        return few + checks.numbering(text, headings)

    assert report(made.of(*ACTS), check) == []


@every_case
def test_a_public_establishment_is_presented_and_judged_as_one(made: Bundle) -> None:
    host = made.generated.case.porteuse
    if host.forme != "etablissement-public":
        return
    name = host.nom.replace("'", "’")

    def check(paper: Paper) -> list[str]:
        block = paper.section(name, "»")
        return [
            *says(block, (r"directeur|directrice", "le directeur ou la directrice")),
            *says(paper.text, (r"la juridiction compétente", "la juridiction compétente")),
            *checks.forbidden(block, [(r"association|W\d{9}|loi du 1er", "dite comme une association")]),
        ]

    assert report(made.of(*ACTS), check) == []


@every_case
def test_the_charter_is_a_moral_commitment_of_one_signatory(made: Bundle) -> None:
    def check(paper: Paper) -> list[str]:
        return [
            *says(paper.text, *((re.escape(value), value) for value in VALUES), (r"engagement moral", "engagement moral")),
            *checks.forbidden(
                paper.text,
                [(r"€|\beuros?\b", "prix"), (r"résiliation", "résiliation"), (r"tribuna|juridiction|compétent", "juge"),
                 (r"exemplaires originaux", "exemplaires")],
            ),
            *([] if len(paper.boxes) == 1 else [f"{len(paper.boxes)} signataires"]),
        ]  # fmt: skip

    assert made.of(CHARTER)
    assert report(made.of(CHARTER), check) == []


@every_case
def test_the_charter_has_its_exact_title_and_follows_the_board_s_decision(made: Bundle) -> None:
    def check(paper: Paper) -> list[str]:
        title = "\n".join(line.text for line in paper.lines if line.style in {"Title", "Subtitle"})
        region = re.escape(paper.case.piles.region.replace("'", "’"))
        faults = says(
            title,
            (
                rf"Charte des acteurs de l’économie solidaire.{{0,12}}{region}",
                "le titre exact avec la région",
            ),
        )
        board = paper.case.porteuse.deliberation
        if board and board.date:
            faults += says(paper.text, (checks.written(board.date), "la date de la décision"))
            faults += [] if board.date <= paper.date else ["la décision est postérieure"]
        return faults

    assert report(made.of(CHARTER), check) == []


def test_a_charter_is_not_a_thing_of_several_parties() -> None:
    document = load_methodology().document(CHARTER)
    assert len(document.signatories) == 1
    assert not document.is_convention


@pytest.mark.parametrize("authorisation", [None, "lettre de la Région du 3 mars 2010"])
def test_a_grant_passed_on_without_authorisation_is_a_warning(authorisation: str | None) -> None:
    data = json.loads(generate(0).text)
    due = {"montant": 900_000, "tva": "taxable", "echeances": [{"le": "2011-06-01", "montant": 900_000}]}
    data["conventions"]["annuelle"]["contribution"] = due | {"autorisation": authorisation}
    case, defects, _ = as_case(data)
    assert case is not None
    warned = [
        one for one in defects if "annuelle" in one.path and "subvention" in f"{one.message} {one.remedy}"
    ]
    assert [one.severity for one in warned] == ([] if authorisation else [Severity.WARNING])
