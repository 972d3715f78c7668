"""What a text must never hold, and must always hold: each check takes a text and returns its faults, in words.

They know French and the facts of the domain reference, and nothing of the program or of its templates.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence

SPACE = "[ \u00a0\u202f]"
NO_BREAK = "\u00a0\u202f"
ADDRESS = re.compile(r"(?:https?://|\bwww\.)[^\s«»<>]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
          "décembre")  # fmt: skip
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTH = "|".join(MONTHS)
_DATE = re.compile(
    rf"(?:\b(?P<weekday>{'|'.join(WEEKDAYS)}){SPACE})?\b(?P<day>\d{{1,2}})(?:er)?{SPACE}(?P<month>{_MONTH}){SPACE}(?P<year>\d{{4}})\b",
    re.IGNORECASE,
)
EXPANSION = re.compile(r"Pôles? d’Initiatives Locales d’Économie Solidaire")


def written(day: dt.date) -> str:
    """A date as a document writes it, with a plain space."""
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


def plain(text: str) -> str:
    """With ordinary spaces, for what is looked for whatever its spaces."""
    return re.sub(SPACE, " ", text)


def dates_in(text: str) -> list[dt.date]:
    """All dates of a text that exist, in order."""
    found = []
    for match in _DATE.finditer(text):
        try:
            found.append(_day(match))
        except ValueError:
            continue
    return found


def _day(match: re.Match[str]) -> dt.date:
    return dt.date(int(match["year"]), MONTHS.index(match["month"].lower()) + 1, int(match["day"]))


def _found(pattern: str | re.Pattern[str], text: str, fault: str) -> list[str]:
    return [f"{fault} : « {_around(text, match)} »" for match in re.finditer(pattern, text)]


def _around(text: str, match: re.Match[str]) -> str:
    return text[max(0, match.start() - 40) : match.end() + 40].replace("\n", " / ")


def without_addresses(text: str) -> str:
    return ADDRESS.sub("", text)


# 9.1 Every document


def placeholders(text: str) -> list[str]:
    """Fact 1: nothing is left to fill in by the program."""
    marks = r"\{\{|\}\}|\{%|%\}|\bTODO\b|\bXXX\b|\[à compléter\]|\bNone\b|\bnull\b|\bundefined\b|\bTrue\b|\bFalse\b"
    return _found(rf"{marks}|«\s*»|[\ue000-\uf8ff]|&(?:amp|lt|gt|quot|#\d+);", text, "signe de fabrication")


def spacing(text: str) -> list[str]:
    """Fact 2: no doubled space, none before a comma or full stop, no articles left uncontracted.

    « de le », « à les » are right before an infinitive, where le and les are pronouns (« afin de les réunir »).
    """
    infinitive = rf"(?!(?:(?:lui|leur|y|en){SPACE})?\w+(?:er|ir|re)\b)"
    return [
        *_found(rf"{SPACE}{{2,}}", text, "espace double"),
        *_found(rf"{SPACE}[,.](?!\w)", text, "espace avant un point ou une virgule"),
        *_found(rf"(?i)\b(?:de|à){SPACE}(?:le|les){SPACE}{infinitive}", text, "article à contracter"),
        *_found(
            rf"(?i)\b(?:de|à){SPACE}l’{SPACE}|\bdu{SPACE}l’|\bd’{SPACE}|\bl’{SPACE}", text, "élision fautive"
        ),
    ]


def high_punctuation(text: str) -> list[str]:
    """Fact 3: a no-break space before ; ! ? : % €."""
    bare = re.sub(r"\d{1,2}:\d{2}", "", without_addresses(text))
    return _found(rf"(?<![{NO_BREAK}])[;!?:%€]", bare, "pas d’espace insécable devant le signe")


def quotation_marks(text: str) -> list[str]:
    """Fact 4: no-break spaces inside quotation marks."""
    return [
        *_found(rf"«(?![{NO_BREAK}])", text, "pas d’espace insécable après le guillemet"),
        *_found(rf"(?<![{NO_BREAK}])»", text, "pas d’espace insécable avant le guillemet"),
    ]


def apostrophes(text: str) -> list[str]:
    """Fact 5: one kind of apostrophe, the typographic one."""
    return _found("'", without_addresses(text), "apostrophe droite")


def abbreviations(text: str) -> list[str]:
    """Fact 6: civilities and ordinals as French abbreviates them."""
    return [
        *_found(
            r"\bMr\b|\bMlles?\b|\bMademoiselle\b|\bMelle\b|\bMme\.|\bM(?=[ \u00a0][A-ZÉ][a-zé])",
            text,
            "civilité",
        ),
        *_found(r"\d+(?:ère|[eè]re|ème|eme|ième)s?\b", text, "ordinal"),
        *_found(rf"(?<![\d,])1{SPACE}(?:{_MONTH})", text, "le premier du mois"),
    ]


def dates(text: str) -> list[str]:
    """Fact 7: every date exists, on the weekday that it is given."""
    faults = []
    for match in _DATE.finditer(text):
        try:
            day = _day(match)
        except ValueError:
            faults.append(f"cette date n’existe pas : « {match[0]} »")
            continue
        weekday = match["weekday"]
        if weekday and weekday.lower() != WEEKDAYS[day.weekday()]:
            faults.append(f"le {written(day)} n’est pas un {weekday.lower()}")
    return faults


def months(text: str) -> list[str]:
    """Fact 8: months whole, in lower case."""
    capitals = "|".join(month.capitalize() for month in MONTHS)
    return [
        *_found(rf"\d(?:er)?{SPACE}(?:{capitals})\b", text, "majuscule au mois"),
        *_found(rf"\d(?:er)?{SPACE}(?:janv|févr?|avr|juil|sept|oct|nov|déc)\b", text, "mois abrégé"),
    ]


def luhn(number: str) -> bool:
    """Whether the key of a SIREN or SIRET is right."""
    total = 0
    for rank, digit in enumerate(reversed(number)):
        doubled = int(digit) * (2 if rank % 2 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


_NUMBER = re.compile(r"\bSIRE[NT]\b[^\d\n]{0,25}?(?P<number>\d[\d \u00a0\u202f]*\d)")
_LA_POSTE = "356000000"


def business_numbers(text: str, known: Iterable[tuple[str | None, str | None]]) -> list[str]:
    """Fact 9: SIREN and SIRET keep their key, their groups and their owner.

    Args:
        text: A document.
        known: SIREN and SIRET of each party, as far as it has them.
    """
    owned = {number for pair in known for number in pair if number}
    owned |= {siret[:9] for _, siret in known if siret}
    faults = []
    for match in _NUMBER.finditer(text):
        written_number = match["number"]
        number = re.sub(SPACE, "", written_number)
        groups = re.fullmatch(rf"\d{{3}}(?:[{NO_BREAK}]\d{{3}}){{2}}(?:[{NO_BREAK}]\d{{5}})?", written_number)
        right = luhn(number) or (number.startswith(_LA_POSTE) and sum(map(int, number)) % 5 == 0)
        if not groups:
            faults.append(f"mal groupé : « {written_number} »")
        if len(number) not in {9, 14} or not right:
            faults.append(f"clé fausse : « {written_number} »")
        if number not in owned:
            faults.append(f"à personne dans ce dossier : « {written_number} »")
    return faults


def register_numbers(text: str, associations: Iterable[str]) -> list[str]:
    """Fact 10: only the RNA numbers of the case's associations of the law of 1901 are printed."""
    allowed = set(associations)
    return [
        f"numéro RNA de personne : {number}"
        for number in re.findall(r"\bW\d[0-9A-Z]\d{7}\b", text)
        if number not in allowed
    ]


# From a day on, or until one, what no document may say (facts 11 to 17).
_PERIODS: Sequence[tuple[str, str | None, str | None]] = (
    (r"conseil(?:ler|lère)?s? départementa", "2015-03-22", None),
    (r"conseil(?:ler|lère)?s? généra", None, "2015-04-03"),
    (r"France Travail", "2024-01-01", None),
    (r"Pôle emploi", "2009-01-01", "2024-01-01"),
    (r"ANPE", None, "2009-01-01"),
    (r"\b(?:1375|1366|1367|1103)\b(?=[^\n]{0,40}Code civil)", "2016-10-01", None),
    (r"\b(?:1325|1134|1316)(?:-\d)?\b(?=[^\n]{0,40}Code civil)", None, "2016-10-01"),
    (r"RGPD|2016/679", "2018-05-25", None),
    (r"2014-856|\bESUS\b|loi ESS", "2014-08-02", None),
    (r"tribunal judiciaire", "2020-01-01", None),
    (r"tribunal de grande instance", None, "2020-01-01"),
    (r"engagement républicain", "2022-01-02", None),
    (r"\bCUCS\b|cohésion sociale", "2007-01-01", "2015-01-01"),
    (r"DIRECCTE", "2009-11-10", "2021-04-01"),
    (r"DREETS", "2021-04-01", None),
    (r"2017-1416", "2017-10-01", None),
    (r"910/2014|eIDAS", "2016-07-01", None),
)


def anachronisms(text: str, day: dt.date) -> list[str]:
    """Facts 11 to 17: no word and no law outside its time.

    A general council is only named afterwards as a past fact: « le conseil général du Var (devenu …) ».
    """
    faults = []
    for pattern, since, until in _PERIODS:
        too_early = since is not None and day < dt.date.fromisoformat(since)
        too_late = until is not None and day >= dt.date.fromisoformat(until)
        if too_early or too_late:
            faults += _found(
                rf"(?:{pattern})(?!\w*[^\n]{{0,20}}\(?devenu)", text, f"hors de son temps ({day})"
            )
    return faults


def source_contact(text: str) -> list[str]:
    """Fact 18: the contact of 2011 is nobody's any more."""
    return _found(r"(?i)@apeas\.fr|apeas\.fr\b", text, "adresse de la source")


_AGREEING = (
    ("président", "présidente"), ("coprésident", "coprésidente"), ("directeur", "directrice"),
    ("conseiller", "conseillère"), ("adjoint", "adjointe"), ("préfet", "préfète"), ("chargé", "chargée"),
    ("coordinateur", "coordinatrice"), ("formateur", "formatrice"), ("animateur", "animatrice"),
    ("habitant", "habitante"), ("habilité", "habilitée"), ("soussigné", "soussignée"), ("recruté", "recrutée"),
    ("employé", "employée"), ("désigné", "désignée"), ("domicilié", "domiciliée"), ("nommé", "nommée"),
)  # fmt: skip


def disagreements(text: str, people: Iterable[tuple[str, str]]) -> list[str]:
    """Fact 19: functions and participles agree with the person just named.

    Args:
        text: A document.
        people: Civility and full name of each person of the case.
    """
    faults = []
    for civility, name in people:
        wrong = {pair[0 if civility == "Mme" else 1] for pair in _AGREEING}
        for match in re.finditer(rf"{re.escape(name)}(?P<rest>[ ,\n\u00a0][^.;\n]*(?:\n[^.;\n]*)?)", text):
            rest = match["rest"]
            next_person = re.search(r"\bM(?:me|\.|onsieur|adame)\b", rest)
            words = re.findall(r"[\w’-]+", rest[: next_person.start()] if next_person else rest)[:6]
            faults += [f"« {word} » après {civility} {name}" for word in words if word.lower() in wrong]
        other = "M." if civility == "Mme" else "Mme"
        whole = {"M.": "Monsieur", "Mme": "Madame"}
        faults += _found(
            rf"\b(?:{re.escape(other)}|{whole[other]}){SPACE}{re.escape(name)}",
            text,
            f"civilité de {name} ({civility})",
        )
    return faults


def naming(text: str, name: str, sigle: str | None) -> list[str]:
    """Fact 20: an organisation bears its full name at first, and always the same."""
    faults = []
    page, name = plain(text), plain(name.replace("'", "’"))
    first = page.find(name)
    if sigle:
        alone = re.search(
            rf"(?<![\w-]){re.escape(plain(sigle))}(?![\w-])", page.replace(name, " " * len(name))
        )
        if alone and not 0 <= first < alone.start():
            faults.append(f"{sigle} avant {name}")
    # A capital at the head of a sentence belongs to the sentence.
    others = {found for found in re.findall(re.escape(name), page, re.IGNORECASE) if found[1:] != name[1:]}
    return faults + [f"« {other} » au lieu de « {name} »" for other in sorted(others)]


def link_words(text: str, name: str, *, de: str, a: str | None = None) -> list[str]:
    """Facts 21 and 22: the words that lead to a name contract and elide as it wants.

    Args:
        text: A document.
        name: The name with its own article: Le Muy, Hyères, Alpes-Maritimes.
        de: The name behind de: du Muy, d’Hyères, des Alpes-Maritimes.
        a: The name behind à, where it is asked for.
    """
    page = plain(text)
    bare = re.escape(re.sub(r"^(?:[Ll]es? |[Ll]a |[Ll]’|[Dd]es? |[Dd]u )", "", name))
    article = "(?:la |l’|le |les )?"
    looked_for = [(rf"d’|de {article}|du |des ", de), *([(rf"à {article}|au |aux ", a)] if a else [])]
    return [
        f"« {match[0]} » au lieu de « {right} »"
        for links, right in looked_for
        for match in re.finditer(rf"(?i:\b(?:{links})){bare}(?![\w-])", page)
        if match[0].lower() != right.lower()
    ]


def one_form_of_piles(text: str) -> list[str]:
    """Fact 26: PILES is written one way, and said in full where it first stands."""
    prose = re.sub(r"[\w.-]*\w\.\w[\w.-]*", " ", without_addresses(text))
    faults = _found(r"\bpiles\b|\bPiles\b|\bP\.I\.L\.E\.S", prose, "autre forme de PILES")
    use, expansion = re.search(r"\bPILES\b", prose), EXPANSION.search(prose)
    if use and (expansion is None or expansion.start() > use.start()):
        faults.append("PILES n’est pas développé à son premier emploi")
    return faults


def wrong_count(text: str) -> list[str]:
    """Fact 27: the source counts five PILES and lists four."""
    return _found(rf"(?i)\b(?:5|cinq){SPACE}PILES", text, "compte de PILES")


def promised_timetable(text: str) -> list[str]:
    """Fact 28: no timetable is promised; an average is called one."""
    faults = []
    for sentence in re.split(r"(?<=[.;!?])\s|\n", text):
        speaks_of_launch = re.search(r"lancement|ouverture du P|ouvrir (?:le|un) P", sentence)
        lasts = re.search(rf"\b(?:un{SPACE}an|une{SPACE}année|douze{SPACE}mois|12{SPACE}mois)\b", sentence)
        if speaks_of_launch and lasts and "moyenne" not in sentence:
            faults.append(f"durée donnée sans dire que c’est une moyenne : « {sentence} »")
        promise = r"(?:garanti|s’engage\w*|promet\w*)[^.]{0,60}(?:ouvrir|lancer|lancement|ouverture)[^.]{0,40}(?:avant le|dans un délai|au plus tard)"
        faults += _found(promise, sentence, "calendrier promis")
    return faults


def leftovers(text: str) -> list[str]:
    """Fact 87: what a missing value leaves behind: stray commas, empty brackets, undecided gender."""
    return [
        *_found(rf"\({SPACE}*\)|\[{SPACE}*\]", text, "parenthèses vides"),
        *_found(
            rf",{SPACE}*[,.;:)]|\({SPACE}*[,;]|[;:]{SPACE}*[,;]|(?<!etc)\.{SPACE}*,",
            text,
            "ponctuation en trop",
        ),
        *_found(r"(?m)^[\s]*[,.;:)]", text, "ligne qui commence par un signe"),
        *_found(r"\bné\(e\)|(?<=[a-zé])\(e\)s?\b|(?<=[a-zé])·e\b", text, "genre laissé au lecteur"),
        *_found(
            rf"(?i)\b(?:de|du|des|à|au|aux|par|le|la|les|l’|d’|en date du|numéro){SPACE}?(?:[.;]|,{SPACE}(?=(?:et|dont|représent)))",
            text,
            "mot manquant",
        ),
    ]


# 9.2 and 9.3 Acts

_UNITS = {
    "zéro": 0, "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8,
    "neuf": 9, "dix": 10, "onze": 11, "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16,
    "vingt": 20, "vingts": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60,
}  # fmt: skip


def number_of(words: str) -> int:
    """Read a number in words: « deux mille cent quatre-vingt-onze » is 2191.

    Raises:
        KeyError: A word is no number.
    """
    total = current = 0
    for word in re.split(r"[\s-]+", words.strip().lower()):
        if word in {"et", "de", "d’euros"}:
            continue
        if word in {"cent", "cents"}:
            current = max(current, 1) * 100
        elif word in {"mille", "million", "millions"}:
            total += max(current, 1) * (1_000 if word == "mille" else 1_000_000)
            current = 0
        elif word in {"vingt", "vingts"} and current % 100 == 4:
            current += 76
        else:
            current += _UNITS[word]
    return total + current


def cents_of_words(words: str) -> int:
    """Read an amount in words, in cents: « mille deux cent trente-quatre euros et cinquante-six centimes »."""
    page = plain(words)
    parts = re.fullmatch(r"(?:(?P<euros>.+?) (?:d’)?euros?)?(?: et )?(?:(?P<cents>.+?) centimes?)?", page)
    if parts is None or not (parts["euros"] or parts["cents"]):
        raise KeyError(words)
    return 100 * number_of(parts["euros"] or "zéro") + number_of(parts["cents"] or "zéro")


_AMOUNT = re.compile(rf"(?P<figures>\d{{1,3}}(?:{SPACE}?\d{{3}})*(?:,\d\d)?){SPACE}€")


def cents_of_figures(figures: str) -> int:
    """Read an amount in figures, in cents: « 1 234,56 »."""
    euros, _, cents = re.sub(SPACE, "", figures).partition(",")
    return int(euros) * 100 + int((cents or "0").ljust(2, "0"))


def amounts_in(text: str) -> list[int]:
    """All amounts of euros in figures, in cents."""
    return [cents_of_figures(match["figures"]) for match in _AMOUNT.finditer(text)]


def amounts_in_words(text: str) -> list[str]:
    """Fact 52: where an amount is given in figures, then in words, both are the same."""
    faults = []
    for match in re.finditer(rf"{_AMOUNT.pattern}[*]*{SPACE}\((?P<words>[^)]*(?:euro|centime)[^)]*)\)", text):
        try:
            in_words = cents_of_words(match["words"])
        except KeyError:
            faults.append(f"montant illisible : « {match['words']} »")
            continue
        if in_words != cents_of_figures(match["figures"]):
            faults.append(f"montants différents : « {match[0]} »")
    return faults


def ibans(text: str) -> list[str]:
    """Fact 53: an IBAN has its key and stands in groups of four."""
    faults = []
    for match in re.finditer(rf"\b[A-Z]{{2}}\d\d(?:{SPACE}?[A-Z0-9]{{1,4}}){{3,8}}\b", text):
        number = re.sub(SPACE, "", match[0])
        if len(number) < 15:
            continue
        digits = "".join(str(int(sign, 36)) for sign in number[4:] + number[:4])
        if int(digits) % 97 != 1:
            faults.append(f"clé fausse : {match[0]}")
        if not re.fullmatch(
            rf"[A-Z0-9]{{4}}(?:[{NO_BREAK}][A-Z0-9]{{4}})*(?:[{NO_BREAK}][A-Z0-9]{{1,4}})?", match[0]
        ):
            faults.append(f"mal groupé : {match[0]}")
    return faults


def originals(text: str, parties: int, *, paper: bool) -> list[str]:
    """Facts 31 and 32: on paper as many originals as parties, said in words and figures; none otherwise."""
    page = plain(text)
    stated = re.search(r"en ([\w-]+) \((\d+)\) (?:exemplaires )?originaux", page)
    if not paper:
        durable = bool(re.search(r"support durable", page))
        return [
            *(
                ["des exemplaires originaux dans un acte électronique"]
                if re.search(r"exemplaires? originaux", page)
                else []
            ),
            *([] if durable else ["rien sur la conservation par chaque partie"]),
        ]
    if stated is None:
        return ["le nombre d’originaux n’est pas dit en lettres et en chiffres"]
    counts = {number_of(stated[1]), int(stated[2])}
    return [] if counts == {parties} else [f"nombre d’originaux : « {stated[0]} » pour {parties} parties"]


def definitions(text: str) -> list[str]:
    """The short names that a text defines: « ci-après dénommée « la Structure » »."""
    return [match[1] for match in re.finditer(rf"ci-après[^«.;\n]{{0,60}}«{SPACE}([^»]+?){SPACE}»", text)]


def unused_definitions(text: str) -> list[str]:
    """Fact 30: what is defined is used afterwards, and defined once."""
    faults = []
    names = definitions(text)
    for name in names:
        after = text[text.index(f"{name}", text.index("ci-après")) + len(name) :]
        bare = re.sub(r"^(?:le |la |les |l’)", "", name)
        uses = re.findall(rf"\b{re.escape(bare)}\b", after)
        defined_again = len(re.findall(rf"«{SPACE}{re.escape(name)}{SPACE}»", text))
        if not uses or (len(uses) < defined_again):
            faults.append(f"« {name} » est défini et ne sert pas")
        if names.count(name) > 1:
            faults.append(f"« {name} » est défini deux fois")
    return list(dict.fromkeys(faults))


def numbering(text: str, headings: Sequence[str]) -> list[str]:
    """Fact 62: articles run from 1 without gap, and what refers to an article finds one.

    Args:
        text: A convention.
        headings: Its headings, in order.
    """
    numbers = [
        int(match[1]) for heading in headings if (match := re.match(rf"Article{SPACE}(\d+)\b", heading))
    ]
    faults = [] if numbers == list(range(1, len(numbers) + 1)) else [f"numérotation des articles : {numbers}"]
    own = re.sub(r"articles?[^.;\n]{0,60}?(?:Code|loi|règlement|décret|convention)", "", text)
    cited = re.findall(
        rf"\barticles?{SPACE}(\d+)(?:(?:,{SPACE}|{SPACE}et{SPACE}|{SPACE}à{SPACE})(\d+))?(?![-\d])", own
    )
    missing = {int(number) for pair in cited for number in pair if number} - set(numbers)
    faults += [f"renvoi à un article {number} qui n’existe pas" for number in sorted(missing)]
    listed = {int(number) for number in re.findall(rf"(?mi)^annexe{SPACE}n°{SPACE}(\d+)", text)}
    if listed != set(range(1, len(listed) + 1)):
        faults.append(f"numérotation des annexes : {sorted(listed)}")
    strangers = {int(number) for number in re.findall(rf"(?i)annexe{SPACE}n°{SPACE}(\d+)", text)} - listed
    return faults + [f"annexe {number} citée sans être dans la liste" for number in sorted(strangers)]


def exclusive_court(text: str) -> list[str]:
    """Fact 55: no court of a town is named (CPC art. 48), and none is exclusive."""
    return [
        *_found(
            r"(?:tribuna(?:l|ux)|cours?)\b[^.;\n]{0,40}?\b(?:de |d’|du |des )(?=[A-ZÉ])(?!Code)",
            text,
            "tribunal d’une ville",
        ),
        *_found(
            r"compétence exclusive|exclusivement compétent|seuls? compétents?", text, "compétence exclusive"
        ),
    ]


def endless(text: str) -> list[str]:
    """Fact 50: no term without end, no bare tacit renewal."""
    faults = _found(
        r"(?:conclue|consentie|établie)s? (?:pour|à) (?:une )?durée (?:indéterminée|illimitée)|perpétuel",
        text,
        "durée sans fin",
    )
    for match in re.finditer(
        r"tacite reconduction|tacitement (?:reconduit|renouvel)|reconduction tacite", text
    ):
        around = text[max(0, match.start() - 100) : match.end() + 150]
        if not re.search(
            r"période (?:déterminée )?de|sans que la durée totale|exclu|sans (?:aucune )?$|ne se|aucun",
            around,
        ):
            faults.append(f"reconduction tacite sans terme : « {around} »")
    return faults


def price(text: str) -> list[str]:
    """Fact 51: an amount with VAT and schedule, or nothing due; never both, never neither.

    Args:
        text: The article on money.
    """
    nothing, amounts = "sans contrepartie financière" in plain(text), amounts_in(text)
    if nothing and amounts:
        return ["« sans contrepartie financière » et un montant"]
    if nothing:
        return []
    if not amounts:
        return ["ni montant ni « sans contrepartie financière »"]
    in_words = bool(re.search(rf"€[*]*{SPACE}\(", text))
    total, *parts = amounts
    return [
        *([] if in_words else ["le montant n’est pas écrit en lettres"]),
        *([] if re.search(r"TVA", text) else ["rien sur la TVA"]),
        *([] if dates_in(text) else ["aucune échéance"]),
        *([] if sum(parts) == total else [f"les échéances font {sum(parts)} centimes pour {total}"]),
        *amounts_in_words(text),
    ]


def own_legal_basis(text: str) -> list[str]:
    """Fact 58: what binds public money is no basis of a contract between two associations.

    Args:
        text: The articles, without the preamble, where public funders may be spoken of.
    """
    return _found(
        rf"2000-321|23{SPACE}000|engagement républicain", text, "droit des subventions dans la convention"
    )


def authority(text: str) -> list[str]:
    """Fact 46: the animateur is under nobody's authority but the employer's."""
    head = r"(?:l’APEAS|la Tête de réseau|la tête de réseau)"
    return _found(
        rf"sous l’autorité (?:hiérarchique |conjointe )?(?:de {head}|de l’APEAS)|mise? à (?:la )?disposition de {head}(?! d(?:es|e la) )",
        text,
        "autorité ou mise à disposition",
    )


def required(text: str, wanted: Iterable[tuple[str, str]]) -> list[str]:
    """What a text must say and does not: pairs of what is looked for, and what it is."""
    page = plain(text)
    return [
        f"il manque : {meaning}" for pattern, meaning in wanted if not re.search(pattern, page, re.IGNORECASE)
    ]


def forbidden(text: str, unwanted: Iterable[tuple[str, str]]) -> list[str]:
    """What a text must not say and says: pairs of what is looked for, and why not."""
    page = plain(text)
    return [
        fault for pattern, why in unwanted for fault in _found(re.compile(pattern, re.IGNORECASE), page, why)
    ]
