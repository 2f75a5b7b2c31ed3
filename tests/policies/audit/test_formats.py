"""Records in the formats of SIEMs: one line each, which says what was recorded and can be read back."""

import datetime as dt
import json
import unicodedata
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from policies import Act, Record
from policies.audit.formats import Format, line_of, syslog_line_of
from policies.audit.formats.meaning import meaning_of
from policies.audit.formats.message import UNREADABLE, Message, Veil, message_of, message_of_checkpoint
from policies.audit.formats.one_line import one_line
from policies.audit.merkle import leaf_hash
from policies.review.entry import entry
from policies.review.pseudonyms import Pseudonyms
from tests.policies.audit.parsed_lines import parsed_cef, parsed_json, parsed_syslog

AT = dt.datetime(2026, 11, 26, 18, 30, 5, 123456, tzinfo=dt.UTC)
HOSTILE = 'a\r\n<13>1 b|c=d\\e]f"g\u202eh\x00i\u2028j\U000e0041=k'


class Hidden:
    """A veil under which everything is called alike."""

    def of(self, subject: str) -> str:
        return "PPPPP-PPPPP"

    def of_address(self, origin: str) -> str:
        return "AAAAA-AAAAA"


def record(act: str = "session.revoked", *, of: str = "s-1", username: str = "Anne Durand") -> Record:
    body: dict[str, Any] = {
        "format": 2,
        "act": act,
        "at": AT.isoformat(timespec="microseconds"),
        "principal": {"subject": of, "username": username, "groups": ["/DGS"], "roles": ["administrateur"]},
        "origin": "192.0.2.7",
        "details": {"session": "x", "subject": "s-2"},
        "content": {},
    }
    return Record(12, AT, rfc8785.dumps(body))


def told(act: str = "session.revoked", veil: Veil | None = None, username: str = "Anne Durand") -> Message:
    return message_of(record(act, username=username), "serveur", veil)


texts = st.text(st.characters(codec="utf-8"), max_size=60) | st.just(HOSTILE)
messages = st.builds(
    Message,
    index=st.integers(0, 2**53),
    at=st.just(AT),
    act=st.sampled_from([*Act]) | texts,
    host=texts,
    subject=texts,
    username=texts,
    groups=st.lists(texts, max_size=2).map(tuple),
    roles=st.lists(texts, max_size=2).map(tuple),
    origin=texts | st.ip_addresses().map(str),
    details=st.dictionaries(texts, texts | st.integers() | st.lists(texts, max_size=2), max_size=3),
    leaf=st.just("ab" * 32),
)


@given(messages, st.sampled_from(Format))
def test_every_message_is_one_line_that_shows_all_its_characters(message: Message, wanted: Format) -> None:
    for line in (line_of(message, wanted), syslog_line_of(message, wanted)):
        assert {unicodedata.category(character) for character in line} & {"Cc", "Cf", "Zl", "Zp", "Cs"} == set()
        line.encode()


@given(messages)
def test_a_syslog_message_reads_back(message: Message) -> None:
    header, data = parsed_syslog(line_of(message, Format.SYSLOG))
    assert header["at"] == "2026-11-26T18:30:05.123456Z"
    assert parsed_json(header["text"]) == message.details
    assert data.get("who", "") == one_line(message.subject)
    assert data.get("name", "") == one_line(message.username)
    assert data.get("origin", "") == one_line(message.origin)
    assert data["index"] == str(message.index)


@given(messages)
def test_a_cef_message_reads_back(message: Message) -> None:
    header, values = parsed_cef(line_of(message, Format.CEF))
    assert header[0] == "CEF:0"
    assert len(header) == 7
    assert values.get("suid", "").strip() == one_line(message.subject).strip()
    assert values["externalId"] == str(message.index)
    assert values["cs1"] == message.leaf


@given(messages)
def test_json_messages_read_back(message: Message) -> None:
    ecs = parsed_json(line_of(message, Format.ECS))
    ocsf = parsed_json(line_of(message, Format.OCSF))
    assert ecs["assistant"]["details"] == ocsf["unmapped"]["details"] == message.details
    assert ecs["event"]["sequence"] == ocsf["metadata"]["sequence"] == message.index
    assert ecs["user"].get("name", "") == message.username
    assert ocsf["type_uid"] == ocsf["class_uid"] * 100 + ocsf["activity_id"]
    assert ocsf["category_uid"] == ocsf["class_uid"] // 1000


@pytest.mark.parametrize("wanted", Format)
def test_a_syslog_message_carries_every_format_as_its_text(wanted: Format) -> None:
    header, _ = parsed_syslog(syslog_line_of(told(), wanted))
    if wanted is not Format.SYSLOG:
        assert header["text"] == line_of(told(), wanted)


@pytest.mark.parametrize("wanted", Format)
def test_under_a_veil_no_person_and_no_address_is_told(wanted: Format) -> None:
    clear = line_of(told(), wanted)
    veiled = line_of(told(veil=Hidden()), wanted)
    for name in ("s-1", "s-2", "Anne Durand", "192.0.2.7"):
        assert name in clear
        assert name not in veiled
    assert "/DGS" not in veiled
    assert "PPPPP-PPPPP" in veiled
    assert "AAAAA-AAAAA" in veiled


@pytest.mark.parametrize(
    ("act", "details"),
    [
        ("policy.explained", {"subject": "s-2", "groups": ["/DGS/Bureau-A"]}),  # of a person, who may be its only one
        ("session.revoked", {"by": "Bureau-A"}),  # a field that there is no more
    ],
)
def test_under_a_veil_nothing_is_told_that_may_say_whose_a_pseudonym_is(act: str, details: dict[str, Any]) -> None:
    body = json.loads(record(act).body) | {"details": details}
    written = Record(12, AT, rfc8785.dumps(body))
    assert "Bureau-A" in str(message_of(written, "serveur", None))
    assert "Bureau-A" not in str(message_of(written, "serveur", Hidden()))
    assert "Bureau-A" not in str(entry(written, Pseudonyms(b"tests")).details)


def test_a_message_carries_the_hash_that_stands_in_the_tree() -> None:
    assert told().leaf == leaf_hash(record().body).hex()
    assert parsed_syslog(line_of(told(), Format.SYSLOG))[1]["leaf"] == told().leaf


@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b"{}", b'{"principal": 1, "act": "x"}', b"[" * 100_000])
@pytest.mark.parametrize("veil", [None, Hidden()])
def test_a_damaged_record_is_told_as_one(body: bytes, veil: Veil | None) -> None:
    message = message_of(Record(3, AT, body), "serveur", veil)
    assert (message.index, message.act, message.leaf) == (3, UNREADABLE, leaf_hash(body).hex())


def test_a_checkpoint_is_told_whole() -> None:
    note = "assistant.sante\n3\nAAAA\n\n— assistant.sante AAAA\n"
    message = message_of_checkpoint(3, AT, note, "serveur")
    header, _ = parsed_syslog(line_of(message, Format.SYSLOG))
    assert parsed_json(header["text"]) == {"size": 3, "note": note}


@pytest.mark.parametrize(
    ("act", "succeeded", "activity"),
    [
        ("session.started", True, 300201),
        ("session.refused", False, 300201),
        ("session.ended", True, 300202),
        ("process.started", True, 600203),
        ("question.asked", True, 600504),
        ("document.opened", True, 600501),
        ("document.removed", True, 600507),
        ("document.refused", True, 600599),
        ("access.refused", False, 600599),
        ("alert.raised", True, 200401),
        ("alert.changed", True, 200402),
        ("what.nobody_knows_yet", True, 600599),
    ],
)
def test_acts_have_their_class_and_outcome(act: str, succeeded: bool, activity: int) -> None:
    ocsf = parsed_json(line_of(told(act), Format.OCSF))
    assert (ocsf["type_uid"], ocsf["status_id"]) == (activity, 1 if succeeded else 2)
    assert parsed_json(line_of(told(act), Format.ECS))["event"]["outcome"] == ("success" if succeeded else "failure")


def test_an_alert_is_the_gravest() -> None:
    assert min(Act, key=lambda act: meaning_of(act).gravity.value) is Act.ALERT_RAISED


def test_an_address_of_the_sixth_version_has_its_own_field() -> None:
    message = Message(1, AT, "session.started", "serveur", origin="2001:db8::1")
    _, values = parsed_cef(line_of(message, Format.CEF))
    assert values["c6a2"] == "2001:db8::1"
    assert parsed_json(line_of(message, Format.ECS))["source"]["ip"] == "2001:db8::1"
