"""What a ranker is told of each document that was listed."""

from types import SimpleNamespace
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.index import Listed, Respect
from retrieval.ranking.features import LEAST_NEIGHBOUR, NAMES, WORDS, Candidates, candidates
from retrieval.ranking.table import LENGTHS, DocumentKey, Lists
from tests.retrieval.ranked_lists import A, B, chunk, listed, lists


def of(found: Candidates, document: str, collection: UUID = A) -> SimpleNamespace:
    """The document's row."""
    row = found.features[found.documents.index((str(collection), document))]
    return SimpleNamespace(**dict(zip(NAMES, row.tolist(), strict=True)))


def chunks(found: Candidates) -> dict[DocumentKey, list[tuple[UUID, float]]]:
    """Of each document, with what they stand below its best."""
    some: dict[DocumentKey, list[tuple[UUID, float]]] = {key: [] for key in found.documents}
    for one, place, below in zip(found.chunks, found.document_of, found.below, strict=True):
        some[found.documents[place]].append((one, below))
    return some


def by_words(*some: Listed) -> Candidates:
    """Of one list, by the words of chunks and by those of whole documents."""
    return candidates(lists({Respect.WORDS: some, Respect.WHOLE: some}))


def test_no_list_makes_no_candidate() -> None:
    found = candidates(lists({}))
    assert (found.documents, found.features.shape, found.chunks) == ([], (0, len(NAMES)), [])


def test_each_feature_is_the_standing_in_its_list() -> None:
    up, down = [listed("a", 3.0), listed("b", 1.0)], [listed("b", 3.0), listed("a", 1.0)]
    first = {Respect.MEANING: up, Respect.WORDS: down, Respect.WHOLE: down, Respect.TITLE: up}
    found = candidates(Lists(first, {Respect.MEANING: down, Respect.WHOLE: up}))
    for document, sign in (("a", 1), ("b", -1)):
        row = of(found, document)
        assert (row.title, row.further_words) == pytest.approx((sign,) * 2)
        assert (row.whole, row.further_meaning) == pytest.approx((-sign,) * 2)


def test_what_is_not_in_a_list_stands_where_the_list_ends() -> None:
    further = {Respect.MEANING: [listed("a", 3.0), listed("b", 1.0)]}
    found = candidates(lists({Respect.MEANING: [listed("c", 1.0)]}, further))
    assert of(found, "c").further_meaning == of(found, "b").further_meaning == pytest.approx(-1)


def test_a_single_text_that_has_the_word_stands_above_those_that_have_none() -> None:
    near = [listed(f"d{n}", 1 - n / 100) for n in range(50)]
    found = candidates(lists({Respect.MEANING: near, Respect.WHOLE: [listed("has it", 7.0)]}))
    assert of(found, "has it").whole > 1 > of(found, "d0").whole == of(found, "d49").whole


def test_what_a_full_list_of_words_leaves_out_may_have_some_of_them() -> None:
    words = [listed(f"d{n}", 200.0 - n) for n in range(LENGTHS[Respect.WHOLE])]
    found = candidates(lists({Respect.MEANING: [listed("left out", 1.0)], Respect.WHOLE: words}))
    assert of(found, "left out").whole == of(found, words[-1].document_id).whole


def test_a_document_without_a_title_is_known_by_its_opening() -> None:
    opening = [listed("a", 3.0), listed("b", 1.0, is_titled=False)]
    found = candidates(lists({Respect.TITLE: opening[:1]}, openings=opening))
    titled, untitled = of(found, "a"), of(found, "b")
    assert titled.untitled_opening == 0
    assert (untitled.untitled_opening, untitled.title) == pytest.approx((-1, 0))


def test_a_document_is_as_good_as_its_best_chunk() -> None:
    found = by_words(listed("a", 3.0, ordinal=2), listed("b", 1.0), listed("a", 0.5))
    assert of(found, "a").whole == pytest.approx(1)
    assert [one for one, _ in chunks(found)[str(A), "a"]] == [chunk("a", 2), chunk("a", 0)]


def test_chunks_of_a_document_come_best_first_with_what_they_stand_below_it() -> None:
    meaning = [listed("a", 3.0, ordinal=1), listed("a", 2.9), listed("b", 1.0)]
    found = candidates(lists({Respect.MEANING: meaning, Respect.WORDS: [listed("a", 5.0), listed("b", 1.0)]}))
    (first, nothing), (second, below) = chunks(found)[str(A), "a"]
    assert (first, second) == (chunk("a", 0), chunk("a", 1))  # by words it is far better
    assert (nothing, below > 0) == (0, True)


def test_a_document_found_by_its_whole_text_alone_has_its_first_chunk() -> None:
    found = candidates(lists({Respect.WHOLE: [listed("a", 3.0)], Respect.MEANING: [listed("b", 1.0, ordinal=4)]}))
    assert [one for one, _ in chunks(found)[str(A), "a"]] == [chunk("a", 0)]


def test_a_neighbour_is_the_best_other_document_of_the_same_section() -> None:
    found = by_words(
        listed("best", 3.0, section="I"), listed("second", 2.0, section="I"), listed("third", 1.0, section="I")
    )
    words = {name: of(found, name).whole for name in ("best", "second", "third")}
    neighbour = {name: of(found, name).neighbour for name in words}
    above = {name: WORDS * value - LEAST_NEIGHBOUR for name, value in words.items()}
    assert neighbour == pytest.approx({"best": above["second"], "second": above["best"], "third": above["best"]})


def test_chunks_of_one_document_are_no_neighbours_of_each_other() -> None:
    found = by_words(listed("a", 3.0, section="I"), listed("a", 2.0, ordinal=1, section="I"), listed("b", 1.0))
    assert (of(found, "a").neighbour, of(found, "b").neighbour) == (0, 0)


def test_texts_without_a_section_are_no_neighbours() -> None:
    found = by_words(listed("a", 3.0), listed("b", 2.0))
    assert (of(found, "a").neighbour, of(found, "b").neighbour) == (0, 0)


def test_a_section_of_another_collection_is_another_section() -> None:
    found = by_words(listed("a", 3.0, section="I"), listed("b", 2.0, section="I", collection=B), listed("c", 1.0))
    assert (of(found, "a").neighbour, of(found, "b", B).neighbour) == (0, 0)


def test_documents_of_one_id_in_two_collections_are_two() -> None:
    found = by_words(listed("a", 3.0), listed("a", 1.0, collection=B))
    assert set(found.documents) == {(str(A), "a"), (str(B), "a")}
    assert of(found, "a").whole > of(found, "a", B).whole


some = st.lists(
    st.builds(
        listed,
        st.sampled_from("abcdef"),
        st.integers(-5, 5).map(float),
        ordinal=st.integers(0, 2),
        collection=st.sampled_from([A, B]),
        section=st.sampled_from(["", "I", "II"]),
    ),
    max_size=12,
).map(lambda made: sorted(made, key=lambda one: -one.score))


@given(st.fixed_dictionaries(dict.fromkeys(Respect, some)), some, some)
def test_every_document_that_is_listed_is_a_candidate_with_finite_features(
    first: dict[Respect, list[Listed]], meaning: list[Listed], whole: list[Listed]
) -> None:
    found = candidates(Lists(first, {Respect.MEANING: meaning, Respect.WHOLE: whole}))
    everything = [one for listing in (*first.values(), meaning, whole) for one in listing]
    assert set(found.documents) == {(one.collection_id, one.document_id) for one in everything}
    assert len(set(found.documents)) == len(found.documents) == len(found.features)
    assert np.isfinite(found.features).all()
    for some in chunks(found).values():
        below = [value for _, value in some]
        assert below == sorted(below)
        assert below[0] == 0
    assert set(found.chunks) == {one.id for one in everything}
