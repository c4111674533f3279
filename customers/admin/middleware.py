"""What surrounds every request of staff: the signature in the audit trail, and the first login."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from customers.admin.zone import reading_zone_once
from customers.ledger.events import Actor, acting_as
from customers.models import Company, User

Next = Callable[[HttpRequest], HttpResponseBase]


class SignedByStaff:
    """Everything a member of staff changes is signed with their name, address and request id."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = getattr(request, "user", None)
        if not request.path_info.startswith("/admin/") or not isinstance(user, User):
            return self.get_response(request)
        actor = Actor(
            name=str(user),
            user=user,
            request_id=getattr(request, "request_id", ""),
            address=request.META.get("REMOTE_ADDR", ""),
        )
        with acting_as(actor), reading_zone_once():
            return self.get_response(request)


class OwnPasswordFirst:
    """Who came in with a one-time password chooses an own one before anything else."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user, path = getattr(request, "user", None), request.path_info
        if not path.startswith("/admin/") or not getattr(user, "must_change_password", False):
            return self.get_response(request)
        change = reverse("admin:password_change")
        if path == change and request.method == "POST":
            return self._change(request, change)
        if path in {change, reverse("admin:logout"), reverse("admin:jsi18n")}:
            return self.get_response(request)
        return HttpResponseRedirect(change)

    def _change(self, request: HttpRequest, change: str) -> HttpResponseBase:
        if request.POST.get("old_password") == request.POST.get("new_password1"):
            messages.error(request, "Choose another password than the one-time password.")
            return HttpResponseRedirect(change)
        answer = self.get_response(request)
        if answer.status_code != 302:
            return answer
        if isinstance(request.user, User):
            User.objects.filter(pk=request.user.pk).update(must_change_password=False)
        return HttpResponseRedirect(reverse("admin:index"))


class SetUpOnce:
    """The first time an admin opens the dashboard of a fresh installation, the set-up page comes first."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info != "/admin/":
            return self.get_response(request)
        from customers.admin.roles import Right, may
        from customers.admin.set_up import is_fresh

        if may(getattr(request, "user", None), Right.SETTINGS) and is_fresh(Company.get()):
            return HttpResponseRedirect(reverse("admin:customers_company_set_up"))
        return self.get_response(request)
