"""The compose file: valid, closed, bounded, and clear about what it lacks."""

import re
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.compose import DEPLOY, FILE, SAID, Missing, composition, example, filled, services

ONCE = {"migrate", "provision", "model"}
# Of images that have nothing to ask with.
UNASKED = {"collector", "tempo"}

each = pytest.mark.parametrize("name", services())


def mounts(service: dict[str, Any]) -> list[str]:
    return list(service.get("volumes", ()))


def networks(service: dict[str, Any]) -> set[str]:
    return set(service.get("networks", ()))


def test_the_proxy_alone_has_a_door_and_all_the_rest_no_way_out() -> None:
    assert [name for name, service in services().items() if "ports" in service] == ["proxy"]
    assert composition()["networks"]["inside"]["internal"] is True
    for name, service in services().items():
        if name == "model":
            assert service["network_mode"] == "none"
        else:
            assert networks(service) == ({"inside", "front"} if name == "proxy" else {"inside"}), name


@each
def test_each_service_is_confined(name: str) -> None:
    service = services()[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "proxy" else [])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert int(service["user"].split(":")[0]) > 0
    assert service["pids_limit"] > 0
    assert re.fullmatch(r"\d+[mg]", service["mem_limit"])
    assert service["logging"]["options"]["max-size"]
    assert not {"privileged", "pid", "ipc", "devices", "userns_mode"} & set(service)
    assert not any("docker.sock" in mount for mount in mounts(service))
    assert service["restart"] == ("on-failure" if name in ONCE else "unless-stopped")


@each
def test_no_variable_holds_a_secret_and_each_secret_is_a_file(name: str) -> None:
    service = services()[name]
    for variable, value in service.get("environment", {}).items():
        secret = re.search(
            "PASSWORD|SECRET|TOKEN|_KEY$", variable.removesuffix("_KEY") if "AUDIT" in variable else variable
        )
        assert not secret or variable.endswith("FILE"), variable
        assert "@" not in str(value)
    for held in service.get("secrets", ()):
        assert (held if isinstance(held, str) else held["source"]) in composition()["secrets"]


def test_every_secret_serves_someone() -> None:
    held = [one for service in services().values() for one in service.get("secrets", ())]
    assert {one if isinstance(one, str) else one["source"] for one in held} == set(composition()["secrets"])


def test_only_the_migration_is_given_the_owner_of_the_tables() -> None:
    assert [name for name, service in services().items() if "postgres_owner" in service.get("secrets", ())] == [
        "migrate"
    ]


@each
def test_what_is_waited_for_can_come(name: str) -> None:
    service = services()[name]
    if name not in ONCE | UNASKED:
        assert service["healthcheck"]["test"]
    needs = service.get("depends_on", {})
    for other, need in needs.items() if isinstance(needs, dict) else ():
        if need["condition"] == "service_healthy":
            assert "healthcheck" in services()[other]
        else:
            assert need["condition"] == "service_completed_successfully"
            assert other in ONCE
        assert "profiles" not in services()[other] or need.get("required") is False or "profiles" in service


@each
def test_what_is_mounted_from_this_folder_is_there(name: str) -> None:
    for mount in mounts(services()[name]):
        source, _, rest = mount.partition(":")
        if source.startswith("./") and source != example()["MODELS"]:
            assert (DEPLOY / source).exists(), mount
            assert rest.endswith(":ro"), mount
        elif not source.startswith("."):
            assert source in composition()["volumes"], mount


@each
def test_images_are_the_sites_own_and_have_a_tag(name: str) -> None:
    image = services()[name]["image"]
    assert re.fullmatch(r"[a-z0-9-]+(/[a-z0-9.-]+)?:[\w.-]+", image), image
    assert "latest" not in image
    with_registry = filled(yaml.safe_load(FILE.read_text()), example() | SAID | {"REGISTRY": "registre.exemple.fr/"})
    assert with_registry["services"][name]["image"] == f"registre.exemple.fr/{image}"


@pytest.mark.parametrize(
    ("missing", "said"), [("SECRETS", "secrets.sh"), ("MODEL_FILE", "nommez le fichier du modèle")]
)
def test_what_is_missing_is_said_with_what_to_do(missing: str, said: str) -> None:
    variables = {name: value for name, value in (example() | SAID).items() if name != missing}
    with pytest.raises(Missing, match=said):
        filled(yaml.safe_load(FILE.read_text()), variables)


def test_the_example_names_every_variable_and_none_beside() -> None:
    used = set(re.findall(r"(?<!\$)\$\{(\w+)", FILE.read_text()))
    assert used | {"COMPOSE_PROFILES"} == set(example())
    assert not any(value for name, value in example().items() if re.search("PASSWORD|SECRET|KEY", name))


def test_the_proxys_address_is_one_that_nobody_else_is_given_first() -> None:
    inside, proxy = ip_network(example()["INSIDE"]), ip_address(example()["PROXY_ADDRESS"])
    assert proxy in inside
    assert int(proxy) - int(inside.network_address) > 10 * len(services())


def test_what_prometheus_asks_is_what_runs() -> None:
    scraped = yaml.safe_load((DEPLOY / "observability" / "prometheus.yaml").read_text())["scrape_configs"]
    asked = {target for job in scraped for config in job["static_configs"] for target in config["targets"]}
    assert {target.split(":")[0] for target in asked} <= set(services())


def test_no_registry_and_no_address_beyond_the_machine_stands_in_any_file_of_the_deployment() -> None:
    files = [FILE, DEPLOY / "Containerfile", DEPLOY / ".env.example", *(DEPLOY / "helm").rglob("*.yaml")]
    for file in files:
        text = file.read_text()
        assert not re.search(r"(docker|quay|ghcr)\.io", text), file
        for host in re.findall(r"https?://([\w.-]+)", text):
            known = host.endswith((".exemple.fr", "127.0.0.1")) or host in {*services(), "sso", "assistant"}
            assert known or "." not in host, (file, host)


def test_the_folder_of_secrets_is_never_kept_with_the_source() -> None:
    ignored = (Path(DEPLOY.parent) / ".gitignore").read_text().splitlines()
    assert {"deploy/secrets/", "deploy/.env", "deploy/models/"} <= set(ignored)
