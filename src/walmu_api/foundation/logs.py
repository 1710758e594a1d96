"""Structured logs: one JSON object a line. The last stage takes out what looks like an identity code."""

import logging
import sys
from collections.abc import Callable, MutableMapping
from typing import Any

import structlog
from pydantic_core import to_json

from walmu_api.foundation.identity_codes import ANYWHERE


def without_identity_codes(_logger: Any, _method: str, line: Any) -> str:
    """The last stage: `line` is the text that is written."""
    return ANYWHERE.sub("[identity code]", str(line))


def _bare(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Exceptions are named, not printed: their texts may hold values."""
    error = event.pop("exc_info", None)
    if error:
        kind = sys.exc_info()[0] if error is True else type(error)
        event["exception"] = getattr(kind, "__name__", str(kind))
    return event


def _json(event: Any, default: Callable[[Any], Any]) -> str:
    return to_json(event, fallback=default).decode()


class _Handler(logging.Handler):
    """What libraries log joins the same stream, by name and level."""

    def emit(self, record: logging.LogRecord) -> None:
        event = (
            record.getMessage()
            if record.name.startswith("uvicorn") and record.exc_info is None
            else "library log"
        )
        kind = record.exc_info[0] if record.exc_info else None
        named = {"exception": kind.__name__} if kind is not None else {}
        structlog.get_logger().log(record.levelno, event, logger=record.name, **named)


def configure(level: str) -> None:
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _bare,
            structlog.processors.JSONRenderer(serializer=_json),
            without_identity_codes,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(handlers=[_Handler()], level=max(number, logging.WARNING), force=True)
    logging.getLogger("uvicorn.error").setLevel(number)
