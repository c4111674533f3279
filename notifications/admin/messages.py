"""The outbox: every message, how it looks, what became of it, and what staff may decide."""

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.clickjacking import xframe_options_sameorigin
from unfold.admin import ModelAdmin

from customers.admin.account_list import search_customers
from customers.admin.document_list import pill
from customers.admin.figures import minute_of
from customers.admin.pages import act_page, demand, page
from customers.admin.roles import Right, RoleRights, may, own_rows
from customers.admin.zone import desk_zone
from customers.errors import Refused
from customers.models import Company, Customer
from notifications.admin.again_form import again_page, look_again_page
from notifications.admin.message_filters import RunFilter, StateFilter, WrittenFilter
from notifications.admin.message_page import COLOURS, describe
from notifications.admin.send_page import look_page, send_page
from notifications.admin.stops import describe_stops, release_page
from notifications.admin.unclear import ACTS, DONE, unclear_page, unclear_rows
from notifications.channels.email.blocking import unblock_address
from notifications.channels.email.mail import mail_page, mail_sender
from notifications.delivering import is_looked_for, want_stopped
from notifications.inbox import simulate
from notifications.models import Message
from notifications.tasks import ring_asking, ring_channels
from statements.admin.pdf_answer import kept_pdf_answer
from statements.archive import read_kept

ASKED = "The print house is asked to stop this letter."

# The frame that shows a mail runs nothing, loads nothing from elsewhere and has no origin.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; sandbox; frame-ancestors 'self'"
)


@admin.register(Message)
class MessageAdmin(RoleRights, ModelAdmin):  # type: ignore[misc]  # the theme carries no types
    list_display = [
        "shown_when",
        "shown_channel",
        "shown_recipient",
        "shown_customer",
        "shown_subject",
        "shown_state",
    ]
    list_display_links = ["shown_when", "shown_recipient"]
    list_filter = [StateFilter, "channel", WrittenFilter, RunFilter]
    list_select_related = ["customer"]
    list_fullwidth = True
    list_before_template = "admin/desk/messages_head.html"
    list_per_page = 50
    ordering = ["-pk"]
    actions = ["again", "mark", "stop"]
    search_fields = ["recipient_key"]
    search_help_text = "Recipient or customer"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return own_rows(super().get_queryset(request).defer("html", "request"), request.user)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Message], search_term: str
    ) -> tuple[QuerySet[Message], bool]:
        word = search_term.strip()
        if not word:
            return queryset, False
        people = search_customers(Customer.objects.all(), word)
        return queryset.filter(
            Q(recipient_key__contains=word.lower()) | Q(customer__in=people.values("pk"))
        ), False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        shown: HttpResponse = super().changelist_view(
            request, {"title": "Sent messages", **_notices(request), **(extra_context or {})}
        )
        return shown

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return super().get_actions(request) if may(request.user, Right.RUN) else {}

    @admin.action(description="Send again")
    def again(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        _bulk(request, "send-again", queryset)

    @admin.action(description="Mark as sent")
    def mark(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        _bulk(request, "mark-as-sent", queryset)

    @admin.action(description="Cancel")
    def stop(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        _bulk(request, "cancel", queryset)

    @admin.display(description="Written", ordering="created_at")
    def shown_when(self, message: Message) -> str:
        return minute_of(message.created_at, desk_zone())

    @admin.display(description="Channel", ordering="channel")
    def shown_channel(self, message: Message) -> str:
        return message.get_channel_display()

    @admin.display(description="To")
    def shown_recipient(self, message: Message) -> str:
        return message.recipient.splitlines()[0]

    @admin.display(description="Customer", ordering="customer__name")
    def shown_customer(self, message: Message) -> str:
        return message.customer.name if message.customer else "–"

    @admin.display(description="Subject")
    def shown_subject(self, message: Message) -> str:
        text = message.subject or message.text.replace("\n", " ")
        return (text[:60] + "…" if len(text) > 61 else text) or "–"

    @admin.display(description="State")
    def shown_state(self, message: Message) -> SafeString:
        return pill(message.get_state_display(), COLOURS.get(Message.State(message.state), ""))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/mail/", view(self.mail), name="notifications_message_mail"),
            path("<int:pk>/document/", view(self.document), name="notifications_message_document"),
            path("<int:pk>/act/<slug:act>/", view(self.act), name="notifications_message_act"),
            path(
                "<int:pk>/simulate/<slug:news>/", view(self.simulate), name="notifications_message_simulate"
            ),
            path("<int:pk>/stop/", view(self.stop_letter), name="notifications_message_stop"),
            path("<int:pk>/unblock/", view(self.unblock), name="notifications_message_unblock"),
            path("unclear/", view(unclear_page), name="notifications_message_unclear"),
            path("release/<slug:channel>/", view(release_page), name="notifications_message_release"),
            path("send/<int:pk>/", view(send_page), name="notifications_message_send"),
            path("send/<int:pk>/look/", view(look_page), name="notifications_message_look"),
            path("send-again/<int:pk>/", view(again_page), name="notifications_message_send_again"),
            path(
                "send-again/<int:pk>/look/",
                view(look_again_page),
                name="notifications_message_look_again",
            ),
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        demand(request, Right.SEE)
        message = self._message(request, object_id)
        return page(
            request, "admin/desk/message.html", title=str(message),
            back=reverse("admin:notifications_message_changelist"), **describe(message, Company.get().zone),
        )  # fmt: skip

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return self.change_view(request, object_id)

    def mail(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The mail as its reader sees it, for a sandboxed frame."""
        demand(request, Right.SEE)
        message = self._message(request, pk)
        if message.channel != Message.Channel.EMAIL:
            raise Http404("This message is no mail.")
        response = HttpResponse(mail_page(message, mail_sender(), tracked=False))
        response["Content-Security-Policy"] = MAIL_POLICY
        response["Cache-Control"] = "private, no-store"
        return xframe_options_sameorigin(lambda _: response)(request)

    def document(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The invoice, credit note or receipt as it was sent, whatever became of it since."""
        demand(request, Right.SEE)
        message = self._message(request, pk)
        if not message.document_file:
            raise Http404("This message carries no document.")
        read = partial(read_kept, message.document_file, message.document_sha256)
        back = reverse("admin:notifications_message_change", args=[pk])
        return kept_pdf_answer(read, message.document_name, request, back=back)

    def act(self, request: HttpRequest, pk: int, act: str) -> HttpResponse:
        demand(request, Right.RUN)
        message, here = self._message(request, pk), reverse("admin:notifications_message_change", args=[pk])
        if act not in ACTS:
            raise Http404("There is no such act.")

        def perform() -> str:
            ACTS[act](messages=[message], now=timezone.now())
            ring_channels()
            ring_asking()
            return here

        done = ASKED if act == "cancel" and is_looked_for(message) else f"The message was {DONE[act]}."
        return act_page(request, act=perform, back=here, done=done)

    def stop_letter(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask the print house to give a letter back, while it still does."""
        demand(request, Right.RUN)
        message, here = self._message(request, pk), reverse("admin:notifications_message_change", args=[pk])

        def perform() -> str:
            if not want_stopped(messages=Message.objects.filter(pk=message.pk), now=timezone.now()):
                raise Refused("This letter cannot be stopped any more.")
            ring_asking()
            return here

        return act_page(request, act=perform, back=here, done=ASKED)

    def simulate(self, request: HttpRequest, pk: int, news: str) -> HttpResponse:
        """Sandbox: let the vendor report something about this message."""
        demand(request, Right.SEND)
        message, here = self._message(request, pk), reverse("admin:notifications_message_change", args=[pk])

        def perform() -> str:
            simulate(message=message, news=news, now=timezone.now())
            return here

        return act_page(request, act=perform, back=here, done="The sandbox has reported this.")

    def unblock(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let mails go to this message's address again."""
        demand(request, Right.RUN)
        message, here = self._message(request, pk), reverse("admin:notifications_message_change", args=[pk])

        def perform() -> str:
            unblock_address(address=message.recipient, now=timezone.now())
            return here

        return act_page(request, act=perform, back=here, done=f"{message.recipient} is written to again.")

    def _message(self, request: HttpRequest, pk: Any) -> Message:
        related = ("customer", "issued_statement", "run", "invoice", "credit_note", "payment")
        rows = own_rows(Message.objects.select_related(*related), request.user)
        try:
            found: Message = rows.get(pk=pk)
        except (Message.DoesNotExist, ValueError) as missing:
            raise Http404("There is no such message.") from missing
        return found


def _notices(request: HttpRequest) -> dict[str, Any]:
    """What stands above the list: stopped channels, and how many messages are unclear."""
    unclear = unclear_rows().count() if may(request.user, Right.RUN) else 0
    return {**describe_stops(request), "unclear": unclear}


def _bulk(request: HttpRequest, act: str, queryset: QuerySet[Message]) -> None:
    demand(request, Right.RUN)
    try:
        count = ACTS[act](messages=queryset, now=timezone.now())
    except Refused as refused:
        messages.error(request, refused.message)
        return
    ring_channels()
    left = queryset.count() - count
    messages.success(
        request,
        f"{count} messages were {DONE[act]}." + (f" {left} were in another state." if left > 0 else ""),
    )
