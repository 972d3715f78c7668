"""Acts as sentences: what happened to a case, for people."""

from __future__ import annotations

from piles_docs.methodology.acts import (
    Act,
    Channel,
    Forgotten,
    FoundEmpty,
    Issued,
    LevelRaised,
    Mailed,
    MailEnded,
    Means,
    MeansChanged,
    MilestoneReached,
    Proven,
    Purpose,
    Refused,
    Scanned,
    Signed,
    Voided,
)

MEANS_WORDS = {Means.PAPER: "sur papier", Means.ELECTRONIC: "par voie électronique"}
_PURPOSE_WORDS = {Purpose.SENDING: "envoi", Purpose.REMINDER: "rappel"}
_CHANNEL_WORDS = {Channel.FILE: "fichier à envoyer soi-même", Channel.SMTP: "remis au serveur d’envoi"}


def describe_act(act: Act) -> str:
    """Say what an act was, in a line without final full stop; notes and reasons at its end."""
    match act:
        case Issued():
            return _describe_issue(act)
        case Signed():
            return _describe_signature(act)
        case Scanned() | FoundEmpty():
            return _describe_scan(act)
        case LevelRaised():
            levels = ", ".join(f"{party} {level}" for party, level in act.levels.items())
            return f"niveau des signatures de {act.reference}, exemplaire {act.original} : {levels}"
        case Proven():
            return f"fichier de preuve de {act.reference}, exemplaire {act.original}, cachet {act.seal}"
        case Refused():
            return f"refus de signer {act.reference} par {act.party}{_because(act.note)}"
        case Voided():
            return f"annulation de {act.reference}{_because(act.reason)}"
        case MilestoneReached():
            return f"jalon {act.milestone}{_because(act.note)}"
        case MeansChanged():
            return f"{act.party} signera {act.reference} {MEANS_WORDS[act.means]}{_because(act.note)}"
        case Mailed() | MailEnded():
            return _describe_mail(act)
        case Forgotten():
            return f"effacement des données personnelles ({_erased(act)}){_because(act.reason)}"
        case _:
            return f"retrait de l’événement n° {act.event}{_because(act.reason)}"


def _describe_mail(act: Mailed | MailEnded) -> str:
    if isinstance(act, MailEnded):
        return f"courriel {'remis' if act.is_accepted else 'non remis'}{_because(act.detail)}"
    how = f"{_PURPOSE_WORDS[act.purpose]}, {_CHANNEL_WORDS[act.channel]}"
    return f"courriel à {act.party} ({how}) : {', '.join(act.references)}"


def _erased(act: Forgotten) -> str:
    files = len(act.files)
    return f"{files} pièce{'s' if files > 1 else ''} effacée{'s' if files > 1 else ''}"


def _describe_issue(act: Issued) -> str:
    numbers = len(act.originals)
    count = f"{numbers} exemplaire{'s' if numbers > 1 else ''}"
    signed_by = f", à signer par {', '.join(act.means)}" if act.means else ""
    sealed = f", cachet {act.seal}" if act.seal else ""
    text = f"émission de {act.reference} ({count}{signed_by}{sealed})"
    return f"{text} en avance{_because(act.ahead or 'raison effacée')}" if act.is_ahead else text


def _describe_signature(act: Signed) -> str:
    level = f" au niveau {act.level}" if act.level else ""
    seen = ", vue par le programme" if act.measures is not None else ""
    how = f"{MEANS_WORDS[act.means]}{level}{seen}"
    return (
        f"signature de {act.reference}, exemplaire {act.original}, par {act.party}, {how}{_because(act.note)}"
    )


def _describe_scan(act: Scanned | FoundEmpty) -> str:
    if isinstance(act, FoundEmpty):
        place = f"{act.reference}, exemplaire {act.original}"
        return f"{place} : {act.party} n’y a pas signé, vu par une personne{_because(act.note)}"
    pages = len(act.pages)
    references = ", ".join(dict.fromkeys(page.reference for page in act.pages))
    return f"numérisation de {pages} page{'s' if pages > 1 else ''} : {references}"


def _because(text: str | None) -> str:
    return f" : {text}" if text else ""
