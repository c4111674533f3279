"""The facts of a statement as a file for staff: JSON, or its lines as CSV."""

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from customers.admin.pages import demand
from customers.admin.roles import Right
from customers.models import Company
from statements.data_file import statement_json
from statements.documents import plain_name
from statements.lines_file import lines_csv
from statements.statement import Statement

KINDS = {"json": "application/json", "csv": "text/csv; charset=utf-8"}


def facts_answer(
    request: HttpRequest, *, statement: Statement, kind: str, number: str | None = None
) -> HttpResponse:
    """A download of the right to export, for nobody's cache; `kind` is one of KINDS."""
    demand(request, Right.EXPORT)
    zone = Company.get().zone
    if kind == "json":
        content = statement_json(statement=statement, zone=zone, number=number)
    else:
        content = lines_csv(statement=statement, zone=zone)
    name = f"{plain_name(statement.member.name)} {number or 'Statement'}.{kind}"
    answer = HttpResponse(content, content_type=KINDS[kind])
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer["Cache-Control"] = "private, no-store"
    return answer
