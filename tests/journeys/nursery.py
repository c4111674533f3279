"""Brings up real Celery workers fast: everything is loaded once, each worker is a fork of its own.

Started as a program. A line on its input asks for a worker; the answer is the new process's number.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    import django

    django.setup()
    from config.celery import app

    app.loader.import_default_modules()
    from statements.rendering import warm_up

    warm_up()

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the killed are buried by the system
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _work()
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


def _work() -> None:
    from config.celery import app

    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)  # none outlives the test
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # the answers are the parent's alone
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"]
    app.worker_main(["worker", "-P", "solo", "-n", f"w{os.getpid()}@%h", *quiet])


if __name__ == "__main__":
    main()
