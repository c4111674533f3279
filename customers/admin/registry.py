"""What upper floors add to the back office of the ground floor: one registry, filled at start.

from customers.admin import registry
registry.add_tab(registry.Tab(slug="messages", title="Messages", ...))
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from customers.admin.as_of import AsOf
from customers.admin.roles import Right, may
from customers.models import Customer, Invoice


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab of the customer's page; `context` gathers plain values for the template."""

    slug: str
    title: str
    template: str
    context: Callable[[HttpRequest, Customer, AsOf], Mapping[str, Any]]
    order: int = 50


@dataclass(frozen=True, slots=True)
class Link:
    """A button on the customer's page, shown to those who have the right."""

    title: str
    icon: str
    url: Callable[[Customer], str]
    right: Right = Right.SEE
    order: int = 50


@dataclass(frozen=True, slots=True)
class InvoiceLink:
    """A button on an invoice's page."""

    title: str
    icon: str
    url: Callable[[Invoice], str]
    right: Right = Right.SEE


@dataclass(frozen=True, slots=True)
class ListAction:
    """An act on selected customers of the list, or on all that match."""

    name: str
    title: str
    act: Callable[[HttpRequest, QuerySet[Customer]], HttpResponse]
    right: Right


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel of the dashboard."""

    template: str
    context: Callable[[HttpRequest, AsOf], Mapping[str, Any]]
    order: int = 50


@dataclass(frozen=True, slots=True)
class Page:
    """A page of an upper floor that belongs to no list; `path` ends with a slash."""

    path: str
    name: str
    view: Callable[..., HttpResponse]


_tabs: list[Tab] = []
_links: list[Link] = []
_invoice_links: list[InvoiceLink] = []
_actions: list[ListAction] = []
_panels: list[Panel] = []
_pages: list[Page] = []


def add_tab(tab: Tab) -> None:
    _tabs.append(tab)


def add_link(link: Link) -> None:
    _links.append(link)


def add_invoice_link(link: InvoiceLink) -> None:
    _invoice_links.append(link)


def add_list_action(action: ListAction) -> None:
    _actions.append(action)


def add_panel(panel: Panel) -> None:
    _panels.append(panel)


def add_page(page: Page) -> None:
    _pages.append(page)


def pages() -> list[Page]:
    return list(_pages)


def tabs() -> list[Tab]:
    return sorted(_tabs, key=lambda tab: (tab.order, tab.title))


def links(user: Any) -> list[Link]:
    return [link for link in sorted(_links, key=lambda link: link.order) if may(user, link.right)]


def invoice_links(user: Any) -> list[InvoiceLink]:
    return [link for link in _invoice_links if may(user, link.right)]


def list_actions(user: Any) -> list[ListAction]:
    return [action for action in _actions if may(user, action.right)]


def panels() -> list[Panel]:
    return sorted(_panels, key=lambda panel: panel.order)
