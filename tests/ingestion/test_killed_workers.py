"""Workers killed by the kernel at each of their steps, and what the next worker makes of it."""

import json
import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.ingestion import mortal_worker
from ui.database import DatabaseSettings, Pool

Write = Callable[[str, str], Path]

# Of the about hundred steps each twelfth, or with KILL_EVERY_STEP=1 all of them, which takes six minutes.
EVERY = 1 if os.environ.get("KILL_EVERY_STEP") else 12

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([mortal_worker.__name__])


def run(target: Callable[..., None], *arguments: Any) -> int | None:
    """What became of a process that does this."""
    process = _processes.Process(target=target, args=arguments)
    process.start()
    process.join()
    return process.exitcode


def lines(**texts: str) -> str:
    return "".join(json.dumps({"id": key, "text": text}) + "\n" for key, text in texts.items())


def test_after_a_kill_at_any_step_the_next_worker_leaves_exactly_the_right_points(
    pool: Pool, postgres: DatabaseSettings, tmp_path: Path, write: Write
) -> None:
    before = [str(write("before/a.jsonl", lines(same="Pareil.", changed="Avant.", emptied="Plein.")))]
    long = "\n".join(["Après."] * 400)  # several chunks
    after = [str(write("after/a.jsonl", lines(same="Pareil.", changed=long, emptied=" ", new="Nouveau.")))]
    after += [str(write("note.md", "# Note\n\nUn texte.")), str(write("abime.pdf", "%PDF-1.4 et puis rien"))]

    def outcome(last: int | None) -> tuple[int | None, dict[str, Any]]:
        name, told = f"C-{uuid4()}", tmp_path / "told.json"
        folder = str(tmp_path / name)
        code = run(mortal_worker.change, postgres.url, folder, name, before, after, last)
        assert code in (0, -signal.SIGKILL)
        assert run(mortal_worker.finish, postgres.url, folder, name, after, str(told)) == 0
        return code, json.loads(told.read_text())

    _, expected = outcome(None)
    assert expected["blobs_agree"]
    assert {document for document, *_ in expected["points"]} == {"same", "changed", "new", after[1]}

    last = 1
    while True:
        code, state = outcome(last)
        assert state == expected, f"killed at step {last}"
        if code == 0:
            break
        last += EVERY
    assert last > 30
