"""Settings from the environment and one file; a wrong one is one line that names it."""

from pathlib import Path
from typing import get_args

import pytest

from assistant import Format
from ui.errors import SettingsInvalid
from ui.settings import PROJECT, Settings, read_settings


def _refusal(environ: dict[str, str]) -> str:
    with pytest.raises(SettingsInvalid) as refused:
        read_settings(environ)
    message = str(refused.value)
    assert "\n" not in message
    return message


def test_the_default_is_this_machine_and_the_demonstration_model() -> None:
    settings = read_settings({"PATH": "/bin"})
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.demonstration


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    (tmp_path / "assistant.toml").write_text("\ufeffport = 8001\npassages = 7\n", encoding="utf-8")
    settings = read_settings({"ASSISTANT_HOME": str(tmp_path), "ASSISTANT_PORT": "8002"})
    assert (settings.port, settings.passages) == (8002, 7)


def test_an_empty_variable_is_one_that_is_not_set() -> None:
    assert read_settings({"ASSISTANT_HOME": "", "ASSISTANT_PORT": ""}) == read_settings({})


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("ASSISTANT_TRUC", "1", "inconnu"),
        ("ASSISTANT_PORT", "abc", "un nombre entier est attendu"),
        ("ASSISTANT_PORT", "70000", "au plus 65535"),
        ("ASSISTANT_MODEL_THREADS", "-1", "au moins 0"),
        ("ASSISTANT_MODEL_FORMAT", "alpaca", "'chatml'"),
        ("ASSISTANT_KEYCLOAK_ROLE_GROUPS", "/DGS=roi", "'gestionnaire'"),
        ("ASSISTANT_SESSION_RECHECK_SECONDS", "60", "au plus 25"),
        ("ASSISTANT_URL", "https://intranet/static", "/static"),
        ("ASSISTANT_URL", "https://intranet/v1/assistant/", "/v1"),
        ("ASSISTANT_URL", "https://intranet/thread", "choisissez un autre chemin"),
        ("ASSISTANT_URL", "https://intranet/a%20b", "chemin"),
        ("ASSISTANT_URL", "https://intranet/é", "chemin"),
        ("ASSISTANT_URL", "https://intranet/a/../b", "chemin"),
        ("ASSISTANT_URL", "https://intranet//exemple.invalid", "chemin"),
        ("ASSISTANT_SOURCE_NUAGE_TRUC", "1", "inconnu"),
        ("ASSISTANT_SOURCES", "nuage", "refus"),
        ("ASSISTANT_RERANKER", "http://rerank.exemple.fr/v1", "https://"),
        ("ASSISTANT_RERANKER", "ftp://rerank.exemple.fr", "adresse complète"),
        ("ASSISTANT_RERANKER", "https://agent:secret@rerank.exemple.fr/v1", "adresse complète"),
        ("ASSISTANT_RERANKER_PASSAGES", "0", "au moins 1"),
        ("ASSISTANT_QUESTIONS_PER_HOUR", "roi=3", "'gestionnaire'"),
        ("ASSISTANT_QUESTIONS_PER_HOUR", "agent=-1", "au moins 0"),
        ("ASSISTANT_HOST", "0.0.0.0", "127.0.0.1"),  # noqa: S104 (refused)
    ],
)
def test_a_wrong_setting_is_named_with_what_is_wrong(name: str, value: str, reason: str) -> None:
    message = _refusal({name: value})
    assert name in message
    assert reason in message
    assert "Input" not in message


@pytest.mark.parametrize("path", ["", "/assistant", "/outils/assistant-2", "/statics", "/a/static"])
def test_an_address_may_have_a_path_of_its_own(path: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    settings = read_settings(
        {
            "ASSISTANT_URL": f"https://intranet.example{path}/",
            "ASSISTANT_KEYCLOAK": "https://sso.example/realms/sante",
            "ASSISTANT_KEYCLOAK_SECRET_FILE": str(tmp_path / "secret"),
        }
    )
    assert (settings.address, settings.root) == (f"https://intranet.example{path}", path)


@pytest.mark.parametrize(
    ("content", "reason"), [(b"port = ", "TOML"), (b"\xff\xfe", "UTF-8"), (b"truc = 1", "ASSISTANT_TRUC")]
)
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "assistant.toml").write_bytes(content)
    assert reason in _refusal({"ASSISTANT_HOME": str(tmp_path)})


def test_a_folder_in_the_place_of_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "assistant.toml").mkdir()
    assert "c’est un dossier" in _refusal({"ASSISTANT_HOME": str(tmp_path)})


def test_secrets_are_never_shown() -> None:
    secrets = {"postgres": "postgresql://x:secret@y", "qdrant_key": "secret", "llm_key": "secret"}
    settings = Settings.model_validate(secrets)
    assert "secret" not in str(settings.shown)


def test_the_formats_of_models_are_those_that_the_assistant_knows() -> None:
    assert set(get_args(Settings.model_fields["model_format"].annotation)) == set(Format)


def test_credentials_of_sources_come_from_both_and_their_secrets_from_files(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("mot de passe\n")
    (tmp_path / "assistant.toml").write_text(
        f'[sources.nuage]\naddress = "https://nuage.exemple.fr/"\nuser = "a"\nsecret_file = "{secret}"\n'
        '[sources.seau]\naddress = "https://s3.exemple.fr"\n'
    )
    settings = read_settings(
        {
            "ASSISTANT_HOME": str(tmp_path),
            "ASSISTANT_SOURCE_NUAGE_USER": "b",
            "ASSISTANT_SOURCE_DEUX_MOTS_ADDRESS": "https://deux.exemple.fr",
            "ASSISTANT_SOURCE_DEUX_MOTS_SECRET_FILE": str(secret),
        }
    )
    assert {name: (one.address, one.user, one.secret) for name, one in settings.sources.items()} == {
        "nuage": ("https://nuage.exemple.fr", "b", "mot de passe"),
        "seau": ("https://s3.exemple.fr", "", ""),
        "deux_mots": ("https://deux.exemple.fr", "", "mot de passe"),
    }
    assert "mot de passe" not in repr(settings) + str(settings.shown)
    assert settings.replaced(port=8001).sources == settings.sources


@pytest.mark.parametrize(
    "address", ["http://nuage.exemple.fr", "https://a:b@nuage.exemple.fr", "https://:b@nuage.exemple.fr", "nuage", ""]
)
def test_an_address_of_a_source_is_safe_and_without_credentials(address: str) -> None:
    message = _refusal({"ASSISTANT_SOURCE_NUAGE_ADDRESS": address, "ASSISTANT_SOURCE_NUAGE_USER": "a"})
    assert "NUAGE" in message


def test_a_secret_file_of_a_source_that_is_not_there_is_named(tmp_path: Path) -> None:
    environ = {"ASSISTANT_SOURCE_NUAGE_ADDRESS": "https://nuage.exemple.fr"}
    path = tmp_path / "absent"
    assert str(path) in _refusal(environ | {"ASSISTANT_SOURCE_NUAGE_SECRET_FILE": str(path)})


ENGINES = """
engine_order = ["grand", "petit"]
[engines.petit]
kind = "llama-server"
lora = "~/adaptateur.gguf"
[engines.grand]
kind = "server"
url = "https://modeles.exemple.fr/v1/"
key_file = "{secret}"
places = 16
"""


def test_engines_come_from_the_file_and_from_variables_and_their_keys_from_files(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("mot de passe\n")
    (tmp_path / "assistant.toml").write_text(ENGINES.format(secret=tmp_path / "secret"))
    settings = read_settings(
        {
            "ASSISTANT_HOME": str(tmp_path),
            "ASSISTANT_ENGINE_PETIT_FORMAT": "gemma",
            "ASSISTANT_ENGINE_TOUT_PETIT_KIND": "process",
            "ASSISTANT_ENGINE_TASKS": "résumé=tout_petit",
        }
    )
    assert list(settings.engines) == ["petit", "grand", "tout_petit"]
    assert settings.first_engine == settings.engines["grand"]
    assert (settings.engines["grand"].key, settings.engines["grand"].places) == ("mot de passe", 16)
    assert settings.engines["petit"].format == "gemma"
    assert settings.engines["petit"].files == (Path("~/adaptateur.gguf").expanduser(),)
    assert not settings.demonstration
    assert settings.engine_tasks == {"résumé": "tout_petit"}
    assert "mot de passe" not in repr(settings) + str(settings.shown)
    assert settings.replaced(port=8001).engines == settings.engines


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('[engines.a]\nkind = "truc"', "ENGINES.A.KIND"),
        ('[engines.a]\nkind = "server"', "besoin de « url »"),
        ('[engines.a]\nkind = "server"\nurl = "http://loin.exemple.fr/v1"', "https://"),
        ('[engines.a]\nkind = "process"\nkey = "secret"', "sont pour un moteur « server »"),
        ('[engines.a]\nkind = "process"\ntruc = 1', "inconnu"),
        ('[engines.a]\nkind = "process"\nca = "/autorites.pem"', "sont pour un moteur « server »"),
        ('[engines.a]\nkind = "process"\nreasoning = "off"', "choisissez « marked »"),
        ('[engines.a]\nkind = "process"\nreasoning = "bavard"', "ENGINES.A.REASONING"),
        ('[engines.a]\nkind = "process"\nreasoning_tokens = 4000', "au moins 1024"),
        ('[engines.a]\nkind = "server"\nurl = "https://a.fr/v1"\nlora = "a.gguf"', "sur le serveur"),
        ('engine_order = ["b"]\n[engines.a]\nkind = "process"', "nomme « b »"),
        ('[engine_tasks]\nresume = "b"\n[engines.a]\nkind = "process"', "nomme « b »"),
        ('llm = "http://127.0.0.1:1/v1"\n[engines.a]\nkind = "process"', "ou bien"),
        ('[engines.a]\nkind = "server"\nurl = "https://a.fr/v1"\nkey_file = "/nulle-part"', "/nulle-part"),
        ("engines = 3", "ENGINES"),
    ],
)
def test_a_wrong_engine_is_named(tmp_path: Path, content: str, reason: str) -> None:
    (tmp_path / "assistant.toml").write_text(content)
    assert reason in _refusal({"ASSISTANT_HOME": str(tmp_path)})


def test_the_managers_guide_names_every_setting() -> None:
    guide = (PROJECT / "deploy" / "aide" / "guide-gestionnaire.md").read_text(encoding="utf-8")
    names = {f"ASSISTANT_{name.upper()}" for name in Settings.model_fields} - {"ASSISTANT_SOURCES", "ASSISTANT_ENGINES"}
    assert {name for name in names if name not in guide} == set()
    assert "[sources.nuage]" in guide
    assert "[engines.grand]" in guide


def test_a_reranker_is_a_folder_or_a_server_and_its_key_is_not_shown(tmp_path: Path) -> None:
    assert read_settings({"ASSISTANT_RERANKER": str(tmp_path)}).reranker == tmp_path
    server = {"ASSISTANT_RERANKER": "https://rerank.exemple.fr/v1/", "ASSISTANT_RERANKER_KEY": "secret"}
    settings = read_settings(server)
    assert settings.reranker == "https://rerank.exemple.fr/v1"
    assert settings.reranker_key == "secret"
    assert "secret" not in f"{settings.shown}{settings!r}"
    (tmp_path / "key").write_text("secret\n")
    assert read_settings({"ASSISTANT_RERANKER_KEY_FILE": str(tmp_path / "key")}).reranker_key == "secret"


def test_operators_are_told_at_an_address_of_this_process_and_by_a_collector_that_is_ours() -> None:
    read = read_settings({"ASSISTANT_METRICS": "[::1]:9464", "ASSISTANT_TRACES": "https://collecteur.fr:4318/"})
    assert (read.metrics_at, read.traces, read.pue) == (("::1", 9464), "https://collecteur.fr:4318", 1.0)
    assert (read_settings({}).metrics_at, read_settings({}).traces, read_settings({}).logs) == (None, "", "text")
    for wrong in ("9464", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:99999", "a b:1"):
        assert "ASSISTANT_METRICS" in _refusal({"ASSISTANT_METRICS": wrong})
    assert "https" in _refusal({"ASSISTANT_TRACES": "http://collecteur.fr:4318"})
    assert "ASSISTANT_TRACES" in _refusal({"ASSISTANT_TRACES": "https://u:p@collecteur.fr"})


def test_the_weights_of_an_order_are_a_file_or_off(tmp_path: Path) -> None:
    assert read_settings({}).ranker is None
    assert read_settings({"ASSISTANT_RANKER": "off"}).ranker == "off"
    assert read_settings({"ASSISTANT_RANKER": str(tmp_path / "w.json")}).ranker == tmp_path / "w.json"
    (tmp_path / "assistant.toml").write_text('ranker = "off"\n')
    assert read_settings({"ASSISTANT_HOME": str(tmp_path)}).ranker == "off"
