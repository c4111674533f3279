"""The one way in which the domain declines a request."""


class Refused(Exception):
    """A request that was understood and is declined: nothing was changed.

    `message` is a plain sentence for people; `param` names the one field that is to blame, in the
    words of the wire (`items.0.quantity`). The API answers 400 with both, the back office shows
    the message beside the field.
    """

    def __init__(self, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
