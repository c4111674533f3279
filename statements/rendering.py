"""Statement or document → plain context → HTML → PDF, and one function that makes a process warm.

The facts decide every figure; the edition (language, paper, number, moment) decides the rest. Equal
arguments give equal bytes, in any process.
"""

from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.template import Engine, Template
from django.template.context import Context

from statements.document import BilledDocument
from statements.letterhead import Addressee, Edition, Logo, Sender
from statements.logo import printable_logo
from statements.paper import Model, build_model
from statements.paper.document import build_document_model
from statements.paper.document_figures import payment_code as document_code
from statements.paper.measuring import FONTS
from statements.paper.payment_codes import qr_picture
from statements.paper.slip import smaller_slips
from statements.paper.ways import payment_code
from statements.statement import Aging, Member, Memo, Options, Statement

if TYPE_CHECKING:
    from statements.printing import Asset


def render_statement(
    *, statement: Statement, sender: Sender, addressee: Addressee, edition: Edition
) -> bytes:
    """The statement as a PDF file."""
    from statements.printing import print_pdf  # needs the system's Pango

    logo = printable_logo(sender.logo) if sender.logo else None
    sender = replace(sender, logo=logo)
    model = build_model(statement=statement, sender=sender, addressee=addressee, edition=edition)
    markup = render_html(model, edition)
    code = payment_code(statement, sender, edition)
    assets = _assets(logo, code)
    pictures = b"".join(asset.data for asset in assets.values())
    return print_pdf(
        markup=markup,
        assets=assets,
        paper=edition.paper,
        variant=edition.variant,
        identifier=_identifier(markup, pictures, edition),
        look=edition.look,
        shorter=(render_html({**model, "slip": slip}, edition) for slip in smaller_slips(model["slip"])),
    )


def render_document(
    *, document: BilledDocument, sender: Sender, addressee: Addressee, edition: Edition
) -> bytes:
    """An invoice, credit note or receipt as a PDF file."""
    from statements.printing import print_pdf  # needs the system's Pango

    logo = printable_logo(sender.logo) if sender.logo else None
    sender = replace(sender, logo=logo)
    model = build_document_model(document=document, sender=sender, addressee=addressee, edition=edition)
    markup = render_html(model, edition, template="document")
    assets = _assets(logo, document_code(document, sender, edition))
    pictures = b"".join(asset.data for asset in assets.values())
    return print_pdf(
        markup=markup,
        assets=assets,
        paper=edition.paper,
        variant=edition.variant,
        identifier=_identifier(markup, pictures, edition),
        kind="document",
        look=edition.look,
    )


def render_html(model: Model, edition: Edition, *, template: str = "statement") -> str:
    """The context as well-formed markup; every text is escaped."""
    created = datetime.fromtimestamp(edition.generated_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(_template(template).render(Context({**model, "created": created}, use_l10n=False)))


def warm_up() -> None:
    """Load fonts and sheets by printing one page, then keep them out of garbage collection.

    Call it once when a worker starts, before it takes work.
    """
    from statements.printing import freeze

    end = 1_767_225_599
    nobody = Member(id=0, name="-", number="-")
    render_statement(
        statement=Statement(
            options=Options(type="open_item", end=end),
            currency="usd",
            member=nobody,
            members=(nobody,),
            aging=Aging(),
            memo=Memo(),
            open_total=0,
        ),
        sender=Sender(name="-"),
        addressee=Addressee(name="-", number="-"),
        edition=Edition(generated_at=end, zone=ZoneInfo("UTC")),
    )
    freeze()


def _identifier(markup: str, pictures: bytes, edition: Edition) -> bytes:
    look = edition.look
    words = f"{edition.paper} {look.accent} {look.window} {look.carried}"
    return sha256(markup.encode() + pictures + words.encode()).hexdigest()[:32].encode()


def _assets(logo: Logo | None, code: str | None) -> "dict[str, Asset]":
    from statements.printing import Asset

    assets = {"logo": Asset(logo.data, logo.mime)} if logo else {}
    if code:
        assets["code"] = Asset(qr_picture(code), "image/png")
    return assets


@lru_cache(maxsize=2)
def _template(name: str) -> Template:
    # An engine of its own: no context processors, no loaders but our folder, and no need of a
    # configured web project (benchmarks and the worker's start use it too).
    return Engine(dirs=[str(FONTS.parent)], autoescape=True).get_template(f"statements/{name}.html")
