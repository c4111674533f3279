"""One line per event, and no secret, account number or working link in any of them."""

import logging
import re
from collections.abc import MutableMapping
from typing import Any

import structlog

from customers.card_numbers import without_card_numbers

_SECRET_NAME = re.compile(
    r"pass(word|wd)?$|secret|token|authorization|cookie|api_?key|account_number|iban|cvc", re.I
)
# Whoever has the token of a page can open the page: the first characters are enough to find it again.
_LINK_TOKEN = re.compile(
    r"((?:/|%2F)(?:statements|invoices|pay|sign_up|credit_notes|payments)(?:/|%2F)[A-Za-z0-9]{4})"
    r"[A-Za-z0-9]{20}(?![A-Za-z0-9])",
    re.I,
)
_TRACKING_ID = re.compile(r"((?:/|%2F)email(?:/|%2F)open(?:/|%2F)[A-Za-z0-9_-]{4})[A-Za-z0-9_-]+", re.I)
_BASIC_OR_BEARER = re.compile(r"\b(Basic|Bearer)\s+[A-Za-z0-9+/=._~-]{8,}", re.I)


def mask(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Hide values that are secret by their name, and card numbers, keys and links inside of texts."""
    for name, value in event.items():
        event[name] = _masked(name, value)
    return event


def is_secret_name(name: str) -> bool:
    """Whether what stands under this name must not be read by others."""
    return _SECRET_NAME.search(name) is not None


def _masked(name: str, value: Any) -> Any:
    if is_secret_name(name) and value:
        return "***"
    if isinstance(value, dict):
        return {key: _masked(str(key), inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_masked(name, inner) for inner in value]
    if isinstance(value, BaseException):
        return mask_text(repr(value))
    return mask_text(value) if isinstance(value, str) else value


def mask_text(text: str) -> str:
    """A text without card numbers, keys and the secret part of links."""
    text = _BASIC_OR_BEARER.sub(r"\1 ***", without_card_numbers(text))
    return _TRACKING_ID.sub(r"\1***", _LINK_TOKEN.sub(r"\1***", text))


class MaskedLines(logging.Filter):
    """For loggers with an output and a form of their own, such as the web server's access log."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = mask_text(record.getMessage()), ()
        if record.exc_info:
            # Formatters take the text that is there already instead of making it from the exception.
            record.exc_text = mask_text(logging.Formatter().formatException(record.exc_info))
        return True


def mask_web_server() -> None:
    """The web server has set up its loggers before us: what they write passes through the mask, too."""
    for name in ("gunicorn.access", "gunicorn.error"):
        logging.getLogger(name).addFilter(MaskedLines())


def keep_terminal_clean() -> None:
    """A command speaks to a person: a line for each task it rings for would drown what it says."""
    logging.getLogger("django_structlog.celery").setLevel(logging.WARNING)


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]


def logging_config(*, form: str, level: str) -> dict[str, Any]:
    """The `LOGGING` setting: `json` for machines, `console` for eyes."""
    shown: Any = structlog.processors.JSONRenderer()
    if form == "console":
        shown = structlog.dev.ConsoleRenderer(colors=False)
    chain = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.format_exc_info]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [*chain, mask, shown],
                "foreign_pre_chain": [*_SHARED, structlog.stdlib.PositionalArgumentsFormatter()],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Each is said once already by the request log.
            "django.server": {"handlers": [], "propagate": False},
            "django.request": {"level": "ERROR"},
            "weasyprint": {"level": "ERROR"},
            "fontTools": {"level": "ERROR"},
            # It remarks at every start that the embedded queue has no host name.
            "kombu.connection": {"level": "ERROR"},
        },
    }


structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *_SHARED,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
