"""One process owns the data folder and lends it to the others."""

import shutil
import socket
import stat
from pathlib import Path

import pytest

from ui.errors import HomeTaken, HomeUnusable
from ui.home import SOCKET, listening, own, reachable


@pytest.fixture(params=["home", "long/" * 40], ids=["short", "longer than a socket's name may be"])
def home(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    return tmp_path / str(request.param)


def test_one_process_owns_the_folder_at_a_time(home: Path) -> None:
    with own(home), pytest.raises(HomeTaken, match="utilise déjà"), own(home):
        pass
    with own(home):
        pass


def test_nobody_listens_where_there_is_no_folder(home: Path) -> None:
    with reachable(home) as address:
        assert address is None


def test_the_owner_is_reached_by_this_user_alone(home: Path) -> None:
    with own(home), listening(home) as listener:
        assert stat.S_IMODE((home / SOCKET).stat().st_mode) == 0o600
        with reachable(home) as address, socket.socket(socket.AF_UNIX) as client:
            assert address is not None
            client.connect(address)
            listener.accept()[0].close()
    assert not (home / SOCKET).exists()


def test_what_a_killed_owner_left_behind_stands_in_nobodys_way(home: Path) -> None:
    home.mkdir(parents=True)
    with own(home), listening(home) as listener:
        listener.close()
        with reachable(home) as address:
            assert address is None
        with listening(home), reachable(home) as address:
            assert address is not None


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_file_is_no_folder(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(HomeUnusable, match=r"ce n’est pas un dossier.*ASSISTANT_HOME"), own(tmp_path / place):
        pass


def test_a_full_disk_is_said_before_anything_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = shutil.disk_usage(tmp_path)._replace(free=2**20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)
    with pytest.raises(HomeUnusable, match=r"reste que 1 Mio.*Libérez"), own(tmp_path):
        pass
