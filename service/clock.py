"""The two clocks, read only at the edges (web, command line, workers); everything below takes `now`."""

from datetime import UTC, datetime

from service.config import Settings


def calendar_now(settings: Settings) -> datetime:
    """The instant that the calendar goes by, aware UTC; the setting NOW freezes it in tests."""
    return settings.now or system_now()


def system_now() -> datetime:
    """The real instant, aware UTC, in whole milliseconds as MongoDB keeps them: for leases and token expiry,
    which nothing may freeze.
    """
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
