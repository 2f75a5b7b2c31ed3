"""Notes are those of C2SP: a text, and signatures that name their keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import KeyInvalid, NoteInvalid, SigningKey, VerifyingKey
from policies.audit.note import opened, signed

# The example of the format's first implementation (Go, golang.org/x/mod/sumdb/note).
VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)

KEY, OTHER = SigningKey.generated("registre/1"), SigningKey.generated("registre/1")


def test_the_example_of_the_format_opens() -> None:
    key = VerifyingKey.parse(VKEY)
    assert key.vkey == VKEY
    assert opened(NOTE, [key]).text.startswith("If you think")
    with pytest.raises(NoteInvalid, match="PeterNeumann"):
        opened(NOTE.replace("cryptography", "steganography"), [key])


@given(st.text(st.characters(exclude_categories=["Cs"])).map(lambda text: text + "\n"))
def test_what_is_signed_opens_with_its_keys_alone(text: str) -> None:
    note = signed(text, [KEY, OTHER])
    assert opened(note, [KEY.public]).text == text
    assert opened(note, [KEY.public, OTHER.public]).by == (KEY.public, OTHER.public)
    with pytest.raises(NoteInvalid, match="aucune des clés"):
        opened(note, [VerifyingKey.parse(VKEY)])


@given(st.integers(0), st.characters(exclude_categories=["Cs"]))
def test_a_note_that_was_changed_anywhere_does_not_pass_for_the_same(place: int, character: str) -> None:
    note = signed("registre/1\n12\n", [KEY])
    place %= len(note)
    changed = note[:place] + character + note[place + 1 :]
    try:
        found = opened(changed, [KEY.public])
    except NoteInvalid:
        return
    # What may change is what base64 does not use of its last letter.
    assert found.text == "registre/1\n12\n"


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n",
        "text",
        "text\n",
        "text\n\n",
        "text\n\n— a b",
        "text\n\nregistre/1 AAAA\n",
        "text\n\n— registre/1 ====\n",
    ],
)
def test_what_is_no_note_is_told(note: str) -> None:
    with pytest.raises(NoteInvalid):
        opened(note, [KEY.public])


def test_a_text_without_a_last_line_end_is_not_signed() -> None:
    with pytest.raises(NoteInvalid):
        signed("text", [KEY])


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "a",
        "a+b",
        "a+b+c",
        VKEY[:-1],
        VKEY.replace("c74f20a3", "c74f20a4"),
        VKEY.replace("Peter", "Pierre"),
        "é+\0+é",
    ],
)
def test_what_is_no_public_key_is_told(vkey: str) -> None:
    with pytest.raises(KeyInvalid):
        VerifyingKey.parse(vkey)


def test_a_private_key_comes_back_from_its_file_and_shows_itself_nowhere_else() -> None:
    assert SigningKey.of_pem("registre/1", KEY.pem).vkey == KEY.vkey
    assert KEY.pem.decode().splitlines()[1] not in repr(KEY) + str(KEY)


@pytest.mark.parametrize("pem", [b"", b"rien", pytest.param(KEY.pem[:60], id="cut short"), b"\xff\x00"])
def test_what_is_no_private_key_is_told(pem: bytes) -> None:
    with pytest.raises(KeyInvalid, match="PEM"):
        SigningKey.of_pem("registre/1", pem)


@pytest.mark.parametrize("name", ["", "deux mots", "a+b", "a\nb"])
def test_a_name_that_would_break_the_format_is_refused(name: str) -> None:
    with pytest.raises(KeyInvalid):
        SigningKey.generated(name)
