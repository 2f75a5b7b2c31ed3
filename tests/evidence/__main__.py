"""`make evidence`: the evidence file of the last run of the tests, in `.cache/evidence`.

Tests that run apart (`make installation`) count where they tried the same version. Ends with 1 where a control is not
proven.
"""

import hashlib
import json
import platform
import subprocess
import sys
from pathlib import Path

from tests.evidence.controls import ROOT, frameworks
from tests.evidence.report import PROVEN, WORDS, Proof, as_json, as_markdown, proofs
from tests.evidence.results import Run, read

CACHE = ROOT / ".cache"
LOCKS = ("requirements.lock", "requirements-test.lock", "requirements-build.lock")


def main(results: Path = CACHE, folder: Path = CACHE / "evidence") -> int:
    """Write `preuves.json` and `preuves.md`; the number of controls that are not proven decides the exit code."""
    try:
        run = read(results / "tests.xml")
        apart = results / "installation.xml"
        run = run.beside(read(apart)) if apart.exists() else run
    except (FileNotFoundError, ValueError) as error:
        print(
            f"Aucun résultat de tests lisible\u202f: {error}. Lancez d’abord «\u202fmake test\u202f».", file=sys.stderr
        )
        return 1
    told, around = proofs(frameworks(), run), circumstances(run)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "preuves.json").write_text(json.dumps(as_json(told, around), ensure_ascii=False, indent=2) + "\n")
    (folder / "preuves.md").write_text(as_markdown(told, around))
    unproven = [proof for proof in told if proof.verdict not in PROVEN]
    print(f"{len(told)} contrôles, {len(unproven)} sans preuve\u202f; le dossier est dans {folder}.")
    print(*map(_line, unproven), sep="\n", end="\n" if unproven else "")
    return 1 if unproven else 0


def circumstances(run: Run) -> dict[str, str]:
    """What was tested, when and where, and with which dependencies."""
    return {
        "Tests commencés": run.began,
        "Version testée": run.commit or "inconnue",
        "Version présente": described(),
        "Machine": f"{run.machine} ({platform.system()} {platform.machine()}, Python {platform.python_version()})",
        **{f"SHA-256 de {name}": hashlib.sha256((ROOT / name).read_bytes()).hexdigest() for name in LOCKS},
    }


def described() -> str:
    """The commit of the files that are here, as the Makefile names it to pytest."""
    asked = ("git", "describe", "--always", "--dirty", "--abbrev=40")
    try:
        told = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603
        return told.stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "inconnue"


def _line(proof: Proof) -> str:
    return f"  {proof.framework}, {proof.control.id}\u202f: {WORDS[proof.verdict]}"


if __name__ == "__main__":
    sys.exit(main())
