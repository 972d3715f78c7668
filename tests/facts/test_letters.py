"""Facts 74 to 85: the letters."""

from __future__ import annotations

import datetime as dt
import re

from piles_docs.case.models import Meeting
from piles_docs.case.parties import Representative
from piles_docs.methodology.instances import meeting
from piles_docs.methodology.parties import HOST

from . import checks
from .papers import LETTERS, LETTERS_TO_PARTNERS, Bundle, Paper, situation_of
from .samples import every_case, report
from .stock import CHAIR, HEAD_OF_ASSEMBLY, OFFICES, Office

TO_COMMITTEE, TO_FUNDERS, INAUGURATION, TO_PARTNERS, TO_ALL = (
    *LETTERS_TO_PARTNERS,
    "invitation-porteurs-de-projet",
)
UNKNOWN = "Madame, Monsieur"
PUBLIC = {"region", "departement", "commune", "epci", "pays", "etat"}
TO_THE_BOARD = "presentation-ca"
RENEWAL = "renouvellement"


def call_of(paper: Paper) -> str | None:
    """The line by which the letter calls its reader, without its comma."""
    lines = [checks.plain(line.text).strip() for line in paper.lines if line.row is None]
    return next(
        (line[:-1] for line in lines if re.fullmatch(r"(?:Madame|Monsieur)\b[^.;:]{0,80},", line)), None
    )


def closing_of(paper: Paper) -> str:
    """The sentence of the closing."""
    match = re.search(r"[^.\n]*\bagréer\b[^.\n]*\.", checks.plain(paper.text))
    return match[0] if match else ""


def reader_of(paper: Paper) -> Representative | None:
    """Whom the letter is written to, where the case knows."""
    if paper.order.key.recipient == HOST:
        return paper.case.porteuse.representant
    return next(
        (one.representant for one in paper.case.partenaires if one.id == paper.order.key.recipient), None
    )


def kind_of_reader(paper: Paper) -> str:
    """What sort of body the reader speaks for, as a partner's type."""
    if paper.order.key.recipient == HOST:
        return {"collectivite": "commune"}.get(paper.case.porteuse.forme, "association")
    return next(one.type for one in paper.case.partenaires if one.id == paper.order.key.recipient)


def office_of(reader: Representative, kind: str) -> Office:
    found = [office for office in OFFICES if reader.fonction in {office.man, office.woman}]
    if found[0] in {HEAD_OF_ASSEMBLY, CHAIR}:
        return HEAD_OF_ASSEMBLY if kind in PUBLIC else CHAIR
    return found[0]


def meeting_of(paper: Paper) -> Meeting | None:
    return meeting(paper.order.document, paper.case)


def letter_of(paper: Paper) -> str:
    """The letter itself, without the coupon and what else follows on pages of their own."""
    return paper.text.split("\nCoupon-réponse\n")[0]


@every_case
def test_the_closing_repeats_the_call_to_the_letter(made: Bundle) -> None:
    def check(paper: Paper) -> list[str]:
        call, closing = call_of(paper), closing_of(paper)
        if not call or not closing:
            return [f"appel « {call} », formule « {closing} »"]
        return [] if f"agréer, {call}, " in closing else [f"appel « {call} », formule « {closing} »"]

    assert report(made.of(*LETTERS), check) == []


@every_case
def test_partners_are_invited_never_summoned(made: Bundle) -> None:
    summons = [(r"convo(?:qu|cation)", "convocation")]
    letters = [name for name in LETTERS if name != TO_THE_BOARD]
    assert report(made.of(*letters), lambda paper: checks.forbidden(paper.text, summons)) == []


@every_case
def test_call_and_closing_follow_the_function(made: Bundle) -> None:
    def check(paper: Paper) -> list[str]:
        reader = reader_of(paper)
        if reader is None:
            return []
        office = office_of(reader, kind_of_reader(paper))
        is_woman = reader.civilite == "Mme"
        expected = reader.appellation or office.call[is_woman]
        closing = closing_of(paper)
        faults = [] if call_of(paper) == expected else [f"appel « {call_of(paper)} », attendu « {expected} »"]
        if not any(regard in closing for regard in office.regards):
            faults.append(f"formule « {closing} » pour {reader.fonction} ({kind_of_reader(paper)})")
        if is_woman and re.search(r"\bMonsieur\b", paper.text):
            faults.append("« Monsieur » dans une lettre à une femme")
        return faults

    assert report(made.of(*LETTERS), check) == []


@every_case
def test_an_invitation_says_when_where_and_what_for(made: Bundle) -> None:
    def check(paper: Paper) -> list[str]:
        held = meeting_of(paper)
        assert held
        assert held.date
        assert held.lieu
        assert held.heure
        hour, minutes = held.heure.split(":")
        spoken = rf"{int(hour)} h" + (f" {minutes}" if minutes != "00" else r"(?! \d)")
        text = letter_of(paper)
        faults = checks.required(
            text,
            [
                (
                    rf"{checks.WEEKDAYS[held.date.weekday()]} {checks.written(held.date)} à {spoken}",
                    "jour, date et heure",
                ),
                (re.escape(held.lieu.commune.replace("'", "’")), "la commune"),
                (r"(?m)^Objet : \S", "l’objet"),
                *(
                    (re.escape(point.replace("'", "’")), f"le point « {point} »")
                    for point in held.ordre_du_jour
                ),
            ],
        )
        if not re.search(rf"{int(hour)}[{checks.NO_BREAK}]h", text):
            faults.append("heure sans espace insécable")
        if paper.id in {TO_COMMITTEE, TO_FUNDERS} and not re.search(r"(?i)ordre du jour|au programme", text):
            faults.append("pas d’ordre du jour")
        return faults

    assert report([paper for paper in made.of(*LETTERS) if paper.id != RENEWAL], check) == []


@every_case
def test_the_answer_is_asked_between_the_letter_and_the_event_and_the_coupon_repeats_it(made: Bundle) -> None:
    def check(paper: Paper) -> list[str]:
        held = meeting_of(paper)
        assert held
        assert held.date
        text = checks.plain(paper.text)
        asked = [
            day
            for match in re.finditer(r"avant le ([^,.\n]+)", text)
            for day in checks.dates_in(match[1])[:1]
        ]
        coupon = text.partition("\nCoupon-réponse\n")[2]
        written_on = paper.order.issued_on or dt.date.min
        faults = [
            f"réponse avant le {day}, lettre du {written_on}, rencontre du {held.date}"
            for day in asked
            if not written_on < day < held.date
        ]
        if held.reponse_avant and held.reponse_avant not in asked:
            faults.append("la date de réponse du dossier n’est pas demandée")
        if not coupon:
            return [*faults, "pas de coupon"]
        return faults + checks.required(
            coupon,
            [
                (checks.written(held.date), "la date au coupon"),
                (
                    r"^[^\n]*(?:comité|tour de table|rencontre|réunion|inauguration|présentation)",
                    "ce dont il s’agit",
                ),
            ],
        )

    assert report([paper for paper in made.of(*LETTERS) if paper.id != RENEWAL], check) == []


@every_case
def test_the_committee_hears_conclusions_and_is_asked_its_opinion(made: Bundle) -> None:
    def check(paper: Paper) -> list[str]:
        return [
            *checks.required(paper.text, [(r"conclusions du diagnostic", "les conclusions"), (r"votre avis|avis\b|point de vue", "l’avis")]),
            *checks.forbidden(
                paper.text,
                [(r"votre (?:soutien|engagement|adhésion) (?:au|à ce) projet (?:est|nous)|vous (?:soutenez|avez choisi de soutenir)|en tant que partenaire du projet|nous comptons sur votre soutien", "soutien supposé")],
            ),
        ]  # fmt: skip

    assert report(made.of(TO_COMMITTEE), check) == []


@every_case
def test_funders_alone_are_asked_for_money_and_only_what_the_case_says(made: Bundle) -> None:
    budget = made.generated.case.budget
    invited = {one.id for one in made.generated.case.partenaires if "financeurs" in one.invite_a}
    known: set[int] = set()
    if budget:
        amounts = [line.montant for line in budget.charges] + [line.montant for line in budget.produits]
        known = {int(amount * 100) for amount in (*amounts, budget.total_charges, budget.total_produits)}

    def check(paper: Paper) -> list[str]:
        recipient = paper.order.key.recipient
        asked = {
            int(line.montant * 100)
            for line in (budget.produits if budget else ())
            if line.financeur == recipient and line.etat == "demande"
        }
        strangers = set(checks.amounts_in(paper.text)) - known
        named = set(checks.amounts_in(letter_of(paper)))
        return [
            *([] if recipient in invited else [f"{recipient} n’est pas invité"]),
            *(f"montant que le dossier ne donne pas : {amount}" for amount in strangers),
            *(f"montant qui n’est pas demandé à ce financeur : {amount}" for amount in named - asked),
        ]

    assert report(made.of(TO_FUNDERS), check) == []


@every_case
def test_the_three_letters_of_the_launch_differ_and_the_public_one_is_plain(made: Bundle) -> None:
    texts = {}
    for name in (INAUGURATION, TO_PARTNERS, TO_ALL):
        for paper in made.of(name)[:1]:
            start = letter_of(paper).partition("Objet")[2]
            texts[name] = set(start.split("\n"))
    bodies = list(texts.values())
    for rank, body in enumerate(bodies):
        for other in bodies[rank + 1 :]:
            shared = {line for line in body & other if len(line) > 60}
            assert len(shared) < len(body) / 4, shared

    jargon = [
        (r"prescripteurs?", "prescripteurs"),
        (r"\bD[RL]A\b", "sigle"),
        (r"dispositif", "dispositif"),
        (r"essaim", "essaimage"),
    ]

    def check(paper: Paper) -> list[str]:
        return [*checks.forbidden(letter_of(paper), jargon), *checks.one_form_of_piles(paper.text)]

    assert report(made.of(TO_ALL), check) == []


@every_case
def test_a_coupon_tells_what_becomes_of_the_data(made: Bundle) -> None:
    def check(paper: Paper) -> list[str]:
        if "\nCoupon-réponse\n" not in paper.text:
            return []
        notice = paper.text[paper.text.rfind("Vos données") :] if "Vos données" in paper.text else ""
        if paper.date < dt.date(2018, 5, 25):
            return checks.forbidden(notice, [(r"RGPD|2016/679", "le règlement avant son temps")])
        return checks.required(
            notice,
            [
                (r"responsable", "qui est responsable"),
                (r"serv(?:ent|ir)|finalité", "à quoi elles servent"),
                (r"(?:trois|\d) ans|mois", "combien de temps"),
                (r"corriger|rectifi", "le droit de rectification"),
                (r"effac|supprim", "le droit d’effacement"),
                (r"opposer|opposition", "le droit d’opposition"),
                (r"écri(?:vant|re|vez)|adresse|courriel", "à qui écrire"),
            ],
        )

    assert report(made.of(*LETTERS), check) == []


@every_case
def test_polite_formulas_are_right(made: Bundle) -> None:
    faults = [
        (r"l’expression de (?:mes|nos|ses) (?:\w+ )?salutations", "des salutations ne s’expriment pas"),
        (
            r"(?:En vous|Dans l’attente|Vous remerciant|Restant à|Comptant sur|Espérant)[^.]*,? veuillez",
            "le sujet change",
        ),
    ]
    assert report(made.of(*LETTERS), lambda paper: checks.forbidden(paper.text, faults)) == []


@every_case
def test_enclosures_are_those_of_the_bundle(made: Bundle) -> None:
    of_case = {state.key.document for state in situation_of(made.generated).state.documents}

    def check(paper: Paper) -> list[str]:
        line = next((line.text for line in paper.lines if re.match(r"Pièces? jointes?", line.text)), "")
        listed = [
            one.strip(" .\u00a0\u202f").lower()
            for one in re.split(r"[;,]", line.partition(":")[2])
            if one.strip()
        ]
        headings = [
            checks.plain(line.text).lower() for line in paper.lines if line.style.startswith("Heading")
        ]
        faults = []
        for one in listed:
            words = checks.plain(one)
            in_letter = any(words in heading or heading in words for heading in headings)
            apart = ("charte" in words and "charte" in of_case) or (
                "convention annuelle" in words and "convention-annuelle" in of_case
            )
            faults += [] if in_letter or apart else [f"pièce introuvable : {one}"]
        own = [
            heading
            for heading in headings
            if heading in {"coupon-réponse", "plan de financement prévisionnel"}
        ]
        faults += [
            f"joint sans être annoncé : {heading}"
            for heading in own
            if not any(heading in one for one in listed)
        ]
        count = len(listed)
        if listed and line.startswith("Pièces") != (count > 1):
            faults.append(f"« {line} » pour {count}")
        return faults

    assert report(made.of(*LETTERS), check) == []


@every_case
def test_nobody_is_called_madame_monsieur_who_has_a_name(made: Bundle) -> None:
    def check(paper: Paper) -> list[str]:
        is_known = reader_of(paper) is not None
        faults = [] if (call_of(paper) == UNKNOWN) != is_known else [f"appel « {call_of(paper)} »"]
        if is_known:
            faults += checks.forbidden(
                paper.text, [(r"À l’attention de", "« À l’attention de » une personne nommée")]
            )
        return faults

    assert report(made.of(*LETTERS), check) == []
