"""A model that judges sentences sharpens their check, and overrules nothing that can be compared."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Ask
from assistant.checking.checked_text import UNSUPPORTED_MARK
from assistant.checking.citations import CitationCheck
from assistant.checking.entailment import PAUSE_S, UNJUDGED, Judging, Verdict
from assistant.errors import EntailmentFailed
from policies import PostgresLedger, Principal
from retrieval import Passage, Search
from tests.assistant.asking import QUESTION, TRUE, answer, records
from tests.assistant.conftest import passage
from tests.assistant.scripted import Scripted, engines
from tests.assistant.scripted_judge import ScriptedJudge, judging
from ui.database import Pool

WRITTEN = "La demande est faite par écrit deux mois avant le départ."
OWN_WORDS = "La demande est rédigée sur papier deux mois avant le départ."


def supported(leave: Passage, sentence: str, judge: ScriptedJudge) -> bool:
    with judging(judge) as asked:
        return bool(CitationCheck([leave], judging=asked).support(sentence).quotes)


def test_what_a_stretch_bears_out_by_its_words_is_doubted_where_it_contradicts_it(leave: Passage) -> None:
    assert supported(leave, WRITTEN, ScriptedJudge({WRITTEN: Verdict.UNDECIDED}))
    judge = ScriptedJudge({WRITTEN: Verdict.CONTRADICTED})
    assert not supported(leave, WRITTEN, judge)
    assert judge.asked == [(f"Congé sans solde. {WRITTEN}", WRITTEN)]


def test_a_sentence_in_words_of_its_own_is_borne_out_by_the_stretch_that_entails_it(leave: Passage) -> None:
    assert not supported(leave, OWN_WORDS, ScriptedJudge({}))
    assert not supported(leave, OWN_WORDS, ScriptedJudge({OWN_WORDS: Verdict.CONTRADICTED}))
    with judging(ScriptedJudge({OWN_WORDS: Verdict.ENTAILED})) as asked:
        check = CitationCheck([leave], judging=asked)
        quote = check.support(OWN_WORDS).quotes[1]
    assert leave.chunk.text[quote.start : quote.end] == WRITTEN
    assert check.judged == {
        "model": "tiny", "sha256": "0" * 64, "contradicted": 0, "entailed": 1, "unjudged": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    "sentence",
    [
        "La demande est rédigée sur papier trois mois avant le départ.",
        "La demande est rédigée sur papier deux ans avant le départ.",
        "La demande est rédigée sur papier deux mois après le départ.",
        "La demande n’est pas rédigée sur papier deux mois avant le départ.",
        "La demande est rédigée sur papier à Bercy deux mois avant le départ.",
        "Le congé obéit aux règles de l’article L. 3142-29.",
        "L’employeur a l’obligation stricte de l’accorder.",
        "L’employeur peut demander un congé sans rémunération au salarié.",
    ],
)
def test_no_verdict_overrules_what_can_be_compared(leave: Passage, sentence: str) -> None:
    assert not supported(leave, sentence, ScriptedJudge({sentence: Verdict.ENTAILED}))


words = st.lists(st.sampled_from([*OWN_WORDS.split(), "trois", "ne", "pas", "Paris", "L. 1-2", "5 €"]), max_size=12)


@given(words.map(" ".join))
def test_a_figure_that_the_passage_has_not_is_never_borne_out(leave: Passage, sentence: str) -> None:
    wrong = f"{sentence} avec 99 €."
    assert not supported(leave, wrong, ScriptedJudge({wrong: Verdict.ENTAILED}))


def test_a_model_that_fails_or_is_slow_leaves_what_the_words_say(leave: Passage) -> None:
    for judge, seconds in ((ScriptedJudge({}, failing=True), 60.0), (ScriptedJudge({}, gate=threading.Event()), 0.01)):
        with judging(judge, seconds) as asked:
            check = CitationCheck([leave], judging=asked)
            assert check.support(WRITTEN).quotes
            assert not check.support(OWN_WORDS).quotes
            assert check.unjudged == 2


def test_a_model_that_failed_is_left_alone_for_a_while() -> None:
    now = [0.0]
    judge = ScriptedJudge({WRITTEN: Verdict.ENTAILED}, failing=True)
    with ThreadPoolExecutor(1) as executor:
        asked = Judging(judge, 60.0, executor, clock=lambda: now[0])
        for _ in range(3):
            with pytest.raises(EntailmentFailed):
                asked.verdicts([("", WRITTEN)])
        assert len(judge.asked) == 1
        judge.failing, now[0] = False, PAUSE_S
        assert asked.verdicts([("", WRITTEN)]) == [Verdict.ENTAILED]


@pytest.mark.usefixtures("collection")
@pytest.mark.parametrize("failing", [False, True])
async def test_an_answer_and_its_record_say_what_the_model_did(
    search: Search, pool: Pool, agent: Principal, failing: bool
) -> None:
    second = "Il commence six semaines avant la date prévue."
    model = Scripted(pieces=(f"{TRUE}. ", second))
    with judging(ScriptedJudge({second: Verdict.CONTRADICTED}, failing=failing)) as asked:
        given = await answer(Ask(search, engines(model), PostgresLedger(), pool, judging=asked).ask(agent, QUESTION))
    marked = f"{second[:-1]}{' [2]' if failing else UNSUPPORTED_MARK}."
    assert given.text == f"{TRUE} [1]. {marked}"
    assert (UNJUDGED in given.partial) == failing
    told = (await records(pool))[-1]["details"]["judged"]
    assert (told["model"], told["sha256"]) == ("tiny", "0" * 64)
    assert (told["contradicted"], told["unjudged"] > 0) == ((0, True) if failing else (1, False))


def test_a_name_that_opens_a_sentence_must_stand_in_the_passage_too() -> None:
    read = passage("Carte", "La mairie délivre la carte aux habitants de la commune.")
    wrong, right = "Marseille remet la carte aux habitants.", "On remet la carte aux habitants."
    assert not supported(read, wrong, ScriptedJudge({wrong: Verdict.ENTAILED}))
    assert supported(read, right, ScriptedJudge({right: Verdict.ENTAILED}))
