"""What a reranker's server may answer, and what is said of it; its key stays where it belongs."""

import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
import pytest

from retrieval.errors import RerankerAway, RerankingFailed
from retrieval.rerank_server import RerankServerSettings, ServerReranker, open_rerank_server

KEY = "cle-secrete"
V1 = RerankServerSettings("https://rerank.exemple.fr/v1", "modele", KEY)

Answer = Callable[[httpx.Request], httpx.Response]


@asynccontextmanager
async def answering(answer: Answer, settings: RerankServerSettings = V1) -> AsyncIterator[ServerReranker]:
    """A reranker whose server is that function."""
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        yield ServerReranker(client, settings)


def results(*scores: float | None) -> list[dict[str, float | None]]:
    return [{"index": place, "relevance_score": score} for place, score in enumerate(scores)]


async def test_a_server_with_versions_is_asked_in_the_form_of_jina() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"results": results(0.5, 2)[::-1], "usage": {}})

    async with answering(answer) as reranker:
        assert (await reranker.rerank("q", ["long", "b"])).tolist() == [0.5, 2.0]
    assert asked[0].url == "https://rerank.exemple.fr/v1/rerank"
    assert json.loads(asked[0].content) == {
        "model": "modele",
        "query": "q",
        "documents": ["long", "b"],
        "top_n": 2,
        "return_documents": False,
    }


async def test_a_server_without_versions_is_asked_in_the_form_of_tei() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url == "https://tei.exemple.fr/rerank"
        assert json.loads(request.content) == {"query": "q", "texts": ["a"], "truncate": True}
        return httpx.Response(200, json=[{"index": 0, "score": 0.25}])

    async with answering(answer, RerankServerSettings("https://tei.exemple.fr")) as reranker:
        assert (await reranker.rerank("q", ["a"])).tolist() == [0.25]


async def test_many_texts_go_in_several_requests_the_longest_first() -> None:
    lengths: list[list[int]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        texts = json.loads(request.content)["documents"]
        lengths.append([len(text) for text in texts])
        return httpx.Response(200, json={"results": results(*map(len, texts))})

    async with answering(answer) as reranker:
        texts = ["x" * n for n in range(70)]
        assert (await reranker.rerank("q", texts)).tolist() == list(range(70))
    assert [len(batch) for batch in lengths] == [32, 32, 6]
    assert [length for batch in lengths for length in batch] == sorted(range(70), reverse=True)


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"{}",
        b"[]",
        b'{"results": []}',
        json.dumps({"results": results(1.0)}).encode(),
        json.dumps({"results": results(1.0, 2.0, 3.0)}).encode(),
        json.dumps({"results": [*results(1.0), *results(1.0)]}).encode(),
        json.dumps({"results": [*results(1.0), {"index": -1, "relevance_score": 1.0}]}).encode(),
        json.dumps({"results": results(1.0, float("nan"))}).encode(),
        json.dumps({"results": results(1.0, None)}).encode(),
        b'{"results": [{"index": 0, "relevance_score": 1e999}, {"index": 1, "relevance_score": 1}]}',
        b'{"results": [{"index": 0, "relevance_score": 1e39}, {"index": 1, "relevance_score": 1}]}',
    ],
)
async def test_an_answer_that_is_not_one_finite_score_a_text_is_none(body: bytes) -> None:
    async with answering(lambda _: httpx.Response(200, content=body)) as reranker:
        with pytest.raises(RerankingFailed) as refused:
            await reranker.rerank("q", ["a", "b"])
    assert not isinstance(refused.value, RerankerAway)


@pytest.mark.parametrize("status", [302, 400, 401, 404, 413, 500, 503])
async def test_a_refusal_names_the_server_and_its_code_and_never_the_key(
    status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with answering(lambda request: httpx.Response(status, text=str(request.headers))) as reranker:
        with pytest.raises(RerankingFailed, match=f"https://rerank.exemple.fr/v1 .*{status}") as refused:
            await reranker.rerank("q", ["a"])
    assert KEY not in str(refused.value) + caplog.text + repr(V1)


@pytest.mark.parametrize("error", [httpx.ReadTimeout, httpx.ConnectError, httpx.RemoteProtocolError])
async def test_a_server_that_is_away_is_told_from_one_that_refuses(error: type[httpx.TransportError]) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise error("")

    async with answering(answer) as reranker:
        with pytest.raises(RerankerAway, match="ne répond pas"):
            await reranker.rerank("q", ["a"])


async def test_opening_connects_to_nothing_and_the_key_goes_with_each_request() -> None:
    async with open_rerank_server(RerankServerSettings("http://127.0.0.1:9/v1", api_key=KEY)) as reranker:
        assert reranker.name == "http://127.0.0.1:9/v1"
        assert reranker._client.headers["authorization"] == f"Bearer {KEY}"
        with pytest.raises(RerankerAway):
            await reranker.rerank("q", ["a"])
