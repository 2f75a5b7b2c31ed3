"""What stands in the way, all of it at once."""

from pathlib import Path

from ui.doctor import Finding, examine
from ui.home import listening, own
from ui.server import port_bound
from ui.settings import Settings


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
    with own(tmp_path), listening(tmp_path):
        findings = _by_name(await examine(Settings(home=tmp_path, model=gemma)))
    always = {"Disque", "Modèle", "Calcul de sens", "Classement", "Refus", "Lecture des fichiers"}
    assert set(findings) == {"Serveur"} | always
    assert not [finding for finding in findings.values() if not finding.passed]


async def test_a_reranker_that_is_away_or_missing_is_found_out(tmp_path: Path, gemma: Path) -> None:
    with own(tmp_path), listening(tmp_path):
        away = Settings(home=tmp_path, model=gemma, reranker="http://127.0.0.1:9/v1")
        finding = _by_name(await examine(away))["Reclassement"]
        assert (finding.passed, "http://127.0.0.1:9/v1" in finding.detail) == (False, True)
        missing = Settings(home=tmp_path, model=gemma, reranker=tmp_path / "nulle-part")
        finding = _by_name(await examine(missing))["Reclassement"]
        assert (finding.passed, "nulle-part" in finding.detail) == (False, True)


async def test_a_model_that_cannot_judge_sentences_is_found_out(tmp_path: Path, gemma: Path) -> None:
    with own(tmp_path), listening(tmp_path):
        settings = Settings(home=tmp_path, model=gemma, nli=tmp_path / "nulle-part")
        finding = _by_name(await examine(settings))["Relecture des phrases"]
    assert not finding.passed
    assert "nulle-part" in finding.detail
    assert "ASSISTANT_NLI" in finding.detail


async def test_a_file_of_weights_that_cannot_be_used_is_found_out(tmp_path: Path, gemma: Path) -> None:
    with own(tmp_path), listening(tmp_path):
        settings = Settings(home=tmp_path, model=gemma, ranker=tmp_path / "nulle-part.json")
        finding = _by_name(await examine(settings))["Classement"]
    assert not finding.passed
    assert "nulle-part.json" in finding.detail
    assert "ASSISTANT_RANKER" in finding.detail
