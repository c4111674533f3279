"""Who may come in: staff with a password, programs with an API key."""

import hashlib
import hmac
import secrets

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models

from customers.models.base import Row


class Role(models.TextChoices):
    """The four roles, the same for staff and keys."""

    READ_ONLY = "read_only", "Read only"
    ACCOUNT_MANAGER = "account_manager", "Account manager"
    FINANCE = "finance", "Finance"
    ADMIN = "admin", "Admin"


class User(AbstractUser):
    """A member of staff. `role` decides what the back office shows and allows."""

    role = models.CharField(max_length=16, choices=Role.choices, default=Role.FINANCE)
    must_change_password = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class ApiKey(Row):
    """A program's key. Only its digest is kept; the key itself is shown once.

    A key with the role of an account manager sees the customers of `user`, and none without one.
    """

    name = models.CharField(max_length=255)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    last4 = models.CharField(max_length=4, editable=False)
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.FINANCE)
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="api_keys")
    revoked_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "API key"

    def __str__(self) -> str:
        return f"{self.name} (…{self.last4})"

    @classmethod
    def issue(cls, *, name: str, role: str = Role.FINANCE, user: User | None = None) -> tuple["ApiKey", str]:
        """Draw a key of 32 random bytes; the text is returned once and never stored."""
        key = secrets.token_urlsafe(32)
        row = cls.objects.create(name=name, role=role, user=user, digest=cls.digest_of(key), last4=key[-4:])
        return row, key

    @staticmethod
    def digest_of(key: str) -> str:
        """HMAC-SHA-256 with the installation's pepper: a leaked table opens nothing."""
        return hmac.new(settings.API_KEY_PEPPER.encode(), key.encode(), hashlib.sha256).hexdigest()
