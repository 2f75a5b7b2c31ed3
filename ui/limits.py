"""What one file may cost, and how much one person may ask, as the settings say."""

from assistant import Allowance
from ingestion import IntakeLimits, ParseLimits, PartLimits
from policies import Ledger, Role
from ui.at_once import AtOnceLimits
from ui.database import Pool
from ui.settings import Settings

MILLION = 1_000_000


def intake_limits(settings: Settings) -> IntakeLimits:
    """Of files as they come."""
    return IntakeLimits(file=settings.file_megabytes * MILLION)


def part_limits(settings: Settings) -> PartLimits:
    """Of files in archives and messages."""
    return PartLimits(
        file=settings.file_megabytes * MILLION,
        expanded=settings.archive_megabytes * MILLION,
        parts=settings.archive_files,
    )


def parse_limits(settings: Settings) -> ParseLimits:
    """Of reading one document."""
    return ParseLimits(
        memory=settings.reading_megabytes * MILLION,
        cpu_s=settings.reading_seconds,
        wall_s=settings.reading_seconds,
        pages=settings.reading_pages,
        pixels=settings.reading_megapixels * MILLION,
    )


def at_once_limits(settings: Settings) -> AtOnceLimits:
    """Of what one person has under way."""
    return AtOnceLimits(settings.requests_at_once, settings.pages_at_once)


def allowance(settings: Settings, pool: Pool, ledger: Ledger) -> Allowance:
    """Of questions within an hour."""
    return Allowance(pool, ledger, {Role(role): limit for role, limit in settings.questions_per_hour.items()})
