"""What the chart and the compose file set is what the product knows, and makes settings that it starts with."""

from pathlib import Path

import pytest

from tests.deploy.chart import VARIANTS, containers, pods, render
from tests.deploy.compose import services
from ui.settings import Settings, read_settings

PREFIX = "ASSISTANT_"


def read(environment: dict[str, str], folder: Path) -> Settings:
    """The settings of a process with these variables, whose secrets lie in a folder of the test."""
    ours = {name: value for name, value in environment.items() if name.startswith(PREFIX)}
    for name, value in ours.items():
        if name.endswith("_FILE"):
            file = folder / Path(value).name
            file.write_text("postgresql://assistant@postgres/assistant" if "POSTGRES" in name else "s" * 64)
            ours[name] = str(file)
    return read_settings(ours)


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_settings_of_the_charts_processes_are_valid(variant: str, tmp_path: Path) -> None:
    found = {}
    for name, _, spec in pods(render(VARIANTS[variant])):
        for container in containers(spec):
            environment = {one["name"]: one["value"] for one in container.get("env", ())}
            if any(variable.startswith(PREFIX) for variable in environment):
                found[f"{name} {container['name']}"] = read(environment, tmp_path)
    web, worker = found["Deployment sante-web web"], found["Deployment sante-worker worker"]
    assert web.keycloak == "https://sso.exemple.fr/realms/sante"
    assert (web.worker, web.secret, web.first_engine is not None) == ("off", "s" * 64, True)
    assert web.blobs == worker.blobs
    assert web.audit_key == worker.audit_key
    assert worker.qdrant.startswith("https://")
    assert not worker.postgres_owner
    assert found["Job sante-migrate-1 migrate"].postgres_owner


@pytest.mark.parametrize(
    "name",
    [name for name, one in services().items() if any(key.startswith(PREFIX) for key in one.get("environment", ()))],
)
def test_the_settings_of_the_compositions_processes_are_valid(name: str, tmp_path: Path) -> None:
    settings = read(services()[name]["environment"], tmp_path)
    assert settings.postgres
    assert bool(settings.postgres_owner) is (name == "migrate")
    if name.startswith("web"):
        assert (settings.worker, settings.llm) == ("off", "http://llama-server:8080/v1")
        assert settings.address == "https://assistant.exemple.fr"
