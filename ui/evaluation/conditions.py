"""Under which conditions an evaluation is made: what decides of its figures, so that two can be told apart."""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping

from assistant import Engines
from assistant.evidence import Evidence
from retrieval import Search

# What each condition is, in French, in the order in which they are shown.
NAMES: Mapping[str, str] = {
    "model": "Modèle de langue",
    "model_sha256": "Empreinte du fichier du modèle",
    "prompt": "Empreinte des consignes",
    "thresholds": "Empreinte des seuils de refus",
    "embedding": "Modèle de vecteurs",
    "ranker": "Empreinte de l’ordre appris",
    "fusion": "Fusion des listes",
    "reranker": "Modèle de reclassement",
    "passages": "Passages donnés au modèle",
}


def conditions(
    search: Search,
    engines: Engines,
    guidance: Callable[[], Awaitable[str]],
    evidence: Evidence | None,
    passages: int,
) -> Callable[[], Awaitable[Mapping[str, str]]]:
    """Tells those of the moment when it is asked."""

    async def told() -> Mapping[str, str]:
        space = await search.spaces.in_use()
        with engines.held(await guidance()) as held:
            engine = held.first
            model = {
                "model": engine.name,
                "model_sha256": ", ".join(engine.digests()),
                "prompt": engine.profile.fingerprint,
            }
        ranker, reranking = search.ranker, search.reranking
        fusion = search.fusion
        return model | {
            "thresholds": evidence.fingerprint if evidence else "",
            "embedding": space.embedder.name,
            "ranker": _sha256(ranker.weights) if ranker and ranker.embedding == space.embedder.name else "",
            "fusion": f"k = {fusion.k}, sens {fusion.dense_weight:.2f}",
            "reranker": reranking.name if reranking else "",
            "passages": str(passages),
        }

    return told


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """What is not the same in both: its French name, what it was, what it is; empty where there is none."""
    known = [key for key in NAMES if key in before or key in after]
    return [(NAMES[key], before.get(key, ""), after.get(key, "")) for key in known if before.get(key) != after.get(key)]


def _sha256(weights: Mapping[str, float]) -> str:
    return hashlib.sha256(json.dumps(sorted(weights.items())).encode()).hexdigest()
