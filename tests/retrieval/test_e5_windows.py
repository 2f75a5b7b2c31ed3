"""Windows of long texts, batches of windows, and the mean of what the network gives for them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.e5.packed import Vocabulary
from retrieval.e5.tokenizer import Tokenizer
from retrieval.e5.windows import BATCH_PIECES, Window, averaged, batches_of, windows_of

LENGTHS = st.lists(st.integers(min_value=3, max_value=512), max_size=80)


def test_a_long_text_is_cut_into_windows_that_do_not_overlap() -> None:
    pieces = ["<s>", "</s>", "<unk>", "▁a", "b", "c"]
    tokenizer = Tokenizer(Vocabulary(pieces, [0.0] * 3 + [-1.0] * 3, {}, begin=0, end=1, unknown=2))
    assert windows_of(["a", "abcbb"], tokenizer, size=4) == [
        Window(0, [0, 3, 1], weight=1),
        Window(1, [0, 3, 4, 1], weight=2),
        Window(1, [0, 5, 4, 1], weight=2),
        Window(1, [0, 4, 1], weight=1),
    ]


@given(lengths=LENGTHS)
def test_batches_hold_each_window_once_the_longest_first(lengths: list[int]) -> None:
    windows = [Window(number, [0] * length, length - 2) for number, length in enumerate(lengths)]
    batches = list(batches_of(windows))
    in_turn = [window for batch in batches for window in batch]
    assert sorted(window.text for window in in_turn) == list(range(len(lengths)))
    assert [len(window.pieces) for window in in_turn] == sorted(lengths, reverse=True)


@given(lengths=LENGTHS)
def test_no_batch_is_larger_than_one_call_may_be(lengths: list[int]) -> None:
    windows = [Window(number, [0] * length, length - 2) for number, length in enumerate(lengths)]
    for batch in batches_of(windows):
        assert len(batch) * max(len(window.pieces) for window in batch) <= BATCH_PIECES


def test_windows_of_a_text_weigh_as_many_pieces_as_they_have() -> None:
    windows = [Window(1, [], weight=1), Window(0, [], weight=5), Window(1, [], weight=3)]
    means = np.array([[4, 0], [0, 2], [0, 1]], np.float32)
    assert averaged(windows, means, texts=2) == pytest.approx(np.array([[0, 1], [0.8, 0.6]]))
