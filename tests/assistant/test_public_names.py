"""`assistant.__all__` and `assistant.engines.server` are the whole public face of the package."""

import importlib
import inspect
import subprocess
import sys

import assistant


def test_every_public_name_can_be_imported() -> None:
    assert [name for name in assistant.__all__ if not hasattr(assistant, name)] == []
    assert sorted(set(assistant.__all__)) == sorted(assistant.__all__)


def test_every_error_is_public_and_drawn_in_the_tree() -> None:
    module = importlib.import_module("assistant.errors")
    own = {name for name, value in inspect.getmembers(module, inspect.isclass) if value.__module__ == module.__name__}
    assert own <= set(assistant.__all__)
    assert [name for name in own if name not in (module.__doc__ or "")] == []


def test_importing_the_package_does_not_import_the_servers_client() -> None:
    code = "import sys, assistant; sys.exit('openai' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603
