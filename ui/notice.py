"""What every page tells its reader: which model writes, and what else is open to them."""

from pathlib import Path

from policies.access import Action
from ui import demonstration
from ui.model_in_use import ModelInUse
from ui.pages import Notice
from ui.services import Services
from ui.settings import Settings

_BESIDE = (("/console", Action.OPEN_CONSOLE), ("/audit", Action.REVIEW))


def notice_of(settings: Settings, services: Services) -> Notice:
    """It tells the model, and what is announced, as they are at the moment."""
    policy, in_use = services.policy, services.model_in_use
    return Notice(
        model=model_label(settings),
        demonstration=settings.demonstration,
        writes=lambda: (model_label(settings, in_use), in_use.demonstration),
        local=settings.keycloak is None,
        root=settings.root,
        beside=lambda person: tuple(address for address, act in _BESIDE if policy.may(person, act).allowed),
        announced=services.announcements.current,
    )


def model_label(settings: Settings, in_use: ModelInUse | None = None) -> str:
    """The model as pages name it: the one that was chosen, where the settings name none."""
    if in_use.demonstration if in_use else settings.demonstration:
        return demonstration.MODEL_NAME
    if in_use and in_use.choice:
        return Path(in_use.choice.file).stem
    if (first := settings.first_engine) is not None:
        return first.model if first.kind == "server" else Path(first.model).stem
    return settings.llm_model if settings.llm else (settings.model or Path()).stem
