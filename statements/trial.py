"""A sample statement printed with a look that nobody has to have saved."""

from dataclasses import replace
from datetime import datetime
from typing import cast

from django.conf import settings

from customers.models import Company
from statements.documents import sender_of
from statements.letterhead import Edition, Logo, PaperSize, Variant, paper_size
from statements.looks import look_of
from statements.models import StatementTemplate
from statements.samples import Sample

# An address that looks like a real one and leads nowhere: links of a preview are off.
_LINK = "https://statements.example/statements/Qm4tR7xWc2ZpL9vK3nYd8sHb"
_NUMBER = "ST-000317"


def sample_pdf(
    *, sample: Sample, template: StatementTemplate, company: Company, logo: Logo | None, now: datetime
) -> bytes:
    """The sample as this company would send it; `logo` stands in for one that is not kept yet."""
    from statements.rendering import render_statement  # needs the system's Pango

    sender = sender_of(company, template)
    edition = Edition(
        generated_at=int(now.timestamp()),
        zone=company.zone,
        locale=sample.locale,
        paper=_paper(company, sample),
        number=_NUMBER,
        view_url=_LINK,
        # Such a look is for letters: what they would look like is worth seeing.
        blank_address=template.blank_address,
        slip=template.show_slip,
        variant=cast(Variant, settings.PDF_VARIANT),
        look=look_of(template, company=company, locale=sample.locale),
    )
    return render_statement(
        statement=sample.build(),
        sender=replace(sender, logo=logo) if logo else sender,
        addressee=sample.addressee,
        edition=edition,
    )


def _paper(company: Company, sample: Sample) -> PaperSize:
    if company.paper_size != Company.PaperSize.AUTO:
        return "letter" if company.paper_size == Company.PaperSize.LETTER else "a4"
    return paper_size(company_country=company.country, customer_country=sample.addressee.country)
