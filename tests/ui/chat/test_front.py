"""The front end is made from Chainlit's wheel, without what it takes from the internet."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from ui.chat.front import FRENCH, HERE, MENDED, FrontSettings, prepare_front, renew_pages
from ui.pages import STATIC, Notice

NOTICE = Notice(model="Gemma 3 270M (modèle de démonstration)", demonstration=True, local=True)


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a front end of these tests alone; what Chainlit is pointed to stays as it was."""
    home = Path(tmp_path_factory.mktemp("front"))
    with pytest.MonkeyPatch.context() as kept:
        for name in ("CHAINLIT_APP_ROOT", "CHAINLIT_ENV_FILE", "TRACELOOP_TELEMETRY"):
            kept.setenv(name, "")
        prepare_front(FrontSettings(home, NOTICE))
    return home / "chat"


def test_the_page_is_french_and_names_nothing_from_elsewhere(front: Path) -> None:
    page = (front / "front" / "index.html").read_text()
    assert '<html lang="fr">' in page
    assert "//" not in page
    assert 'aria-live="polite"' in page


def test_the_page_has_no_inline_script_or_style(front: Path) -> None:
    page = (front / "front" / "index.html").read_text()
    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
    assert "<style" not in page
    assert re.findall(r"\s(?:style|on\w+)=", page) == []


def test_every_page_names_the_machine_the_demonstration_model_and_the_local_mode(front: Path) -> None:
    page = (front / "front" / "index.html").read_text()
    assert "rédigées par une intelligence artificielle" in page
    assert "modèle de démonstration" in page
    assert "Mode local, sans authentification" in page


def test_a_page_that_is_written_anew_names_the_model_that_writes_now(front: Path) -> None:
    renew_pages(FrontSettings(front.parent, replace(NOTICE, writes=lambda: ("ministral-3-8b", False))))
    page = (front / "front" / "index.html").read_text()
    assert "ministral-3-8b." in page
    assert "modèle de démonstration" not in page
    renew_pages(FrontSettings(front.parent, NOTICE))
    assert "modèle de démonstration" in (front / "front" / "index.html").read_text()


def test_the_page_loads_only_files_that_are_there(front: Path) -> None:
    page = (front / "front" / "index.html").read_text()
    for address in re.findall(r'(?:src|href)="(/[^"]+)"', page):
        if address.startswith("/static/"):
            assert (STATIC.parent / address.removeprefix("/")).is_file()
        elif address.startswith("/assets/"):
            assert (front / "front" / address.removeprefix("/")).is_file()


def test_nothing_that_plays_or_draws_third_parties_is_served(front: Path) -> None:
    names = {path.suffix for path in (front / "front" / "assets").iterdir()}
    assert names == {".js", ".css", ".svg"}
    assert len(list((front / "front" / "assets").glob("*.js"))) == 1


def test_the_style_sheets_load_nothing(front: Path) -> None:
    for sheet in [*(front / "front" / "assets").glob("*.css"), *STATIC.glob("*.css")]:
        text = re.sub(r"url\(\"?data:[^)]*\)", "", sheet.read_text())
        assert re.findall(r"url\(|@import", text) == [], sheet.name


def test_english_words_and_needless_drawing_of_the_script_are_gone(front: Path) -> None:
    [script] = (front / "front" / "assets").glob("*.js")
    text = script.read_text()
    assert not [theirs for theirs in FRENCH | MENDED if theirs in text]


def test_our_words_correct_words_that_the_wheel_has(front: Path) -> None:
    from ui.chat.front import _wheel

    wheel = json.loads((_wheel() / "translations" / "fr-FR.json").read_text())

    def leaves(words: object, path: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
        if isinstance(words, dict):
            return {leaf for key, value in words.items() for leaf in leaves(value, (*path, key))}
        return {path}

    assert leaves(json.loads((HERE / "french.json").read_text())) <= leaves(wheel)
