"""Bad files, bad disks, bad moments: a clear message and its exit code, and nothing lost or half-written."""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import signal
import subprocess
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from pypdf import PdfReader

Done = subprocess.CompletedProcess[str]
Piles = Callable[..., Done]
CASE = "embrunais"
START = "dossier: {name}\npiles: {{nom: PILES, region: Sud, departement: '05'}}\n"

# ---------------------------------------------------------------- case files

EXPLODING = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
BAD_CASES = {
    "vide": b"",
    "commentaire": b"# rien\n",
    "prose": b"Bonjour, voici le dossier du Haut-Verdon.\n",
    "liste": b"- un\n- deux\n",
    "autre-yaml": b"version: 3\nservices: {web: {image: nginx}}\n",
    "enorme": b"note: " + b"a" * (50 * 1024 * 1024) + b"\n",
    "ancres": EXPLODING.encode(),
    "profond": b"a: " + b"[" * 5000 + b"]" * 5000,
    "binaire": bytes(range(256)) * 40,
    "utf16": "dossier: utf16\n".encode("utf-16"),
    "guillemet": b'dossier: "guillemet\npiles: {nom: x\n',
    "controle": START.format(name="controle").encode() + b'porteuse: {nom: "Asso\x07ciation"}\n',
    "controle-echappe": START.format(name="controle-echappe").encode()
    + b'porteuse: {nom: "Asso\\x07ciation"}\n',
    "etiquette": b"dossier: !!python/object/apply:os.system ['true']\n",
}


@pytest.fixture(scope="module")
def checked(
    seed: Path, warm_piles: Piles, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, Any], Done]:
    """What `piles check` says of a workspace that is full of bad cases, beside one that is good."""
    folder = tmp_path_factory.mktemp("mauvais") / "espace"
    shutil.copytree(seed, folder)
    for name, content in BAD_CASES.items():
        (folder / "cases" / f"{name}.yaml").write_bytes(content)
    began = time.monotonic()
    answer = json.loads(warm_piles(folder, "check", "--json", code=10).stdout)
    assert time.monotonic() - began < 30
    return {case["dossier"]: case for case in answer["cases"]}, warm_piles(
        folder, "check", *BAD_CASES, code=10
    )


@pytest.mark.parametrize("name", BAD_CASES)
def test_a_bad_case_file_is_named_with_what_is_wrong_and_what_to_do(
    name: str, checked: tuple[dict[str, Any], Done]
) -> None:
    cases, said = checked
    defects = [defect for defect in cases[name]["defects"] if defect["severity"] == "erreur"]
    assert defects
    for defect in defects:
        assert defect["file"] == f"cases/{name}.yaml"
        assert defect["message"]
        assert defect["remedy"]
    assert f"cases/{name}.yaml" in said.stderr


def test_bad_cases_do_not_hide_a_good_one(checked: tuple[dict[str, Any], Done]) -> None:
    assert checked[0][CASE]["defects"] == []
    assert "charte" in checked[0][CASE]["possible"]


def test_a_folder_in_the_place_of_a_case_is_said(workspace: Path, warm_piles: Piles) -> None:
    (workspace / "cases" / "dossier-en-fait.yaml").mkdir()
    assert "dossier-en-fait" in warm_piles(workspace, "check", "dossier-en-fait", code=10).stderr


def test_a_bad_case_changes_nothing_on_the_disk(workspace: Path, warm_piles: Piles) -> None:
    (workspace / "cases" / "vide.yaml").write_bytes(b"")
    for words in (
        ["generate", "vide"],
        ["pack", "vide", "-d", "charte"],
        ["status", "vide"],
        ["why", "vide", "1"],
    ):
        assert "vide.yaml" in warm_piles(workspace, *words, code=10).stderr
    warm_piles(workspace, "record", "vide", "milestone", "rencontre-faite", "--on", "2025-01-01", code=10)
    assert not (workspace / "records").exists()
    assert not list(workspace.glob("out/vide/*/*"))


def test_a_broken_piles_toml_is_said(workspace: Path, warm_piles: Piles) -> None:
    (workspace / "piles.toml").write_text("[tete_de_reseau\nnom = ", "utf-8")
    assert "piles.toml" in warm_piles(workspace, "status", code=10).stderr


# ---------------------------------------------------------------- templates


def _broken_tag(path: Path) -> None:
    _with_text(path, "Fait à {{ porteuse.siege.commune , le même jour")


def _broken_block(path: Path) -> None:
    _with_text(path, "{% if porteuse.rna %}Sans fin")


def _unknown_variable(path: Path) -> None:
    _with_text(path, "Bonjour {{ porteuse.nomm }} et {{ inconnu }}")


def _tracked_changes(path: Path) -> None:
    document = Document(str(path))
    run = parse_xml(f'<w:ins {nsdecls("w")} w:id="9" w:author="A"><w:r><w:t>ajout</w:t></w:r></w:ins>')
    document.paragraphs[0]._p.append(run)
    document.save(str(path))


def _deleted_text(path: Path) -> None:
    document = Document(str(path))
    run = parse_xml(
        f'<w:del {nsdecls("w")} w:id="9" w:author="A"><w:r><w:delText>moins</w:delText></w:r></w:del>'
    )
    document.paragraphs[0]._p.append(run)
    document.save(str(path))


def _comment(path: Path) -> None:
    document = Document(str(path))
    paragraph = next(paragraph for paragraph in document.paragraphs if paragraph.runs)
    document.add_comment(paragraph.runs, text="à revoir", author="A")
    document.save(str(path))


def _not_word(path: Path) -> None:
    path.write_bytes(b"%PDF-1.7 ce n'est pas du Word")


def _cut_in_two(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9000])


def _damaged_inside(path: Path) -> None:
    members = _members(path)
    members["word/document.xml"] = members["word/document.xml"][:-400]
    _write_members(path, members)


def _missing(path: Path) -> None:
    path.unlink()


def _divides_by_zero(path: Path) -> None:
    _with_text(path, "Il reste {{ 1 / 0 }} euros")


def _counts_too_far(path: Path) -> None:
    _with_text(path, "{% for n in range(10 ** 12) %}{{ n }}{% endfor %}")


def _wrong_filter(path: Path) -> None:
    _with_text(path, "{{ porteuse.nom|filtre_inconnu }}")


def _no_lists(path: Path) -> None:
    """Word writes no numbering part when a document has no list."""
    members = _members(path)
    del members["word/numbering.xml"]
    for name in ("word/_rels/document.xml.rels", "[Content_Types].xml"):
        root = parse_xml(members[name])
        for child in list(root):
            if "numbering" in (child.get("Target", "") + child.get("PartName", "")):
                root.remove(child)
        members[name] = io.BytesIO(_bytes_of(root)).getvalue()
    document = parse_xml(members["word/document.xml"])
    for element in list(document.iter(qn("w:numPr"))):
        element.getparent().remove(element)
    members["word/document.xml"] = _bytes_of(document)
    _write_members(path, members)


def _bytes_of(root: Any) -> bytes:
    from lxml import etree  # noqa: PLC0415

    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _write_members(path: Path, members: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def _with_text(path: Path, text: str) -> None:
    document = Document(str(path))
    document.add_paragraph(text)
    document.save(str(path))


BAD_TEMPLATES: dict[Callable[[Path], None], str] = {
    _broken_tag: "porteuse.siege.commune",
    _broken_block: "if",
    _unknown_variable: "nomm",
    _tracked_changes: "modifications suivies",
    _deleted_text: "modifications suivies",
    _comment: "commentaires",
    _not_word: "Word",
    _cut_in_two: "Word",
    _damaged_inside: "",
    _missing: "manque",
    _divides_by_zero: "",
    _counts_too_far: "",
    _wrong_filter: "filtre_inconnu",
}


@pytest.mark.parametrize("spoil", BAD_TEMPLATES, ids=lambda spoil: spoil.__name__.strip("_"))
def test_a_bad_template_is_named_and_nothing_is_made_of_it(
    spoil: Callable[[Path], None], workspace: Path, warm_piles: Piles
) -> None:
    spoil(workspace / "templates" / "charte.docx")
    done = warm_piles(workspace, "generate", CASE, "-d", "charte", "-d", "deliberation", "--no-pdf", code=11)
    assert "templates/charte.docx" in done.stderr
    assert BAD_TEMPLATES[spoil] in done.stderr
    drafts = workspace / "out" / CASE / "drafts"
    assert (drafts / "deliberation.docx").exists(), "one bad template must not stop the others"
    assert not (drafts / "charte.docx").exists()


def test_unknown_variables_are_said_all_at_once_with_their_places(workspace: Path, warm_piles: Piles) -> None:
    _unknown_variable(workspace / "templates" / "charte.docx")
    said = warm_piles(workspace, "generate", CASE, "-d", "charte", "--no-pdf", code=11).stderr
    for name in ("porteuse.nomm", "inconnu"):
        (line,) = [line for line in said.splitlines() if f"« {name} »" in line]
        assert "paragraphe" in line


def test_a_bad_letterhead_is_the_one_that_is_named(workspace: Path, warm_piles: Piles) -> None:
    _tracked_changes(workspace / "templates" / "papier-en-tete.docx")
    done = warm_piles(workspace, "generate", CASE, "-d", "charte", "--no-pdf", code=11)
    assert "templates/papier-en-tete.docx" in done.stderr
    assert "templates/charte.docx" not in done.stderr


def test_a_template_without_lists_is_a_template_like_another(workspace: Path, warm_piles: Piles) -> None:
    _no_lists(workspace / "templates" / "deliberation.docx")
    warm_piles(workspace, "generate", CASE, "-d", "deliberation", "--no-pdf")
    assert (workspace / "out" / CASE / "drafts" / "deliberation.docx").exists()


def test_a_bad_template_stops_a_pack_before_anything_is_issued(workspace: Path, warm_piles: Piles) -> None:
    _ready_for_charte(workspace, warm_piles)
    _tracked_changes(workspace / "templates" / "charte.docx")
    before = _snapshot(workspace / "records")
    warm_piles(workspace, "pack", CASE, "-d", "charte", "--on", "2025-02-10", code=11)
    assert _snapshot(workspace / "records") == before


# ---------------------------------------------------------------- values


@pytest.mark.parametrize(
    "name",
    [
        "Atelier {{ secret }}",
        "Atelier {{ 7 * 7 }} et {% for x in y %}",
        "{# rien #} {%p if x %}",
        "Pain < Vin > Cie",
        "Jean & Cie & fils &amp; &lt;",
        "<w:t>Fin</w:t>",
        "Les Tournesols 🌻 et 👩‍🌾",
        'L\'Atelier "du" bout \\n d’en haut',
        "Œuvre d’Aÿ ἀγορά 中文",
    ],
)
def test_a_strange_value_is_printed_as_it_is(name: str, workspace: Path, warm_piles: Piles) -> None:
    path = workspace / "cases" / f"{CASE}.yaml"
    text = path.read_text("utf-8")
    assert text.count("nom: Collectif Haute-Durance Solidaire") == 1
    text = text.replace(
        "nom: Collectif Haute-Durance Solidaire",
        f"nom: {json.dumps(name, ensure_ascii=False)}\n  article: aucun",
    )
    path.write_text(text, "utf-8")
    warm_piles(workspace, "generate", CASE, "-d", "charte", "--no-pdf")
    document = Document(str(workspace / "out" / CASE / "drafts" / "charte.docx"))
    printed = "".join(paragraph.text for paragraph in document.paragraphs)
    assert _squeezed(name) in _squeezed(printed)


def _squeezed(text: str) -> str:
    return "".join(text.split()).replace("'", "’")


# ---------------------------------------------------------------- disks


def _ready_for_charte(workspace: Path, warm_piles: Piles) -> None:
    warm_piles(workspace, "record", CASE, "milestone", "rencontre-faite", "--on", "2025-01-13")
    shutil.rmtree(workspace / "out", ignore_errors=True)  # where recording left its lock


def _snapshot(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="session")
def can_mount() -> bool:
    """Whether this machine lets a test mount a small disk of its own."""
    words = ["unshare", "-m", "sh", "-c", "mount -t tmpfs -o size=64k tmpfs /mnt"]
    return (
        shutil.which("unshare") is not None
        and subprocess.run(words, capture_output=True, check=False).returncode == 0
    )


def _on_a_disk(
    program: str, surroundings: dict[str, str], workspace: Path, place: str, options: str, *words: str
) -> tuple[Done, dict[str, bytes]]:
    """Run a command while a folder of the workspace is a disk of its own; give back what the disk held after."""
    (workspace / place).mkdir(exist_ok=True)
    after = workspace.parent / "apres"
    script = (
        f"cp -a {place} ../avant && mount -t tmpfs -o {options} tmpfs {place} && (cp -a ../avant/. {place} || true)"
        f'; cd . && "$@"; code=$?; cp -a {place} ../apres; exit $code'
    )
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", script, "sh", program, *words],
        cwd=workspace,
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done, _snapshot(after)


@pytest.mark.parametrize(
    "words", [("generate", CASE, "-d", "charte"), ("pack", CASE, "-d", "charte", "--on", "2025-02-10")]
)
def test_a_file_in_the_place_of_out_is_said(
    words: tuple[str, ...], workspace: Path, warm_piles: Piles
) -> None:
    _ready_for_charte(workspace, warm_piles)
    before = _snapshot(workspace / "records")
    (workspace / "out").write_text("pas un dossier", "utf-8")
    assert "écrire" in warm_piles(workspace, *words, code=21).stderr
    assert (workspace / "out").read_text("utf-8") == "pas un dossier"
    assert _snapshot(workspace / "records") == before


@pytest.mark.parametrize(
    "words", [("generate", CASE, "-d", "charte"), ("pack", CASE, "-d", "charte", "--on", "2025-02-10")]
)
def test_a_read_only_out_is_said(
    words: tuple[str, ...],
    workspace: Path,
    warm_piles: Piles,
    can_mount: bool,
    program: str,
    surroundings: dict[str, str],
) -> None:
    if not can_mount:
        pytest.skip("this machine does not let a test mount a disk")
    _ready_for_charte(workspace, warm_piles)
    before = _snapshot(workspace / "records")
    done, left = _on_a_disk(program, surroundings, workspace, "out", "ro,size=64k", *words)
    assert done.returncode == 21, done.stderr
    assert "écrire" in done.stderr
    assert "Traceback" not in done.stderr
    assert left == {}
    assert _snapshot(workspace / "records") == before


@pytest.mark.parametrize("kilobytes", [8, 64])
def test_a_full_disk_leaves_no_half_draft(
    kilobytes: int, workspace: Path, can_mount: bool, program: str, surroundings: dict[str, str]
) -> None:
    if not can_mount:
        pytest.skip("this machine does not let a test mount a disk")
    words = ("generate", CASE, "-d", "charte")
    done, left = _on_a_disk(program, surroundings, workspace, "out", f"size={kilobytes}k", *words)
    assert done.returncode == 21, done.stderr
    assert "le disque est plein" in done.stderr
    assert "Traceback" not in done.stderr
    assert not [name for name in left if name.endswith(".partiel")]
    for name, content in left.items():
        if name.endswith(".pdf"):
            assert PdfReader(io.BytesIO(content)).pages
        elif name.endswith(".docx"):
            Document(io.BytesIO(content))


@pytest.mark.parametrize("kilobytes", [36, 80])
def test_a_full_disk_leaves_the_records_whole(
    kilobytes: int,
    workspace: Path,
    warm_piles: Piles,
    can_mount: bool,
    program: str,
    surroundings: dict[str, str],
) -> None:
    if not can_mount:
        pytest.skip("this machine does not let a test mount a disk")
    _ready_for_charte(workspace, warm_piles)
    words = ("pack", CASE, "-d", "charte", "--on", "2025-02-10")
    done, left = _on_a_disk(program, surroundings, workspace, "records", f"size={kilobytes}k", *words)
    assert done.returncode == 21, done.stderr
    assert "le disque est plein" in done.stderr
    assert "Traceback" not in done.stderr
    shutil.rmtree(workspace / "records")
    shutil.copytree(workspace.parent / "apres", workspace / "records")
    assert not [name for name in left if name.endswith(".partiel")]
    warm_piles(workspace, "verify")
    assert _version(workspace, warm_piles, "charte") is None
    warm_piles(workspace, "pack", CASE, "-d", "charte", "--on", "2025-02-10")
    assert _version(workspace, warm_piles, "charte") == 1


def _version(workspace: Path, warm_piles: Piles, document: str) -> int | None:
    (case,) = json.loads(warm_piles(workspace, "status", CASE, "--json").stdout)["cases"]
    (version,) = [found["version"] for found in case["documents"] if found["id"] == document]
    assert version is None or isinstance(version, int)
    return version


@pytest.mark.parametrize("damage", ["half", "empty", "garbage", "folder"])
def test_a_damaged_ledger_is_said_and_left_as_it_is(damage: str, workspace: Path, warm_piles: Piles) -> None:
    _ready_for_charte(workspace, warm_piles)
    path = workspace / "records" / "registre.sqlite"
    content = path.read_bytes()
    path.unlink()
    if damage == "folder":
        path.mkdir()
    else:
        path.write_bytes({"half": content[: len(content) // 2], "empty": b"", "garbage": b"x" * 9000}[damage])
    before = _snapshot(workspace / "records")
    for words in (
        ["status", CASE],
        ["verify"],
        ["pack", CASE, "-d", "charte", "--on", "2025-02-10"],
        ["record", CASE, "milestone", "validation-ca", "--on", "2025-02-10"],
    ):
        assert "registre" in warm_piles(workspace, *words, code=50).stderr
    assert _snapshot(workspace / "records") == before


def test_an_altered_archive_is_found(workspace: Path, warm_piles: Piles) -> None:
    _ready_for_charte(workspace, warm_piles)
    evidence = workspace / "lettre.txt"
    evidence.write_text("lettre", "utf-8")
    warm_piles(
        workspace,
        "record",
        CASE,
        "milestone",
        "validation-ca",
        "--on",
        "2025-02-10",
        "--evidence",
        str(evidence),
    )
    warm_piles(workspace, "verify")
    (kept,) = [path for path in (workspace / "records" / "archive").rglob("*") if path.is_file()]
    kept.chmod(0o644)
    kept.write_text("autre", "utf-8")
    assert "modifi" in warm_piles(workspace, "verify", code=50).stdout
    kept.unlink()
    assert "manque" in warm_piles(workspace, "verify", code=50).stdout


# ---------------------------------------------------------------- moments


def _start(program: str, surroundings: dict[str, str], workspace: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [program, *words],
        cwd=workspace,
        env=surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _both(
    program: str, surroundings: dict[str, str], workspace: Path, *words: str
) -> list[tuple[int, str, str]]:
    runs = [_start(program, surroundings, workspace, *words) for _ in range(2)]
    ends = [(*run.communicate(timeout=120), run.returncode) for run in runs]
    assert not any("Traceback" in out + err for out, err, _ in ends), ends
    return [(code, out, err) for out, err, code in ends]


def test_two_generate_at_once_make_the_same_drafts(
    program: str, surroundings: dict[str, str], workspace: Path, warm_piles: Piles
) -> None:
    words = ("generate", CASE, "-d", "charte", "-d", "deliberation")
    assert [code for code, _, _ in _both(program, surroundings, workspace, *words)] == [0, 0]
    assert ", 2 inchangés" in warm_piles(workspace, *words).stdout
    assert not list((workspace / "out").rglob("*.partiel"))


def test_two_packs_at_once_issue_once(
    program: str, surroundings: dict[str, str], workspace: Path, warm_piles: Piles
) -> None:
    _ready_for_charte(workspace, warm_piles)
    ends = _both(program, surroundings, workspace, "pack", CASE, "-d", "charte", "--on", "2025-02-10")
    assert sum("émis : embrunais.charte.v1" in out for _, out, _ in ends) == 1
    assert {code for code, _, _ in ends} <= {0, 30}, ends
    assert _version(workspace, warm_piles, "charte") == 1
    assert warm_piles(workspace, "verify").stderr == ""


def test_two_records_of_the_same_fact_at_once_record_it_once(
    program: str, surroundings: dict[str, str], workspace: Path, warm_piles: Piles
) -> None:
    ends = _both(
        program, surroundings, workspace, "record", CASE, "milestone", "rencontre-faite", "--on", "2025-01-13"
    )
    first, second = sorted(code for code, _, _ in ends)
    assert first == 0
    assert second in {30, 60}
    warm_piles(workspace, "verify")


def _until(there: Callable[[], bool], run: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while not there() and run.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)


def test_interrupting_a_command_says_so_and_leaves_nothing_half_done(
    program: str, surroundings: dict[str, str], workspace: Path, warm_piles: Piles
) -> None:
    run = _start(program, surroundings, workspace, "generate", CASE)
    _until((workspace / "out" / CASE / ".verrou").exists, run)
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=60)
    assert run.returncode == 130, (out, err)
    assert "Interrompu" in err
    assert "Traceback" not in err
    assert not list((workspace / "out").rglob("*.partiel"))
    assert not list((workspace / "out").rglob("*.docx"))


MOMENTS: dict[str, Callable[[Path], bool]] = {
    "work has begun": lambda workspace: (workspace / "out" / CASE / ".verrou").exists(),
    "the first file is archived": lambda workspace: any((workspace / "records" / "archive").glob("??/*")),
    "the first pack is being written": lambda workspace: any((workspace / "out" / CASE).glob("packs/*")),
}


@pytest.mark.parametrize("seed_of_chance", [1, 2])
@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_in_the_middle_a_pack_can_be_run_again(
    moment: str,
    seed_of_chance: int,
    program: str,
    surroundings: dict[str, str],
    workspace: Path,
    warm_piles: Piles,
) -> None:
    _ready_for_charte(workspace, warm_piles)
    words = ("pack", CASE, "-d", "charte", "--on", "2025-02-10")
    run = _start(program, surroundings, workspace, *words)
    _until(lambda: MOMENTS[moment](workspace), run)
    chance = random.Random(seed_of_chance)  # noqa: S311  # the same moments at each run
    time.sleep(chance.uniform(0, 1.0 if moment == "work has begun" else 0.03))
    os.kill(run.pid, signal.SIGKILL)
    run.communicate(timeout=60)
    done = warm_piles(workspace, *words)
    assert "à signer par Mme Inès Vraisemblable-Durand" in done.stdout
    warm_piles(workspace, "verify")
    assert _version(workspace, warm_piles, "charte") == 1
    (pack,) = (workspace / "out" / CASE / "packs").glob("*.pdf")
    assert PdfReader(pack).pages
