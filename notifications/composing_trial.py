"""Tries a wording before it is kept: the same words and limits as in earnest, with a made-up statement."""

from datetime import datetime

from customers.links import statement_url
from customers.models import Company, Customer
from notifications.composing import Letterbox, write_texts
from notifications.wording import Wording, statement_variables
from statements.statement import Aging, Member, Memo, Options, Statement

_TOKEN = "x" * 43
_OWED = 123_450


def try_wording(*, channel: str, wording: Wording, language: str, now: datetime) -> None:
    """Compose a message of this wording and throw it away.

    Raises Refused (`subject`, `message`) for what cannot be rendered and for what the channel cannot
    carry: a text message that is empty or too long.
    """
    company = Company.get()
    customer = Customer(
        name="Sample Customer", number="C-00001", language=language, country=company.country, metadata={}
    )
    member = Member(0, customer.name, customer.number)
    end = int(now.timestamp())
    statement = Statement(
        options=Options(type="balance_forward", start=end - 30 * 86_400, end=end),
        currency=company.currency,
        member=member,
        members=(member,),
        aging=Aging(current=_OWED),
        memo=Memo(),
        open_total=_OWED,
        total=_OWED,
    )
    words = statement_variables(
        statement=statement,
        company=company,
        customer=customer,
        url=statement_url(_TOKEN),
        contact_name="Sam Sample",
    )
    write_texts(Letterbox(channel=channel, recipients=(), wording=wording), words, label="")
