"""Connecting vendors, seeing how they are, trying them. One import point."""

from notifications.vendors.connecting import (
    VENDORS,
    check_vendor,
    connect_lob,
    connect_twilio,
    disconnect_vendor,
)
from notifications.vendors.describing import VendorState, describe_vendor, describe_vendors
from notifications.vendors.estimating import sending_time
from notifications.vendors.trying import send_trial

__all__ = [
    "VENDORS",
    "VendorState",
    "check_vendor",
    "connect_lob",
    "connect_twilio",
    "describe_vendor",
    "describe_vendors",
    "disconnect_vendor",
    "send_trial",
    "sending_time",
]
