import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from assistant.checking.checked_text import UNSUPPORTED_MARK, CheckedText
from assistant.checking.citations import CitationCheck
from retrieval.corpus import Passage
from retrieval.unsupported import Unsupported

sentences_and_noise = st.lists(
    st.sampled_from(
        [
            "La carte est valable 5 ans",
            "La carte coûte 99 €",
            "Le salarié peut demander un congé sans solde",
            "art. L. 3142-28",
            *[".", "!", "?", "…", ":", ";", "\n", "«", "»", "(", ")", "[", "]", "1", "2", ","],
            " ",
            "[1]",
            "[2, 1]",
            " [",
            "[[1]",
            "\u202f?",
        ]
    ),
    max_size=14,
).map("".join)


def checked(
    passages: list[Passage], pieces: list[str], rule: Unsupported = Unsupported.MARK
) -> tuple[str, CheckedText]:
    text = CheckedText(CitationCheck(passages), rule)
    return "".join([*map(text.feed, pieces), text.finish()]), text


def test_a_sentence_gets_the_number_of_its_passage_before_its_full_stop(leave: Passage, card: Passage) -> None:
    text, state = checked([leave, card], ["La carte est valable 5 ans. La carte coûte 99 €. Est-ce tout ?"])
    assert text == f"La carte est valable 5 ans [2]. La carte coûte 99 €{UNSUPPORTED_MARK}. Est-ce tout ?"
    assert (state.supported, state.unsupported) == (1, 1)
    quote = state.quotes[2]
    assert card.chunk.text[quote.start : quote.end] == "Elle est valable 5 ans et coûte 12,50 €."


def test_the_models_own_marks_are_swallowed_and_judged(leave: Passage, card: Passage) -> None:
    text, state = checked([leave, card], ["La carte [", "1", "] est valable 5 ans. [", "2,1][7", "]"])
    assert text == "La carte est valable 5 ans [2]."
    assert state.doubted == {1, 7}


def test_what_is_certain_is_shown_at_once(leave: Passage) -> None:
    text = CheckedText(CitationCheck([leave]))
    assert text.feed("Le salarié peut") == "Le salarié peut"
    assert text.feed(" demander") == " demander"
    assert text.feed(".") == ""
    assert text.feed(" Il") == " [1]. Il"


@given(text=sentences_and_noise, cuts=st.lists(st.integers(0, 60), max_size=12), rule=st.sampled_from(Unsupported))
def test_pieces_do_not_matter(leave: Passage, card: Passage, text: str, cuts: list[int], rule: Unsupported) -> None:
    bounds = [0, *sorted(cuts), len(text)]
    pieces = [text[start:end] for start, end in pairwise(bounds)]
    whole, state = checked([leave, card], [text], rule)
    for cut in (pieces, list(text)):
        again, other = checked([leave, card], cut, rule)
        assert again == whole
        assert (other.quotes, other.doubted, other.unsupported) == (state.quotes, state.doubted, state.unsupported)


@given(text=sentences_and_noise)
def test_no_mark_is_there_that_the_check_did_not_put(leave: Passage, card: Passage, text: str) -> None:
    whole, state = checked([leave, card], [text])
    assert {int(number) for number in re.findall(r"\[(\d+)\]", whole)} == state.quotes.keys()


@given(text=sentences_and_noise)
def test_without_passages_every_claim_is_marked(text: str) -> None:
    whole, state = checked([], [text])
    assert whole.count(UNSUPPORTED_MARK) == state.unsupported
    assert "[" not in whole


def test_where_they_are_dropped_nothing_of_an_unsupported_sentence_is_ever_shown(leave: Passage, card: Passage) -> None:
    told = "La carte est valable 5 ans. La carte coûte 99 €. Elle est délivrée par la mairie. La carte est ver"
    text = CheckedText(CitationCheck([leave, card]), Unsupported.DROP)
    shown = [text.feed(character) for character in told] + [text.finish()]
    assert "".join(shown) == "La carte est valable 5 ans [2]. Elle est délivrée par la mairie [2]. "
    assert (text.supported, text.unsupported, text.dropped) == (2, 2, 2)


def test_the_blank_before_an_answer_is_dropped(leave: Passage) -> None:
    checked = CheckedText(CitationCheck([leave]))
    assert "".join([*map(checked.feed, [" ", "\n Oui", " ou non"]), checked.finish()]).startswith("Oui ou non")
