"""Tax rates and items."""

from config.api.openapi.types import (
    BOOLEAN,
    CURRENCY,
    METADATA,
    MOMENT,
    NULL,
    NUMBER,
    STRING,
    kind,
    many,
    one,
    record,
)

TAX_RATE = record(
    "tax_rate",
    "A rate in per cent, or a fixed amount in one currency.",
    id=STRING,
    object=kind("tax_rate"),
    name=STRING,
    currency=CURRENCY | NULL,
    value=NUMBER,
    is_percent=BOOLEAN,
    inclusive=BOOLEAN.says("Whether prices contain it."),
    metadata=METADATA,
    created_at=MOMENT,
    updated_at=MOMENT,
)

ITEM = record(
    "item",
    "Something that is sold again and again.",
    id=STRING,
    object=kind("item"),
    name=STRING,
    currency=CURRENCY | NULL,
    unit_cost=NUMBER,
    description=STRING | NULL,
    type=STRING | NULL,
    taxable=BOOLEAN,
    taxes=many(one("tax")),
    gl_account=STRING | NULL,
    avalara_tax_code=STRING | NULL,
    avalara_location_code=STRING | NULL,
    discountable=BOOLEAN,
    metadata=METADATA,
    created_at=MOMENT,
    updated_at=MOMENT,
)

RECORDS = (TAX_RATE, ITEM)
