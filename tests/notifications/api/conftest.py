"""The client of the API's own tests, for what the top floor adds to the wire."""

from tests.customers.api.conftest import acme, gst, wire, wire_as

__all__ = ["acme", "gst", "wire", "wire_as"]
