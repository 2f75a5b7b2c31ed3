"""What the settings say of files is what those who read them are told."""

from ingestion import IntakeLimits, ParseLimits, PartLimits
from policies import PostgresLedger, Principal, Role
from ui.at_once import AtOnceLimits
from ui.database import Pool
from ui.limits import allowance, at_once_limits, intake_limits, parse_limits, part_limits
from ui.settings import Settings, read_settings

SETTINGS = Settings(
    file_megabytes=1,
    archive_megabytes=2,
    archive_files=3,
    reading_megabytes=600,
    reading_seconds=4,
    reading_pages=5,
    reading_megapixels=6,
    requests_at_once=8,
    pages_at_once=7,
)


def test_each_limit_comes_from_its_setting() -> None:
    assert intake_limits(SETTINGS) == IntakeLimits(file=1_000_000)
    assert part_limits(SETTINGS) == PartLimits(file=1_000_000, expanded=2_000_000, parts=3)
    assert at_once_limits(SETTINGS) == AtOnceLimits(requests=8, pages=7)
    assert parse_limits(SETTINGS) == ParseLimits(memory=600_000_000, cpu_s=4, wall_s=4, pages=5, pixels=6_000_000)


def test_questions_within_an_hour_are_counted_by_role(pool: Pool, agent: Principal, administrateur: Principal) -> None:
    settings = read_settings({"ASSISTANT_QUESTIONS_PER_HOUR": "agent=7,gestionnaire=9"})
    counting = allowance(settings, pool, PostgresLedger())
    assert counting.limit(agent) == 7
    assert counting.limit(Principal("s", "n", frozenset(), frozenset({Role.AGENT, Role.GESTIONNAIRE}))) == 9
    assert counting.limit(administrateur) == 0
