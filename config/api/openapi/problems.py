"""What every operation may answer beside its success: the one flat shape of refusals and faults."""

from typing import Any

from config.api.openapi.types import STRING, record, word

Json = dict[str, Any]

ERROR = record(
    "error",
    "Why a request was not done. `param` names the one parameter to blame, dotted for nested ones.",
    type=word("invalid_request", "api"),
    message=STRING.says("A sentence for people."),
    param=STRING.at_times("when one parameter is to blame"),
)

REQUEST_ID = "6d1f3c52-8a0e-4b7f-9a55-0c2b4f1f7a10"

_WAIT = {
    "Retry-After": {
        "description": "Seconds to wait before the next try.",
        "schema": {"type": "integer", "minimum": 1},
    }
}
_CASES: dict[int, tuple[str, str, str, Json]] = {
    400: ("Refused", "A parameter or a rule of the business is against it.", "Name is missing.", {}),
    401: (
        "Unauthenticated",
        "The API key is missing or not valid.",
        "The API key is missing or not valid.",
        {"WWW-Authenticate": {"description": "How to log in.", "schema": {"type": "string"}}},
    ),
    403: (
        "Forbidden",
        "The key's role does not cover this, or the request did not use TLS.",
        "This API key does not have the permission for this request.",
        {},
    ),
    404: ("NotFound", "There is no such object.", "Customer was not found: 15", {}),
    405: (
        "MethodNotAllowed",
        "The path is known, this method is not offered.",
        "PUT is not allowed for /customers/15.",
        {"Allow": {"description": "What is offered.", "schema": {"type": "string"}}},
    ),
    429: ("TooManyRequests", "Too many requests at once.", "Too many requests. Try again later.", _WAIT),
    500: (
        "Fault",
        "A fault of the server; the message names the request.",
        f"An unexpected error occurred. Request: {REQUEST_ID}",
        {},
    ),
    503: (
        "Busy",
        "The server is busy or being maintained.",
        "The server is busy. Try again in a moment.",
        _WAIT,
    ),
}


def responses() -> Json:
    """For every operation, by status."""
    return {
        str(status): {"$ref": f"#/components/responses/{case[0]}"} for status, case in sorted(_CASES.items())
    }


def components() -> Json:
    """The responses themselves, each with an example."""
    return {name: _response(status) for status, (name, *_) in _CASES.items()}


def _response(status: int) -> Json:
    _, description, message, headers = _CASES[status]
    example: Json = {"type": "api" if status >= 500 else "invalid_request", "message": message}
    if status == 400:
        example["param"] = "name"
    content = {"schema": {"$ref": "#/components/schemas/Error"}, "example": example}
    request_id = {"X-Request-Id": {"$ref": "#/components/headers/RequestId"}}
    return {
        "description": description,
        "headers": request_id | headers,
        "content": {"application/json": content},
    }
