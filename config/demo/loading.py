"""The whole demo: one transaction, or nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from config.demo import cases, desk_work, troubles
from config.demo.accounts import OLDEST_DAY, Crowd
from config.demo.company import found_house
from config.demo.diary import Diary
from config.demo.shelf import stock_shelf
from config.demo.stage import Stage
from config.demo.trading import Trade
from customers.dates import whole_second
from customers.errors import Refused
from customers.models import CreditNote, Customer, Invoice, Payment

# How many accounts each story brings.
STORIES: tuple[tuple[Callable[[Stage], None], int], ...] = (
    (cases.sample, 1),
    (cases.family, 3),
    (cases.overpayer, 1),
    (cases.returner, 1),
    (cases.prepayer, 1),
    (cases.automatic, 1),
    (cases.newcomer, 1),
    (troubles.on_hold, 1),
    (troubles.disputing, 1),
    (troubles.on_plan, 1),
    (desk_work.joint, 1),
)
FEWEST = sum(size for _, size in STORIES)
PRIVATE = 12  # one account in so many is a person


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was written."""

    customers: int
    invoices: int
    credit_notes: int
    payments: int


@transaction.atomic
def load_company(*, customers: int, seed: int, now: datetime) -> Loaded:
    """Write the company, its customers and their ledger up to `now`.

    The same seed and moment give the same books. Raises Refused when the ledger is not empty or when
    fewer customers are asked for than the stories need.
    """
    if customers < FEWEST:
        raise Refused(f"The demo needs at least {FEWEST} customers to show everything.", param="customers")
    check_empty()
    house = found_house()
    rng = Random(f"demo/{seed}")
    diary = Diary(until=whole_second(now), zone=house.company.zone)
    sign_up = stock_shelf(house=house, now=whole_second(now) - timedelta(days=OLDEST_DAY + 10))
    crowd = Crowd(rng=rng, house=house)
    stage = Stage(crowd=crowd, diary=diary, house=house, seed=str(seed), sign_up_page=sign_up)
    for story, _ in STORIES:
        story(stage)
    for number in range(customers - FEWEST):
        _ordinary(stage, person=number % PRIVATE == 0)
    diary.play()
    desk_work.plan_calls(stage, whole_second(now))
    return Loaded(
        customers=Customer.objects.count(),
        invoices=Invoice.objects.count(),
        credit_notes=CreditNote.objects.count(),
        payments=Payment.objects.count(),
    )


def check_empty() -> None:
    """Demo data never mixes with real data."""
    found = Customer.objects.count()
    if found or Payment.objects.exists():
        raise Refused(
            f"There are already customers here ({found}): the demo is only loaded into an empty ledger."
        )


def _ordinary(stage: Stage, *, person: bool) -> None:
    profile = stage.crowd.person_profile() if person else stage.crowd.profile()
    first = profile.opened_days_ago - stage.crowd.rng.randint(1, 20)

    def story(trade: Trade) -> None:
        trade.begin(stage.ago(first))

    stage.enter(profile, story)
