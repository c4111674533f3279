"""What every resource shares.

A resource says what it is; the conventions come from here and, by name from settings, from the roof:

    class Contacts(Resource):
        noun = "Contact"
        model = Contact
        shape = ContactShape
        columns = {"id": Column(Integer()), "email": Column(Text(), folded_in="email")}
        ordering = ("name",)
        parent, parent_noun, parent_model = "customer", "Customer", Customer

        def create_row(self, values, *, now):
            return create_contact(customer=self.parent_row, values=values, now=now)

A method that a resource does not define (`create_row`, `change_row`, `delete_row`) is not offered: 405.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.utils import timezone
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.viewsets import ViewSetMixin

from customers.api import permissions
from customers.api.clients import GO, comes_from
from customers.api.columns import Column
from customers.api.expansion import Expandable, Includer, exclude, expand, include
from customers.api.pdf import printer_of, wants_pdf
from customers.api.query import query_of
from customers.api.shapes import Shape
from customers.api.shims import adapt
from customers.api.sign_up_links import withhold_sign_up_links
from customers.api.view import ApiView
from customers.api.visibility import visible
from customers.wire import describe

# What one official client gets on lists where its paging loop never moves on.
WHOLE_LIST = 10_000

WireObject = dict[str, Any]


class Resource(ViewSetMixin, ApiView):
    """List, retrieve, create, update and delete of one kind of object."""

    noun: ClassVar[str]
    model: ClassVar[type[Model]]
    shape: ClassVar[type[Shape]] = Shape

    columns: ClassVar[Mapping[str, Column]] = {}
    ordering: ClassVar[Sequence[str]] = ("id",)
    date_column: ClassVar[str] = ""
    expandable: ClassVar[Mapping[str, Expandable]] = {}
    includable: ClassVar[Mapping[str, Includer]] = {}
    whole_list_for_go: ClassVar[bool] = False

    id_pattern: ClassVar[str] = "[0-9]{1,18}"
    id_column: ClassVar[str] = "pk"

    # A nested resource: the name in the route and of the foreign key, and whose it is.
    parent: ClassVar[str] = ""
    parent_noun: ClassVar[str] = ""
    parent_model: ClassVar[Any] = None
    parent_row: Any = None

    # Wire objects from ids without rows of the ORM (`customers.wire.projection`); else rows are fetched.
    by_id: Any = None

    # What a resource may define; a missing one is answered with 405.
    create_row: Any = None
    change_row: Any = None
    delete_row: Any = None
    # A row as a `PdfAnswer`, for who asks for it in the Accept header; by default what was registered.
    pdf_of: Any = None

    @classmethod
    def methods_of(cls, actions: Mapping[str, str]) -> dict[str, Any]:
        needs = {"create": cls.create_row, "update": cls.change_row, "destroy": cls.delete_row}
        return {method: name for method, name in actions.items() if needs.get(name, True) is not None}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.parent:
            self.parent_row = self.parent_rows().filter(pk=kwargs[self.parent]).first()
            if self.parent_row is None:
                raise NotFound(f"{self.parent_noun} was not found: {kwargs[self.parent]}")

    def rows(self) -> QuerySet[Any]:
        """All rows this request may know about. A nested resource knows only its parent's."""
        rows = visible(self.model._default_manager.all(), permissions.key_of(self.request))
        return rows.filter(**{self.parent: self.parent_row}) if self.parent else rows

    def wire_rows(self) -> QuerySet[Any]:
        """The same rows with everything the projection reads (select_related, prefetch_related)."""
        return self.rows()

    def parent_rows(self) -> QuerySet[Any]:
        return visible(self.parent_model._default_manager.all(), permissions.key_of(self.request))

    def narrow(self, rows: QuerySet[Any], query: Mapping[str, Any]) -> QuerySet[Any]:
        """List parameters of this resource alone (`open_balance`, `owner`)."""
        return rows

    def default_page_size(self) -> int | None:
        return WHOLE_LIST if self.whole_list_for_go and comes_from(self.request, GO) else None

    def list_rows(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One page: ids by filter and order first, then their rows, then their wire form."""
        found = self.narrow(self.rows(), query_of(request))
        backends: Any = api_settings.DEFAULT_FILTER_BACKENDS
        for backend in backends:
            found = backend().filter_queryset(request, found, self)
        pagination: Any = api_settings.DEFAULT_PAGINATION_CLASS
        paginator = pagination()
        page = paginator.paginate(request, found, self)
        headers = paginator.headers(request, page, self)
        return Response(self.shown_by_id(page.ids), headers=headers)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        printer = self.pdf_of or printer_of(self.model)
        if printer is not None and wants_pdf(request):
            return printer(self.find_row())
        # Only who may see every row can do without the query that finds out whether this one may be seen.
        if self.by_id is None or self.rows().query.where:
            return Response(self.shown([self.find_row()])[0])
        objects = self.shown_by_id([int(self.kwargs["id"])])
        if not objects:
            raise self._not_found()
        return Response(objects[0])

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        row = self.create_row(self.shape.read(request.data), now=timezone.now())
        return Response(self.shown_by_id([row.pk])[0], status=201)

    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """PATCH: what is absent stays. The domain function takes the locks and reads the row afresh."""
        row = self.find_plain_row()
        values = self.shape.read(request.data, update=True, stored=row)
        self.change_row(row, values, now=timezone.now())
        return Response(self.shown_by_id([row.pk])[0])

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        self.delete_row(self.find_plain_row(), now=timezone.now())
        return Response(status=204)

    def fetch(self, ids: Sequence[Any]) -> Sequence[Any]:
        """Rows for the projection, in the order of the ids."""
        if not ids:
            return []
        found = {row.pk: row for row in self.wire_rows().filter(pk__in=ids)}
        return [found[pk] for pk in ids if pk in found]

    def find_row(self) -> Any:
        return self._one_of(self.wire_rows())

    def find_plain_row(self) -> Any:
        """The row alone, for functions that change it: they read what they need under their lock."""
        return self._one_of(self.rows())

    def _one_of(self, rows: QuerySet[Any]) -> Any:
        row = rows.filter(**{self.id_column: self.kwargs["id"]}).first()
        if row is None:
            raise self._not_found()
        return row

    def _not_found(self) -> NotFound:
        return NotFound(f"{self.noun} was not found: {self.kwargs['id']}")

    def project(self, rows: Sequence[Any]) -> list[WireObject]:
        """Rows as wire objects, in the same order. The shape itself is written in `customers.wire`."""
        return [describe(row) for row in rows]

    def shown(self, rows: Sequence[Any]) -> list[WireObject]:
        """Rows as the client asked for them: expand, include, exclude."""
        return self._arranged(self.project(rows))

    def shown_by_id(self, ids: Sequence[Any]) -> list[WireObject]:
        """The same for ids that this request may know about."""
        return self._arranged(self.by_id(ids)) if self.by_id else self.shown(self.fetch(ids))

    def _arranged(self, objects: list[WireObject]) -> list[WireObject]:
        query = query_of(self.request)
        if "expand" in query:
            expand(objects, query["expand"], self.expandable)
        if "include" in query:
            include(objects, query["include"], self.includable)
        adapt(self.request, objects)
        withhold_sign_up_links(permissions.key_of(self.request), objects)
        if "exclude" in query:
            exclude(objects, query["exclude"])
        return objects
