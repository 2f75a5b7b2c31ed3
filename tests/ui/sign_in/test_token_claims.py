"""No claim that does not hold is taken, and no kind of token passes for another."""

from contextlib import suppress
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.sign_in.minting import ABSENT, SETTINGS, browser_token, service_token
from tests.ui.sign_in.reading import KINDS, MINTS, READS, browser, json_values, reason, seconds
from ui.errors import TokenRefused
from ui.sign_in.tokens import LOGOUT_EVENT, LOGOUT_FRESH

DAY = 86_400  # seconds: long after the cases were written down, when their tests run
ACCESS = {"browser", "service"}


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


@pytest.mark.parametrize("changes", [{"aud": "account"}, {"groups": ["Bureau-A"]}])
def test_a_realm_that_was_not_provisioned_is_told_what_to_run(changes: dict[str, Any]) -> None:
    with pytest.raises(TokenRefused, match="assistant keycloak provision"):
        browser(browser_token(changes))


@given(
    st.sampled_from(KINDS),
    st.sampled_from(["iss", "aud", "exp", "iat", "nbf", "sub", "sid", "azp", "typ", "groups", "events", "nonce"]),
    json_values,
)
def test_any_signed_value_is_read_or_refused(kind: str, claim: str, value: Any) -> None:
    with suppress(TokenRefused):
        READS[kind](MINTS[kind]({claim: value}))
