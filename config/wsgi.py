"""The web server's door: `gunicorn config.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

from config.logs import mask_web_server

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
mask_web_server()
