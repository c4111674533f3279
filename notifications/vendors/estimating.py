"""How long a vendor's rate makes a run take: shown before it starts."""

from datetime import timedelta

from notifications.channels import CHANNELS


def sending_time(*, channel: str, units: int) -> timedelta | None:
    """How long so many segments or letters take at the vendor's rate; None when there is no limit."""
    rate = CHANNELS[channel].per_second()
    return timedelta(seconds=round(units / rate)) if rate and units else None
