"""The bytes of a record: canonical, and with commitments in the place of content."""

import datetime as dt
import json

import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from policies import Act, Event, Principal, Role
from policies.audit.body import SALT_BYTES, Content, body, commitment, salted

AT = dt.datetime(2026, 11, 24, 13, 5, 0, 42, dt.timezone(dt.timedelta(hours=1)))
PRINCIPAL = Principal(
    "s-1", "camille", frozenset({"/DGS", "/DAJ"}), frozenset({Role.GESTIONNAIRE, Role.AGENT}), "192.0.2.7", "session-1"
)


def test_the_body_of_a_record() -> None:
    event = Event(Act.ANSWER_GIVEN, PRINCIPAL, {"refused": False, "supported": 2}, {"answer": "Oui [1]."})
    contents = [Content("answer", bytes(SALT_BYTES), b"Oui [1].")]
    assert json.loads(body(event, AT, contents)) == snapshot(
        {
            "act": "answer.given",
            "at": "2026-11-24T12:05:00.000042+00:00",
            "content": {"answer": "efb8d61737b2a2cebbacc0f66773738a50f83796ceb8698d951fc75d4504aa68"},
            "details": {"refused": False, "supported": 2},
            "format": 2,
            "origin": "192.0.2.7",
            "principal": {
                "groups": ["/DAJ", "/DGS"],
                "roles": ["agent", "gestionnaire"],
                "subject": "s-1",
                "username": "camille",
            },
            "session": "session-1",
        }
    )


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), st.integers(-(2**53) + 1, 2**53 - 1) | st.booleans()))
def test_the_body_is_its_own_canonical_form(metrics: dict[str, int]) -> None:
    written = body(Event(Act.EVALUATED, PRINCIPAL, {"metrics": dict(metrics)}), AT, [])
    assert rfc8785.dumps(json.loads(written)) == written


@given(st.text())
def test_a_salt_is_fresh_and_every_text_has_a_commitment(text: str) -> None:
    event = Event(Act.SEARCHED, PRINCIPAL, content={"question": text})
    ((once,), (again,)) = salted(event), salted(event)
    assert len(once.salt) == SALT_BYTES
    assert once.salt != again.salt
    assert once.text == again.text
    assert commitment(once) != commitment(again)
