#!/usr/bin/env python3
"""What signing, judging and receiving cost beside plain pyHanko calls that do the same work, in one run.

Prints a Markdown table of medians and ratios; judges nothing. Nothing is asked of any service: the keys
lead to a root of their own, as the tests' do. Usage: benchmarks/signing.py [--runs N]
"""

from __future__ import annotations

import argparse
import datetime as dt
import io
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: E402  # found by the line above
from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: E402
from pyhanko.sign import PdfSignatureMetadata, PdfSigner  # noqa: E402
from pyhanko.sign.fields import SigSeedSubFilter  # noqa: E402
from pyhanko.sign.validation import validate_pdf_signature  # noqa: E402
from pyhanko_certvalidator import ValidationContext  # noqa: E402
from tests.seals import PASSPHRASE, key_of, sealer, set_seal  # noqa: E402

from piles_docs.documents.conversion import find_converter  # noqa: E402
from piles_docs.methodology.acts import Means, field_of  # noqa: E402
from piles_docs.signing.appearance import style_of  # noqa: E402
from piles_docs.signing.judging import judge  # noqa: E402
from piles_docs.signing.keys import read_key_file  # noqa: E402
from piles_docs.signing.signing import Services, sign  # noqa: E402
from piles_docs.usecases.clock import Clock  # noqa: E402
from piles_docs.usecases.pack import pack  # noqa: E402
from piles_docs.usecases.receive import receive  # noqa: E402
from piles_docs.usecases.record import issued  # noqa: E402
from piles_docs.usecases.signatures import expectation_of  # noqa: E402
from piles_docs.usecases.situation import situation  # noqa: E402
from piles_docs.usecases.trusting import trust_of  # noqa: E402
from piles_docs.usecases.workspace import Workspace  # noqa: E402

CASE, ACT = "haut-verdon", "convention-amorcage"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=20)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as place:
        print(f"Medians of {runs} runs, a convention signed by two.\n")
        print("| what | ours | plain pyHanko | ratio |\n| --- | ---: | ---: | ---: |")
        for what, ours, plain in measure(Path(place), runs):
            print(f"| {what} | {1000 * ours:.0f} ms | {1000 * plain:.0f} ms | {ours / plain:.2f} |")
        begun = time.perf_counter()
        subprocess.run(["pdfsig", "-nocert", Path(place) / "retour.pdf"], check=False, capture_output=True)
        print(f"\npdfsig, digests alone: {1000 * (time.perf_counter() - begun):.0f} ms, start-up included.")


def measure(folder: Path, runs: int) -> Iterator[tuple[str, float, float]]:
    """What each thing takes, in seconds: ours, then plain pyHanko's."""
    folder.mkdir(exist_ok=True)
    workspace = issue(folder / "espace")
    clock = _clock()
    now = situation(workspace, CASE, clock.today)
    thread = issued(now, ACT)
    (original,) = thread.issued.originals
    sealed, trust = workspace.archive.get(original.pdf_sha256), trust_of(workspace)
    keys = {party: read_key_file(key_of(name), PASSPHRASE, name=party) for party, name in NAMES.items()}
    services, expectation = Services(trust=trust), expectation_of(workspace, thread, original)
    one = sign(sealed, "porteuse", keys["porteuse"], services, moment=clock.now).content
    both = sign(one, "tete-de-reseau", keys["tete-de-reseau"], services, moment=clock.now).content
    roots = [root.certificate for root in trust.roots]

    def plain_signature() -> None:
        metadata = PdfSignatureMetadata(
            field_name=field_of("porteuse"), md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES
        )
        signer = PdfSigner(metadata, signer=keys["porteuse"].signer, stamp_style=style_of(None))
        shown = {"signer": "Lise Exemple", "moment": "26/11/2026"}
        signer.sign_pdf(
            IncrementalPdfFileWriter(io.BytesIO(sealed)), output=io.BytesIO(), appearance_text_params=shown
        )

    def plain_validation() -> None:
        for signature in PdfFileReader(io.BytesIO(both)).embedded_regular_signatures:
            context = ValidationContext(trust_roots=roots, allow_fetching=True, revocation_mode="hard-fail")
            assert validate_pdf_signature(signature, context).bottom_line  # noqa: S101  # the same work

    returned = folder / "retour.pdf"
    returned.write_bytes(both)
    spaces = iter([_copy(workspace, folder / f"copie-{number}") for number in range(runs + 1)])

    def our_signature() -> None:
        sign(sealed, "porteuse", keys["porteuse"], services, moment=clock.now)

    def our_receipt() -> None:
        receive(next(spaces), returned, clock=clock)

    yield medians("sign one field, visible, B-B", runs, our_signature, plain_signature)
    yield medians(
        "judge the seal and two signatures", runs, lambda: judge(both, expectation, trust), plain_validation
    )
    yield medians("receive: found, judged, archived, recorded", runs, our_receipt, plain_validation)


NAMES = {"porteuse": "Lise Exemple", "tete-de-reseau": "Camille Fictif"}


def issue(root: Path) -> Workspace:
    """A workspace with a convention that waits for two electronic signatures."""
    shutil.copytree(ROOT / "templates", root / "templates")
    (root / "cases").mkdir()
    shutil.copy(ROOT / "cases" / f"{CASE}.yaml", root / "cases")
    shutil.copy(ROOT / "piles.toml", root)
    set_seal(root)
    workspace = Workspace(root)
    pack(
        workspace, CASE, step=None, documents=[ACT], means=Means.ELECTRONIC, ahead="mesure", issued_on=None,
        converter=find_converter("libreoffice"), clock=_clock(), sealer=sealer(workspace),
    )  # fmt: skip
    return workspace


def medians(
    what: str, runs: int, ours: Callable[[], object], plain: Callable[[], object]
) -> tuple[str, float, float]:
    """Time two ways to do a thing, in turn, after one run of each that does not count."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(runs + 1):
        for kept, work in zip(times, (ours, plain), strict=True):
            begun = time.perf_counter()
            work()
            if number:
                kept.append(time.perf_counter() - begun)
    mine, theirs = map(statistics.median, times)
    return what, mine, theirs


def _copy(workspace: Workspace, root: Path) -> Workspace:
    shutil.copytree(workspace.root, root)
    return Workspace(root)


def _clock() -> Clock:
    moment = dt.datetime.now(dt.UTC)
    return Clock(today=moment.date(), now=moment)


if __name__ == "__main__":
    main()
