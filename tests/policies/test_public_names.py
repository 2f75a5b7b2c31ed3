"""`policies.__all__` is the whole public face of the package."""

import importlib
import inspect
import pkgutil
from types import ModuleType

import policies


def modules() -> list[ModuleType]:
    found = pkgutil.walk_packages(policies.__path__, prefix="policies.")
    return [importlib.import_module(module.name) for module in found]


def test_every_public_name_can_be_imported() -> None:
    assert [name for name in policies.__all__ if not hasattr(policies, name)] == []
    assert len(set(policies.__all__)) == len(policies.__all__)


def test_every_error_of_the_package_is_public() -> None:
    errors = vars(importlib.import_module("policies.errors"))
    own = {name for name, value in errors.items() if inspect.isclass(value) and issubclass(value, Exception)}
    assert own <= set(policies.__all__)
    assert all(issubclass(errors[name], policies.PolicyError) for name in own)


def test_the_tree_of_errors_is_drawn_whole() -> None:
    module = importlib.import_module("policies.errors")
    own = [name for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__]
    assert [name for name in own if name not in (module.__doc__ or "")] == []


def test_every_public_class_is_listed() -> None:
    # What records and decisions are made of stays inside the package. The register and its review are packages of
    # their own, and S3 is not for everybody: their modules are named where they are used.
    inside = {"Content", "Form", "Law", "Source"}
    apart = ("policies.audit.", "policies.bucket", "policies.review.")
    defined = {
        name
        for module in modules()
        if not module.__name__.startswith(apart)
        for name, value in inspect.getmembers(module, inspect.isclass)
        if value.__module__ == module.__name__ and not name.startswith("_")
    }
    assert defined - inside <= set(policies.__all__)
