"""Our own side of the books: letterhead, staff, tax rates, the test gateway."""

from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO

from django.core.files.base import ContentFile

from customers.models import Company, GatewayAccount, Role, TaxRate, User

INK, LIGHT = "#1f3a4d", "#e0a030"
UNTOUCHED = "My company"


@dataclass(frozen=True, slots=True)
class House:
    """What the accounts of the demo hang on to."""

    company: Company
    finance: User
    account_manager: User
    sales_tax: TaxRate
    vat: TaxRate
    gateway: GatewayAccount

    @property
    def owners(self) -> tuple[User, User]:
        return (self.finance, self.account_manager)


def found_house() -> House:
    """Create all of it. A company that was already set up keeps its own letterhead."""
    return House(
        company=_company(),
        finance=_staff("dana.ashgrove", "Dana", "Ashgrove", Role.FINANCE),
        account_manager=_staff("theo.okonjo", "Theo", "Okonjo", Role.ACCOUNT_MANAGER),
        sales_tax=_tax("sales-tax-il", "Illinois sales tax", "6.25"),
        vat=_tax("vat-de", "Umsatzsteuer", "19"),
        gateway=GatewayAccount.objects.create(name="Test gateway", gateway=GatewayAccount.Gateway.TEST),
    )


def draw_logo() -> bytes:
    """A lantern beside the name, as a PNG of a few kilobytes."""
    from PIL import Image, ImageDraw, ImageFont  # only when a demo is made

    picture = Image.new("RGBA", (760, 120), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    pen.arc((30, 6, 70, 46), 180, 360, fill=INK, width=6)
    pen.rounded_rectangle((22, 28, 78, 40), radius=4, fill=INK)
    pen.rounded_rectangle((27, 44, 73, 98), radius=10, outline=INK, width=6)
    pen.ellipse((41, 58, 59, 88), fill=LIGHT)
    pen.rounded_rectangle((22, 102, 78, 114), radius=4, fill=INK)
    large, small = ImageFont.load_default(66), ImageFont.load_default(34)
    pen.text((104, 82), "Prairie Lantern", font=large, fill=INK, anchor="ls")
    behind = 104 + large.getlength("Prairie Lantern") + 18
    pen.text((behind, 82), "Supply Co.", font=small, fill=INK, anchor="ls")
    picture = picture.crop((0, 0, int(behind + small.getlength("Supply Co.")) + 10, 120))
    data = BytesIO()
    picture.save(data, format="PNG", optimize=True)
    return data.getvalue()


def _company() -> Company:
    company = Company.get()
    if company.name != UNTOUCHED:
        return company
    for name, value in {
        "name": "Prairie Lantern Supply Co.",
        "email": "accounts@prairie-lantern.example",
        "phone": "+13095550142",
        "website": "https://www.prairie-lantern.example",
        "address1": "1450 Millrace Road",
        "address2": "Suite 200",
        "city": "Peoria",
        "state": "IL",
        "postal_code": "61602",
        "country": "US",
        "time_zone": "America/Chicago",
        "currency": "usd",
        "payment_terms": "NET 30",
        "sender_name": "Prairie Lantern Accounts",
        "sender_email": "statements@prairie-lantern.example",
    }.items():
        setattr(company, name, value)
    company.logo.save("prairie-lantern.png", ContentFile(draw_logo()), save=False)
    company.save()
    return company


def _staff(username: str, first: str, last: str, role: str) -> User:
    """A colleague who owns accounts. Nobody knows a password for it: an admin may set one."""
    user = User(
        username=username,
        first_name=first,
        last_name=last,
        email=f"{username}@prairie-lantern.example",
        role=role,
        is_staff=True,
    )
    user.set_unusable_password()
    user.save()
    return user


def _tax(code: str, name: str, percent: str) -> TaxRate:
    return TaxRate.objects.create(code=code, name=name, value=Decimal(percent))
