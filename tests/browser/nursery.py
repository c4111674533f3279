"""Brings up the product's processes fast: everything is imported once, each process is a fork of its own.

Started as a program with the number of a listening socket. A line on its input, `web`, `worker` or
`timetable`, asks for a process that leads a group of its own; the answer is its number.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    import django

    django.setup()
    from config.celery import QUEUES, app

    app.loader.import_default_modules()
    import config.urls  # noqa: F401  with every view
    import statements.printing  # noqa: F401  the slowest import of all

    # As `manage.py serve` starts them.
    web = ["gunicorn", "config.wsgi", "--bind", f"fd://{sys.argv[1]}", "--worker-class", "gthread"]
    web += ["--workers", "1", "--threads", "4", "--limit-request-line", "8190", "--graceful-timeout", "5"]
    web += ["--log-level", "warning", "--no-control-socket"]
    worker = ["-q", "worker", "-P", "threads", "-c", "2", "-Q", ",".join(QUEUES), "--without-gossip"]
    worker += ["--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"]
    beat = ["-q", "beat", "--loglevel", "WARNING", "--pidfile=", "--schedule", _own_timetable()]

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who ends is buried by the system
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _leave_home()
            if line.strip() == "web":
                _serve(web)
            app.start(worker if line.strip() == "worker" else beat)
            sys.exit(0)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


def _own_timetable() -> str:
    from django.conf import settings

    return str(settings.DATA_DIR / f"timetable-{os.getpid()}")


def _leave_home() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)  # none outlives the tests
    os.setpgid(0, 0)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # the answers are the parent's alone


def _serve(command: list[str]) -> None:
    from gunicorn.app.wsgiapp import run

    sys.argv = command
    run()


if __name__ == "__main__":
    main()
