"""Requests to addresses that a user typed in: checked before, pinned while, bounded after.

`read_address` says whether an address may be kept, `check_target` where its name leads right now, and
`post` talks to exactly those places. Vendors' addresses are settings and do not come through here.
"""

from notifications.outgoing.addresses import NotAllowed, Resolver, Target, check_target, look_up, read_address
from notifications.outgoing.posting import NoAnswer, post

__all__ = ["NoAnswer", "NotAllowed", "Resolver", "Target", "check_target", "look_up", "post", "read_address"]
