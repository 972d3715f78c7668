"""The page of `piles status --html`: its bones, its contrast, hostile values, and how a real browser sees it."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import stat
import subprocess
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest

from piles_docs.cli.main import run
from piles_docs.french.typography import typeset
from piles_docs.usecases.choice import Choice, Summary
from piles_docs.usecases.reports import Unreadable
from piles_docs.usecases.status import overviews
from piles_docs.usecases.workspace import Workspace
from piles_docs.web import status_page as page_module
from piles_docs.web.status_page import status_page

from .network import TODAY, clock, issued, make_network, record

STYLE = Path(str(page_module.__file__)).with_name("status.css").read_text("utf-8")
VOID = {"meta", "link", "br", "input", "img", "hr"}


class Page(HTMLParser):
    """The elements of a page, in order, with their attributes and text; every one must be closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((self.open[-1] if self.open else "", data))

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.found if name == tag]


def rendered(workspace: Workspace, choice: Choice | None = None) -> str:
    chosen, summary = choice or Choice(), Summary()
    cases = []
    for case in overviews(workspace, (), clock()):
        if isinstance(case, Unreadable):
            summary.unreadable.append(case)
        else:
            summary.add(case, chosen)
            cases.append(case)
    return status_page(cases, summary, chosen, clock()).decode()


@pytest.fixture
def page(various: Workspace) -> Page:
    return Page(rendered(various))


# ---------------------------------------------------------------- bones


def test_the_page_is_french_with_landmarks_and_a_skip_link(page: Page) -> None:
    assert page.all("html") == [{"lang": "fr"}]
    counted = Counter(tag for tag, _ in page.found)
    assert [counted[tag] for tag in ("header", "main", "footer", "h1", "title")] == [1] * 5
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in page.all("meta")
    body = [tag for tag, _ in page.found]
    skip = page.all("a")[0]
    assert body[body.index("body") + 1] == "a"
    identifiers = [attributes["id"] for _, attributes in page.found if "id" in attributes]
    assert len(identifiers) == len(set(identifiers))
    assert skip["href"].removeprefix("#") in identifiers
    for _, attributes in page.found:
        for name in ("aria-labelledby", "href"):
            if name in attributes:
                assert attributes[name].removeprefix("#") in identifiers


def test_headings_never_skip_a_level(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.found if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_the_table_says_in_words_where_each_case_is(page: Page, various: Workspace) -> None:
    text = rendered(various)
    assert [head["scope"] for head in page.all("th")] == ["col"] * 8 + ["row"] * 4
    assert page.all("caption")
    rows = re.findall(r"<tr data-case=\"(\w+)\">(.*?)</tr>", text, re.DOTALL)
    words = {name: re.findall(r'<span class="word">(\w[\w ]*)</span>', row) for name, row in rows}
    assert words["bourg"] == ["terminée", "en cours", *["verrouillée"] * 5]
    assert words["dent"] == ["terminée", *["close"] * 6]


def test_each_case_says_what_is_missing_from_whom_since_when_and_what_it_blocks(various: Workspace) -> None:
    text = rendered(various).replace("\xa0", " ").replace("&nbsp;", " ")
    (bourg,) = re.findall(r'<article id="bourg".*?</article>', text, re.DOTALL)
    plain = " ".join(re.sub(r"<[^>]+>", "", bourg).split())
    for words in (
        "PILES du Luberon",
        "Étape 2 sur 7 : Validation de l’adéquation",
        "Mme Lise Exemple (la structure porteuse) c’est son tour",
        "« Charte » (charte)",
        "Émis il y a 40 jours, le 13/10/2026 ; le délai a passé le 28/10/2026.",
        "Bloque l’étape 3, « Diagnostic de territoire ».",
        "piles record bourg signature charte --party porteuse --on AAAA-MM-JJ",
    ):
        assert words in plain
    (col,) = re.findall(r'<article id="col".*?</article>', text, re.DOTALL)
    plain = " ".join(re.sub(r"<[^>]+>", "", col).split())
    assert "Attend d’abord Mme Lise Exemple." in plain
    assert "exemplaires 1 et 2" in plain
    assert "Convention cadre (convention-cadre) : prend fin le 27 décembre 2026, dans 35 jours." in plain
    assert "etang" in text
    assert "ligne 1" in text


def test_the_page_says_by_what_its_cases_were_chosen(various: Workspace) -> None:
    text = rendered(various, Choice(step=8, party="porteuse", older_than=30)).replace("\xa0", " ")
    for words in ("les dossiers en réseau", "la structure porteuse doit signer", "au moins 30 jours"):
        assert words in text
    assert "Elle ne montre que" not in rendered(various)


def test_an_empty_network_has_a_page(tmp_path: Path) -> None:
    assert "Aucun dossier." in rendered(make_network(tmp_path))


def test_nothing_comes_from_elsewhere(various: Workspace, page: Page) -> None:
    text = rendered(various)
    assert not re.search(r"https?:|url\(|@import|<link|<img|<iframe", text)
    assert len(page.all("style")) == len(page.all("script")) == 1
    assert "src" not in page.all("script")[0]


# ---------------------------------------------------------------- hostile values

HOSTILE = [
    "<script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "{{ 7 * 7 }}{% raw %}",
    "\u202egnp.exe",
    "a" * 2000,
    "&lt;b&gt;",
]


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_what_a_case_holds_stays_text(value: str, tmp_path: Path) -> None:
    usual = Page(rendered(make_network(tmp_path / "un", "val")))
    workspace = make_network(tmp_path / "deux", "val")
    record(workspace, "val", issued("val", "charte", {"porteuse": value}))
    text = rendered(workspace)
    page = Page(text)
    assert Counter(tag for tag, _ in page.found)["script"] == 1
    assert {name for _, attributes in page.found for name in attributes if name.startswith("on")} == set()
    assert typeset(value) in [words for tag, words in page.texts if tag == "bdi"]
    assert page.all("style") == usual.all("style")


def test_only_what_is_written_here_may_run(page: Page, various: Workspace) -> None:
    (policy,) = [
        meta["content"] for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert len(re.findall(r"'sha256-[A-Za-z0-9+/]{43}='", policy)) == 2
    assert not re.search(r'\sstyle="', rendered(various))


# ---------------------------------------------------------------- contrast


def palette(name: str) -> dict[str, str]:
    """The colours by name: light, dark, print; a later block changes those of the first."""
    blocks = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    light, dark, printed = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block)) for block in blocks]
    return light | {"light": {}, "dark": dark, "print": printed}[name]


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


PAIRS = [
    *((ink, paper) for ink in ("ink", "soft", "link") for paper in ("paper", "card")),
    *((name, f"{name}-paper") for name in ("done", "open", "alarm")),
    *((name, "paper") for name in ("done", "open")),
    ("open", "card"),
]
"""Every colour of words with every colour that they can stand on."""


@pytest.mark.parametrize("name", ["light", "dark", "print"])
def test_words_stand_out_in_every_palette(name: str) -> None:
    colours = palette(name)
    ratios = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in PAIRS}
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < 4.5} == {}


def test_every_colour_of_the_page_is_of_the_palette() -> None:
    rules = re.sub(r":root \{.*?\}", "", STYLE, flags=re.DOTALL)
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgb|hsl", rules)
    used = set(re.findall(r"(?<![\w-])color: var\(--([\w-]+)\)", rules))
    assert used == {pair[0] for pair in PAIRS}
    assert contrast("#ffffff", "#000000") == pytest.approx(21)


# ---------------------------------------------------------------- the file


def test_the_file_is_for_its_owner_unless_it_was_opened_to_others(various: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    words = ["--workspace", str(various.root), "status", "--html", str(path), "--as-of", TODAY.isoformat()]
    assert run(words) == 10
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    assert run(words) == 10
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert [found.name for found in tmp_path.iterdir() if found.suffix == ".partiel"] == []


# ---------------------------------------------------------------- a real browser


@pytest.fixture(scope="session")
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        assert os.environ.get("CI") != "true", "chromium is missing"
        pytest.skip("chromium is not installed here")
    return found


def browse(chromium: str, page: Path, *words: str) -> str:
    """Load a page in Chromium; what it prints."""
    quiet = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
    ]
    quiet += ["--disable-component-update", "--disable-sync", f"--user-data-dir={page.parent / 'profil'}"]
    done = subprocess.run(
        [chromium, *quiet, *words, page.as_uri()], capture_output=True, text=True, check=True, timeout=120
    )
    return done.stdout


@pytest.fixture
def file(various: Workspace, tmp_path: Path) -> Path:
    record(various, "amont", issued("amont", "charte", {"porteuse": HOSTILE[1]}))
    record(various, "col", issued("col", "deliberation", {"porteuse": "x" * 900}))
    path = tmp_path / "page.html"
    path.write_text(rendered(various), "utf-8")
    return path


def test_a_browser_shows_the_page_and_runs_its_own_script_alone(chromium: str, file: Path) -> None:
    shown = browse(chromium, file, "--dump-dom")
    assert shown.count("<article ") == 4
    assert '<form class="filter"' in shown  # our own script ran, so the policy lets it
    assert shown.count("<script>") == 1
    assert "&lt;/style&gt;&lt;script&gt;alert(1)&lt;/script&gt;" in shown


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_sticks_out_of_the_screen(width: int, chromium: str, file: Path) -> None:
    """The page measures itself in a frame of that width: a window of Chromium is never so narrow."""
    frame = file.with_name("cadre.html")
    frame.write_text(
        f'<iframe id=f style="width:{width}px;height:800px;border:0" src="page.html"></iframe><script>'
        "f.onload=()=>{const d=f.contentDocument.documentElement;document.title=d.scrollWidth+'/'+d.clientWidth}"
        "</script>",
        "utf-8",
    )
    shown = browse(
        chromium, frame, "--dump-dom", "--allow-file-access-from-files", "--virtual-time-budget=3000"
    )
    measured = re.search(r"<title>(\d+)/(\d+)</title>", shown)
    assert measured
    assert int(measured[1]) <= int(measured[2]) <= width


def test_a_browser_prints_the_page(chromium: str, file: Path, tmp_path: Path) -> None:
    import pypdfium2  # noqa: PLC0415

    target = tmp_path / "page.pdf"
    browse(
        chromium,
        file,
        f"--print-to-pdf={target}",
        "--no-pdf-header-footer",
        "--blink-settings=preferredColorScheme=0",
    )
    document = pypdfium2.PdfDocument(target)
    text = "".join(page.get_textpage().get_text_range() for page in document)
    assert "Signatures qui manquent" in text
    assert "À faire" in text
    assert "Chercher un dossier" not in text
    corner = document[0].render(scale=1).to_pil().convert("L").getpixel((5, 5))
    assert corner == 255  # white, although the reader prefers the dark
