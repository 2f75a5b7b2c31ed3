"""Chainlit reads its folder while it is imported: it is prepared once, before any test of the chat."""

import warnings
from pathlib import Path
from types import ModuleType

import pytest

from policies.audit.postgres import PostgresLedger
from ui.front import FrontSettings, prepare_front
from ui.pages import Notice
from ui.passage_links import PassageLinks

NOTICE = Notice(model="Gemma 3 270M", demonstration=True, local=True)


@pytest.fixture(scope="session")
def front(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a front end that Chainlit uses in this run."""
    home = Path(tmp_path_factory.mktemp("home"))
    prepare_front(FrontSettings(home, NOTICE))
    return home / "chat"


@pytest.fixture(scope="session")
def chat(front: Path) -> ModuleType:
    """The module `ui.chat`, imported after its folder is there."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Chainlit's own imports
        import ui.chat
    return ui.chat


@pytest.fixture
def ledger() -> PostgresLedger:
    """The ledger of the test's database."""
    return PostgresLedger()


@pytest.fixture
def links() -> PassageLinks:
    """Links signed with the tests' key."""
    return PassageLinks(b"tests")
