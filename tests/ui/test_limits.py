"""What the settings say of files is what those who read them are told."""

from ingestion import IntakeLimits, ParseLimits, PartLimits
from ui.limits import intake_limits, parse_limits, part_limits
from ui.settings import Settings

SETTINGS = Settings(
    file_megabytes=1,
    archive_megabytes=2,
    archive_files=3,
    reading_megabytes=600,
    reading_seconds=4,
    reading_pages=5,
    reading_megapixels=6,
)


def test_each_limit_comes_from_its_setting() -> None:
    assert intake_limits(SETTINGS) == IntakeLimits(file=1_000_000)
    assert part_limits(SETTINGS) == PartLimits(file=1_000_000, expanded=2_000_000, parts=3)
    assert parse_limits(SETTINGS) == ParseLimits(memory=600_000_000, cpu_s=4, wall_s=4, pages=5, pixels=6_000_000)
