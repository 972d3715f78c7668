"""Rules of minutes: who is named in them, by when what was decided is due."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from piles_docs.case.models import Case, Meeting, Minutes
from piles_docs.case.paths import value_at
from piles_docs.case.positions import Finding, Path
from piles_docs.errors import Severity
from piles_docs.french.dates import written_date

_BODIES = ("porteuse", "tete-de-reseau")
_IDENTIFIER = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_COMMITTEE = "copil"


def check_minutes(case: Case) -> Iterator[Finding]:
    """Yield what contradicts itself in the minutes of a case."""
    ids = (*_BODIES, *(partner.id for partner in case.partenaires))
    for name in type(case.rencontres).fields_by_key():
        meeting = value_at(case.rencontres, name)
        if not isinstance(meeting, Meeting) or meeting.compte_rendu is None:
            continue
        path: Path = ("rencontres", name, "compte_rendu")
        if name != _COMMITTEE:
            yield Finding(
                path=path,
                message="aucun document n’imprime le compte rendu de cette rencontre",
                remedy="seul celui du comité de pilotage (copil) a le sien : retirez ou déplacez celui-ci",
                severity=Severity.WARNING,
            )
        yield from _attendance(meeting.compte_rendu, path, ids)
        yield from _bodies(meeting.compte_rendu, path, ids)
        yield from _deadlines(meeting, path)


def _attendance(minutes: Minutes, path: Path, ids: tuple[str, ...]) -> Iterator[Finding]:
    """Somebody came, nobody is named twice, and an identifier is one of the case (fact 72)."""
    if not minutes.presents:
        yield Finding(
            path=path,
            message="le compte rendu ne nomme aucun présent",
            remedy="ajoutez la clé presents ; sans elle, la liste reste à remplir à la main",
            severity=Severity.WARNING,
        )
    seen: set[str] = set()
    for key, entries in (("presents", minutes.presents), ("excuses", minutes.excuses)):
        for index, entry in enumerate(entries):
            if entry in seen:
                yield Finding(
                    path=(*path, key, index),
                    message=f"« {entry} » est nommé deux fois",
                    remedy="gardez-le une fois, parmi les présents ou parmi les excusés",
                )
            seen.add(entry)
            if _IDENTIFIER.fullmatch(entry) and entry not in ids:
                yield Finding(
                    path=(*path, key, index),
                    message=f"« {entry} » n’est l’identifiant d’aucun partenaire",
                    remedy=f"écrivez {_meant(entry, ids)} ou « nom, qualité, organisme »",
                )


def _bodies(minutes: Minutes, path: Path, ids: tuple[str, ...]) -> Iterator[Finding]:
    """Where free text may stand for a body, what resembles an identifier is likely a slip."""
    people = [("presents", minutes.presents), ("excuses", minutes.excuses)]
    named: list[tuple[Path, str]] = [
        *(((key, index), entry.rpartition(",")[2].strip())
          for key, entries in people for index, entry in enumerate(entries) if "," in entry),
        *((("avis", index, "partenaire"), opinion.partenaire) for index, opinion in enumerate(minutes.avis)),
        *((("decisions", index, "qui"), decision.qui) for index, decision in enumerate(minutes.decisions)),
    ]  # fmt: skip
    for place, word in named:
        near = get_close_matches(word, ids, n=1, cutoff=0.85)
        if near and word not in ids:
            yield Finding(
                path=(*path, *place),
                message=f"« {word} » ressemble à l’identifiant « {near[0]} » sans l’être",
                remedy=f"écrivez {near[0]} s’il s’agit de lui",
                severity=Severity.WARNING,
            )


def _deadlines(meeting: Meeting, path: Path) -> Iterator[Finding]:
    """What a meeting decides is done after it."""
    for index, decision in enumerate(meeting.compte_rendu.decisions if meeting.compte_rendu else ()):
        if meeting.date and decision.pour_le and decision.pour_le < meeting.date:
            yield Finding(
                path=(*path, "decisions", index, "pour_le"),
                message=f"cette date précède la rencontre du {written_date(meeting.date)}",
                remedy="corrigez l’une des deux dates",
                severity=Severity.WARNING,
            )


def _meant(word: str, ids: tuple[str, ...]) -> str:
    near = get_close_matches(word, ids, n=1, cutoff=0.6)
    return near[0] if near else f"un identifiant du dossier ({', '.join(ids)})"
