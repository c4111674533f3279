"""List parameters as filter backends: sort, filter[…], metadata[…], updated_after, start_date.

Each view names what it allows (`columns`, `ordering`, `date_column`); nothing from the request is ever
used as a column name (Invoiced API, sorting and filtering).
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connections
from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

from customers.api.brackets import FormList
from customers.api.columns import Column, directed, filtered, ordering_of
from customers.api.fields import LATEST_TIMESTAMP
from customers.api.query import query_of
from customers.errors import Refused
from customers.models import MetadataPair
from customers.models.metadata_pair import PAIRED
from customers.wire.values import clean_text

Rows = QuerySet[Any]

MAX_CONDITIONS = 50

_METADATA_KEY = re.compile(r"[\w.\- ]{1,40}")
_SECONDS = re.compile(r"[0-9]{1,12}")


class ColumnFilter(BaseFilterBackend):
    """`filter[field]=value`: exact, all conditions together; `filter[metadata.key]` as `metadata[key]`."""

    def filter_queryset(self, request: Request, queryset: Rows, view: Any) -> Rows:
        query = query_of(request)
        if "advanced_filter" in query:
            raise Refused("advanced_filter is not supported.", "advanced_filter")
        conditions = query.get("filter") or {}
        if not isinstance(conditions, Mapping):
            raise Refused("The filter must name its fields: filter[name]=value.", "filter")
        _limit(conditions, "filter")
        columns: dict[str, Column] = dict(view.columns)
        own = {name: value for name, value in conditions.items() if not name.startswith("metadata.")}
        for name in conditions.keys() - own.keys():
            queryset = _with_metadata(queryset, view, name.removeprefix("metadata."), conditions[name])
        return filtered(queryset, columns, own)


class MetadataFilter(BaseFilterBackend):
    """`metadata[key]=value`: exact on the value written as text; several keys together."""

    def filter_queryset(self, request: Request, queryset: Rows, view: Any) -> Rows:
        conditions = query_of(request).get("metadata") or {}
        if isinstance(conditions, FormList):
            conditions = conditions.as_map
        if not isinstance(conditions, Mapping):
            raise Refused("The metadata filter must name its keys: metadata[key]=value.", "metadata")
        _limit(conditions, "metadata")
        for key, value in conditions.items():
            queryset = _with_metadata(queryset, view, key, value)
        return queryset


class MomentFilter(BaseFilterBackend):
    """`updated_after`, `updated_before` (both strict), `start_date`, `end_date` (both inclusive).

    0, empty and unreadable bounds are no bounds: one official client always sends both dates.
    """

    def filter_queryset(self, request: Request, queryset: Rows, view: Any) -> Rows:
        query = query_of(request)
        if "updated_at" in view.columns:
            source = view.columns["updated_at"].source or "updated_at"
            if (after := _moment(query.get("updated_after"))) is not None:
                queryset = queryset.filter(**{f"{source}__gt": after})
            if (before := _moment(query.get("updated_before"))) is not None:
                queryset = queryset.filter(**{f"{source}__lt": before})
        if view.date_column:
            if (start := _moment(query.get("start_date"))) is not None:
                queryset = queryset.filter(**{f"{view.date_column}__gte": start})
            if (end := _moment(query.get("end_date"))) is not None:
                after_end = end + timedelta(seconds=1)
                queryset = queryset.filter(**{f"{view.date_column}__lt": after_end})
        return queryset


class SortFilter(BaseFilterBackend):
    """`sort=name asc,id desc`; without it the view's own order.

    Ties are always broken by the id, in the direction of the last column: an index of that column and the
    id is read from either end.
    """

    def filter_queryset(self, request: Request, queryset: Rows, view: Any) -> Rows:
        sort = query_of(request).get("sort")
        if sort and not isinstance(sort, str):
            raise Refused("sort must be text.", "sort")
        queryset, order = ordering_of(queryset, view.columns, clean_text(sort or ""))
        order = order or [_own(queryset, name) for name in view.ordering]
        return queryset.order_by(*order, "-pk" if order and order[-1].descending else "pk")


def _own(queryset: Rows, name: str) -> Any:
    return directed(queryset.model, name.removeprefix("-"), "desc" if name.startswith("-") else "asc")


def _limit(conditions: Mapping[str, Any], param: str) -> None:
    if len(conditions) > MAX_CONDITIONS:
        raise Refused(f"More than {MAX_CONDITIONS} conditions.", param)


def _moment(raw: Any) -> datetime | None:
    if not isinstance(raw, str) or not _SECONDS.fullmatch(raw.strip()):
        return None
    seconds = int(raw)
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds <= LATEST_TIMESTAMP else None


def _with_metadata(queryset: Rows, view: Any, key: str, value: Any) -> Rows:
    if not any(field.name == "metadata" for field in queryset.model._meta.concrete_fields):
        raise Refused("This object has no metadata.", "metadata")
    if not isinstance(value, str):
        raise Refused(f"The metadata filter {key[:40]} must be one value.", "metadata")
    if not _METADATA_KEY.fullmatch(key):
        raise Refused("The metadata filter has a key that no object can have.", "metadata")
    kind = queryset.model._meta.model_name or ""
    if kind in PAIRED:
        return queryset.filter(pk__in=_owners_of_pair(kind, key, clean_text(value)))
    return queryset.filter(_metadata_equals(queryset, key, clean_text(value)))


def _owners_of_pair(kind: str, key: str, value: str) -> Rows:
    """Ids of the rows with this pair; texts are compared exactly, flags without letter case."""
    same = Q(value=value)
    if value.lower() in ("true", "false") and value != value.lower():
        same |= Q(value=value.lower(), is_flag=True)
    return MetadataPair.objects.filter(same, owner_kind=kind, key=key).values("owner_id")


def _metadata_equals(queryset: Rows, key: str, value: str) -> RawSQL:
    """For tables too small to keep pairs. By hand: the ORM takes a key of digits for a list index, and SQLite
    reads true as 1.

    The table and column are the model's own; key and value are parameters.
    """
    connection = connections[queryset.db]
    quote = connection.ops.quote_name
    column = f"{quote(queryset.model._meta.db_table)}.{quote('metadata')}"
    truth = value.lower() if value.lower() in ("true", "false") else None
    if connection.vendor == "postgresql":
        sql = (
            f"({column} ->> %s::text = %s"
            f" OR (jsonb_typeof({column} -> %s::text) = 'boolean' AND {column} ->> %s::text = %s))"
        )
        return RawSQL(sql, (key, value, key, key, truth), output_field=BooleanField())
    sql = (
        f"EXISTS (SELECT 1 FROM json_each({column}) AS entry WHERE entry.key = %s"
        " AND CASE WHEN entry.type IN ('true', 'false') THEN entry.type = %s"
        " ELSE CAST(entry.value AS TEXT) = %s END)"
    )
    return RawSQL(sql, (key, truth, value), output_field=BooleanField())
