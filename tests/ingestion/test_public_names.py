"""The names that other packages use."""

import ingestion


def test_every_public_name_exists_and_stands_once_in_order() -> None:
    assert len(set(ingestion.__all__)) == len(ingestion.__all__)
    assert all(hasattr(ingestion, name) for name in ingestion.__all__)
