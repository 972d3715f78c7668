"""Cases drafted on a real Dask cluster, with their ledger on PostgreSQL: the same bytes, and no case lost."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from ..ledger.postgresql_server import PostgresqlServer
from ..made import made

ROOT = Path(__file__).parents[2]
DASK = str(Path(sys.executable).with_name("dask"))
LEDGER = "PILES_REGISTRE_URL"
DOCUMENTS = ("-d", "charte", "-d", "convention-amorcage", "-d", "convention-cadre", "--no-pdf")
CASES = 16
Done = subprocess.CompletedProcess[str]
pytestmark = pytest.mark.xdist_group("cluster")


@dataclass(frozen=True)
class Worker:
    process: subprocess.Popen[bytes]
    log: Path

    def await_it(self) -> None:
        until(lambda: "Registered to" in self.log.read_text("utf-8"))


@dataclass(frozen=True)
class Cluster:
    """A scheduler, and what starts workers that belong to it."""

    address: str
    folder: Path

    @contextmanager
    def workers(self, *environments: dict[str, str]) -> Iterator[list[Worker]]:
        started = [self._start(rank, environment) for rank, environment in enumerate(environments)]
        try:
            for worker in started:
                worker.await_it()
            yield started
        finally:
            for worker in started:
                worker.process.kill()
                worker.process.wait()

    def _start(self, rank: int, environment: dict[str, str]) -> Worker:
        log = self.folder / f"travailleur-{rank}.log"
        with log.open("wb") as written:
            words = [DASK, "worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
            words += ["--local-directory", str(self.folder / str(rank))]
            return Worker(
                subprocess.Popen(words, env=environment, cwd=self.folder, stdout=written, stderr=written), log
            )


def until(there: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not there():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@contextmanager
def scheduled(
    folder: Path, surroundings: dict[str, str]
) -> Iterator[tuple[Cluster, subprocess.Popen[bytes]]]:
    """A cluster without workers, and its scheduler."""
    told = folder / "ordonnanceur.json"
    words = [DASK, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    with (folder / "ordonnanceur.log").open("wb") as log:
        scheduler = subprocess.Popen(
            [*words, "--scheduler-file", told], env=surroundings, cwd=folder, stdout=log, stderr=log
        )
    try:
        until(lambda: told.exists() and told.stat().st_size > 0)
        yield Cluster(json.loads(told.read_text("utf-8"))["address"], folder), scheduler
    finally:
        scheduler.kill()
        scheduler.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory, surroundings: dict[str, str]) -> Iterator[Cluster]:
    with scheduled(tmp_path_factory.mktemp("grappe"), surroundings) as (one, _):
        yield one


@pytest.fixture(scope="module")
def environment(
    postgresql_server: PostgresqlServer, surroundings: dict[str, str]
) -> Iterator[dict[str, str]]:
    """The environment of a program whose ledger is on PostgreSQL."""
    url = postgresql_server.fresh_database()
    yield surroundings | {LEDGER: url}
    postgresql_server.drop(url)


@pytest.fixture(scope="module")
def many(
    tmp_path_factory: pytest.TempPathFactory, seed: Path, program: str, environment: dict[str, str]
) -> Path:
    """A workspace of many cases, one of which is wrong, and one of which has something in the ledger.

    Nothing is drafted in it: it is shared.
    """
    folder = tmp_path_factory.mktemp("reseau") / "espace"
    shutil.copytree(seed, folder)
    text = (folder / "cases/embrunais.yaml").read_text("utf-8")
    for path in (folder / "cases").glob("*.yaml"):
        path.unlink()
    for rank in range(CASES):
        name = f"territoire-{rank:02}"
        changed = text.replace("dossier: embrunais", f"dossier: {name}", 1)
        changed = changed.replace("nom: PILES de l'Embrunais", f"nom: PILES du territoire {rank}", 1)
        if rank == 7:
            changed = changed.replace("porteuse:", "porteur:", 1)
        (folder / f"cases/{name}.yaml").write_text(changed, "utf-8")
    words = [program, "record", "territoire-03", "milestone", "rencontre-faite", "--on", "2026-03-02"]
    subprocess.run(words, cwd=folder, env=environment, check=True, capture_output=True)
    return folder


def run(program: str, folder: Path, environment: dict[str, str], *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [program, "generate", *words, *DOCUMENTS],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(started: subprocess.Popen[str]) -> Done:
    out, err = started.communicate(timeout=300)
    assert "Traceback" not in out + err, err
    return Done([], started.returncode, out, err)


def counted(told: str) -> list[tuple[str, int]]:
    """The cases in their order, each with its drafts: what a worker made before it died is told as unchanged."""
    lines = re.findall(r"^(\S+) : (\d+) faits?, (\d+) inchangés?,", told, re.MULTILINE)
    return [(dossier, int(made) + int(same)) for dossier, made, same in lines]


def test_a_cluster_that_loses_a_worker_makes_the_bytes_of_one_machine(
    cluster: Cluster, many: Path, program: str, environment: dict[str, str], tmp_path: Path
) -> None:
    one, there = tmp_path / "une", tmp_path / "plusieurs"
    for folder in (one, there):
        shutil.copytree(many, folder)
    here = finished(run(program, one, environment))
    with cluster.workers(environment, environment, environment) as workers:
        started = run(program, there, environment, "--cluster", cluster.address)
        manifests = (there / "out").glob
        until(lambda: len(list(manifests("*/drafts/manifeste.json"))) >= 1)
        # Stopped first: whatever it was given by now is surely with it when it dies.
        os.kill(workers[0].process.pid, signal.SIGSTOP)
        until(lambda: len(list(manifests("*/drafts/manifeste.json"))) >= 6)
        workers[0].process.kill()
        assert started.poll() is None
        shared = finished(started)
    assert shared.returncode == here.returncode == 10
    assert counted(shared.stdout) == counted(here.stdout)
    assert shared.stderr == here.stderr
    assert "porteur" in shared.stderr
    assert len(counted(shared.stdout)) == CASES - 1
    assert made(there / "out") == made(one / "out")
    assert len(made(there / "out")) == (CASES - 1) * 4


def test_a_scheduler_that_is_lost_on_the_way_is_told(
    many: Path, program: str, environment: dict[str, str], tmp_path: Path
) -> None:
    there = tmp_path / "espace"
    shutil.copytree(many, there)
    with scheduled(tmp_path, environment) as (cluster, scheduler), cluster.workers(environment) as workers:
        started = run(program, there, environment, "--cluster", cluster.address)
        until(lambda: any((there / "out").glob("*/drafts/manifeste.json")))
        os.kill(workers[0].process.pid, signal.SIGSTOP)  # it must not be done with all of them before
        scheduler.kill()
        done = finished(started)
    assert done.returncode == 21
    assert "ne répond plus" in done.stderr


def test_a_worker_with_another_program_is_refused(
    cluster: Cluster, many: Path, program: str, environment: dict[str, str], tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "src", tmp_path / "src")
    with (tmp_path / "src/piles_docs/documents/filters.py").open("a", encoding="utf-8") as source:
        source.write("# as it will be tomorrow\n")
    with cluster.workers(environment | {"PYTHONPATH": str(tmp_path / "src")}):
        done = finished(run(program, many, environment, "--cluster", cluster.address))
    assert done.returncode == 21
    assert "y diffèrent : piles-docs." in done.stderr
    assert made(many / "out") == {}


def test_a_worker_with_another_ledger_is_refused(
    cluster: Cluster, many: Path, program: str, environment: dict[str, str], surroundings: dict[str, str]
) -> None:
    with cluster.workers(surroundings):
        done = finished(run(program, many, environment, "--cluster", cluster.address))
    assert done.returncode == 21
    assert "a un autre registre" in done.stderr
    assert made(many / "out") == {}


def test_a_scheduler_without_the_program_is_refused(
    many: Path, program: str, environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "piles_docs").mkdir()
    (tmp_path / "piles_docs/__init__.py").touch()
    without = environment | {"PYTHONPATH": str(tmp_path)}
    with scheduled(tmp_path, without) as (cluster, _), cluster.workers(environment):
        done = finished(run(program, many, environment, "--cluster", cluster.address))
    assert done.returncode == 21
    assert "ne connaît pas ce programme" in done.stderr


def test_a_ledger_in_a_file_is_refused(piles: Callable[..., Done], workspace: Path, cluster: Cluster) -> None:
    done = piles(workspace, "generate", "--cluster", cluster.address, code=2)
    assert "PostgreSQL" in done.stderr


def test_what_is_no_address_is_refused(many: Path, program: str, environment: dict[str, str]) -> None:
    done = finished(run(program, many, environment, "--cluster", "grappe"))
    assert done.returncode == 2
    assert "tcp://" in done.stderr
