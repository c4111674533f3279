"""Credit balance adjustments (Invoiced API, Credit Balance Adjustments)."""

from datetime import datetime
from typing import Any

from customers.api.base import Resource
from customers.api.codes import Currency
from customers.api.columns import Column
from customers.api.fields import Amount, Integer, Related, Text, Timestamp
from customers.api.relations import CUSTOMER
from customers.api.shapes import Shape
from customers.api.wrapping import OnCreate
from customers.ledger.crediting import adjust_credit, delete_credit_adjustment, update_credit_adjustment
from customers.models import Company, CreditAdjustment, Customer
from customers.money import minor_within_reach


class CreditAdjustmentShape(Shape):
    customer = OnCreate(Related(Customer.objects.all, noun="Customer", required=True))
    currency = OnCreate(Currency())
    amount = Amount(required=True)
    date = Timestamp()
    notes = Text(nullable=True, max_length=65_535)


class CreditBalanceAdjustments(Resource):
    noun = "Credit balance adjustment"
    model = CreditAdjustment
    shape = CreditAdjustmentShape
    columns = {
        "id": Column(Integer()),
        "customer": Column(Integer(), source="customer_id"),
        "currency": Column(Currency()),
        "amount": Column(Amount(), minor_units=True),
        "date": Column(Timestamp()),
        "created_at": Column(Timestamp()),
        "updated_at": Column(Timestamp()),
    }
    date_column = "date"
    expandable = {"customer": CUSTOMER}
    whole_list_for_go = True

    def create_row(self, values: dict[str, Any], *, now: datetime) -> CreditAdjustment:
        customer = values.pop("customer")
        currency = values.pop("currency", None) or customer.currency or Company.get().currency
        amount = minor_within_reach(values.pop("amount"), currency, param="amount")
        return adjust_credit(customer=customer, amount=amount, currency=currency, now=now, **values)

    def change_row(self, row: CreditAdjustment, values: dict[str, Any], *, now: datetime) -> None:
        if "amount" in values:
            values["amount"] = minor_within_reach(values["amount"], row.currency, param="amount")
        update_credit_adjustment(adjustment=row, changes=values, now=now)

    def delete_row(self, row: CreditAdjustment, *, now: datetime) -> None:
        delete_credit_adjustment(adjustment=row, now=now)
