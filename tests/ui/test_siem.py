"""The settings of SIEMs, and what people are told of how far each is."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from policies import Act, DestinationUnavailable, Event, PostgresLedger, Principal
from policies.audit.formats import Format
from policies.audit.forwarding import Standing
from policies.review.pseudonyms import Pseudonyms
from ui.database import Pool
from ui.errors import SettingsInvalid
from ui.settings import Settings, read_settings
from ui.siem import forwardings, siem_said, standings_json, standings_of_json

SINCE = dt.datetime(2026, 11, 26, 9, 5, tzinfo=dt.UTC)
SYSLOG, FILE = "syslog+tls://siem.exemple.fr:6514", "file:///var/log/assistant/audit.jsonl"


def settings(home: Path, **given: str) -> Settings:
    return read_settings({"ASSISTANT_HOME": str(home)} | {f"ASSISTANT_{name.upper()}": v for name, v in given.items()})


@pytest.mark.parametrize(
    "address",
    ["syslog+tls://hôte", "relp+tls://siem.exemple.fr:2514", "https://siem.exemple.fr/c", "file:///a/b", SYSLOG],
)
def test_addresses_of_siems_are_taken(tmp_path: Path, address: str) -> None:
    assert settings(tmp_path, siem=address).siem == (address,)


@pytest.mark.parametrize(
    "address",
    [
        "syslog://siem.exemple.fr",
        "http://siem.exemple.fr/c",
        "https://user:secret@siem.exemple.fr/c",
        "syslog+tls://user@siem.exemple.fr",
        "syslog+tls://siem.exemple.fr:99999",
        "relp+tls://siem.exemple.fr/chemin",
        "relp+tls://",
        "file://serveur/chemin",
        "file:///dossier/",
        "/var/log/audit.jsonl",
    ],
)
def test_another_address_stops_the_start(tmp_path: Path, address: str) -> None:
    with pytest.raises(SettingsInvalid, match="ASSISTANT_SIEM"):
        settings(tmp_path, siem=address)


def test_a_format_that_is_none_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match=r"ASSISTANT_SIEM_FORMAT refusé.*'cef'"):
        settings(tmp_path, siem_format="leef")


async def test_persons_are_behind_pseudonyms_unless_the_settings_say_otherwise(tmp_path: Path, pool: Pool) -> None:
    pseudonyms = Pseudonyms(b"key")
    both = f"{SYSLOG}, {FILE}"
    first, second = forwardings(settings(tmp_path, siem=both), pool, pseudonyms)
    assert (first.veil, first.format, second.format) == (pseudonyms, Format.SYSLOG, Format.ECS)
    clear = forwardings(settings(tmp_path, siem=both, siem_names="clear", siem_format="cef"), pool, pseudonyms)
    assert [(one.veil, one.format) for one in clear] == [(None, Format.CEF)] * 2


async def test_a_certificate_that_is_none_stops_the_start(tmp_path: Path, pool: Pool) -> None:
    (tmp_path / "ca.pem").write_text("rien")
    with pytest.raises(SettingsInvalid, match=r"ca\.pem"):
        forwardings(settings(tmp_path, siem=SYSLOG, siem_ca=str(tmp_path / "ca.pem")), pool, Pseudonyms(b"key"))


def test_the_header_is_a_secret(tmp_path: Path) -> None:
    (tmp_path / "header").write_text("Bearer top-secret\n")
    held = settings(tmp_path, siem="https://siem.exemple.fr/c", siem_authorization_file=str(tmp_path / "header"))
    assert held.siem_authorization == "Bearer top-secret"
    assert "top-secret" not in str(held.shown) + repr(held)


def test_how_far_each_is_is_told_in_french(tmp_path: Path) -> None:
    held = settings(tmp_path, siem=f"{SYSLOG},{FILE}")
    found = [Standing(SYSLOG, 12, None, ""), Standing("file:///ancien", 900, SINCE, "le disque est plein")]
    assert siem_said(held, standings_of_json(standings_json(found))) == (
        f"{SYSLOG} : enregistrements en attente : 12 ; {FILE} : rien n’a encore été envoyé"
    )
    with pytest.raises(DestinationUnavailable, match="le 26/11/2026 à 09:05 UTC : le collecteur ne répond pas"):
        siem_said(held, standings_of_json(standings_json([Standing(FILE, 3, SINCE, "le collecteur ne répond pas")])))


async def test_a_file_receives_the_ledger_without_a_name(tmp_path: Path, pool: Pool, agent: Principal) -> None:
    async with pool.connection() as connection:
        await PostgresLedger().append(connection, Event(Act.SESSIONS_LISTED, agent, {"sessions": 1}))
    pseudonyms = Pseudonyms(b"key")
    (one,) = forwardings(settings(tmp_path, siem=f"file://{tmp_path}/audit.jsonl"), pool, pseudonyms)

    async def no_more(seconds: float) -> None:
        raise ExceptionGroup("all is sent", [OSError()])

    with pytest.raises(ExceptionGroup, match="all is sent"):
        await replace(one, pause=no_more).run()
    written = (tmp_path / "audit.jsonl").read_text()
    assert pseudonyms.of(agent.subject) in written
    assert agent.subject not in written
