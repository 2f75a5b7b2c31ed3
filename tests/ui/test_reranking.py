"""A reranker's server, asked for real by a search: there, away, and back."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from policies import Principal
from retrieval import Search
from retrieval.rerank import AWAY
from tests.retrieval.small_corpus import Corpus
from ui.meanwhile import meanwhile
from ui.reranking import open_reranking
from ui.settings import Settings

LEAVE = {
    "maternité": "Le congé de maternité dure seize semaines.",
    "paternité": "Le congé de paternité et d'accueil de l'enfant dure vingt-cinq jours.",
    "retraite": "L'âge légal de départ à la retraite est fixé par la loi.",
}
QUESTION = "Combien de semaines dure le congé de maternité ?"


@dataclass
class Scripted:
    """Prefers texts that say «retraite», unless it answers otherwise."""

    status: int = 200
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    def application(self) -> FastAPI:
        application = FastAPI()

        @application.post("/v1/rerank")
        async def rerank(request: Request) -> JSONResponse:
            body = await request.json()
            self.asked.append(body)
            self.keys.append(request.headers.get("authorization", ""))
            scores = [float("retraite" in text) for text in body["documents"]]
            results = [{"index": place, "relevance_score": score} for place, score in enumerate(scores)]
            return JSONResponse({"results": results}, status_code=self.status)

        return application


@asynccontextmanager
async def serving(scripted: Scripted) -> AsyncIterator[str]:
    """The address of a server that answers so."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(scripted.application(), log_level="critical", lifespan="off"))
        bound.listen()
        async with meanwhile(server.serve(sockets=[bound])):
            yield f"http://127.0.0.1:{bound.getsockname()[1]}/v1"
            server.should_exit = True


async def test_passages_come_in_the_order_of_the_server(search: Search, corpus: Corpus, agent: Principal) -> None:
    await corpus.collection("Santé", LEAVE)
    scripted = Scripted()
    async with serving(scripted) as url:
        settings = Settings(reranker=url, reranker_key="cle", reranker_model="m")
        async with open_reranking(settings) as reranking:
            found = await _with(search, reranking).search(agent, QUESTION, limit=2)
    assert [passage.document_id for passage in found.passages] == ["retraite", "maternité"]
    assert found.partial == ()
    (asked,) = scripted.asked
    assert (asked["query"], asked["model"], len(asked["documents"])) == (QUESTION, "m", 3)
    assert "retraite\nL'âge légal de départ à la retraite est fixé par la loi." in asked["documents"]
    assert scripted.keys == ["Bearer cle"]


async def test_a_server_that_fails_leaves_the_order_and_the_answer_says_so(
    search: Search, corpus: Corpus, agent: Principal
) -> None:
    await corpus.collection("Santé", LEAVE)
    async with serving(Scripted(status=500)) as url, open_reranking(Settings(reranker=url)) as reranking:
        found = await _with(search, reranking).search(agent, QUESTION, limit=2)
        chunks = await _with(search, reranking).find(QUESTION, await search.permitted(agent), limit=2)
    assert [passage.document_id for passage in found.passages] == ["maternité", "paternité"]
    assert found.partial == (AWAY,)
    assert (len(chunks.passages), chunks.partial) == (2, (AWAY,))


async def test_without_the_setting_nothing_is_reranked() -> None:
    async with open_reranking(Settings()) as reranking:
        assert reranking is None


def _with(search: Search, reranking: Any) -> Search:
    return replace(search, reranking=reranking)
