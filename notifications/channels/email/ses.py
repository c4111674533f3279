"""Amazon SES: the one mail vendor behind a client library of its own (boto3), with errors of its own.

That library repeats a request by itself after a lost connection or a 5xx, although SES may have taken
the mail: that is switched off, whatever the settings say.
"""

import ssl
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from notifications.channels.base import HandOverFailed, Rejected, Stopped, Unavailable, Unclear
from notifications.channels.email.replies import TooBig

_MODULE = "anymail.backends.amazon_ses"
_DAILY_REST_SECONDS = 3600.0

# SES API v2, SendEmail → Errors; AWS → Common Errors.
_TOO_FAST = frozenset({
    "TooManyRequestsException", "Throttling", "ThrottlingException", "ThrottledException",
    "RequestThrottled", "RequestThrottledException", "RequestLimitExceeded", "LimitExceededException",
})  # fmt: skip
_OUR_ACCOUNT = frozenset({
    "AccountSuspendedException", "SendingPausedException", "MailFromDomainNotVerifiedException",
    "NotFoundException", "InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch",
    "InvalidSignatureException", "IncompleteSignature", "MissingAuthenticationToken", "ExpiredToken",
    "ExpiredTokenException", "AccessDenied", "AccessDeniedException", "NotAuthorized", "OptInRequired",
})  # fmt: skip
_LATER = frozenset({408, 425})


def is_ses(backend: Any) -> bool:
    return any(kind.__module__ == _MODULE for kind in type(backend).__mro__)


def ses_backend() -> Any:
    """The configured backend with a client that asks once and waits as long as for other vendors."""
    from botocore.client import Config  # type: ignore[import-untyped]

    params = dict(settings.ANYMAIL.get("AMAZON_SES_CLIENT_PARAMS") or {})
    theirs = params.get("config") or {}
    config = Config(
        connect_timeout=settings.VENDOR_CONNECT_SECONDS, read_timeout=settings.VENDOR_TIMEOUT_SECONDS
    ).merge(theirs if isinstance(theirs, Config) else Config(**theirs))
    params["config"] = config.merge(Config(retries={"total_max_attempts": 1}))
    return get_connection(fail_silently=False, client_params=params)


def send_by_ses(backend: Any, mail: EmailMessage) -> None:
    """Hand one mail to SES. Raises as `send_through` does."""
    from anymail.exceptions import AnymailAPIError, AnymailError  # type: ignore[import-untyped]
    from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]
    from botocore.parsers import ResponseParserError  # type: ignore[import-untyped]

    try:
        backend.open()
    except (BotoCoreError, ValueError) as wrong:
        raise Stopped(f"Amazon SES is not set up: {wrong}", code=type(wrong).__name__) from wrong
    try:
        backend.send_messages([mail])
    except AnymailAPIError as failed:
        said, cause = str(failed)[:500], failed.__cause__
        if isinstance(cause, ClientError):
            sender = parseaddr(str(mail.from_email))[1]
            raise _judge_answer(dict(cause.response), said, sender=sender) from failed
        raise _judge_silence(cause, said) from failed
    except ResponseParserError as nonsense:
        raise Unclear(f"Amazon SES answered with nonsense: {nonsense}"[:500]) from nonsense
    except AnymailError as failed:
        raise Rejected(str(failed)) from failed


def _judge_answer(response: dict[str, Any], said: str, *, sender: str) -> HandOverFailed | TooBig:
    error, facts = response.get("Error", {}), response.get("ResponseMetadata", {})
    code, words = str(error.get("Code") or ""), str(error.get("Message") or "").lower()
    status = int(facts.get("HTTPStatusCode") or 0)
    if status == 429 or code in _TOO_FAST:
        daily = _DAILY_REST_SECONDS if "daily" in words else None
        wish = daily or _seconds(facts.get("HTTPHeaders", {}).get("retry-after"))
        return Unavailable(said, code=code or "429", channel_wide=True, retry_after=wish, counts=False)
    if status in (401, 403) or code in _OUR_ACCOUNT or _is_about_sender(words, sender):
        return Stopped(said, code=code or str(status))
    if not 400 <= status < 500 or status in _LATER:
        return Unclear(said, code=code or str(status))
    rejected = Rejected(said, code=code or str(status))
    return TooBig(rejected) if status == 413 or "message length" in words else rejected


def _is_about_sender(words: str, sender: str) -> bool:
    """`Email address is not verified` names whom: our sender, or a reader while the account is on trial."""
    return "not verified" in words and sender.lower() in words


def _judge_silence(cause: BaseException | None, said: str) -> HandOverFailed:
    from botocore import exceptions as boto  # type: ignore[import-untyped]

    code = type(cause).__name__ if cause is not None else ""
    never_left = boto.EndpointConnectionError, boto.ConnectTimeoutError, boto.ProxyConnectionError
    if isinstance(cause, never_left) or _is_handshake(cause):
        return Unavailable(f"Amazon SES is out of reach: {said}", code="connect", channel_wide=True)
    if isinstance(cause, boto.MetadataRetrievalError | boto.CredentialRetrievalError):
        return Unavailable(f"No credentials for Amazon SES now: {said}", code=code, channel_wide=True)
    if isinstance(cause, boto.NoCredentialsError | boto.PartialCredentialsError | boto.NoAuthTokenError):
        return Stopped(f"There are no credentials for Amazon SES: {said}", code=code)
    if isinstance(cause, boto.ParamValidationError):
        return Rejected(said, code=code)
    return Unclear(f"The answer of Amazon SES never came: {said}", code=code)


def _is_handshake(cause: BaseException | None) -> bool:
    """Whether TLS never began: a fault in the middle of it says nothing about what arrived."""
    from botocore.exceptions import SSLError

    if not isinstance(cause, SSLError):
        return False
    told = cause.kwargs.get("error")
    inner = told.args[0] if isinstance(told, Exception) and told.args else None
    return isinstance(inner, ssl.SSLCertVerificationError) or "WRONG_VERSION_NUMBER" in str(told)


def _seconds(wish: str | None) -> float | None:
    return float(wish) if wish is not None and wish.isascii() and wish.isdigit() else None
