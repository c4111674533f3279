"""Settings for tests: own folder, fast passwords, everything else as it is served.

`DATABASE_URL` and `CELERY_BROKER_URL` choose PostgreSQL and Redis, as in production.
"""

import atexit
import os
import shutil
import tempfile

_FOLDER = tempfile.mkdtemp(prefix="duebook-tests-")
_OWNER = os.getpid()


def _remove_folder() -> None:
    # Child processes of a test inherit this hook; only the first owner may clean up.
    if os.getpid() == _OWNER:
        shutil.rmtree(_FOLDER, ignore_errors=True)


atexit.register(_remove_folder)
os.environ["DATA_DIR"] = _FOLDER
os.environ["DELIVERY_MODE"] = "sandbox"
# Two workers of one test run must not hear each other's bells.
os.environ["QUEUE_PREFIX"] = f"duebook-test-{_OWNER}-"
for _name in ("PUBLIC_URL", "PORTAL_BASE_URL", "API_BASE_URL", "EMAIL_HOST", "SMS_QUIET_HOURS", "PORT"):
    os.environ.pop(_name, None)

from config.settings import *  # noqa: E402, F403
from config.settings import CACHES, DATABASES, LOGGING, MIDDLEWARE  # noqa: E402

SECRET_KEY = "for-tests-only-0123456789-0123456789-0123456789-0123456789"
API_KEY_PEPPER = "for-tests-only-pepper-0123456789-0123456789"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
AXES_ENABLED = False
MIDDLEWARE = ["tests.house.recording.RecordRoutes", *MIDDLEWARE]
# Its own tests switch it on; rows are then written with the request, in the transaction of the test.
REQUEST_LOG_DAYS = 0
REQUEST_LOG_SECONDS = 0.0
# Looking through all packaged files at the first request of each test's client costs more than the test.
WHITENOISE_AUTOREFRESH = True
LOGGING["root"]["level"] = "CRITICAL"

if "redis" in CACHES["default"]["BACKEND"].lower():
    # Clearing a cache empties its whole Redis database: one for each process of the test run.
    _worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    CACHES["default"]["LOCATION"] = f"{CACHES['default']['LOCATION'].rpartition('/')[0]}/{14 - _worker}"

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: locks and threads behave as they do in an installation.
    DATABASES["default"]["TEST"] = {"NAME": os.path.join(_FOLDER, "test.sqlite3")}
