"""What holds of every chunk of every document."""

from hypothesis import given
from hypothesis import strategies as st

from ingestion.chunking import CHUNK_CHARACTERS, TAIL_CHARACTERS, chunk
from ingestion.document import Block, ParsedDocument
from retrieval.corpus import DocumentMetadata

words = st.text(alphabet="aé.,; \n", min_size=1, max_size=80)
texts = st.builds(lambda word, times: word * times, words, st.integers(1, 60))
blocks = st.builds(
    Block,
    text=texts,
    heading_path=st.sampled_from([(), ("A",), ("A", "B"), ("C",)]),
    page=st.sampled_from([None, 1, 2]),
)
documents = st.builds(ParsedDocument, st.just(DocumentMetadata("Titre")), st.lists(blocks, max_size=12).map(tuple))


@given(documents)
def test_a_chunk_is_the_text_at_its_place(document: ParsedDocument) -> None:
    for n, piece in enumerate(chunk(document)):
        assert piece.ordinal == n
        assert piece.text == document.text[piece.locator.start : piece.locator.end]
        assert piece.text.strip() == piece.text != ""


@given(documents)
def test_a_chunk_is_never_longer_than_the_model_reads(document: ParsedDocument) -> None:
    assert all(len(piece.text) <= CHUNK_CHARACTERS + TAIL_CHARACTERS for piece in chunk(document))


@given(documents)
def test_a_chunk_crosses_no_heading_and_no_page(document: ParsedDocument) -> None:
    places = []
    for block in document.blocks:
        places += [(block.heading_path, block.page)] * (len(block.text) + 1)
    for piece in chunk(document):
        inside = {
            place
            for offset, place in enumerate(places[piece.locator.start : piece.locator.end])
            if not piece.text[offset].isspace()
        }
        assert inside == {(piece.locator.heading_path, piece.locator.page)}


@given(documents)
def test_all_that_is_not_blank_is_in_exactly_one_chunk(document: ParsedDocument) -> None:
    covered = [0] * len(document.text)
    for piece in chunk(document):
        for position in range(piece.locator.start, piece.locator.end):
            covered[position] += 1
    assert all(times <= 1 for times in covered)
    assert all(times == 1 or character.isspace() for times, character in zip(covered, document.text, strict=True))
