#!/usr/bin/env python
"""The door to every command: `python manage.py help`."""

import os
import sys


def main() -> None:
    os.umask(0o077)  # what a command writes into the data folder is nobody else's business
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        from django.core.management import execute_from_command_line

        from config.logs import keep_terminal_clean
    except ImportError as error:
        raise SystemExit(f"{error}. Run script/setup first, then .venv/bin/python manage.py.") from error
    if sys.argv[1:2] != ["runserver"]:  # that one is a web server, and its log is what people look at
        keep_terminal_clean()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
