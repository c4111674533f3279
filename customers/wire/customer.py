"""The customer of the wire (Invoiced API, Customers)."""

from typing import Any

from customers import links
from customers.models import Customer
from customers.wire.payment_source import describe_payment_source
from customers.wire.tax_rate import describe_tax_rate
from customers.wire.values import metadata, seconds, text


def describe_customer(row: Customer) -> dict[str, Any]:
    """All documented attributes plus `bill_to_parent` and `consolidated`."""
    source = row.payment_source
    return {
        "id": row.pk,
        "object": "customer",
        "name": row.name,
        "number": row.number,
        "email": text(row.email),
        "autopay": row.autopay,
        "autopay_delay_days": row.autopay_delay_days,
        "payment_terms": text(row.payment_terms),
        "payment_source": describe_payment_source(source) if source and source.chargeable else None,
        "attention_to": text(row.attention_to),
        "address1": text(row.address1),
        "address2": text(row.address2),
        "city": text(row.city),
        "state": text(row.state),
        "postal_code": text(row.postal_code),
        "country": row.country,
        "language": text(row.language),
        "currency": text(row.currency),
        "chase": row.chase,
        "chasing_cadence": row.chasing_cadence_id,
        "next_chase_step": row.next_chase_step_id,
        "phone": text(row.phone),
        "credit_hold": row.credit_hold,
        "credit_limit": row.credit_limit,
        "owner": row.owner_id,
        "taxable": row.taxable,
        "taxes": [describe_tax_rate(rate) for rate in _taxes(row)],
        "tax_id": text(row.tax_id),
        "avalara_entity_use_code": text(row.avalara_entity_use_code),
        "avalara_exemption_number": text(row.avalara_exemption_number),
        "type": row.type,
        "parent_customer": row.parent_customer_id,
        "bill_to_parent": row.bill_to_parent,
        "consolidated": row.consolidated,
        "notes": text(row.notes),
        "sign_up_page": row.sign_up_page_id,
        "sign_up_url": links.sign_up_url(row.sign_up_token) if row.sign_up_page_id else None,
        "statement_pdf_url": links.statement_pdf_url(row.statement_token),
        "ach_gateway": row.ach_gateway_id,
        "cc_gateway": row.cc_gateway_id,
        "metadata": metadata(row.metadata),
        "created_at": seconds(row.created_at),
        "updated_at": seconds(row.updated_at),
    }


def _taxes(row: Customer) -> list[Any]:
    """Sorted here and not by the query, so that prefetched rows are used."""
    return sorted(row.taxes.all(), key=lambda rate: rate.pk) if row.pk else []
