"""DOC, XLS, PPT and RTF: turned into OpenDocument by LibreOffice where it is installed, then read as such.

LibreOffice runs without a window, with a profile of its own in a folder that is thrown away, macros and
links off, all its network traffic sent to a port where nobody listens, and is ended with all that it
started once its time is over. Only its OpenDocument file comes back.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ingestion.document import ParsedDocument
from ingestion.errors import DocumentEmpty, FileUnreadable
from ingestion.parsing.container import DAMAGED, SAVE_AGAIN, protected
from ingestion.parsing.odf import OdpParser, OdsParser, OdtParser
from ingestion.parsing.port import Parser

COMMAND = "soffice"
SECONDS = 120

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
RTF = b"{\\rtf"

# What a file is called by the streams inside it (MS-DOC 2.1, MS-XLS 2.1, MS-PPT 2.1, MS-OFFCRYPTO 2.3).
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_STREAMS: Mapping[bytes, str] = {
    "WordDocument".encode("utf-16-le"): "doc",
    "PowerPoint Document".encode("utf-16-le"): "ppt",
    "Workbook".encode("utf-16-le"): "xls",
    "Book".encode("utf-16-le"): "xls",
}
_TARGETS: Mapping[str, tuple[str, Parser]] = {
    "doc": ("odt", OdtParser()),
    "rtf": ("odt", OdtParser()),
    "xls": ("ods", OdsParser()),
    "ppt": ("odp", OdpParser()),
}

_NEVER = {
    "org.openoffice.Office.Common/Security/Scripting": {
        "MacroSecurityLevel": "3",
        "DisableMacrosExecution": "true",
        "BlockUntrustedRefererLinks": "true",
    },
    "org.openoffice.Office.Writer/Content/Update": {"Link": "0"},
    "org.openoffice.Office.Calc/Content/Update": {"Link": "2"},
    "org.openoffice.Inet/Settings": {
        "ooInetProxyType": "2",
        "ooInetNoProxy": "",
        **{f"ooInet{kind}ProxyName": "127.0.0.1" for kind in ("HTTP", "HTTPS", "FTP")},
        **{f"ooInet{kind}ProxyPort": "9" for kind in ("HTTP", "HTTPS", "FTP")},
    },
}


def is_for_libreoffice(content: bytes) -> bool:
    """Whether these first bytes are those of a file that only LibreOffice reads."""
    return content.startswith(OLE2) or content.lstrip().startswith(RTF)


class LibreOfficeParser:
    """Reads the formats that offices used before 2007, and RTF."""

    suffixes = frozenset({".doc", ".dot", ".xls", ".xlt", ".ppt", ".pps", ".rtf"})

    def parse(self, content: bytes, name: str) -> ParsedDocument:
        if not content.strip():
            raise DocumentEmpty(name)
        source = _format(content, name)
        if shutil.which(COMMAND) is None:
            raise FileUnreadable(
                name,
                "les formats DOC, XLS, PPT et RTF ne sont lus que là où LibreOffice est installé",
                "Enregistrez-le au format DOCX, XLSX, PPTX ou OpenDocument.",
            )
        target, parser = _TARGETS[source]
        with tempfile.TemporaryDirectory() as folder:
            return parser.parse(_converted(content, Path(folder), source, target, name), name)


def _format(content: bytes, name: str) -> str:
    if content.lstrip().startswith(RTF):
        return "rtf"
    if content.startswith(OLE2):
        if _ENCRYPTED in content:
            raise protected(name)
        for stream, kind in _STREAMS.items():
            if stream in content:
                return kind
    raise FileUnreadable(name, DAMAGED, SAVE_AGAIN)


def _converted(content: bytes, folder: Path, source: str, target: str, name: str) -> bytes:
    file = folder / f"document.{source}"
    file.write_bytes(content)
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_settings(), encoding="utf-8")
    command = [COMMAND, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nolockcheck"]
    command += ["--convert-to", target, "--outdir", str(folder), str(file)]
    _run(command, folder, name)
    try:
        return file.with_suffix(f".{target}").read_bytes()
    except FileNotFoundError as error:
        problem = "LibreOffice ne sait pas lire ce fichier, qui est endommagé ou protégé par un mot de passe"
        raise FileUnreadable(name, problem, SAVE_AGAIN) from error


def _run(command: list[str], folder: Path, name: str) -> None:
    """Raises `FileUnreadable` once the time is over; then nothing of it runs any more."""
    environment = {
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
    }
    quiet = subprocess.DEVNULL
    with subprocess.Popen(  # noqa: S603 – no part of the command comes from the file
        command, cwd=folder, env=environment, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
    ) as process:
        try:
            process.wait(SECONDS)
        except subprocess.TimeoutExpired as error:
            problem = f"LibreOffice n’a pas fini de lire ce fichier en {SECONDS} secondes"
            raise FileUnreadable(name, problem, "Enregistrez-le au format DOCX ou OpenDocument.") from error
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End whatever is left of its process group."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return  # all of it has ended by itself


def _settings() -> str:
    items = "".join(
        f'<item oor:path="/{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, settings in _NEVER.items()
        for name, value in settings.items()
    )
    names = 'xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<oor:items {names}>{items}</oor:items>\n'
