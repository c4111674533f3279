"""Settings of a real server on the database of the running tests."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES

ROOT_URLCONF = "tests.config.api.routes"
DATABASES["default"]["NAME"] = os.environ["LIVE_DATABASE"]
