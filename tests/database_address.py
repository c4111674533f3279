"""The tests' own database, for processes that a test starts."""

from typing import Any
from urllib.parse import quote

from django.db import connection


def database_url() -> str:
    """The database that the tests run on, in the words of the environment."""
    database: dict[str, Any] = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    user = f"{quote(database['USER'])}:{quote(database['PASSWORD'])}@" if database["USER"] else ""
    port = f":{database['PORT']}" if database["PORT"] else ""
    return f"postgres://{user}{quote(database['HOST'], safe='')}{port}/{database['NAME']}"
