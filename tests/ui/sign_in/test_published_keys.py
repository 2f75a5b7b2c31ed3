"""A token counts only as it was signed, with a key that the provider has published."""

import base64
import hmac
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.sign_in.minting import ABSENT, EC, FOREIGN, RSA, SETTINGS, browser_token, signed
from tests.ui.sign_in.reading import KINDS, MINTS, READS, browser, json_values, reason, seconds
from ui.errors import TokenRefused, UnknownKey
from ui.sign_in.published_keys import LONGEST_TOKEN, PublishedKeys
from ui.sign_in.tokens import read_browser_token


@pytest.mark.parametrize(("key", "alg"), [(RSA, "RS256"), (RSA, "PS256"), (EC, "ES256")])
def test_these_algorithms_are_read(key: Any, alg: str) -> None:
    assert browser(browser_token(key=key, alg=alg)).principal.subject == "s-alice"


@pytest.mark.parametrize("kind", KINDS)
def test_an_unsigned_token_is_refused(kind: str) -> None:
    _, payload, signature = MINTS[kind]().split(".")
    for alg in ("none", "None", "NONE", ""):
        header = encoded({"alg": alg, "typ": "JWT", "kid": "rsa"})
        assert reason(kind, f"{header}.{payload}.") == "alg"
        assert reason(kind, f"{header}.{payload}.{signature}") == "alg"


@pytest.mark.parametrize("kind", KINDS)
def test_a_public_key_is_no_secret_to_sign_with(kind: str) -> None:
    _, payload, _ = MINTS[kind]().split(".")
    for secret in (RSA.as_pem(private=False), RSA.as_pem(private=False).strip()):
        head = f"{encoded({'alg': 'HS256', 'typ': 'JWT', 'kid': 'rsa'})}.{payload}"
        signature = base64.urlsafe_b64encode(hmac.digest(secret, head.encode(), "sha256")).decode().rstrip("=")
        assert reason(kind, f"{head}.{signature}") == "alg"


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_that_was_not_published_is_unknown(kind: str) -> None:
    with pytest.raises(UnknownKey):
        READS[kind](MINTS[kind](key=FOREIGN))


@pytest.mark.parametrize(
    "brought",
    [
        {"jwk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}},
        {"jku": "https://mechant.example/keys"},
        {"x5u": "https://mechant.example/cert"},
        {"x5c": ["AAAA"]},
    ],
)
def test_a_key_that_the_token_brings_along_is_not_its_key(brought: dict[str, Any]) -> None:
    assert reason("browser", browser_token(key=FOREIGN, kid="rsa", **brought)) == "signature"


def test_a_token_must_name_its_key() -> None:
    assert reason("browser", browser_token(kid=ABSENT)) == "kid"
    assert reason("browser", browser_token(kid="")) == "kid"


def test_an_algorithm_must_fit_its_key() -> None:
    _, payload, signature = browser_token(key=EC, alg="ES256").split(".")
    assert reason("browser", f"{encoded({'alg': 'RS256', 'typ': 'JWT', 'kid': 'ec'})}.{payload}.{signature}") == "alg"
    bound = PublishedKeys({"keys": [RSA.as_dict(private=False) | {"alg": "PS256"}]})
    with pytest.raises(TokenRefused) as refusal:
        read_browser_token(browser_token(alg="RS256"), bound, SETTINGS)
    assert refusal.value.reason == "alg"


@pytest.mark.parametrize(
    "jwks",
    [
        {},
        {"keys": None},
        {"keys": ["rsa"]},
        {"keys": [{"kty": "oct", "kid": "rsa", "k": "c2VjcmV0"}]},
        {"keys": [{"kty": "RSA", "kid": "rsa", "n": "!", "e": "AQAB"}]},
        {"keys": [{"kty": ["RSA"], "kid": "rsa"}]},
        {"keys": [RSA.as_dict(private=False) | {"use": "enc"}]},
        {"keys": [{name: value for name, value in RSA.as_dict(private=False).items() if name != "kid"}]},
    ],
)
def test_what_is_no_key_for_signatures_does_not_count(jwks: dict[str, Any]) -> None:
    with pytest.raises(UnknownKey):
        read_browser_token(browser_token(), PublishedKeys(jwks), SETTINGS)


def test_a_broken_key_does_not_hide_a_good_one() -> None:
    jwks = {"keys": [{"kty": "RSA", "kid": "x", "n": "!", "e": "AQAB"}, RSA.as_dict(private=False)]}
    assert read_browser_token(browser_token(), PublishedKeys(jwks), SETTINGS).principal.subject == "s-alice"


def test_claims_of_ones_own_are_not_signed() -> None:
    header, _, signature = browser_token().split(".")
    claims = {"iss": SETTINGS.issuer, "sub": "s-admin", "exp": seconds(100)}
    assert reason("browser", f"{header}.{encoded(claims)}.{signature}") == "signature"
    assert reason("browser", signed(claims, key=FOREIGN, kid="rsa")) == "signature"


@given(st.sampled_from(KINDS), st.data())
def test_no_byte_of_a_token_can_be_changed(kind: str, data: st.DataObject) -> None:
    token = MINTS[kind]()
    place = data.draw(st.integers(0, len(token) - 1))
    character = data.draw(st.characters(max_codepoint=0x17F).filter(lambda drawn: drawn != token[place]))
    reason(kind, token[:place] + character + token[place + 1 :])


@pytest.mark.parametrize("typ", [ABSENT, "dpop+jwt", "secevent+jwt", "logout+jwt"])
def test_the_header_must_be_that_of_an_access_token(typ: Any) -> None:
    assert reason("browser", browser_token(typ=typ)) == "typ"


def test_what_the_header_calls_critical_is_not_ignored() -> None:
    _, payload, _ = browser_token().split(".")
    marked = encoded({"alg": "RS256", "typ": "JWT", "kid": "rsa", "crit": ["x"], "x": 1})
    assert reason("browser", f"{marked}.{payload}.AAAA") == "signature"


@pytest.mark.parametrize(
    "rubbish", ["", ".", "..", "a.b.c", "é.é.é", "[" * 5000, base64.b64encode(b"[" * 9000).decode()]
)
def test_rubbish_is_refused_as_such(rubbish: str) -> None:
    for kind in KINDS:
        with pytest.raises(TokenRefused) as refusal:
            READS[kind](rubbish)
        assert refusal.value.reason == "form"


def test_a_long_token_is_not_even_read() -> None:
    assert reason("browser", browser_token({"padding": "a" * LONGEST_TOKEN})) == "form"


@given(
    st.sampled_from(KINDS), st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "b64", "jwk"]), json_values)
)
def test_no_header_of_ones_own_is_taken(kind: str, header: dict[str, Any]) -> None:
    _, payload, signature = MINTS[kind]().split(".")
    reason(kind, f"{encoded(header)}.{payload}.{signature}")


def encoded(part: dict[str, Any]) -> str:
    """A part of a token."""
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
