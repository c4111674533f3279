"""Starts the sync tool against another host. Runs in the tool's own environment (requirements-tap.txt).

    python tap.py http://127.0.0.1:8000 --config … --catalog …

The host is fixed in the client library that the tool uses; this is how its users change it, too.
"""

import sys

import invoiced
import tap_invoiced

if __name__ == "__main__":
    invoiced.Client.ApiBase = sys.argv.pop(1)
    tap_invoiced.main()
