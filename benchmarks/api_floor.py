"""The least a server can do for the same answers: bare views, SQL by hand, orjson.

Never routed in the product; `benchmarks/api_server.py` puts it beside the product in one process. No
middleware, no validation, no roles, no log, no idempotency. `/floor/stock` is the other end: what the
frameworks' own serializer costs with its relations prefetched.
"""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import orjson
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.models import ApiKey, Customer, PaymentSource, TaxRate
from customers.models.base import new_token

PORTAL = "http://127.0.0.1:8000"
IS_POSTGRES = connection.vendor == "postgresql"


class FloorHandler(WSGIHandler):
    """Django without any middleware and with the routes of this file."""

    def load_middleware(self, is_async: bool = False) -> None:
        with override_settings(MIDDLEWARE=[]):
            super().load_middleware(is_async)

    def get_response(self, request: HttpRequest) -> Any:
        request.urlconf = "api_floor"  # type: ignore[attr-defined]
        return super().get_response(request)


def seconds(column: str) -> str:
    if IS_POSTGRES:
        return f"floor(extract(epoch from {column}))::bigint"
    return f"CAST(strftime('%%s', {column}) AS INTEGER)"


COLUMNS = f"""c.id, c.name, c.number, NULLIF(c.email, ''), c.autopay, c.autopay_delay_days,
 NULLIF(c.payment_terms, ''), NULLIF(c.attention_to, ''), NULLIF(c.address1, ''), NULLIF(c.address2, ''),
 NULLIF(c.city, ''), NULLIF(c.state, ''), NULLIF(c.postal_code, ''), c.country, NULLIF(c.language, ''),
 NULLIF(c.currency, ''), c.chase, c.chasing_cadence_id, c.next_chase_step_id, NULLIF(c.phone, ''),
 c.credit_hold, c.credit_limit, c.owner_id, c.taxable, NULLIF(c.tax_id, ''),
 NULLIF(c.avalara_entity_use_code, ''), NULLIF(c.avalara_exemption_number, ''), c.type,
 c.parent_customer_id, c.bill_to_parent, c.consolidated, NULLIF(c.notes, ''), c.sign_up_page_id,
 c.sign_up_token, c.statement_token, c.ach_gateway_id, c.cc_gateway_id, c.metadata,
 {seconds("c.created_at")}, {seconds("c.updated_at")},
 s.id, s.kind, s.last4, s.brand, s.exp_month, s.exp_year, s.funding, s.gateway, s.gateway_token,
 NULLIF(s.gateway_customer, ''), s.gateway_account_id, s.chargeable, NULLIF(s.failure_reason, ''),
 NULLIF(s.receipt_email, ''), {seconds("s.created_at")}, {seconds("s.updated_at")}"""
NAMES = (
    "id name number email autopay autopay_delay_days payment_terms attention_to address1 address2 city state "
    "postal_code country language currency chase chasing_cadence next_chase_step phone credit_hold "
    "credit_limit owner taxable tax_id avalara_entity_use_code avalara_exemption_number type "
    "parent_customer bill_to_parent consolidated notes sign_up_page sign_up_url statement_pdf_url "
    "ach_gateway cc_gateway metadata created_at updated_at"
).split()
SOURCE_NAMES = (
    "id object last4 brand exp_month exp_year funding gateway gateway_id gateway_customer merchant_account "
    "chargeable failure_reason receipt_email created_at updated_at"
).split()
WIDTH = len(NAMES)
FROM = "FROM customers_customer c LEFT JOIN customers_paymentsource s ON s.id = c.payment_source_id"
TAXES = f"""SELECT l.customer_id, r.code, r.name, NULLIF(r.currency, ''), r.value, r.is_percent, r.inclusive,
 r.metadata, {seconds("r.created_at")}, {seconds("r.updated_at")}
 FROM customers_customer_taxes l JOIN customers_taxrate r ON r.id = l.taxrate_id
 WHERE l.customer_id IN ({{}}) ORDER BY l.customer_id, r.id"""
TAX_NAMES = "id name currency value is_percent inclusive metadata created_at updated_at".split()


def encode(value: Any) -> Any:
    return orjson.Fragment(f"{value.normalize():f}")


def answer(body: Any, status: int = 200, **headers: str) -> HttpResponse:
    content = orjson.dumps(body, default=encode)
    return HttpResponse(content, status=status, content_type="application/json", headers=headers)


def let_in(request: HttpRequest, cursor: Any) -> int:
    user = base64.b64decode(request.META["HTTP_AUTHORIZATION"][6:]).decode().partition(":")[0]
    cursor.execute(
        "SELECT id, role FROM customers_apikey WHERE digest = %s AND revoked_at IS NULL"
        " AND (expires_at IS NULL OR expires_at > %s)",
        [ApiKey.digest_of(user), datetime.now(UTC)],
    )
    return int(cursor.fetchone()[0])


def shapes(cursor: Any, rows: list[Any]) -> list[dict[str, Any]]:
    ids = [row[0] for row in rows]
    taxes: dict[int, list[Any]] = {}
    if ids:
        cursor.execute(TAXES.format(", ".join(map(str, ids))))
        for owner, *values in cursor.fetchall():
            rate = dict(zip(TAX_NAMES, values, strict=True), object="tax_rate")
            rate["metadata"] = orjson.loads(rate["metadata"])
            taxes.setdefault(owner, []).append(rate)
    objects = []
    for row in rows:
        shape = dict(zip(NAMES, row[:WIDTH], strict=True), object="customer")
        shape["metadata"] = orjson.loads(shape["metadata"])
        shape["statement_pdf_url"] = f"{PORTAL}/statements/{shape['statement_pdf_url']}/pdf"
        shape["sign_up_url"] = f"{PORTAL}/sign_up/{shape['sign_up_url']}" if shape["sign_up_page"] else None
        source = None if row[WIDTH] is None else dict(zip(SOURCE_NAMES, row[WIDTH:], strict=True))
        shape["payment_source"] = source if source and source["chargeable"] else None
        shape["taxes"] = taxes.get(row[0], [])
        objects.append(shape)
    return objects


def list_customers(request: HttpRequest) -> HttpResponse:
    page = int(request.GET.get("page", 1))
    order = {"": "c.id", "updated_at ASC": "c.updated_at, c.id"}[request.GET.get("sort", "")]
    with connection.cursor() as cursor:
        let_in(request, cursor)
        offset = (page - 1) * 100
        cursor.execute(f"SELECT {COLUMNS} {FROM} ORDER BY {order} LIMIT 101 OFFSET {offset}")
        rows = cursor.fetchall()
        if page == 1:
            cursor.execute("SELECT count(*) FROM customers_customer")
            total = cursor.fetchone()[0]
        else:
            total = page * 100 + 1
        base = request.build_absolute_uri(request.path)
        places = {"self": page, "first": 1, "next": page + 1, "last": -(-total // 100)}
        link = ", ".join(f'<{base}?page={number}>; rel="{name}"' for name, number in places.items())
        headers = {"Link": link, "X-Total-Count": str(total)}
        return answer(shapes(cursor, rows[:100]), **headers)


def retrieve_customer(request: HttpRequest, pk: int) -> HttpResponse:
    with connection.cursor() as cursor:
        let_in(request, cursor)
        cursor.execute(f"SELECT {COLUMNS} {FROM} WHERE c.id = %s", [pk])
        return answer(shapes(cursor, cursor.fetchall())[0])


def balance(request: HttpRequest, pk: int) -> HttpResponse:
    """From the stored figures: one query for the account, one for what is open, one for its credit."""
    now = int(datetime.now(UTC).timestamp())
    with connection.cursor() as cursor:
        let_in(request, cursor)
        cursor.execute("SELECT currency FROM customers_customer WHERE id = %s", [pk])
        currency = cursor.fetchone()[0] or "usd"
        cursor.execute(
            "SELECT balance, due_date, autopay FROM customers_invoice WHERE customer_id = %s AND NOT draft"
            " AND voided_at IS NULL AND closed_at IS NULL AND balance > 0 AND currency = %s AND date <= %s",
            [pk, currency, now],
        )
        rows = cursor.fetchall()
        cursor.execute(
            "SELECT date, amount FROM customers_creditadjustment WHERE customer_id = %s AND currency = %s"
            " ORDER BY date",
            [pk, currency],
        )
        points, held = [], 0
        for moment, amount in cursor.fetchall():
            held += amount
            points.append({"timestamp": moment, "currency": currency, "balance": held / 100})
        owed = sum(row[0] for row in rows) / 100
        late = any(row[1] is not None and row[1] < now for row in rows)
        return answer(
            {
                "currency": currency, "total_outstanding": owed, "due_now": owed, "past_due": late,
                "open_credit_notes": 0, "available_credits": held / 100, "history": points[::-1],
            }
        )  # fmt: skip


_INSERTED = [
    field for field in Customer._meta.concrete_fields
    if not field.primary_key and field.column not in ("name", "number", "number_key", "email", "metadata")
]  # fmt: skip


def create_customer(request: HttpRequest) -> HttpResponse:
    sent = orjson.loads(request.body)
    now = datetime.now(UTC)
    with transaction.atomic(), connection.cursor() as cursor:
        let_in(request, cursor)
        cursor.execute(
            "UPDATE customers_counter SET next_value = next_value + 1 WHERE kind = 'customer'"
            " RETURNING next_value"
        )
        number = f"CUST-{cursor.fetchone()[0] - 1:04d}"
        values = {
            field.column: field.get_db_prep_save(field.get_default(), connection) for field in _INSERTED
        }
        values |= {
            "name": sent["name"], "email": sent.get("email", ""),
            "number": number, "number_key": number.lower(),
            "metadata": json.dumps(sent.get("metadata", {})), "sign_up_token": new_token(),
            "statement_token": new_token(), "created_at": now, "updated_at": now,
        }  # fmt: skip
        marks = ", ".join(["%s"] * len(values))
        cursor.execute(
            f"INSERT INTO customers_customer ({', '.join(values)}) VALUES ({marks}) RETURNING id",
            [*values.values()],
        )
        pk = cursor.fetchone()[0]
        cursor.execute(f"SELECT {COLUMNS} {FROM} WHERE c.id = %s", [pk])
        shape = shapes(cursor, cursor.fetchall())[0]
        _event(cursor, "customer.created", pk, shape, now)
    return answer(shape, 201)


def update_customer(request: HttpRequest, pk: int) -> HttpResponse:
    sent = orjson.loads(request.body)
    now = datetime.now(UTC)
    with transaction.atomic(), connection.cursor() as cursor:
        let_in(request, cursor)
        lock = " FOR NO KEY UPDATE" if IS_POSTGRES else ""
        cursor.execute(f"SELECT id FROM customers_customer WHERE id = %s{lock}", [pk])
        cursor.execute(
            "UPDATE customers_customer SET city = %s, updated_at = %s WHERE id = %s", [sent["city"], now, pk]
        )
        cursor.execute(f"SELECT {COLUMNS} {FROM} WHERE c.id = %s", [pk])
        shape = shapes(cursor, cursor.fetchall())[0]
        _event(cursor, "customer.updated", pk, shape, now)
    return answer(shape)


def _event(cursor: Any, kind: str, pk: int, shape: dict[str, Any], now: datetime) -> None:
    cursor.execute(
        "INSERT INTO customers_event (type, timestamp, recorded_at, object_type, object_id, customer_id,"
        " actor, request_id, address, data) VALUES (%s, %s, %s, 'customer', %s, %s, 'floor', '', '', %s)",
        [
            kind,
            int(now.timestamp()),
            now,
            str(pk),
            pk,
            orjson.dumps({"object": shape}, default=encode).decode(),
        ],
    )


class StockRate(serializers.ModelSerializer[TaxRate]):
    class Meta:
        model = TaxRate
        fields = "__all__"


class StockSource(serializers.ModelSerializer[PaymentSource]):
    class Meta:
        model = PaymentSource
        fields = "__all__"


class StockCustomer(serializers.ModelSerializer[Customer]):
    payment_source = StockSource()
    taxes = StockRate(many=True)

    class Meta:
        model = Customer
        fields = "__all__"


class StockList(APIView):
    authentication_classes: list[Any] = []
    permission_classes: list[Any] = []
    renderer_classes = [JSONRenderer]

    def get(self, request: Any) -> Response:
        with connection.cursor() as cursor:
            let_in(request, cursor)
        rows = Customer.objects.select_related("payment_source").prefetch_related("taxes").order_by("pk")
        total = rows.count()
        return Response(StockCustomer(rows[:100], many=True).data, headers={"X-Total-Count": str(total)})


def customers(request: HttpRequest) -> HttpResponse:
    return create_customer(request) if request.method == "POST" else list_customers(request)


def customer(request: HttpRequest, pk: int) -> HttpResponse:
    return update_customer(request, pk) if request.method == "PATCH" else retrieve_customer(request, pk)


urlpatterns = [
    path("floor/customers", customers),
    path("floor/customers/<int:pk>", customer),
    path("floor/customers/<int:pk>/balance", balance),
    path("floor/stock", StockList.as_view()),
]
