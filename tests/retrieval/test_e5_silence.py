"""The embedded model says nothing to anyone, and writes no file."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent

OPENED = """
import asyncio, json, os, sys

done = []

def note(event, details):
    writes = event == "open" and isinstance(details[2], int) and details[2] & (os.O_WRONLY | os.O_RDWR)
    if writes or event in ("socket.connect", "socket.sendto", "socket.getaddrinfo", "os.mkdir", "subprocess.Popen"):
        done.append([event, str(details)])

sys.addaudithook(note)

from retrieval import E5Settings, open_e5

async def embed():
    async with open_e5(E5Settings()) as e5:
        await e5.embed_passages(["un", "deux"])
        await e5.embed_query("trois")

asyncio.run(embed())
for reporting in ("openvino_telemetry", "openvino.tools.ovc.convert", "openvino.tools.ovc.telemetry_utils"):
    if reporting in sys.modules:
        done.append(["import", reporting])
print(json.dumps(done))
"""


def test_opening_and_asking_the_model_connects_nowhere_and_writes_nothing(tmp_path: Path) -> None:
    environment = os.environ | {"HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    run = subprocess.run(  # noqa: S603
        [sys.executable, "-c", OPENED], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert json.loads(run.stdout) == []
    assert list(tmp_path.iterdir()) == []
