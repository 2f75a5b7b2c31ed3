"""On the site: the installed product at work, driven by a program that has Python alone. Prints what it measured."""

import errno
import json
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.error import URLError

PORT = 8765
NOTE = """# Télétravail

Le télétravail est ouvert aux agents à raison de trois jours par semaine au plus. La demande se fait par écrit.
"""


def main(site: Path, home: Path) -> None:
    """Start it, give it a document, ask about it, check its register."""
    _require_no_way_out()
    home.mkdir()
    (home / "note.md").write_text(NOTE, encoding="utf-8")
    assistant = str(site / "bin" / "assistant")
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "ASSISTANT_HOME": str(home / "data")}

    def run(*arguments: str) -> str:
        command = [assistant, *arguments]
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout  # noqa: S603

    begun = time.perf_counter()
    with subprocess.Popen([assistant, "serve", "--port", str(PORT)], env=environment, stdout=sys.stderr) as server:  # noqa: S603
        try:
            _await_ready(server)
            ready = time.perf_counter() - begun
            run("doctor")
            run("collections", "create", "Notes", "--description", "Notes de service")
            run("ingest", str(home / "note.md"), "--collection", "Notes")
            begun = time.perf_counter()
            question = "Combien de jours de télétravail par semaine ?"
            answer = json.loads(run("ask", question, "--collection", "Notes", "--json"))
            asked = time.perf_counter() - begun
            run("audit", "verify")
        finally:
            server.terminate()
    figures = {"ready (s)": ready, "asked (s)": asked, "sources": len(answer["passages"]), "answer": answer["answer"]}
    print(json.dumps(figures | _engine(site), ensure_ascii=False))


def _engine(site: Path) -> dict[str, str]:
    """llama-server finds the libraries of the place where it was installed."""
    program = site / "current" / ".cache" / "llama-server" / "llama-server"
    if not program.is_file():
        return {}
    said = subprocess.run([program, "--version"], check=True, capture_output=True, text=True, env={})  # noqa: S603
    linked = subprocess.run(["/usr/bin/ldd", program], check=True, capture_output=True, text=True).stdout  # noqa: S603
    libraries = [line for line in linked.splitlines() if "libllama.so" in line]
    assert libraries, linked
    assert str((site / "current").resolve()) in str(Path(libraries[0].split("=> ")[1].split(" (")[0]).resolve()), (
        libraries
    )
    return {"llama-server": (said.stdout + said.stderr).strip().splitlines()[0]}


def _require_no_way_out() -> None:
    with socket.socket() as probe:
        assert probe.connect_ex(("192.0.2.1", 443)) == errno.ENETUNREACH, "there is a network"


def _await_ready(server: "subprocess.Popen[bytes]") -> None:
    while server.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/readyz", timeout=5).close()
        except (URLError, OSError):
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"The server ended with {server.returncode}.")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
