"""The import pages: upload, map columns, dry run, store with a progress bar, undo."""

from datetime import timedelta
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

from customers import tasks
from customers.admin.document_list import pill
from customers.admin.figures import minute_of
from customers.admin.import_form import MapForm, UploadForm
from customers.admin.pages import act_page, demand, form_page, page
from customers.admin.roles import Right, RoleRights
from customers.admin.zone import desk_zone
from customers.errors import Refused
from customers.importing.jobs import check_import, mapping_of, sources_of, start_import, upload_import
from customers.importing.mapping import Mapping, load_mapping
from customers.importing.preview import Preview, preview
from customers.importing.undoing import undo_import
from customers.models import Company, ImportJob, User

State = ImportJob.State
# Up to this size the dry run is made while the page loads; larger files are checked in the background.
INLINE_BYTES = 3 * 1024 * 1024
SHOWN_FAULTS = 200
UNDER_WAY = (State.CHECKING, State.QUEUED, State.RUNNING)
_COLOURS = {
    State.FINISHED: "success", State.REFUSED: "danger", State.FAILED: "danger", State.CHECKED: "info",
    State.RUNNING: "warning", State.QUEUED: "warning", State.CHECKING: "warning",
}  # fmt: skip


@admin.register(ImportJob)
class ImportAdmin(RoleRights, ModelAdmin):  # type: ignore[misc]  # the theme carries no types
    view_right = add_right = Right.IMPORT
    list_display = ["shown_files", "shown_state", "shown_rows", "shown_when", "created_by"]
    list_select_related = ["created_by"]
    ordering = ["-pk"]
    actions = None

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("files")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        shown: HttpResponse = super().changelist_view(request, {"title": "Imports", **(extra_context or {})})
        return shown

    @admin.display(description="Files")
    def shown_files(self, job: ImportJob) -> str:
        return ", ".join(file.name for file in job.files.all())

    @admin.display(description="State")
    def shown_state(self, job: ImportJob) -> SafeString:
        return pill(job.get_state_display(), _COLOURS.get(State(job.state), ""))

    @admin.display(description="Rows")
    def shown_rows(self, job: ImportJob) -> str:
        return f"{job.rows_total:,}"

    @admin.display(description="Uploaded")
    def shown_when(self, job: ImportJob) -> str:
        return minute_of(job.created_at, desk_zone())

    def get_urls(self) -> list[URLPattern]:
        view, own = self.admin_site.admin_view, []
        acts = {
            "progress": self.progress, "map": self.map_columns, "check": self.dry_run, "start": self.start,
            "undo": self.undo,
        }  # fmt: skip
        for act, method in acts.items():
            own.append(path(f"<int:pk>/{act}/", view(method), name=f"customers_importjob_{act}"))
        return [*own, *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        demand(request, Right.IMPORT)
        sent = request.POST if request.method == "POST" else None
        form = UploadForm(sent, request.FILES or None)
        return form_page(
            request, title="Import receivables", form=form, perform=lambda: (_upload(form, request), ""),
            button="Upload", back=reverse("admin:customers_importjob_changelist"),
            lead="Customers, contacts, invoices, credit notes and payments. Nothing is stored before "
            "you have seen what a dry run says.",
        )  # fmt: skip

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        demand(request, Right.IMPORT)
        job = _job(object_id)
        mappable = job.state in (State.UPLOADED, State.CHECKED, State.REFUSED) and job.has_copies
        tables = _tables(job) if mappable else []
        return page(
            request,
            "admin/desk/import.html",
            title=f"Import {job.pk}",
            back=reverse("admin:customers_importjob_changelist"),
            tables=tables,
            recognised=bool(tables) and all(table.layout for table in tables),
            map_form=MapForm(None, tables=tables, job=job, mapping=mapping_of(job)) if tables else None,
            **describe_job(job),
        )

    def progress(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The part of the page that is polled; when the work is done the whole page is loaded anew."""
        demand(request, Right.IMPORT)
        job = _job(pk)
        shown = page(request, "admin/desk/import_progress.html", title="", **describe_job(job))
        if job.state not in UNDER_WAY:
            shown["HX-Refresh"] = "true"
        return shown

    def map_columns(self, request: HttpRequest, pk: int) -> HttpResponse:
        demand(request, Right.IMPORT)
        job = _job(pk)
        tables = _tables(job) if job.has_copies else []
        form = MapForm(request.POST or None, tables=tables, job=job, mapping=mapping_of(job))
        if request.method != "POST":
            return HttpResponseRedirect(_url(pk))
        if form.is_valid():
            try:
                _keep(job, form)
                return self.dry_run(request, pk)
            except Refused as refused:
                form.refuse(refused)
        shown = page(
            request, "admin/desk/import.html", title=f"Import {job.pk}", tables=tables, map_form=form,
            back=reverse("admin:customers_importjob_changelist"), **describe_job(job),
        )  # fmt: skip
        shown.status_code = 422
        return shown

    def dry_run(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The dry run."""
        demand(request, Right.IMPORT)
        job = _job(pk)
        if request.method == "POST":
            try:
                _check(job)
            except Refused as refused:
                messages.error(request, refused.message)
        return HttpResponseRedirect(_url(pk))

    def start(self, request: HttpRequest, pk: int) -> HttpResponse:
        demand(request, Right.IMPORT)
        job = _job(pk)

        def act() -> str:
            start_import(job=job, now=timezone.now())
            transaction.on_commit(partial(tasks.run_import.delay, job_id=job.pk), robust=True)
            return _url(pk)

        return act_page(request, act=act, back=_url(pk), done="")

    def undo(self, request: HttpRequest, pk: int) -> HttpResponse:
        demand(request, Right.IMPORT)
        job = _job(pk)

        def act() -> str:
            undo_import(job=job, now=timezone.now())
            return _url(pk)

        return act_page(request, act=act, back=_url(pk), done="The import was undone.")


def describe_job(job: ImportJob) -> dict[str, Any]:
    """A job as plain values for its page and its progress bar."""
    zone = Company.get().zone
    total = sum(file.size for file in job.files.all())
    stale = (
        job.state == State.CHECKING
        and job.lease_until
        and job.lease_until < timezone.now() - timedelta(minutes=5)
    )
    return {
        "job": job,
        "files": [(file.name, f"{file.size:,} bytes") for file in job.files.order_by("position")],
        "size": total,
        "under_way": job.state in UNDER_WAY and not stale,
        "state": job.get_state_display(),
        "state_colour": _COLOURS.get(State(job.state), ""),
        "counts": [
            (
                kind.replace("_", " ").capitalize(),
                numbers.get("created", 0),
                numbers.get("already_there", 0),
                numbers.get("skipped", 0),
            )
            for kind, numbers in job.counts.items()
        ],
        "errors": job.errors[:SHOWN_FAULTS],
        "notes_found": job.notes[:SHOWN_FAULTS],
        "may_start": job.has_copies
        and (
            job.state in (State.CHECKED, State.FAILED)
            or (job.state == State.REFUSED and job.skip_bad_rows and job.rows_total > 0)
        ),
        "may_check": job.has_copies
        and (job.state in (State.UPLOADED, State.CHECKED, State.REFUSED) or bool(stale)),
        "may_undo": job.state == State.FINISHED,
        "percent": job.percent,
        "when": minute_of(job.created_at, zone),
        "finished": minute_of(job.finished_at, zone),
    }


def _upload(form: UploadForm, request: HttpRequest) -> str:
    values = form.cleaned_data
    given = values["mapping"]
    mapping: Mapping | None = load_mapping(given.name, given.read()) if given else None
    user = request.user if isinstance(request.user, User) else None
    job = upload_import(
        files=[(file.name, file) for file in values["file"]],
        now=timezone.now(),
        mapping=mapping,
        sample_contacts=values.get("sample_contacts", False),
        user=user,
    )
    return _url(job.pk)


def _tables(job: ImportJob) -> list[Preview]:
    found: list[Preview] = []
    mapping = mapping_of(job)
    for source in sources_of(job):
        with source.open() as stream:
            found += preview(name=source.name, stream=stream, mapping=mapping)
    return found


def _keep(job: ImportJob, form: MapForm) -> None:
    """Remember the map on the job, so that the check and the storing use it."""
    if job.state not in (State.UPLOADED, State.CHECKED, State.REFUSED):
        raise Refused("This import is being worked on, or is stored already.")
    chosen = form.mapping()
    plain = chosen == Mapping()
    job.mapping = None if plain else chosen.as_json()
    job.skip_bad_rows = form.cleaned_data["skip_bad_rows"]
    job.save(update_fields=["mapping", "skip_bad_rows", "updated_at"])
    mapping_of(job)


def _check(job: ImportJob) -> None:
    if sum(file.size for file in job.files.all()) <= INLINE_BYTES:
        check_import(job=job, now=timezone.now())
        return
    transaction.on_commit(partial(tasks.check_import.delay, job_id=job.pk), robust=True)
    ImportJob.objects.filter(pk=job.pk).update(updated_at=timezone.now())


def _job(pk: Any) -> ImportJob:
    try:
        return ImportJob.objects.prefetch_related("files").get(pk=pk)
    except (ImportJob.DoesNotExist, ValueError) as missing:
        raise Http404("There is no such import.") from missing


def _url(pk: int) -> str:
    return reverse("admin:customers_importjob_change", args=[pk])
