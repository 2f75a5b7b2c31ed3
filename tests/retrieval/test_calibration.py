"""Learning a ranker's weights on judged questions, and proving them on others."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from policies import PostgresLedger, Principal
from retrieval import (
    Calibrating,
    Calibration,
    CollectionNotFound,
    EvaluationProgress,
    JudgedSet,
    NothingJudged,
    NothingLearned,
    QuestionTooLong,
    Search,
)
from retrieval import calibration as module
from retrieval.figures import MEASURES
from retrieval.ranking.ranker import shipped
from retrieval.ranking.training import Example, learned
from tests.retrieval.small_corpus import Corpus

DOCUMENTS = {
    "maternité": "Le congé de maternité dure seize semaines.",
    "paternité": "Le congé de paternité et d'accueil de l'enfant dure vingt-cinq jours.",
    "retraite": "L'âge légal de départ à la retraite est fixé par la loi.",
    "prime": "La prime d'activité complète les revenus du travail.",
    "vitale": "La carte Vitale se renouvelle en ligne.",
    "logement": "L'aide au logement dépend des ressources et du loyer.",
}


@dataclass(frozen=True)
class Question:
    id: str
    question: str
    relevant: tuple[str, ...]


CODES = [
    Question("maternité-1", "Combien de temps dure le congé de maternité ?", ("maternité",)),
    Question("maternité-2", "duree conge maternite", ("maternité",)),
    Question("paternité-1", "Combien de jours pour un père ?", ("paternité",)),
    Question("retraite-1", "À quel âge part-on à la retraite ?", ("retraite",)),
    Question("sans-1", "Quelle est la météo ?", ()),
]
FICHES = [
    Question("prime-1", "Comment compléter mes revenus ?", ("prime",)),
    Question("vitale-1", "Comment refaire ma carte de santé ?", ("vitale",)),
    Question("logement-1", "Qui aide à payer le loyer ?", ("logement",)),
]
SETS = [JudgedSet("codes", CODES, ["Santé"]), JudgedSet("fiches", FICHES, [])]


@pytest.fixture
def calibrating(search: Search, corpus: Corpus) -> Calibrating:
    return Calibrating(corpus.pool, PostgresLedger(), search)


async def _calibration(calibrating: Calibrating, person: Principal, sets: Sequence[JudgedSet] = SETS) -> Calibration:
    *progress, calibration = [step async for step in calibrating.run(person, sets)]
    assert all(isinstance(step, EvaluationProgress) for step in progress)
    assert isinstance(calibration, Calibration)
    return calibration


async def test_progress_comes_first_and_what_was_learned_last(
    calibrating: Calibrating, corpus: Corpus, agent: Principal
) -> None:
    await corpus.collection("Santé", DOCUMENTS)
    *progress, calibration = [step async for step in calibrating.run(agent, SETS)]
    assert progress == [EvaluationProgress(done, 7) for done in range(1, 8)]  # a question without a document counts not
    assert isinstance(calibration, Calibration)


async def test_each_set_has_figures_of_both_orders(calibrating: Calibrating, corpus: Corpus, agent: Principal) -> None:
    await corpus.collection("Santé", DOCUMENTS)
    calibration = await _calibration(calibrating, agent)
    for figures in (calibration.fused, calibration.ranked):
        assert figures.keys() == {"codes", "fiches"}
        assert all(one.keys() == MEASURES.keys() for one in figures.values())
        assert figures["codes"]["recall@100"] == 1
    proof = dict(calibration.ranker.learned)
    assert proof == {
        "questions": {"codes": 4, "fiches": 3},
        "folds": module.FOLDS,
        "ranked": calibration.ranked,
        "fused": calibration.fused,
    }


async def test_the_ranker_is_for_the_model_that_was_asked_and_orders_what_is_found(
    calibrating: Calibrating, corpus: Corpus, agent: Principal
) -> None:
    await corpus.collection("Santé", DOCUMENTS)
    ranker = (await _calibration(calibrating, agent)).ranker
    assert ranker.embedding == corpus.embedder.name
    assert all(weight == round(weight, 4) for weight in ranker.weights.values())
    found = await replace(calibrating.search, ranker=ranker).find_documents(agent, CODES[0].question)
    assert found.passages[0].document_id == "maternité"


async def test_the_ranker_in_use_has_no_say_in_the_figures_of_plain_fusion(
    calibrating: Calibrating, corpus: Corpus, agent: Principal
) -> None:
    await corpus.collection("Santé", DOCUMENTS)
    upside_down = replace(shipped(), weights={name: -weight for name, weight in shipped().weights.items()})
    ranked = replace(calibrating, search=replace(calibrating.search, ranker=upside_down))
    assert await _calibration(ranked, agent) == await _calibration(calibrating, agent)


async def test_no_question_is_ranked_by_weights_that_were_learned_on_it_or_on_another_wording_of_it(
    calibrating: Calibrating, corpus: Corpus, agent: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained: list[frozenset[frozenset[str]]] = []

    def noting(examples: Sequence[Example]) -> dict[str, float]:
        trained.append(frozenset(example.relevant for example in examples))
        return learned(examples)

    monkeypatch.setattr(module, "learned", noting)
    await corpus.collection("Santé", DOCUMENTS)
    await _calibration(calibrating, agent)
    every = frozenset(frozenset(one.relevant) for one in [*CODES, *FICHES] if one.relevant)
    *folds, last = trained
    assert last == every
    assert len(folds) == module.FOLDS
    held_back = [every - fold for fold in folds]
    assert sum(map(len, held_back)) == len(every)  # the two wordings of one question are held back together
    assert frozenset().union(*held_back) == every


async def test_the_same_questions_teach_the_same(calibrating: Calibrating, corpus: Corpus, agent: Principal) -> None:
    await corpus.collection("Santé", DOCUMENTS)
    assert await _calibration(calibrating, agent) == await _calibration(calibrating, agent)


@pytest.mark.parametrize(("ranked", "wins"), [((0.55, 0.9), True), ((0.7, 0.7), False), ((0.9, 0.4), False)])
def test_it_wins_where_the_mean_over_sets_is_better(ranked: tuple[float, float], wins: bool) -> None:
    def figures(codes: float, fiches: float) -> dict[str, dict[str, float]]:
        return {"codes": {"ndcg@10": codes}, "fiches": {"ndcg@10": fiches}}

    assert Calibration(shipped(), figures(0.6, 0.8), figures(*ranked)).wins is wins


async def test_beginning_and_figures_are_records_of_one_calibration(
    calibrating: Calibrating, corpus: Corpus, agent: Principal
) -> None:
    await corpus.collection("Santé", DOCUMENTS)
    calibration = await _calibration(calibrating, agent)
    started, finished = await _records(corpus)
    assert started["act"] == finished["act"] == "evaluation.run"
    assert started["details"]["calibration"] == finished["details"]["calibration"]
    assert started["details"]["searched"] == finished["details"]["searched"] == ["Santé"]
    assert (started["details"]["phase"], started["details"]["questions"]) == ("started", 7)
    assert finished["details"]["phase"] == "finished"
    assert finished["details"]["ranked"] == calibration.ranked
    assert finished["details"]["fused"] == calibration.fused
    assert "maternité" not in json.dumps([started, finished], ensure_ascii=False)


async def test_what_is_to_be_prepared_comes_before_the_first_question(
    calibrating: Calibrating, corpus: Corpus, agent: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened: list[str] = []
    plain = Search.find_documents

    async def prepare() -> None:
        happened.append("prepared")

    async def noting(*given: Any, **more: Any) -> Any:
        happened.append("asked")
        return await plain(*given, **more)

    monkeypatch.setattr(Search, "find_documents", noting)
    await corpus.collection("Santé", DOCUMENTS)
    await _calibration(replace(calibrating, prepare=prepare), agent)
    assert happened == ["prepared", *["asked"] * 7]


@pytest.mark.parametrize("sets", [[], [JudgedSet("a", CODES, []), JudgedSet("b", CODES[-1:], [])]])
async def test_a_set_that_names_no_document_is_refused(
    calibrating: Calibrating, corpus: Corpus, agent: Principal, sets: list[JudgedSet]
) -> None:
    with pytest.raises(NothingJudged):
        await anext(calibrating.run(agent, sets))
    assert await _records(corpus) == []


@pytest.mark.parametrize(
    "questions",
    [CODES[:2], [replace(one, relevant=("ailleurs",)) for one in CODES]],
    ids=["all in one fold", "none finds its document"],
)
async def test_too_few_questions_to_learn_from_are_an_error_that_says_so(
    calibrating: Calibrating, corpus: Corpus, agent: Principal, questions: list[Question]
) -> None:
    await corpus.collection("Santé", DOCUMENTS)
    with pytest.raises(NothingLearned, match="plus de questions"):
        await _calibration(calibrating, agent, [JudgedSet("codes", questions, [])])
    (started,) = await _records(corpus)
    assert started["details"]["phase"] == "started"


async def test_no_question_is_asked_where_one_of_them_or_a_collection_cannot_be(
    calibrating: Calibrating, corpus: Corpus, agent: Principal
) -> None:
    await corpus.collection("Santé", DOCUMENTS)
    await corpus.collection("Cabinet", {"note": "Une note."}, readers=frozenset({"/CAB"}))
    with pytest.raises(QuestionTooLong):
        await anext(calibrating.run(agent, [*SETS, JudgedSet("long", [Question("q", "a" * 50_000, ("prime",))], [])]))
    assert await _records(corpus) == []
    with pytest.raises(CollectionNotFound):
        await anext(calibrating.run(agent, [*SETS, JudgedSet("cabinet", CODES, ["Cabinet"])]))
    (refused,) = await _records(corpus)
    assert refused["act"] != "evaluation.run"


async def _records(corpus: Corpus) -> list[dict[str, Any]]:
    async with corpus.pool.connection() as connection:
        return [json.loads(record.body) async for record in PostgresLedger().records(connection)]
