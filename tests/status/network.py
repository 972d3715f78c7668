"""A network of small cases, with acts in the ledger: what the tests of states build on."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Mapping
from pathlib import Path

from piles_docs.ledger.acts import entry_of
from piles_docs.methodology.acts import Act, Issued, Means, MilestoneReached, Original, Signed
from piles_docs.usecases.clock import Clock
from piles_docs.usecases.workspace import Workspace

ROOT = Path(__file__).parents[2]
TODAY = dt.date(2026, 11, 22)
SAMPLE = "luberon"


def clock(today: dt.date = TODAY) -> Clock:
    """A day, and a moment long enough after the files were written for their dates to be believed."""
    return Clock(today=today, now=dt.datetime.now(dt.UTC) + dt.timedelta(days=1))


def make_network(folder: Path, *dossiers: str) -> Workspace:
    """A workspace with the smallest sample case under some names."""
    (folder / "cases").mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "piles.toml", folder)
    workspace = Workspace(folder)
    text = (ROOT / f"cases/{SAMPLE}.yaml").read_text("utf-8")
    assert text.count(f"dossier: {SAMPLE}") == 1
    for dossier in dossiers:
        new = text.replace(f"dossier: {SAMPLE}", f"dossier: {dossier}")
        workspace.case_file(dossier).write_text(new, "utf-8")
    return workspace


def record(workspace: Workspace, dossier: str, *acts: Act) -> None:
    """Append acts to the ledger as they are; the rules are not asked."""
    now = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
    workspace.ledger().append(dossier, [entry_of(act) for act in acts], expected=None, now=now)


def milestone(name: str, on: dt.date = TODAY) -> MilestoneReached:
    return MilestoneReached(milestone=name, on=on)


def issued(
    dossier: str,
    document: str,
    signatories: Mapping[str, str],
    *,
    on: dt.date = TODAY,
    originals: int = 1,
    ends_on: dt.date | None = None,
    due_on: dt.date | None = None,
) -> Issued:
    """The act that issues a document for signatories, by party."""
    return Issued(
        document=document,
        version=1,
        reference=f"{dossier}.{document}.v1",
        means=dict.fromkeys(signatories, Means.PAPER),
        originals=tuple(
            Original(number=number, docx_sha256="", pdf_sha256="", pages=1)
            for number in range(1, originals + 1)
        ),
        template_sha256="",
        signatories=dict(signatories),
        ends_on=ends_on,
        due_on=due_on,
        on=on,
    )


def signed(act: Issued, *parties: str, on: dt.date = TODAY) -> list[Signed]:
    """The acts by which parties sign all originals; all parties unless named."""
    return [
        Signed(reference=act.reference, party=party, original=original.number, means=Means.PAPER, on=on)
        for party in parties or act.means
        for original in act.originals
    ]
