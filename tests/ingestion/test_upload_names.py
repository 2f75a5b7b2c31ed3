"""What a file that a browser sends may be called."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.errors import NameUnfit
from ingestion.upload_names import LONGEST_BYTES, LONGEST_NAME, document_name


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("note.pdf", "note.pdf"),
        ("./Congés 2026/note.pdf", "Congés 2026/note.pdf"),
        ("dossier\\note.pdf", "dossier/note.pdf"),
        ("Conge\u0301.pdf", "Congé.pdf"),
        ("note..pdf", "note..pdf"),
        (" note.pdf ", "note.pdf"),
    ],
)
def test_the_same_folder_gives_the_same_names_on_every_system(given: str, kept: str) -> None:
    assert document_name(given) == kept


@pytest.mark.parametrize(
    "given",
    [
        *("", "  ", "/etc/passwd", "C:/note.pdf", "C:\\note.pdf", "\\\\serveur\\note.pdf"),
        *("../note.pdf", "a/../note.pdf", "a/..", ".", "a//b.pdf", "a/ /b.pdf", "a/./b.pdf"),
        *("a\0.pdf", "a\n.pdf", "a\u202e.pdf", "a\u2028.pdf", "\ud800.pdf"),
        *("a" * 1_000, "é" * (LONGEST_NAME + 1), "𝒜" * (LONGEST_BYTES // 4 + 1)),
    ],
)
def test_a_name_that_no_document_can_have_is_told_with_what_to_do(given: str) -> None:
    with pytest.raises(NameUnfit, match="Renommez-le") as raised:
        document_name(given)
    assert len(str(raised.value)) < 250
    str(raised.value).encode()  # it can be shown, and kept


@given(st.text(max_size=LONGEST_NAME + 5) | st.lists(st.text("ab./\\:é \0", max_size=5), max_size=5).map("/".join))
def test_a_name_that_is_taken_stays_in_its_folder_and_is_taken_again_as_it_is(given: str) -> None:
    try:
        name = document_name(given)
    except NameUnfit:
        return
    assert name
    assert document_name(name) == name == unicodedata.normalize("NFC", name)
    assert len(name) <= LONGEST_NAME
    assert len(name.encode()) <= LONGEST_BYTES
    assert not any(part in {"", ".", ".."} for part in name.split("/"))
    assert not any(unicodedata.category(one)[0] == "C" for one in name)
