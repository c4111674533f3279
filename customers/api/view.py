"""The view every endpoint shares: who asks, what that allows, in which transaction, under which key.

Writes run in one transaction that also covers the rendering of the answer.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Any, ClassVar

from django.db import transaction
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.views import APIView

from customers.api import permissions
from customers.api.clients import tell_caches
from customers.api.idempotency import METHODS, Claim, Replay, claim, fingerprint_of, marked_with
from customers.ledger.events import Actor, acting_as


class ApiView(APIView):
    """One endpoint: `get`, `post`, `patch`, `put`, `delete` are its methods.

    `power` is what writing needs, `reading` what reading does (see `permissions`). `effects_outside` marks
    endpoints that send or charge: they run outside of a transaction. When `self.claim.retaken`, an earlier
    copy of the request may have acted: they answer what was recorded under `self.claim.pk` and do not act
    again.
    """

    permission_classes = [permissions.KeyMay]
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]

    power: ClassVar[str] = permissions.MONEY
    reading: ClassVar[str] = permissions.READ
    # Methods that need another power than `power`.
    powers: ClassVar[Mapping[str, str]] = {}
    effects_outside: ClassVar[bool] = False
    is_list: ClassVar[bool] = False

    claim: Claim | None = None
    format_kwarg = None  # read by the framework; there are no suffixes here

    @property
    def default_response_headers(self) -> dict[str, str]:
        return {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """As the framework does it, without what there is not here: versions, throttles, suffixes."""
        chosen = self.perform_content_negotiation(request)
        request.accepted_renderer, request.accepted_media_type = chosen
        self.perform_authentication(request)
        self.check_permissions(request)

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """As the framework does it, with the writes wrapped in their transaction and idempotency key."""
        self.args, self.kwargs = args, kwargs
        request = self.request = self.initialize_request(request, *args, **kwargs)
        self.headers = self.default_response_headers
        try:
            self.initial(request, *args, **kwargs)
            with acting_as(_actor(request)):
                return self._answer(request)
        except Exception as problem:  # noqa: BLE001 - every exception becomes an answer
            return self._rendered(self.handle_exception(problem))

    def _answer(self, request: Request) -> Any:
        # What is not offered is refused whatever the key was used for, and uses up none.
        key = marked_with(request) if self._offers(request.method) else None
        if key is None:
            return self._work(request, None)
        # A body that cannot be read is refused only now: its refusal belongs to the key, too.
        problem: Exception | None = None
        try:
            parameters: Any = request.data
        except Exception as unreadable:  # noqa: BLE001 - raised again as the work's outcome
            problem, parameters = unreadable, request._request.body.decode("utf-8", "replace")
        outcome = claim(permissions.key_of(request), key=key, fingerprint=fingerprint_of(request, parameters))
        if isinstance(outcome, Replay):
            return outcome
        self.claim = outcome
        return self._work(request, problem)

    @contextmanager
    def prepared(self, request: Request) -> Iterator[None]:
        """Around a write and its transaction: what a gateway must be asked before, and given back after a
        failure. It may happen again when a marked request is taken over."""
        yield

    def _work(self, request: Request, problem: Exception | None) -> Any:
        try:
            if problem is not None:
                raise problem
            if request.method in METHODS and self._offers(request.method):
                # Also where nothing is read from it: a body that is no body is refused.
                _ = request.data
            if request.method not in METHODS | {"DELETE"} or self.effects_outside:
                return self._run(request)
            offered = self._offers(request.method)
            with self.prepared(request) if offered else nullcontext(), transaction.atomic():
                return self._run(request)
        except Exception as refusal:  # noqa: BLE001 - every exception becomes an answer
            response = self._rendered(self.handle_exception(refusal))
            if self.claim is not None:
                self._settle_refusal(self.claim, response, refusal)
            return response

    def _run(self, request: Request) -> Any:
        """Call the method and render its answer; in a transaction a failure of either undoes both."""
        handler: Callable[..., Any] = self.http_method_not_allowed
        if request.method and request.method.lower() in self.http_method_names:
            handler = getattr(self, request.method.lower(), handler)
        response = self._rendered(handler(request, *self.args, **self.kwargs))
        if self.claim is not None:
            self.claim.keep(response.status_code, response.content, response.headers)
        return response

    def _offers(self, method: str | None) -> bool:
        return (method or "").lower() in self.http_method_names and hasattr(self, (method or "").lower())

    def _settle_refusal(self, held: Claim, response: Any, refusal: Exception) -> None:
        if response.status_code < 500 and not isinstance(refusal, Throttled):
            held.keep(response.status_code, response.content, response.headers)
        elif self.effects_outside:
            held.abandon()
        else:
            held.free()

    def _rendered(self, response: Any) -> Any:
        response = self.finalize_response(self.request, response, *self.args, **self.kwargs)
        tell_caches(self.request, response)
        return response.render() if hasattr(response, "render") else response


def _actor(request: Request) -> Actor:
    key = permissions.key_of(request)
    return Actor(
        name=f"API key {key.name}",
        api_key=key,
        request_id=getattr(request, "request_id", ""),
        address=request.META.get("REMOTE_ADDR", ""),
    )
