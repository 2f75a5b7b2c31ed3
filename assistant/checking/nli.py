"""A model of natural language inference of one's own choice: any sentence-transformers cross-encoder of that kind."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.checking.entailment import Judging, Verdict
from assistant.errors import EntailmentFailed, EntailmentMissing
from retrieval.sentence_models import NOT_INSTALLED, installed, opened, said_of, scores_pairs

# Pairs in one call.
BATCH = 8

# How probable a verdict must be, of all that the model could have given. Not measured: no such model was at hand.
SURE = 0.9

# How models call what we ask for begins so, in their `id2label`.
LABELS = {Verdict.ENTAILED: "entail", Verdict.CONTRADICTED: "contradict"}


@dataclass(frozen=True, slots=True)
class NliSettings:
    """`folder` of the model; `seconds` that it has for one sentence."""

    folder: Path
    seconds: float = 5.0
    device: str = "cpu"

    def require(self) -> dict[Verdict, int]:
        """The places of its verdicts. Raises `EntailmentMissing` where it shows that it cannot be one of these."""
        try:
            if not (self.folder / "config.json").is_file() or not scores_pairs(self.folder):
                raise EntailmentMissing(f"{self.folder} (ce n’est pas le dossier d’un modèle qui juge deux textes)")
            labels = said_of(self.folder).get("id2label") or {}
            places = {int(place): str(label).lower() for place, label in labels.items()}
        except (OSError, ValueError, AttributeError) as error:
            raise EntailmentMissing(f"{self.folder} ({error})") from error
        found = {verdict: [n for n, label in places.items() if label.startswith(LABELS[verdict])] for verdict in LABELS}
        if any(len(named) != 1 for named in found.values()):
            said = ", ".join(places.values()) or "aucune"
            raise EntailmentMissing(
                f"{self.folder} (ses étiquettes doivent dire « entailment » et « contradiction » ; ce sont : {said})"
            )
        if not installed():
            raise EntailmentMissing(NOT_INSTALLED)
        return {verdict: named[0] for verdict, named in found.items()}


@asynccontextmanager
async def open_nli(settings: NliSettings) -> AsyncIterator[Judging]:
    """The model, loaded. Raises `EntailmentMissing`."""
    # One caller: the tokenizer cannot be lent to two threads at once.
    executor = ThreadPoolExecutor(1, "nli")
    try:
        model = await asyncio.get_running_loop().run_in_executor(executor, NliModel, settings)
        yield Judging(model, settings.seconds, executor)
    finally:
        executor.shutdown(wait=False, cancel_futures=True)


class NliModel:
    """`Entailment` over a `CrossEncoder`. What exceeds the model's window is cut off. Raises `EntailmentMissing`."""

    def __init__(self, settings: NliSettings) -> None:
        self._places = settings.require()
        self.name = settings.folder.name
        self.fingerprint = _fingerprint(settings.folder)
        try:
            self._model = opened("CrossEncoder", settings.folder, settings.device)
            self.judge([("essai", "essai")])
        except Exception as error:  # the library raises OSError, ValueError, RuntimeError and more
            raise EntailmentMissing(f"{settings.folder} ({error})") from error

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Verdict]:
        """Raises `EntailmentFailed`."""
        if not pairs:
            return []
        try:
            given = self._model.predict(
                list(pairs), batch_size=BATCH, apply_softmax=True, convert_to_numpy=True, show_progress_bar=False
            )
        except Exception as error:  # PyTorch and the tokenizers raise RuntimeError, TypeError and more
            raise EntailmentFailed(f"Le modèle {self.name} a échoué\u202f: {error}.") from error
        probable = np.asarray(given, dtype=np.float32)
        if probable.shape[:1] != (len(pairs),) or probable.ndim != 2 or not np.isfinite(probable).all():
            raise EntailmentFailed(f"Le modèle {self.name} n’a pas rendu un verdict par phrase.")
        return [self._verdict(row) for row in probable]

    def _verdict(self, probable: Any) -> Verdict:
        return next((one for one, place in self._places.items() if probable[place] >= SURE), Verdict.UNDECIDED)


def _fingerprint(folder: Path) -> str:
    """SHA-256 of the names and the SHA-256 of all files."""
    whole = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        whole.update(f"{digest}  {path.relative_to(folder).as_posix()}\n".encode())
    return whole.hexdigest()
