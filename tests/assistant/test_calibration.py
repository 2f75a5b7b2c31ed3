"""Learning when to refuse, and proving it on questions that it was not learned on."""

from dataclasses import dataclass

import pytest

from assistant import CalibratingRefusal, NothingToTellApart, RefusalCalibration
from policies import PostgresLedger, Principal
from retrieval import EvaluationProgress, JudgedSet, Search
from tests.assistant.asking import records
from tests.retrieval.small_corpus import Corpus

TEXTS = {
    "maternité": "Le congé de maternité dure seize semaines.",
    "retraite": "L'âge légal de départ à la retraite est fixé par la loi.",
    "prime": "La prime d'activité complète les revenus du travail.",
    "vitale": "La carte Vitale se renouvelle en ligne.",
    "logement": "L'aide au logement dépend des ressources et du loyer.",
    "télétravail": "Le télétravail est ouvert trois jours par semaine.",
}


@dataclass(frozen=True)
class Question:
    question: str
    relevant: tuple[str, ...] = ()
    id: str = ""


ANSWERED = [
    Question("Combien de temps dure le congé de maternité ?", ("maternité",)),
    Question("À quel âge légal part-on à la retraite ?", ("retraite",)),
    Question("Que complète la prime d'activité ?", ("prime",)),
    Question("Comment se renouvelle la carte Vitale ?", ("vitale",)),
    Question("De quoi dépend l'aide au logement ?", ("logement",)),
    Question("Combien de jours de télétravail ?", ("télétravail",)),
]
UNANSWERED = [
    Question("Comment immatriculer une moto importée ?"),
    Question("Quelle farine pour une brioche ?"),
    Question("Où voir des aurores boréales ?"),
    Question("Qui a peint la Joconde ?"),
    Question("Comment accorder un violon ?"),
    Question("Quelles chaussures pour courir un marathon ?"),
]


@pytest.fixture
async def calibrating(search: Search, corpus: Corpus) -> CalibratingRefusal:
    await corpus.collection("Santé", TEXTS)
    return CalibratingRefusal(corpus.pool, PostgresLedger(), search)


async def test_each_way_of_asking_is_proved_and_the_whole_recorded(
    calibrating: CalibratingRefusal, corpus: Corpus, agent: Principal
) -> None:
    answered, unanswered = JudgedSet("fiches", ANSWERED, ["Santé"]), JudgedSet("sans", UNANSWERED, [])
    *progress, calibration = [step async for step in calibrating.run(agent, [answered], [unanswered])]
    assert isinstance(calibration, RefusalCalibration)
    assert progress[-1] == EvaluationProgress(done=36, total=36)
    ways = ["toutes les collections", "Santé", "Santé (rien d’autre n’est lisible)"]
    assert list(calibration.answerable) == [f"fiches, {way}" for way in ways]
    assert list(calibration.unanswerable) == [f"sans, {way}" for way in ways]
    assert calibration.unanswerable["sans, Santé"] > calibration.answerable["fiches, Santé"]
    assert dict(calibration.evidence.learned)["questions"] == dict.fromkeys(
        [*calibration.answerable, *calibration.unanswerable], 6
    )
    begun, finished = (one["details"] for one in (await records(corpus.pool))[-2:])
    assert (begun["phase"], finished["phase"]) == ("started", "finished")
    assert begun["calibration"] == finished["calibration"]
    assert finished["answerable"] == calibration.answerable


@pytest.mark.parametrize(
    ("answered", "unanswered"), [(ANSWERED, []), ([], UNANSWERED), (UNANSWERED, UNANSWERED), (ANSWERED, UNANSWERED[:1])]
)
async def test_too_few_questions_of_a_kind_are_refused(
    calibrating: CalibratingRefusal, agent: Principal, answered: list[Question], unanswered: list[Question]
) -> None:
    with pytest.raises(NothingToTellApart, match="--unanswerable"):
        async for _ in calibrating.run(agent, [JudgedSet("a", answered, [])], [JudgedSet("b", unanswered, [])]):
            pass
