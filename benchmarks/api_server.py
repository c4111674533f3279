"""Product and floor in one process, for `benchmarks/api.py`: `gunicorn api_server`."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parent.parent), str(Path(__file__).resolve().parent)]

# isort: off
from config.wsgi import application as product  # noqa: E402
from api_floor import FloorHandler  # noqa: E402  (needs the settings that the product has loaded)
# isort: on

floor = FloorHandler()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    handler = floor if environ["PATH_INFO"].startswith("/floor/") else product
    return handler(environ, start_response)
