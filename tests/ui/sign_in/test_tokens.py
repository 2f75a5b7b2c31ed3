"""What is read from tokens that hold."""

from dataclasses import replace
from typing import Any

import pytest

from policies.principal import Principal, Role
from tests.ui.sign_in.minting import ABSENT, KEYS, SETTINGS, browser_token, id_token, logout_token, service_token
from tests.ui.sign_in.reading import ACCESS_TOKEN, READS, browser, seconds
from ui.sign_in.tokens import LogoutClaims, RoleSource, check_id_token, read_service_token


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


def test_who_is_in_no_group_has_no_claim_of_groups() -> None:
    assert browser(browser_token({"groups": ABSENT})).principal.groups == frozenset()


def test_a_refreshed_id_token_has_no_nonce() -> None:
    token = id_token(ACCESS_TOKEN, {"nonce": ABSENT})
    assert check_id_token(token, KEYS, SETTINGS, None, ACCESS_TOKEN) == "s-alice"
