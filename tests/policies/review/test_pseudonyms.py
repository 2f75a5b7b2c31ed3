"""Pseudonyms: stable, of one form, and telling nothing without the key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from policies.review.pseudonyms import Pseudonyms, read_pseudonym

PSEUDONYMS = Pseudonyms(bytes(32))


def test_a_pseudonym_stays_the_same() -> None:
    assert PSEUDONYMS.of("s-agent") == snapshot("4VDQR-7MDSF")
    assert PSEUDONYMS.of_address("192.0.2.7") == snapshot("RQ5BJ-ZKYN7")


def test_nobody_has_none() -> None:
    assert PSEUDONYMS.of("") == ""
    assert PSEUDONYMS.of_address("") == ""


def test_what_is_no_address_is_not_hidden() -> None:
    assert PSEUDONYMS.of_address("commande") == "commande"
    assert PSEUDONYMS.of_address("service") == "service"
    assert PSEUDONYMS.of("commande") != "commande"


@given(st.text(min_size=1), st.text(min_size=1))
def test_two_names_have_two_pseudonyms(name: str, other: str) -> None:
    assert (PSEUDONYMS.of(name) == PSEUDONYMS.of(other)) == (name == other)


@given(st.text(min_size=1), st.binary(min_size=32, max_size=32))
def test_another_key_and_another_kind_give_another(name: str, key: bytes) -> None:
    assert PSEUDONYMS.of(name) != PSEUDONYMS.of_address(name)
    assert (Pseudonyms(key).of(name) == PSEUDONYMS.of(name)) == (key == bytes(32))


@given(st.text(min_size=1))
def test_a_pseudonym_is_read_however_it_is_typed(name: str) -> None:
    pseudonym = PSEUDONYMS.of(name)
    assert read_pseudonym(pseudonym) == pseudonym
    assert read_pseudonym(f" {pseudonym.replace('-', '').lower()} ") == pseudonym
    assert read_pseudonym(pseudonym.replace("0", "O").replace("1", "l")) == pseudonym


@pytest.mark.parametrize("typed", ["", "camille", "7F3K9", "7F3K9-QTM2A-B", "7F3K9-QTM2U", "' or 1=1 --", "<b>7F3K9"])
def test_what_is_no_pseudonym_is_not_read_as_one(typed: str) -> None:
    assert read_pseudonym(typed) == ""
