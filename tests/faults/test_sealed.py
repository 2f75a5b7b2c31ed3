"""Nothing leaves: each process of the product works where there is no other machine, and tries to reach none.

Nor does any of them show a secret to whoever may look into it: all come from files.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.faults.sealed_run import PLANTED, SCENES
from ui.engine_settings import PROGRAM

STUCK_S = 280
SEALING = "from tests.faults.sealed import seal; seal()"

# Processes that have to have been there, or nothing was shown of them.
SEEN = {
    "one machine": {"assistant", "postgres", "llama-server", "python"},
    "several processes": {"assistant", "postgres", "python"},
}


@pytest.fixture(scope="module", autouse=True)
def _allowed() -> None:
    tried = subprocess.run([sys.executable, "-c", SEALING], capture_output=True, text=True, check=False)  # noqa: S603 - our own
    if tried.returncode:
        pytest.skip(f"no right to a network of one's own: {tried.stderr.splitlines()[-1]}")


@pytest.mark.parametrize("scene", SCENES)
def test_nobody_tries_to_reach_anybody_and_no_process_shows_a_secret(scene: str, tmp_path: Path, gemma: Path) -> None:
    if scene == "one machine" and not PROGRAM.exists():
        pytest.skip("there is no llama-server: make llama-server")
    command = [sys.executable, "-m", "tests.faults.sealed_run", scene, str(tmp_path), str(gemma)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=STUCK_S)  # noqa: S603 - our own
    assert done.returncode == 0, done.stderr
    seen: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert seen["planted"] == ["203.0.113.9"], PLANTED  # the watch sees who tries
    assert seen["attempts"] == []
    assert seen["leaks"] == []
    assert SEEN[scene] <= set(seen["seen"])


def test_a_secret_that_the_environment_gives_is_seen_by_the_same_look(tmp_path: Path) -> None:
    look = (
        "import os, subprocess, sys; from pathlib import Path; from tests.faults.sealed_run import Run;"
        "run = Run(Path(sys.argv[1]), {}); run.settings['X'] = run.planted['LLM_KEY'];"
        "child = subprocess.Popen(['sleep', '100'], env=run.settings); run.look(); child.kill(); child.wait();"
        "print(run.leaks)"
    )
    done = subprocess.run([sys.executable, "-c", look, str(tmp_path)], capture_output=True, text=True, check=True)  # noqa: S603 - our own
    assert "LLM_KEY in sleep" in done.stdout
