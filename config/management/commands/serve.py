"""`manage.py serve`: everything in one command: web, worker and timetable, until Ctrl-C."""

import fcntl
import http.client
import os
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from config.celery import QUEUES
from config.first_login import FirstLogin, prepare_first_login, read_first_login
from config.supervising import Child, Supervisor
from customers.models import Customer, User

LOCAL_NAMES = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104  where to reach "every address" from here


class Command(BaseCommand):
    help = "Run Duebook on this machine: prepare the database, then web, worker and timetable."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=settings.PORT)
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (0.0.0.0: all)")
        parser.add_argument("--no-demo", action="store_true", help="start with an empty company")

    def run_from_argv(self, argv: list[str]) -> None:
        """Settings hold the port and the public address: start over with them when options change these."""
        options = self.create_parser(argv[0], argv[1]).parse_args(argv[2:])
        address = _address(host=options.host, port=options.port)
        if any(os.environ.get(name) != value for name, value in address.items()):
            os.environ.update(address)
            os.execv(sys.executable, [sys.executable, *argv])  # noqa: S606  the same command again
        super().run_from_argv(argv)

    def handle(self, *, host: str, port: int, no_demo: bool, **options: Any) -> None:
        with _only_one(Path(settings.DATA_DIR)):
            _check_port(host, port)
            Path(settings.SERVED_ADDRESS).write_text(f"{settings.PUBLIC_URL}\n")
            try:
                self._prepare(demo=not no_demo and settings.DELIVERY_MODE == "sandbox")
            except KeyboardInterrupt:
                raise CommandError("Stopped before everything was prepared.", returncode=130) from None
            supervisor = Supervisor(_children(host, port), env=_environment(settings.DATA_DIR))
            supervisor.listen()
            # The children connect by themselves; a connection must not be shared over a fork.
            connections.close_all()
            supervisor.start()
            try:
                if self._wait_until_up(supervisor, host, port):
                    self._show(port)
                supervisor.watch()
            finally:
                self.stdout.write("Stopping …")
                supervisor.end()

    def _prepare(self, *, demo: bool) -> None:
        self.stdout.write("Preparing the database …")
        call_command("migrate", verbosity=0, interactive=False)
        prepare_first_login(must_change_password=not demo, now=timezone.now())
        if demo and not Customer.objects.exists():
            self.stdout.write("Loading a demo company (once) …")
            call_command("load_demo", verbosity=0)

    def _wait_until_up(self, supervisor: Supervisor, host: str, port: int) -> bool:
        while not supervisor.is_stopping:
            if _is_up(LOCAL_NAMES.get(host, host), port):
                return True
            supervisor.pause()
        return False

    def _show(self, port: int) -> None:
        base = settings.PUBLIC_URL
        login = read_first_login()
        key = login.api_key if login else "YOUR-KEY"
        lines = [
            "",
            f"  Duebook is running at {base}",
            "",
            f"  Back office    {base}/admin/",
            f"                 {_how_to_log_in(login)}",
            f"  API            {base}  (documentation: {base}/docs)",
            f"                 curl {base}/customers -u {key}:",
            f"  Sent messages  {base}{reverse('admin:notifications_message_changelist')}{_mode()}",
            f"  Data           {settings.DATA_DIR}",
            "",
            "  Ctrl-C stops everything; the data stays.",
            "",
        ]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


def _how_to_log_in(login: FirstLogin | None) -> str:
    """The kept password as long as it opens the door; it may have been changed since."""
    user = User.objects.filter(username=login.user).first() if login else None
    if login is None or user is None or not user.check_password(login.password):
        return "with your own login"
    once = "one-time " if user.must_change_password else ""
    return f"user {login.user}, {once}password {login.password}"


def _mode() -> str:
    return " (sandbox: nothing leaves this machine)" if settings.DELIVERY_MODE == "sandbox" else ""


def _address(*, host: str, port: int) -> dict[str, str]:
    """The environment that says where this is served; a PUBLIC_URL that was set stays."""
    name = LOCAL_NAMES.get(host, f"[{host}]" if ":" in host else host)
    return {
        "PORT": str(port),
        "PUBLIC_URL": os.environ.get("PUBLIC_URL") or f"http://{name}:{port}",
    }


def _children(host: str, port: int) -> list[Child]:
    python = sys.executable
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    web = ["gunicorn", "config.wsgi", "--bind", bind, "--worker-class", "gthread", "--workers", "1"]
    web += ["--threads", "4", "--limit-request-line", "8190", "--timeout", "60", "--graceful-timeout", "20"]
    web += ["--log-level", "warning", "--no-control-socket"]
    worker = ["celery", "-q", "-A", "config", "worker", "-P", "threads", "-c", "2", "-Q", ",".join(QUEUES)]
    worker += ["--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
    beat = ["celery", "-q", "-A", "config", "beat", "--loglevel", "WARNING", "--pidfile="]
    beat += ["--schedule", str(Path(settings.DATA_DIR) / "timetable")]
    # In a container everything runs as root; with JSON messages only, what Celery warns of cannot happen.
    quiet = ["-W", "ignore:You're running the worker with superuser"]
    commands = {"web": web, "worker": worker, "beat": beat}
    return [Child(name, [python, *quiet, "-m", *words]) for name, words in commands.items()]


def _environment(data_dir: Path) -> Mapping[str, str]:
    """What the children see. On a terminal people read the log: in plain words, only what needs them."""
    shown = {"LOG_FORM": "console" if sys.stderr.isatty() else "json", "LOG_LEVEL": "WARNING"}
    return {**shown, **os.environ, "DATA_DIR": str(data_dir)}


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            # As the web server does: a port that was used a moment ago is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise CommandError(
            f"Cannot listen on {host} port {port}: {reason}. Try --port with another number."
        ) from error


def _is_up(host: str, port: int) -> bool:
    asked = http.client.HTTPConnection(host.strip("[]"), port, timeout=5)
    try:
        asked.request("GET", "/health/live", headers={"Host": "localhost"})
        return asked.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()


@contextmanager
def _only_one(data_dir: Path) -> Iterator[None]:
    """Two timetables on one data folder would ring everything twice."""
    with (data_dir / "serve.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CommandError(f"Duebook is already running with the data in {data_dir}.") from error
        yield
