"""The page on which a company chooses how its statements look, with a picture of what it chose."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin

from customers.admin.pages import act_page, demand, form_page
from customers.admin.registry import Page, add_page
from customers.admin.roles import Right
from customers.admin.set_up import logo_url, save_company
from customers.admin.settings_list import Act
from customers.models import Company
from statements.admin.pdf_answer import pdf_answer
from statements.admin.template_form import LANGUAGES, TemplateForm, initial_of
from statements.looks import change_look, reset_look
from statements.models import StatementTemplate
from statements.samples import SAMPLES
from statements.trial import sample_pdf


def template_page(request: HttpRequest) -> HttpResponse:
    """The form; beside it the sample that was chosen, printed with what the form says."""
    demand(request, Right.SETTINGS)
    company, template = Company.get(), StatementTemplate.current()
    form = _form(request, company, template)

    def perform() -> tuple[str, str]:
        _keep(form, company, template)
        return f"{reverse('admin:statements_template')}?language={form.spoken}", "The look was saved."

    return form_page(
        request,
        title="Statement template",
        form=form,
        perform=perform,
        template="admin/desk/statement_template.html",
        logo_url=logo_url(company),
        languages=[(code, name, code == form.spoken) for code, name in LANGUAGES.items()],
        preview=reverse("admin:statements_template_preview"),
        acts=[
            Act(
                reverse("admin:statements_template_reset"),
                "Back to the look that ships",
                "Give up colour, texts and own words?",
            )
        ]
        if template.pk
        else [],
    )


@xframe_options_sameorigin
def preview_page(request: HttpRequest) -> HttpResponse:
    """A sample as PDF: with what the form says when it is sent, else with what is kept."""
    demand(request, Right.SETTINGS)
    company, template = Company.get(), StatementTemplate.current()
    name = request.POST.get("sample") or request.GET.get("sample") or "open"
    sample = SAMPLES.get(name, SAMPLES["open"])
    logo = None
    if request.method == "POST":
        form = _form(request, company, template)
        if not form.is_valid():
            return _told(form)
        template = StatementTemplate(**form.template_values(template))
        company.paper_size = form.cleaned_data["paper_size"]
        logo = form.picture()
        if form.cleaned_data.get("remove_logo"):
            company.logo = ""
    pdf = sample_pdf(sample=sample, template=template, company=company, logo=logo, now=timezone.now())
    return pdf_answer(pdf, f"Sample {name}.pdf", request)


def reset_page(request: HttpRequest) -> HttpResponse:
    demand(request, Right.SETTINGS)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    back = reverse("admin:statements_template")

    def act() -> str:
        reset_look(now=timezone.now())
        return back

    return act_page(request, act=act, back=back, done="Statements look again as they ship.")


def _form(request: HttpRequest, company: Company, template: StatementTemplate) -> TemplateForm:
    language = request.POST.get("language") or request.GET.get("language") or company.language
    language = language if language in LANGUAGES else "en"
    sent: dict[str, Any] = {"data": request.POST, "files": request.FILES} if request.method == "POST" else {}
    form = TemplateForm(**sent, language=language, initial=initial_of(template, company, language))
    if not company.logo:
        del form.fields["remove_logo"]
    return form


def _keep(form: TemplateForm, company: Company, template: StatementTemplate) -> None:
    given = form.cleaned_data
    changed = []
    if given["paper_size"] != company.paper_size:
        company.paper_size = given["paper_size"]
        changed.append("paper_size")
    if given.get("logo") or given.get("remove_logo"):
        company.logo = given.get("logo") or ""
        changed.append("logo")
    if changed:
        save_company(company, changed)
    change_look(values=form.template_values(template), now=timezone.now())


def _told(form: TemplateForm) -> HttpResponse:
    """What is wrong, where the picture would stand."""
    lines = [
        f"{form.fields[name].label or name.capitalize()}: {text}" if name in form.fields else str(text)
        for name, errors in form.errors.items()
        for text in errors
    ]
    return HttpResponse("\n".join(lines), "text/plain; charset=utf-8", 422)


add_page(Page("statement-template/", "statements_template", template_page))
add_page(Page("statement-template/preview/", "statements_template_preview", preview_page))
add_page(Page("statement-template/reset/", "statements_template_reset", reset_page))
