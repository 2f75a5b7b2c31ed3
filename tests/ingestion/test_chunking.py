"""What holds of every chunk of every document."""

from hypothesis import given
from hypothesis import strategies as st

from ingestion.chunking import CHUNK_CHARACTERS, HEADER_CHARACTERS, TAIL_CHARACTERS, chunk
from ingestion.document import Block, ParsedDocument
from retrieval.corpus import Chunk, DocumentMetadata
from retrieval.embedding import contextualise

words = st.text(alphabet="aé.,; \n", min_size=1, max_size=80)
texts = st.builds(lambda word, times: word * times, words, st.integers(1, 60))
blocks = st.builds(
    Block,
    text=texts,
    heading_path=st.sampled_from([(), ("A",), ("A", "B"), ("C",)]),
    page=st.sampled_from([None, 1, 2]),
    header=st.sampled_from(["", "aé | b"]),
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


def table(rows: int, columns: str = "Grade | Indice") -> tuple[Block, ...]:
    """A table with a header row."""
    return Block(columns), *(Block(f"Attaché de l’échelon {n} | {n}", header=columns) for n in range(rows))


def chunks(*blocks: Block) -> list[Chunk]:
    return chunk(ParsedDocument(DocumentMetadata("Titre"), blocks))


def test_a_table_that_fits_is_kept_whole() -> None:
    paragraph = Block("Les indices sont les suivants. " * 30)
    before, rows = chunks(paragraph, *table(20))
    assert before.text == paragraph.text.strip()
    assert rows.text.startswith("Grade | Indice\n")
    assert (before.header, rows.header) == ("", "")


def test_a_long_table_is_cut_between_rows_and_each_piece_has_the_header_row() -> None:
    first, *others = chunks(*table(200))
    assert first.text.startswith("Grade | Indice\n")
    assert len(others) > 2
    for piece in others:
        assert piece.text.startswith("Attaché de l’échelon ")
        assert piece.header == "Grade | Indice"


def test_a_chunk_that_begins_with_a_table_or_after_one_has_no_header() -> None:
    pieces = chunks(*table(25, "A | B"), *table(25, "C | D"), Block("Fin. " * 300))
    headers = {piece.text[:5]: piece.header for piece in pieces}
    assert headers == {"A | B": "", "C | D": "", "Fin. ": ""}


def test_a_header_is_read_by_the_model_but_is_no_part_of_the_text() -> None:
    piece = chunks(*table(200))[1]
    assert contextualise("Grille", piece) == f"Grille\nGrade | Indice\n{piece.text}"


def test_a_header_without_end_leaves_room_for_the_rows() -> None:
    pieces = chunks(*table(100, "Colonne | " * 200))
    assert max(len(piece.header) for piece in pieces) == HEADER_CHARACTERS
