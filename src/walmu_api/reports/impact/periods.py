"""The periods that impact is reported for: calendar quarters, half-years and years that are over. Pure."""

from datetime import date, timedelta

from walmu_api.foundation.locales import Reason
from walmu_api.foundation.problems import INVALID_VALUE, MISSING, Finding, check_order

REPORTING_PERIOD = Reason("reporting-period")
PERIOD_NOT_OVER = Reason("period-not-over")
_MONTHS = (3, 6, 12)


def check(first: date | None, last: date | None, today: date) -> list[Finding]:
    """What is wrong with a period that was asked for. None at all means the latest quarter."""
    if first is None and last is None:
        return []
    if first is None or last is None:
        return [MISSING.at("/query/from" if first is None else "/query/to")]
    if found := check_order(first, last, "/query/to"):
        return found
    if (first, last) not in _beginning_in(first.year):
        return [INVALID_VALUE.at("/query/from", reason=REPORTING_PERIOD)]
    return [INVALID_VALUE.at("/query/to", reason=PERIOD_NOT_OVER)] if last >= today else []


def _beginning_in(year: int) -> set[tuple[date, date]]:
    return {
        (date(year, month, 1), _last_day(year, month + length - 1))
        for length in _MONTHS
        for month in range(1, 13, length)
    }


def _last_day(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def latest_quarter(today: date) -> tuple[date, date]:
    """The quarter that ended last."""
    month = (today.month - 1) // 3 * 3 + 1
    last = date(today.year, month, 1) - timedelta(days=1)
    return date(last.year, last.month - 2, 1), last
