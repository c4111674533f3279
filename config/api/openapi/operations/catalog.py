"""Tax rates and items."""

from config.api.openapi.operation import SAMPLE_IDS, Operation, Table

OPERATIONS: Table = {
    "POST /tax_rates": Operation(
        examples={
            "Per cent": {"id": "vat-20", "name": "VAT", "value": 20, "inclusive": True},
            "A fixed amount": {"name": "Bottle fee", "value": 0.25, "is_percent": False, "currency": "usd"},
        }
    ),
    "PATCH /tax_rates/:id": Operation(examples={"Another name": {"name": "Sales tax (TX)"}}),
    "POST /items": Operation(
        examples={
            "An item": {
                "id": "copy-paper",
                "name": "Copy paper, case",
                "type": "product",
                "unit_cost": 45,
                "taxes": [SAMPLE_IDS["tax_rate"]],
            }
        }
    ),
    "PATCH /items/:id": Operation(examples={"A new price": {"unit_cost": 47.5}}),
    "POST /customers/:customer/line_items": Operation(
        examples={
            "An item": {"catalog_item": SAMPLE_IDS["item"], "quantity": 2},
            "Something else": {"name": "Setting up", "quantity": 1.5, "unit_cost": 80, "discountable": False},
        }
    ),
    "PATCH /customers/:customer/line_items/:id": Operation(examples={"More of it": {"quantity": 3}}),
}
