"""Users and API keys in the back office."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

from customers.admin.document_list import pill
from customers.admin.figures import day_of, minute_of
from customers.admin.forms import DayField, DeskForm, dress
from customers.admin.pages import act_page, demand, form_page, page
from customers.admin.roles import Right, RoleRights
from customers.admin.zone import desk_zone
from customers.dates import start_of_day
from customers.errors import Refused
from customers.ledger.events import record_fact
from customers.ledger.keys import issue_api_key, revoke_api_key
from customers.models import ApiKey, Company, Role, User

if admin.site.is_registered(Group):
    admin.site.unregister(Group)


class UserForm(forms.ModelForm[User]):
    """A member of staff. A password that is set here is a one-time password."""

    password = forms.CharField(
        label="One-time password", required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Must be changed at the next login. Empty: stays as it is.",
    )  # fmt: skip

    class Meta:
        model = User
        fields = ["username", "first_name", "last_name", "email", "role", "is_active"]
        help_texts = {"is_active": "Uncheck instead of deleting.", "username": ""}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["username", "password"])
        self.fields["password"].required = self.instance.pk is None
        dress(self)

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if password:
            validate_password(password, self.instance)
        return password

    def refuse(self, refused: Refused) -> None:
        self.add_error(refused.param if refused.param in self.fields else None, refused.message)


@admin.register(User)
class UserAdmin(RoleRights, ModelAdmin):  # type: ignore[misc]  # the theme carries no types
    view_right = Right.SETTINGS
    add_right = change_right = Right.SETTINGS
    list_display = ["username", "shown_name", "email", "shown_role", "shown_state", "shown_login"]
    list_filter = ["role", "is_active"]
    search_fields = ["username", "first_name", "last_name", "email"]
    ordering = ["username", "pk"]
    actions = None

    @admin.display(description="Name")
    def shown_name(self, user: User) -> str:
        return user.get_full_name() or "–"

    @admin.display(description="Role", ordering="role")
    def shown_role(self, user: User) -> str:
        return Role.ADMIN.label if user.is_superuser else user.get_role_display()

    @admin.display(description="State")
    def shown_state(self, user: User) -> SafeString:
        return pill("Active", "success") if user.is_active else pill("Switched off", "")

    @admin.display(description="Last login", ordering="last_login")
    def shown_login(self, user: User) -> str:
        return minute_of(user.last_login, desk_zone()) or "never"

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return self._form(request, None)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return self._form(request, User.objects.filter(pk=object_id).first())

    def _form(self, request: HttpRequest, user: User | None) -> HttpResponse:
        demand(request, Right.SETTINGS)
        form = UserForm(request.POST or None, instance=user)
        back = reverse("admin:customers_user_changelist")
        return form_page(
            request, title=f"User {user.username}" if user else "New user", form=form,
            perform=lambda: (back, _save_user(form, request)), back=back,
        )  # fmt: skip


def _save_user(form: UserForm, request: HttpRequest) -> str:
    user, new = form.save(commit=False), form.instance.pk is None
    if user.pk == request.user.pk and (not user.is_active or "role" in form.changed_data):
        raise Refused("You cannot switch yourself off or change your own role.", param="role")
    with transaction.atomic():
        user.is_staff = True
        if "role" in form.changed_data:
            user.is_superuser = False
        if form.cleaned_data["password"]:
            user.set_password(form.cleaned_data["password"])
            user.must_change_password = user.pk != request.user.pk
        user.save()
        data = {"username": user.username, "role": user.role, "is_active": user.is_active}
        record_fact(
            type=f"user.{'created' if new else 'updated'}", object_type="user", object_id=str(user.pk),
            data={"object": data}, now=timezone.now(),
        )  # fmt: skip
    return f"{user.username} was saved."


class KeyForm(DeskForm):
    name = forms.CharField(max_length=255, help_text="Which program will use it.")
    role = forms.ChoiceField(choices=Role.choices, initial=Role.FINANCE)
    user = forms.ModelChoiceField(
        queryset=User.objects.filter(is_active=True).order_by("username"), required=False, label="Acts for",
        help_text="An account manager's key sees the customers of this person.",
    )  # fmt: skip
    last_day = DayField(required=False, help_text="Empty: until it is revoked.")

    refused_names = {"expires_at": "last_day"}

    def draw(self, now: datetime) -> str:
        """The new key, which is shown once. It works until the end of its last day."""
        last, zone = self.cleaned_data["last_day"], Company.get().zone
        return issue_api_key(
            name=self.cleaned_data["name"],
            role=self.cleaned_data["role"],
            user=self.cleaned_data["user"],
            expires_at=None if last is None else start_of_day(last + timedelta(days=1), zone),
            now=now,
        )


@admin.register(ApiKey)
class ApiKeyAdmin(RoleRights, ModelAdmin):  # type: ignore[misc]  # the theme carries no types
    """Keys are drawn, shown once and revoked; never edited."""

    view_right = Right.SETTINGS
    add_right = Right.SETTINGS
    list_display = [
        "name", "shown_last4", "role", "shown_user", "shown_state", "shown_last_day", "shown_use",
    ]  # fmt: skip
    list_select_related = ["user"]
    list_filter = ["role"]
    ordering = ["-pk"]
    actions = None

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        shown: HttpResponse = super().changelist_view(request, {"title": "API keys", **(extra_context or {})})
        return shown

    @admin.display(description="Ends in")
    def shown_last4(self, key: ApiKey) -> str:
        return f"…{key.last4}"

    @admin.display(description="State")
    def shown_state(self, key: ApiKey) -> SafeString:
        if key.revoked_at:
            return pill("Revoked", "")
        if key.expires_at and key.expires_at <= timezone.now():
            return pill("Expired", "")
        return pill("Live", "success")

    @admin.display(description="Acts for")
    def shown_user(self, key: ApiKey) -> str:
        return str(key.user or "–")

    @admin.display(description="Last day", ordering="expires_at")
    def shown_last_day(self, key: ApiKey) -> str:
        # It ends with the first second that it does not work in.
        return day_of(key.expires_at - timedelta(seconds=1), desk_zone()) if key.expires_at else "–"

    @admin.display(description="Last used")
    def shown_use(self, key: ApiKey) -> str:
        return minute_of(key.last_used_at, desk_zone()) or "never"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [path("<int:pk>/revoke/", view(self.revoke), name="customers_apikey_revoke")]
        return [*own, *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        demand(request, Right.SETTINGS)
        form = KeyForm(request.POST or None)
        back, drawn = reverse("admin:customers_apikey_changelist"), []

        def perform() -> tuple[str, str]:
            drawn.append(form.draw(timezone.now()))
            return back, ""

        answer = form_page(
            request, title="New API key", form=form, perform=perform, button="Draw key", back=back
        )
        if not drawn:
            return answer
        name = form.cleaned_data["name"]
        return page(request, "admin/desk/key.html", title="New API key", key=drawn[0], name=name, back=back)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        demand(request, Right.SETTINGS)
        key, zone = self.get_object(request, object_id), Company.get().zone
        if key is None:
            messages.warning(request, "There is no such key.")
            return HttpResponseRedirect(reverse("admin:customers_apikey_changelist"))
        facts = [
            ("Role", key.get_role_display()),
            ("Acts for", str(key.user or "")),
            ("Ends in", f"…{key.last4}"),
            ("Made", minute_of(key.created_at, zone)),
            ("Last used", minute_of(key.last_used_at, zone) or "never"),
            ("Expires", minute_of(key.expires_at, zone)),
            ("Revoked", minute_of(key.revoked_at, zone)),
        ]
        return page(
            request, "admin/desk/key_page.html", title=key.name, key_row=key,
            facts=[(name, value) for name, value in facts if value],
            revoke=reverse("admin:customers_apikey_revoke", args=[key.pk]),
            back=reverse("admin:customers_apikey_changelist"),
        )  # fmt: skip

    def revoke(self, request: HttpRequest, pk: int) -> HttpResponse:
        demand(request, Right.SETTINGS)
        back = reverse("admin:customers_apikey_changelist")

        def act() -> str:
            revoke_api_key(key_id=pk, now=timezone.now())
            return back

        return act_page(request, act=act, back=back, done="The key was revoked.")
