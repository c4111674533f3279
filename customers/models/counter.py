"""Number sequences: one row for each kind of object."""

from django.db import models


class Counter(models.Model):
    """The next number of a kind; advanced by one UPDATE inside the creating transaction."""

    kind = models.CharField(max_length=32, primary_key=True)
    template = models.CharField(max_length=32)
    next_value = models.PositiveBigIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.kind}: {self.template % self.next_value}"
