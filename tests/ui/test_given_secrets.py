"""What the environment gives is not handed on, and said."""

import pytest

from ui.given_secrets import take_secrets
from ui.settings import SECRETS, read_settings

PLAIN = {"PATH": "/bin", "ASSISTANT_PORT": "8001", "ASSISTANT_POSTGRES": "postgresql://base/assistant"}


@pytest.mark.parametrize(
    "given",
    [
        {"ASSISTANT_LLM_KEY": "x"},
        {"ASSISTANT_ENGINE_GRAND_KEY": "x"},
        {"ASSISTANT_SOURCE_NUAGE_SECRET": "x"},
        {"ASSISTANT_POSTGRES_OWNER": "postgresql://moi:x@base/assistant"},
        {"ASSISTANT_POSTGRES_OWNER": "host=base user=moi password=x"},
        *({f"ASSISTANT_{name.upper()}": "x:x://x:x@x"} for name in sorted(SECRETS)),
    ],
    ids=str,
)
def test_a_secret_is_taken_out_and_named_with_the_better_way(given: dict[str, str]) -> None:
    environ = PLAIN | given
    [name] = given
    assert f"par exemple {name}_FILE" in take_secrets(environ)
    assert environ == {key: value for key, value in PLAIN.items() if key != name}


def test_what_is_no_secret_stays_and_nothing_is_said() -> None:
    environ = PLAIN | {"ASSISTANT_LLM_KEY_FILE": "/run/secrets/cle", "ASSISTANT_LLM_KEY": ""}
    assert take_secrets(environ) == ""
    assert environ.keys() == PLAIN.keys() | {"ASSISTANT_LLM_KEY_FILE", "ASSISTANT_LLM_KEY"}


def test_what_was_read_before_is_kept() -> None:
    environ = {"ASSISTANT_LLM_KEY": "x"}
    settings = read_settings(environ)
    take_secrets(environ)
    assert (settings.llm_key, environ) == ("x", {})
