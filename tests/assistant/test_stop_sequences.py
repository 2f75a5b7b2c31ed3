from hypothesis import given
from hypothesis import strategies as st

from assistant.engines.stop_sequences import StopSequences


@given(
    pieces=st.lists(st.text("ab\n", max_size=3), max_size=8),
    sequences=st.lists(st.text("ab\n", min_size=1, max_size=3), max_size=3),
)
def test_text_ends_before_the_first_stop_sequence(pieces: list[str], sequences: list[str]) -> None:
    until = StopSequences(sequences)
    given_out = ""
    for piece in pieces:
        given_out += until.feed(piece)
        if until.reached:
            break
    given_out += until.finish()

    text = "".join(pieces)
    spans = [(text.index(sequence) + len(sequence), text.index(sequence)) for sequence in sequences if sequence in text]
    assert until.reached == bool(spans)
    assert given_out == (text[: min(spans)[1]] if spans else text)
