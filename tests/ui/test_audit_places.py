"""Where checkpoints go is read from the settings, and what is wrong there is one clear sentence."""

from pathlib import Path

import pytest

from ui.audit_places import audit_places
from ui.errors import SettingsInvalid
from ui.settings import Settings, read_settings

SERVER = {"ASSISTANT_SOURCE_POINTS_ADDRESS": "https://s3.exemple.fr/", "ASSISTANT_SOURCE_POINTS_USER": "clef"}


def settings(home: Path, places: str, **given: str) -> Settings:
    return read_settings({"ASSISTANT_HOME": str(home), "ASSISTANT_CHECKPOINTS": places, **given})


def test_without_a_setting_they_stay_in_the_data_folder(tmp_path: Path) -> None:
    (place,) = audit_places(Settings(home=tmp_path))
    assert place.label == str(tmp_path / "audit" / "checkpoints")


def test_folders_and_buckets_may_be_named_together(tmp_path: Path) -> None:
    given = SERVER | {"ASSISTANT_CHECKPOINTS_S3": "points"}
    places = audit_places(settings(tmp_path, f"{tmp_path}/a, s3://seau/registre", **given))
    assert [place.label for place in places] == [f"{tmp_path}/a", "s3://seau/registre"]


@pytest.mark.parametrize(("address", "named"), [("s3://seau/x", "autre"), ("s3://seau/x", ""), ("s3://", "points")])
def test_a_bucket_without_a_server_or_a_name_is_refused(tmp_path: Path, address: str, named: str) -> None:
    with pytest.raises(SettingsInvalid, match="ASSISTANT_CHECKPOINTS_S3"):
        audit_places(settings(tmp_path, address, **SERVER, ASSISTANT_CHECKPOINTS_S3=named))
