"""Where accounts come on: opened on their day, then their story begins."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from config.demo.accounts import Crowd, Profile, open_account
from config.demo.company import House
from config.demo.diary import Diary
from config.demo.trading import Trade
from customers.models import SignUpPage

Story = Callable[[Trade], object]


@dataclass(frozen=True, slots=True)
class Stage:
    """What every story needs."""

    crowd: Crowd
    diary: Diary
    house: House
    seed: str
    sign_up_page: SignUpPage

    def enter(self, profile: Profile, story: Story, *, days_ago: int | None = None) -> None:
        """Open an account on its day, with its story."""
        days = profile.opened_days_ago if days_ago is None else days_ago
        self.diary.note(self.ago(days), lambda at: story(self.opened(profile, at)))

    def opened(self, profile: Profile, at: datetime) -> Trade:
        account = open_account(profile=profile, seed=self.seed, now=at)
        return Trade(account=account, diary=self.diary)

    def ago(self, days: int) -> datetime:
        return self.diary.days_ago(days, self.crowd.rng)
