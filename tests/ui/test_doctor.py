"""What stands in the way, all of it at once."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from policies.audit.shipping import PlaceStanding
from ui.audit_keys import AuditKeys
from ui.audit_places import standings_json
from ui.doctor import Finding, examine
from ui.home import listening, own
from ui.ledger_state import LedgerState, ledger_said, state_json
from ui.server import GuestServer, port_bound
from ui.settings import Settings

SIGNED = LedgerState(12, 12, dt.datetime(2026, 11, 26, 19, tzinfo=dt.UTC), late=False, trouble="", rewritable=True)
SHIPPED = PlaceStanding("/mnt/points", 0, None)


@asynccontextmanager
async def _running(
    home: Path, state: LedgerState = SIGNED, place: PlaceStanding = SHIPPED, *, resting: bool = False
) -> AsyncIterator[None]:
    """A server that knows how its ledger is signed, where its checkpoints are, how its model is, and nothing else."""
    api = FastAPI(openapi_url=None)

    @api.get("/ledger")
    async def ledger() -> dict[str, Any]:
        return state_json(state)

    @api.get("/models/current")
    async def models() -> Any:
        return {"engines": [{"model": "essai", "resting": resting}]}

    @api.get("/audit/places")
    async def places() -> Any:
        return standings_json([place])

    with own(home), listening(home) as listener:
        server = GuestServer(api)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        yield
        server.should_exit = True
        await serving


def _by_name(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.name: finding for finding in findings}


async def test_a_machine_in_order_passes_everything(tmp_path: Path, gemma: Path) -> None:
    with port_bound("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    findings = _by_name(await examine(Settings(home=tmp_path / "home", model=gemma, port=port)))
    assert set(findings) == {
        "Disque",
        "Modèle",
        "Calcul de sens",
        "Classement",
        "Refus",
        "Lecture des fichiers",
        "Registre",
        "Preuves hors de la base",
        "Base PostgreSQL",
        "Index",
        "Port",
    }
    assert not [finding for finding in findings.values() if not finding.passed]


async def test_each_part_that_fails_says_how_to_mend_it_and_the_others_are_still_checked(tmp_path: Path) -> None:
    home, model = tmp_path / "home", tmp_path / "model.gguf"
    home.touch()
    model.write_text("Ceci n’est pas un modèle.")
    with port_bound("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        findings = _by_name(
            await examine(Settings(home=home, model=model, port=port, embedding_next=tmp_path / "nulle-part"))
        )
    assert "ASSISTANT_HOME" in findings["Disque"].detail
    assert "GGUF" in findings["Modèle"].detail
    assert "--port" in findings["Port"].detail
    assert "nulle-part" in findings["Prochain calcul de sens"].detail
    passed = {name for name, finding in findings.items() if finding.passed}
    assert passed == {"Calcul de sens", "Classement", "Refus", "Lecture des fichiers"}


async def test_a_running_server_keeps_its_stores_to_itself(tmp_path: Path, gemma: Path) -> None:
    async with _running(tmp_path):
        findings = _by_name(await examine(Settings(home=tmp_path, model=gemma)))
    always = {"Disque", "Modèle", "Calcul de sens", "Classement", "Refus", "Lecture des fichiers", "Registre"}
    assert set(findings) == {"Serveur", "Preuves hors de la base"} | always
    assert not [finding for finding in findings.values() if not finding.passed]


async def test_a_model_that_a_running_server_leaves_alone_is_found_out(tmp_path: Path, gemma: Path) -> None:
    async with _running(tmp_path, resting=True):
        found = _by_name(await examine(Settings(home=tmp_path, model=gemma)))["Modèle"]
    assert (found.passed, "essai" in found.detail, "laissé de côté" in found.detail) == (False, True, True)


async def test_a_reranker_that_is_away_or_missing_is_found_out(tmp_path: Path, gemma: Path) -> None:
    async with _running(tmp_path):
        away = Settings(home=tmp_path, model=gemma, reranker="http://127.0.0.1:9/v1")
        finding = _by_name(await examine(away))["Reclassement"]
        assert (finding.passed, "http://127.0.0.1:9/v1" in finding.detail) == (False, True)
        missing = Settings(home=tmp_path, model=gemma, reranker=tmp_path / "nulle-part")
        finding = _by_name(await examine(missing))["Reclassement"]
        assert (finding.passed, "nulle-part" in finding.detail) == (False, True)


async def test_a_model_that_cannot_judge_sentences_is_found_out(tmp_path: Path, gemma: Path) -> None:
    async with _running(tmp_path):
        settings = Settings(home=tmp_path, model=gemma, nli=tmp_path / "nulle-part")
        finding = _by_name(await examine(settings))["Relecture des phrases"]
    assert not finding.passed
    assert "nulle-part" in finding.detail
    assert "ASSISTANT_NLI" in finding.detail


async def test_a_file_of_weights_that_cannot_be_used_is_found_out(tmp_path: Path, gemma: Path) -> None:
    async with _running(tmp_path):
        settings = Settings(home=tmp_path, model=gemma, ranker=tmp_path / "nulle-part.json")
        finding = _by_name(await examine(settings))["Classement"]
    assert not finding.passed
    assert "nulle-part.json" in finding.detail
    assert "ASSISTANT_RANKER" in finding.detail


async def test_a_ledger_that_is_no_longer_signed_is_found_out(tmp_path: Path, gemma: Path) -> None:
    late = replace(SIGNED, records=40, late=True, trouble="Le registre a été réécrit.")
    async with _running(tmp_path, late):
        finding = _by_name(await examine(Settings(home=tmp_path, model=gemma)))["Registre"]
    assert not finding.passed
    assert "40 enregistrements, dont 12 signés le 26/11/2026 à 19:00:00 UTC" in finding.detail
    assert "réécrit" in finding.detail


async def test_a_key_of_the_ledger_that_cannot_be_used_is_found_out(tmp_path: Path, gemma: Path) -> None:
    (tmp_path / "audit").mkdir()
    (tmp_path / "audit" / "signing.pem").write_text("Ceci n’est pas une clé.")
    finding = _by_name(await examine(Settings(home=tmp_path, model=gemma)))["Registre"]
    assert not finding.passed
    assert "signing.pem" in finding.detail


def test_what_could_be_safer_about_the_ledger_is_advised(tmp_path: Path) -> None:
    keys = AuditKeys(tmp_path / "signing.pem")
    keys.renew("registre/essai")
    assert "ASSISTANT_POSTGRES_OWNER" in ledger_said(SIGNED, keys, server=True, own_database=True)
    safe = ledger_said(replace(SIGNED, rewritable=False), keys, server=True, own_database=True)
    assert safe == ledger_said(SIGNED, keys, server=True, own_database=False)
    keys.path.chmod(0o644)
    assert "chmod 600" in ledger_said(SIGNED, keys, server=True, own_database=False)
    unsigned = replace(SIGNED, records=13, late=True)
    assert "prochain démarrage" in ledger_said(unsigned, keys, server=False, own_database=False)


async def test_a_place_that_lacks_checkpoints_for_long_is_found_out(tmp_path: Path, gemma: Path) -> None:
    now = dt.datetime.now(dt.UTC)
    for place, passed in (
        (PlaceStanding("/mnt/points", 3, now - dt.timedelta(hours=1)), False),
        (PlaceStanding("/mnt/points", 1, now), True),
        (PlaceStanding("/mnt/points", 0, None, "L’emplacement /mnt/points ne peut pas être lu."), False),
    ):
        async with _running(tmp_path, place=place):
            finding = _by_name(await examine(Settings(home=tmp_path, model=gemma)))["Preuves hors de la base"]
        assert (finding.passed, "/mnt/points" in finding.detail) == (passed, True)
