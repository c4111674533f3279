"""What API clients asked in the last days: by request id, without bodies, keys or tokens."""

from datetime import datetime

from django.db import models


class RequestLogQuerySet(models.QuerySet["RequestLog"]):
    def older_than(self, moment: datetime) -> "RequestLogQuerySet":
        return self.filter(created_at__lt=moment)


class RequestLog(models.Model):
    """One API call. `path` and `query` are masked before they come here."""

    request_id = models.CharField(max_length=64)
    api_key = models.ForeignKey("customers.ApiKey", null=True, on_delete=models.SET_NULL, related_name="+")
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=500)
    query = models.CharField(max_length=1000, blank=True, default="")
    status = models.PositiveSmallIntegerField()
    message = models.CharField(max_length=500, blank=True, default="")
    milliseconds = models.PositiveIntegerField()
    address = models.CharField(max_length=45, blank=True, default="")
    user_agent = models.CharField(max_length=255, blank=True, default="")
    replayed = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    objects = RequestLogQuerySet.as_manager()

    class Meta:
        verbose_name = "API request"
        indexes = [
            models.Index(fields=["request_id"], name="request_log_request"),
            models.Index(fields=["created_at", "id"], name="request_log_created"),
            models.Index(fields=["api_key", "-id"], name="request_log_key"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status}"
