"""Whether what was found is worth asking a model about."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from assistant import Ask
from assistant.errors import EvidenceInvalid
from assistant.evidence import FEWEST, Basis, Evidence, read_evidence, shipped_evidence, suffices
from policies import Act, PostgresLedger, Principal
from retrieval import Search
from retrieval.e5 import NAME
from retrieval.results import Found
from tests.assistant.asking import answer, records
from tests.assistant.scripted import Scripted, engines
from tests.retrieval.small_corpus import Corpus
from ui.database import Pool

NEVER = replace(shipped_evidence(), intercept=-1e9)
CARRIED, FOREIGN = "Combien dure le congé de maternité ?", "Où garer une trottinette électrique ?"


def among_many(found: Found) -> Basis:
    """What decides, were there much to read."""
    return replace(Basis.of(found), chunks=FEWEST)


@pytest.fixture
async def leave(corpus: Corpus) -> None:
    await corpus.collection("Santé", {"Congé de maternité": "Le congé de maternité dure seize semaines."})


async def test_a_text_that_the_question_names_is_evidence_whatever_its_words(
    search: Search, corpus: Corpus, agent: Principal
) -> None:
    await corpus.collection("Droit", {"Code de la sécurité sociale, article L162-5-3": "Les honoraires sont fixés."})
    assert suffices(among_many(await search.search(agent, "que dit l'art. L162-5-3 CSS ?")), NEVER)
    assert not suffices(among_many(await search.search(agent, "que dit l'art. L162-9 CSS ?")), NEVER)


@pytest.mark.usefixtures("leave")
async def test_weights_decide_for_the_embedding_model_of_which_they_were_learned_alone(
    search: Search, agent: Principal
) -> None:
    basis = among_many(await search.find(CARRIED, await search.permitted(agent), 4))
    assert basis.embedding == NAME
    assert not suffices(basis, NEVER)
    assert suffices(basis, replace(NEVER, embedding="autre"))
    assert suffices(basis, None)


@pytest.mark.usefixtures("leave")
async def test_among_few_texts_weights_do_not_decide(search: Search, agent: Principal) -> None:
    found = await search.find(CARRIED, await search.permitted(agent), 4)
    assert found.nearby.chunks < FEWEST
    assert suffices(Basis.of(found), NEVER)


@pytest.mark.usefixtures("leave")
async def test_the_weights_of_the_product_tell_a_question_that_a_document_carries(
    search: Search, agent: Principal
) -> None:
    readable = await search.permitted(agent)
    assert suffices(among_many(await search.find(CARRIED, readable, 4)), shipped_evidence())
    assert not suffices(among_many(await search.find(FOREIGN, readable, 4)), shipped_evidence())


@pytest.mark.usefixtures("leave")
async def test_what_has_no_word_of_the_question_is_no_evidence_without_weights_either(
    search: Search, agent: Principal
) -> None:
    assert not suffices(Basis.of(await search.find(FOREIGN, await search.permitted(agent), 4)), None)
    assert not suffices(Basis.of(await search.find(CARRIED, [], 4)), None)


@pytest.mark.usefixtures("leave")
@pytest.mark.parametrize("evidence", [shipped_evidence(), NEVER, None], ids=["shipped", "never", "none"])
async def test_the_decision_can_be_made_again_from_the_record_alone(
    search: Search, pool: Pool, agent: Principal, evidence: Evidence | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.evidence.FEWEST", 1)  # so that the weights decide
    model = Scripted(pieces=("Le congé de maternité dure seize semaines.",))
    ask = Ask(search, engines(model), PostgresLedger(), pool, evidence=evidence)
    for question in (CARRIED, FOREIGN, "Que dit l'article L162-5-3 du code de la sécurité sociale ?"):
        await answer(ask.ask(agent, question))
    asked = [one["details"] for one in await records(pool) if one["act"] == Act.QUESTION_ASKED]
    assert [one["decision"] for one in asked][:2] == ["refuse" if evidence is NEVER else "answer", "refuse"]
    for details in asked:
        assert suffices(Basis(**details["basis"]), evidence) == (details["decision"] == "answer")
        assert details["thresholds"] == (evidence.fingerprint if evidence else None)
    assert shipped_evidence().fingerprint != NEVER.fingerprint


def test_weights_come_back_from_their_file_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "refus.json"
    path.write_text(json.dumps(shipped_evidence().as_json()))
    assert read_evidence(path) == shipped_evidence()


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"embedding": "e5", "weights": {}, "intercept": 0, "learned": {}}', "\x00"]
)
def test_a_damaged_file_is_refused_in_one_line_that_says_what_to_do(tmp_path: Path, text: str) -> None:
    path = tmp_path / "refus.json"
    path.write_text(text)
    with pytest.raises(EvidenceInvalid, match="retirez ASSISTANT_REFUSAL") as refused:
        read_evidence(path)
    assert "\n" not in str(refused.value)


def test_a_weight_that_is_no_number_is_refused() -> None:
    shipped = shipped_evidence().as_json()
    damaged = shipped | {"weights": shipped["weights"] | {"coverage": float("nan")}}
    with pytest.raises(EvidenceInvalid):
        Evidence.of_json(json.dumps(damaged))
