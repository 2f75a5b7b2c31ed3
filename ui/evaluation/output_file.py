"""A file that an evaluation or a calibration leaves: for its owner alone, and never in the place of somebody else's.

Questions may be personal, so a file is readable by whoever ran the command (mode 0600), whatever the umask. It
appears whole or not at all.
"""

import os
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ui.errors import OutputUnusable
from ui.french import system_reason

HEAD_BYTES = 400

# What stands at the head of each kind of file, in whatever version.
RANKER_MARK = '"format": "assistant-ranker-'
REFUSAL_MARK = '"format": "assistant-refusal-'
ANSWERS_MARK = '"format": "assistant-answers-'
RUN_MARK = '"format": "assistant-evaluation-'
REPORT_MARK = '<meta name="generator" content="assistant evaluate">'


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file to write; one that begins with the `mark` (among its first 400 bytes) is an earlier one of ours."""

    path: Path
    mark: str

    def check(self) -> None:
        """Raises `OutputUnusable` where nothing can be written there, or what is there is not ours."""
        try:
            self._require_ours()
        except OSError as error:
            raise self._unusable(system_reason(error)) from error
        if not os.access(self.path.resolve().parent, os.W_OK):
            raise self._unusable("son dossier n’existe pas, ou vous ne pouvez pas y écrire")

    def write(self, text: str) -> None:
        """Put the text there, in the place of an earlier one of ours. Raises `OutputUnusable`."""
        self.check()
        target = self.path.resolve()
        try:
            handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")  # mode 0600
        except OSError as error:
            raise self._unusable(system_reason(error)) from error
        try:
            with open(handle, "w", encoding="utf-8") as file:
                file.write(text)
            Path(name).replace(target)
        except OSError as error:
            raise self._unusable(system_reason(error)) from error
        finally:
            with suppress(FileNotFoundError):  # where it has taken its place
                Path(name).unlink()

    def _require_ours(self) -> None:
        try:
            mode = self.path.stat().st_mode
        except FileNotFoundError:
            return
        if stat.S_ISDIR(mode):
            raise self._unusable("c’est un dossier")
        if stat.S_ISREG(mode):
            with self.path.open("rb") as file:
                head = file.read(HEAD_BYTES)
            if self.mark.encode() in head:
                return
        raise self._unusable("il existe déjà, et cette commande ne l’a pas écrit. Donnez un autre nom")

    def _unusable(self, reason: str) -> OutputUnusable:
        return OutputUnusable(f"Le fichier {self.path} ne sera pas écrit : {reason}.")
