"""Parameters that only the catalog has: ids that integrators choose."""

import re
from typing import Any

from customers.api.fields import Text
from customers.api.parameter import Place

# In routes, too: what does not look like this is the id of nothing.
PATTERN = "[A-Za-z0-9_:-]{2,255}"

_CODE = re.compile(PATTERN)


class Code(Text):
    """An id of letters, digits and `_ : -`, at least two of them."""

    form = {"type": "string", "pattern": f"^{PATTERN}$"}

    def convert(self, raw: Any, place: Place) -> Any:
        code = super().convert(raw, place)
        if not _CODE.fullmatch(code):
            raise place.refuse("must have two or more letters, digits or the signs _ : -")
        return code
