"""For the fuzzer's process: most requests get ids that exist, and none a mark that was used before."""

import json
import os
from itertools import count, pairwise
from typing import Any
from zlib import crc32

import schemathesis

IDS: dict[str, list[Any]] = json.loads(os.environ.get("HOUSE_IDS", "{}"))
_number = count()


@schemathesis.hook
def map_case(context: Any, case: Any) -> Any:
    """Nine of ten ids in a path lead to an object; which one depends on what was drawn alone."""
    pieces = context.operation.path.split("/")
    for before, piece in pairwise(pieces):
        name, found = piece.strip("{}"), IDS.get(before, [])
        if piece[:1] == "{" and found and case.path_parameters:
            drawn = crc32(str(case.path_parameters.get(name)).encode())
            if drawn % 10:
                case.path_parameters[name] = found[drawn % len(found)]
    for name in list(case.headers or {}):
        if name.lower() == "idempotency-key" and 6 <= len(str(case.headers[name])) <= 64:
            # Copies of a request are a matter of other tests; here each shall be done.
            case.headers[name] = f"fuzz-{next(_number)}"
    return case
