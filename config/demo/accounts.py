"""The customers: who they are, how they buy and how they pay."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random
from typing import Any

from config.demo import names
from config.demo.company import House
from customers.ledger.accounts import create_contact, create_customer
from customers.models import Customer, User

OLDEST_DAY = 545  # about eighteen months
# Currency and language that go with a country.
COUNTRIES = {"US": ("usd", ""), "DE": ("eur", "de"), "FR": ("eur", "fr"), "JP": ("jpy", "ja")}
_SHARES = (("US", 78), ("DE", 9), ("FR", 7), ("JP", 6))


@dataclass(frozen=True, slots=True)
class Habit:
    """How an account behaves. Days late count from the due date; a negative number is early."""

    buys_every: int = 70
    late_by: int = 0
    wavers_by: int = 4
    lines: int = 3
    parts: float = 0.1  # share of invoices paid in two parts
    sweeps: bool = False  # pays whatever is due at once, not invoice by invoice
    method: str = "check"


PROMPT = Habit(late_by=-3, parts=0.0, method="ach")
EARLY = Habit(late_by=-18, wavers_by=6, parts=0.0, method="ach")
SLOW = Habit(late_by=19, wavers_by=12, parts=0.2)
SLUGGISH = Habit(buys_every=85, late_by=48, wavers_by=25, parts=0.3)
MONTHLY = Habit(buys_every=36, late_by=6, wavers_by=5, parts=0.0, sweeps=True, method="wire_transfer")
HABITS = (PROMPT, PROMPT, EARLY, SLOW, SLOW, SLUGGISH, MONTHLY)


@dataclass(frozen=True, slots=True)
class Profile:
    """An account before it is opened: the columns of the customer and what is around it."""

    values: dict[str, Any]
    currency: str
    habit: Habit
    opened_days_ago: int
    contacts: tuple[dict[str, Any], ...] = ()

    def but(self, *, habit: Habit | None = None, **values: Any) -> "Profile":
        return replace(self, values={**self.values, **values}, habit=habit or self.habit)


@dataclass(slots=True)
class Account:
    """An open account in the demo, with dice of its own: one story never changes another."""

    customer: Customer
    currency: str
    habit: Habit
    rng: Random
    cheque: int = field(default=0)

    def next_reference(self) -> str:
        """Cheques count up, transfers look like a bank's number."""
        if self.habit.method == "check":
            self.cheque += 1
            return f"CHK {self.cheque}"
        return f"{self.habit.method[:3].upper()} {self.rng.randrange(10**7, 10**8)}"


class Crowd:
    """Draws believable profiles."""

    def __init__(self, *, rng: Random, house: House) -> None:
        self.rng = rng
        self.house = house
        self.namer = names.Namer(rng)

    def profile(self, country: str | None = None, *, name: str | None = None) -> Profile:
        rng = self.rng
        country = country or rng.choices([code for code, _ in _SHARES], [share for _, share in _SHARES])[0]
        currency, language = COUNTRIES[country]
        name = name or self.namer.firm(country)
        person = self.namer.person(country)
        values: dict[str, Any] = {
            "name": name,
            "email": f"ap@{names.domain(name)}",
            "attention_to": person if rng.random() < 0.6 else "",
            "phone": names.phone(rng) if country == "US" else "",
            "payment_terms": rng.choice(("NET 14", "NET 30", "NET 30", "NET 45")),
            "language": language,
            "currency": currency if country != "US" else "",
            "owner": self._owner(),
            "statement_channel": rng.choices(("email", "letter"), (88, 12))[0],
            **names.address(rng, country).as_values(),
        }
        if country == "US" and rng.random() < 0.4:
            values["taxes"] = [self.house.sales_tax]
        return Profile(
            values=values,
            currency=currency,
            habit=rng.choice(HABITS),
            opened_days_ago=OLDEST_DAY - int(rng.triangular(0, 400, 0)),
            contacts=(self._contact(person, name, country),),
        )

    def person_profile(self) -> Profile:
        """A private customer, written to by name."""
        name = self.namer.person()
        profile = self.profile("US", name=name)
        return profile.but(type="person", attention_to="", email=f"post@{names.domain(name)}")

    def _contact(self, person: str, firm: str, country: str) -> dict[str, Any]:
        mailbox = names.domain(person).removesuffix(".example").replace("-", ".")
        return {
            "name": person,
            "title": self.rng.choice(("Accounts payable", "Office manager", "Bookkeeper", "Owner")),
            "email": f"{mailbox}@{names.domain(firm)}",
            "phone": names.phone(self.rng) if country == "US" else "",
            "primary": self.rng.random() < 0.5,
        }

    def _owner(self) -> User | None:
        return self.rng.choice((*self.house.owners, *self.house.owners, None))


def open_account(*, profile: Profile, seed: str, now: datetime) -> Account:
    """Create the customer and its contacts as of a moment."""
    customer = create_customer(values=profile.values, now=now)
    for values in profile.contacts:
        create_contact(customer=customer, values=values, now=now)
    return Account(
        customer=customer, currency=profile.currency, habit=profile.habit,
        rng=Random(f"{seed}/{customer.number}"), cheque=1000,
    )  # fmt: skip
