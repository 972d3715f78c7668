"""What a PostgreSQL server refuses, said in French."""

from __future__ import annotations

import re

from piles_docs.errors import PilesError, RecordsBroken, ToolFailed, WouldOverwrite
from piles_docs.ledger.database import Conflict

# A refused connection has no code, only the server's words, in its language: English or French here.
_NOT_WELCOME = re.compile(
    r"authenti|pg_hba\.conf|no password supplied|role .* does not exist|le rôle .* n.existe pas", re.DOTALL
)
_NO_DATABASE = re.compile(r"database .* does not exist|base de données .* n.existe pas", re.DOTALL)

_CONFLICTS = frozenset({"40001", "40P01", "23505"})
"""Serialization failure, deadlock, unique violation: another writer came first."""
_LOST = ("08", "57P")
"""Classes of codes: the connection broke, the server stops or starts."""


def connecting(error: BaseException | None, place: str) -> ToolFailed:
    """Tell why no connection could be made."""
    words = " ".join(str(error).split())
    if _NO_DATABASE.search(words):
        return ToolFailed(
            f"La base de données du registre n’existe pas : {place}",
            remedy="Corrigez l’adresse du registre, ou créez la base : createdb --encoding=UTF8 NOM",
        )
    if _NOT_WELCOME.search(words):
        return ToolFailed(
            f"Le serveur du registre {place} n’accepte pas cet utilisateur ou son mot de passe",
            remedy="Vérifiez l’utilisateur dans l’adresse, et le mot de passe dans ~/.pgpass "
            "ou dans PILES_REGISTRE_URL",
        )
    if "FATAL" in words:
        return ToolFailed(
            f"Le serveur du registre {place} refuse la connexion ({words.partition('FATAL:')[2].strip()})",
            remedy="Réessayez dans un instant ; si cela dure, montrez ce message à qui tient le serveur",
        )
    return ToolFailed(
        f"Le serveur du registre {place} ne répond pas",
        remedy="Vérifiez le réseau et l’adresse du registre, et que le serveur est en marche ; "
        "rien n’a été enregistré",
    )


def working(error: BaseException | None, place: str) -> PilesError:
    """Tell why the server refused what it was asked."""
    code = getattr(error, "sqlstate", None) or ""
    if code in _CONFLICTS:
        return Conflict(
            "Un autre enregistrement a été fait au même moment",
            remedy="Relancez la même commande : elle tiendra compte de cet enregistrement",
        )
    if code == "55P03":
        return WouldOverwrite(
            f"Le registre {place} est occupé par un autre enregistrement",
            remedy="Attendez un instant, puis relancez la même commande",
        )
    if not code or code.startswith(_LOST):
        return ToolFailed(
            f"La connexion au registre {place} a été coupée : "
            "ce qui était en cours a été enregistré en entier ou pas du tout",
            remedy="Regardez avec « piles status » ce qu’il en est avant de relancer la même commande",
        )
    return _by_code(error, code, place)


def _by_code(error: BaseException | None, code: str, place: str) -> PilesError:
    if code == "42501":
        return RecordsBroken(
            f"Les droits sur la base {place} ne permettent pas cette opération",
            remedy="Demandez à qui tient le serveur le droit de lire et d’écrire dans le schéma piles",
        )
    if code == "25006":
        return ToolFailed(
            f"Le registre {place} est en lecture seule : c’est sans doute une copie",
            remedy="Donnez l’adresse du serveur principal",
        )
    if code == "53100":
        return ToolFailed(
            f"Le disque du serveur est plein ({place})",
            remedy="Faites-y libérer de la place, puis relancez la même commande : "
            "rien n’a été enregistré à moitié",
        )
    if code.startswith(("53", "54", "57", "58")):
        return ToolFailed(
            f"Le serveur du registre {place} n’a pas pu faire son travail ({_first_line(error)})",
            remedy="Réessayez dans un instant ; si cela dure, montrez ce message à qui tient le serveur",
        )
    return RecordsBroken(
        f"La base {place} est abîmée, ou n’est pas un registre de piles ({_first_line(error)})",
        remedy="Vérifiez l’adresse du registre ; si c’est la bonne, faites reprendre la dernière sauvegarde",
    )


def _first_line(error: BaseException | None) -> str:
    """The server's own words, without the statement and the data that may follow."""
    return str(error).partition("\n")[0]
