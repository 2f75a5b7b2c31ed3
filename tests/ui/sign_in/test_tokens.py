"""Each token is read for what it is, and no other passes for it."""

import base64
import hmac
import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.principal import Principal, Role
from tests.ui.sign_in.minting import (
    ABSENT,
    EC,
    FOREIGN,
    KEYS,
    RSA,
    SETTINGS,
    browser_token,
    id_token,
    logout_token,
    service_token,
    signed,
)
from ui.errors import TokenRefused, UnknownKey
from ui.sign_in.published_keys import LONGEST_TOKEN, PublishedKeys
from ui.sign_in.tokens import (
    LOGOUT_EVENT,
    LOGOUT_FRESH,
    Claims,
    LogoutClaims,
    RoleSource,
    TokenSettings,
    check_id_token,
    read_browser_token,
    read_logout_token,
    read_service_token,
)

DAY = 86_400  # seconds: long after the cases were written down, when their tests run
ACCESS_TOKEN = browser_token()

# What may be read, each with a way to mint one that holds.
MINTS: dict[str, Callable[..., str]] = {
    "browser": browser_token,
    "service": service_token,
    "id": lambda changes=None, **signing: id_token(ACCESS_TOKEN, changes, **signing),
    "logout": logout_token,
}
READS: dict[str, Callable[[str], object]] = {
    "browser": lambda token: browser(token),
    "service": lambda token: read_service_token(token, KEYS, SETTINGS),
    "id": lambda token: check_id_token(token, KEYS, SETTINGS, "a-nonce", ACCESS_TOKEN),
    "logout": lambda token: read_logout_token(token, KEYS, SETTINGS),
}
KINDS = tuple(READS)
ACCESS = {"browser", "service"}


def browser(token: str, settings: TokenSettings = SETTINGS) -> Claims:
    """That token, read as one of our own client's."""
    return read_browser_token(token, KEYS, settings)


def reason(kind: str, token: str) -> str:
    """Why that token is refused; its words never carry the token."""
    with pytest.raises(TokenRefused) as refusal:
        READS[kind](token)
    assert token not in str(refusal.value)
    return refusal.value.reason


def seconds(offset: float) -> int:
    """A time, from now."""
    return int(time.time() + offset)


def test_a_person_is_read_from_the_token_of_our_client() -> None:
    issued, expires = seconds(-10), seconds(200)
    claims = browser(browser_token({"iat": issued, "exp": expires}))
    assert claims.principal == Principal("s-alice", "alice", frozenset({"/DGS/Bureau-A"}), frozenset({Role.AGENT}))
    assert claims.provider_session == "session-1"
    assert (claims.issued_at.timestamp(), claims.expires_at.timestamp()) == (issued, expires)


def test_a_service_is_read_from_the_token_of_any_client_for_our_api() -> None:
    claims = read_service_token(service_token(), KEYS, SETTINGS)
    assert claims.principal.username == "service-account-intranet"
    assert claims.principal.roles == {Role.AGENT}
    assert claims.provider_session == ""


def test_the_other_two_kinds_say_who() -> None:
    assert READS["id"](id_token(ACCESS_TOKEN)) == "s-alice"
    assert READS["logout"](logout_token()) == LogoutClaims("s-alice", "session-1")
    assert READS["logout"](logout_token({"sub": ABSENT})) == LogoutClaims("", "session-1")
    assert READS["logout"](logout_token({"sid": ABSENT})) == LogoutClaims("s-alice", "")


@pytest.mark.parametrize(("key", "alg"), [(RSA, "RS256"), (RSA, "PS256"), (EC, "ES256")])
def test_these_algorithms_are_read(key: Any, alg: str) -> None:
    assert browser(browser_token(key=key, alg=alg)).principal.subject == "s-alice"


@pytest.mark.parametrize(("kind", "taken"), [pair for pair in permutations(KINDS, 2) if set(pair) != ACCESS])
def test_no_kind_passes_for_another(kind: str, taken: str) -> None:
    assert reason(kind, MINTS[taken]({"aud": ["assistant", "assistant-api"], "azp": "assistant"})) == "typ"


def test_a_person_and_a_service_have_each_their_audience() -> None:
    assert reason("browser", service_token({"azp": "assistant", "sid": "session-1"})) == "aud"
    assert reason("service", browser_token()) == "aud"


@pytest.mark.parametrize(
    ("kind", "changes", "expected"),
    [
        *((kind, {"iss": "https://sso.example/realms/autre"}, "iss") for kind in KINDS),
        *((kind, {"iss": ABSENT}, "iss") for kind in KINDS),
        *((kind, {"iss": [SETTINGS.issuer]}, "iss") for kind in KINDS),
        *((kind, {"aud": "account"}, "aud") for kind in KINDS),
        *((kind, {"aud": ["account", "autre"]}, "aud") for kind in KINDS),
        *((kind, {"aud": ABSENT}, "aud") for kind in KINDS),
        *((kind, {"aud": {"assistant": "assistant-api"}}, "aud") for kind in KINDS),
        *((kind, {"exp": seconds(-40)}, "exp") for kind in KINDS),
        *((kind, {"exp": ABSENT}, "exp") for kind in KINDS),
        *((kind, {"exp": "demain"}, "exp") for kind in KINDS),
        *((kind, {"exp": True}, "exp") for kind in KINDS),
        *((kind, {"exp": float("inf")}, "exp") for kind in KINDS),
        *((kind, {"exp": float("nan")}, "exp") for kind in KINDS),
        *((kind, {"exp": 10**30}, "exp") for kind in KINDS),
        *((kind, {"iat": seconds(DAY)}, "iat") for kind in KINDS),
        *((kind, {"iat": ABSENT}, "iat") for kind in KINDS),
        *((kind, {"nbf": seconds(DAY)}, "nbf") for kind in KINDS),
        *((kind, {"nbf": None}, "nbf") for kind in KINDS),
        *((kind, {"typ": "Refresh"}, "typ") for kind in KINDS),
        *((kind, {"typ": ABSENT}, "typ") for kind in KINDS[:3]),
        *((kind, {"sub": ""}, "sub") for kind in KINDS),
        *((kind, {"sub": ABSENT}, "sub") for kind in KINDS[:3]),
        *((kind, {"sub": ["s-alice"]}, "sub") for kind in KINDS),
        *((kind, {"azp": "autre"}, "azp") for kind in ("browser", "id")),
        *((kind, {"azp": ABSENT}, "azp") for kind in ("browser", "id")),
        *((kind, {"groups": ["Bureau-A"]}, "groups") for kind in ("browser", "service")),
        *((kind, {"groups": None}, "groups") for kind in ("browser", "service")),
        *((kind, {"groups": "/DGS"}, "groups") for kind in ("browser", "service")),
        *((kind, {"groups": [1]}, "groups") for kind in ("browser", "service")),
        ("browser", {"sid": ABSENT}, "sid"),
        ("service", {"sid": 7}, "sid"),
        ("id", {"nonce": "another"}, "nonce"),
        ("id", {"nonce": ABSENT}, "nonce"),
        ("id", {"at_hash": "AAAA"}, "at_hash"),
        ("id", {"at_hash": ABSENT}, "at_hash"),
        ("logout", {"nonce": "a-nonce"}, "nonce"),
        ("logout", {"events": ABSENT}, "events"),
        ("logout", {"events": {}}, "events"),
        ("logout", {"events": [LOGOUT_EVENT]}, "events"),
        ("logout", {"events": {LOGOUT_EVENT: True}}, "events"),
        ("logout", {"sub": ABSENT, "sid": ABSENT}, "sub"),
        ("logout", {"iat": seconds(-LOGOUT_FRESH - 60)}, "iat"),
    ],
)
def test_each_claim_must_hold(kind: str, changes: dict[str, Any], expected: str) -> None:
    assert reason(kind, MINTS[kind](changes)) == expected


@pytest.mark.parametrize("kind", KINDS)
def test_clocks_may_differ_by_the_leeway(kind: str) -> None:
    early = {"iat": seconds(20), "nbf": seconds(20)}
    READS[kind](MINTS[kind](early))
    READS[kind](MINTS[kind]({"exp": seconds(-20)}))


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


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (RoleSource.CLIENT, {Role.AGENT}),
        (RoleSource.REALM, {Role.GESTIONNAIRE}),
        (RoleSource.GROUPS, {Role.AUDITEUR}),
    ],
)
def test_roles_come_from_one_place_alone(source: RoleSource, expected: set[Role]) -> None:
    groups = {"/DGS/Bureau-A": Role.AUDITEUR, "/DGS": Role.ADMINISTRATEUR}
    assert (
        browser(browser_token(), replace(SETTINGS, role_source=source, role_groups=groups)).principal.roles == expected
    )


@pytest.mark.parametrize(
    "access", [ABSENT, {}, {"autre": {"roles": ["agent"]}}, {"assistant": ["agent"]}, {"assistant": {"roles": "agent"}}]
)
def test_a_person_without_our_roles_is_read_all_the_same(access: Any) -> None:
    assert browser(browser_token({"resource_access": access})).principal.roles == frozenset()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "alice"),
        ({"preferred_username": ABSENT, "email": "alice@sante.example"}, "alice@sante.example"),
        ({"preferred_username": ABSENT, "given_name": "Alice", "usual_name": "Martin"}, "Alice Martin"),
        ({"preferred_username": ABSENT}, "s-alice"),
    ],
)
def test_a_person_has_a_name_for_peoples_eyes(changes: dict[str, Any], expected: str) -> None:
    assert browser(browser_token(changes)).principal.username == expected


@pytest.mark.parametrize("changes", [{"aud": "account"}, {"groups": ["Bureau-A"]}])
def test_a_realm_that_was_not_provisioned_is_told_what_to_run(changes: dict[str, Any]) -> None:
    with pytest.raises(TokenRefused, match="assistant keycloak provision"):
        browser(browser_token(changes))


def test_who_is_in_no_group_has_no_claim_of_groups() -> None:
    assert browser(browser_token({"groups": ABSENT})).principal.groups == frozenset()


def test_a_refreshed_id_token_has_no_nonce() -> None:
    token = id_token(ACCESS_TOKEN, {"nonce": ABSENT})
    assert check_id_token(token, KEYS, SETTINGS, None, ACCESS_TOKEN) == "s-alice"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=4,
)


@given(st.sampled_from(KINDS), st.data())
def test_no_byte_of_a_token_can_be_changed(kind: str, data: st.DataObject) -> None:
    token = MINTS[kind]()
    place = data.draw(st.integers(0, len(token) - 1))
    character = data.draw(st.characters(max_codepoint=0x17F).filter(lambda drawn: drawn != token[place]))
    reason(kind, token[:place] + character + token[place + 1 :])


@given(
    st.sampled_from(KINDS), st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "b64", "jwk"]), json_values)
)
def test_no_header_of_ones_own_is_taken(kind: str, header: dict[str, Any]) -> None:
    _, payload, signature = MINTS[kind]().split(".")
    reason(kind, f"{encoded(header)}.{payload}.{signature}")


@given(
    st.sampled_from(KINDS),
    st.sampled_from(["iss", "aud", "exp", "iat", "nbf", "sub", "sid", "azp", "typ", "groups", "events", "nonce"]),
    json_values,
)
def test_any_signed_value_is_read_or_refused(kind: str, claim: str, value: Any) -> None:
    with suppress(TokenRefused):
        READS[kind](MINTS[kind]({claim: value}))


def encoded(part: dict[str, Any]) -> str:
    """A part of a token."""
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def test_claims_of_ones_own_are_not_signed() -> None:
    header, _, signature = browser_token().split(".")
    claims = {"iss": SETTINGS.issuer, "sub": "s-admin", "exp": seconds(100)}
    assert reason("browser", f"{header}.{encoded(claims)}.{signature}") == "signature"
    assert reason("browser", signed(claims, key=FOREIGN, kid="rsa")) == "signature"
