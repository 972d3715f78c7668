"""Every kind of act has its sentence, with what a reader needs and no more."""

from __future__ import annotations

import datetime as dt
from typing import get_args

import pytest

from piles_docs.methodology import acts
from piles_docs.methodology.acts import (
    Act,
    Channel,
    Forgotten,
    FoundEmpty,
    Issued,
    Level,
    LevelRaised,
    Mailed,
    MailEnded,
    Means,
    MeansChanged,
    MilestoneReached,
    Original,
    Proven,
    Purpose,
    Refused,
    Scanned,
    ScannedPage,
    Signed,
    Voided,
    Withdrawn,
)
from piles_docs.methodology.journal import describe_act

DAY = dt.date(2026, 11, 26)
REFERENCE = "haut-verdon.charte.v1"


def issued(
    count: int = 1, *, ahead: str | None = None, is_ahead: bool = False, seal: Level | None = None
) -> Issued:
    return Issued(
        on=DAY,
        document="charte",
        version=1,
        reference=REFERENCE,
        means={"porteuse": Means.PAPER} if count else {},
        originals=tuple(
            Original(number=number, docx_sha256="", pdf_sha256="", pages=1)
            for number in range(1, max(count, 1) + 1)
        ),
        template_sha256="",
        is_ahead=is_ahead,
        ahead=ahead,
        seal=seal,
    )


LINES: list[tuple[Act, str]] = [
    (issued(), f"émission de {REFERENCE} (1 exemplaire, à signer par porteuse)"),
    (issued(2), f"émission de {REFERENCE} (2 exemplaires, à signer par porteuse)"),
    (issued(0), f"émission de {REFERENCE} (1 exemplaire)"),
    (
        issued(ahead="pressé", is_ahead=True),
        f"émission de {REFERENCE} (1 exemplaire, à signer par porteuse) en avance : pressé",
    ),
    (
        issued(is_ahead=True),
        f"émission de {REFERENCE} (1 exemplaire, à signer par porteuse) en avance : raison effacée",
    ),
    (
        Signed(on=DAY, reference=REFERENCE, party="porteuse", original=2, means=Means.PAPER, note="vu"),
        f"signature de {REFERENCE}, exemplaire 2, par porteuse, sur papier : vu",
    ),
    (
        Signed(on=DAY, reference=REFERENCE, party="porteuse", original=1, means=Means.ELECTRONIC),
        f"signature de {REFERENCE}, exemplaire 1, par porteuse, par voie électronique",
    ),
    (
        issued(seal=Level.LTA),
        f"émission de {REFERENCE} (1 exemplaire, à signer par porteuse, cachet B-LTA)",
    ),
    (
        Signed(
            on=DAY, reference=REFERENCE, party="porteuse", original=1, means=Means.ELECTRONIC, level=Level.T,
        ),
        f"signature de {REFERENCE}, exemplaire 1, par porteuse, par voie électronique au niveau B-T",
    ),
    (
        Signed(
            on=DAY, reference=REFERENCE, party="porteuse", original=1, means=Means.PAPER, measures={"aire_mm2": 40.0},
        ),
        f"signature de {REFERENCE}, exemplaire 1, par porteuse, sur papier, vue par le programme",
    ),
    (
        Scanned(
            on=DAY, scan_sha256="a" * 64, file_pages=3, process="essai",
            pages=(ScannedPage(scan_page=1, reference=REFERENCE, original=1, page=1),),
        ),
        f"numérisation de 1 page : {REFERENCE}",
    ),
    (
        Scanned(
            on=DAY, scan_sha256="a" * 64, file_pages=3, process="essai",
            pages=tuple(
                ScannedPage(scan_page=number, reference=REFERENCE, original=1, page=number) for number in (1, 2)
            ),
        ),
        f"numérisation de 2 pages : {REFERENCE}",
    ),
    (
        FoundEmpty(on=DAY, reference=REFERENCE, party="porteuse", original=1, note="un pli"),
        f"{REFERENCE}, exemplaire 1 : porteuse n’y a pas signé, vu par une personne : un pli",
    ),
    (
        LevelRaised(
            on=DAY, reference=REFERENCE, original=1, pdf_sha256="a" * 64,
            levels={"porteuse": Level.LTA, "tete-de-reseau": Level.LT},
        ),
        f"niveau des signatures de {REFERENCE}, exemplaire 1 : porteuse B-LTA, tete-de-reseau B-LT",
    ),
    (
        Proven(on=DAY, reference=REFERENCE, original=1, pdf_sha256="a" * 64, seal=Level.B),
        f"fichier de preuve de {REFERENCE}, exemplaire 1, cachet B-B",
    ),
    (
        Refused(on=DAY, reference=REFERENCE, party="porteuse", note="désaccord"),
        f"refus de signer {REFERENCE} par porteuse : désaccord",
    ),
    (Voided(on=DAY, reference=REFERENCE, reason="erreur"), f"annulation de {REFERENCE} : erreur"),
    (MilestoneReached(on=DAY, milestone="abandon", note="fin"), "jalon abandon : fin"),
    (
        MeansChanged(on=DAY, reference=REFERENCE, party="porteuse", means=Means.ELECTRONIC),
        f"porteuse signera {REFERENCE} par voie électronique",
    ),
    (
        Withdrawn(on=DAY, event=3, reason="erreur de saisie"),
        "retrait de l’événement n° 3 : erreur de saisie",
    ),
    (
        Mailed(
            on=DAY, message="<1@x.example>", purpose=Purpose.REMINDER, party="porteuse", references=(REFERENCE, "b"),
            channel=Channel.FILE,
        ),
        f"courriel à porteuse (rappel, fichier à envoyer soi-même) : {REFERENCE}, b",
    ),
    (
        MailEnded(on=DAY, message="<1@x.example>", is_accepted=True),
        "courriel remis",
    ),
    (
        MailEnded(on=DAY, message="<1@x.example>", is_accepted=False, detail="550"),
        "courriel non remis : 550",
    ),
    (Forgotten(on=DAY, files=()), "effacement des données personnelles (0 pièce effacée)"),
    (
        Forgotten(on=DAY, files=("a", "b"), reason="demande"),
        "effacement des données personnelles (2 pièces effacées) : demande",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("act", "line"), LINES, ids=[act.kind for act, _ in LINES])
def test_an_act_is_told_in_a_line(act: Act, line: str) -> None:
    assert describe_act(act) == line


def test_every_kind_of_act_is_tried() -> None:
    assert {type(act) for act, _ in LINES} == set(get_args(get_args(acts.Act)[0]))
