"""Stored documents in a bucket that speaks S3, instead of a folder: settings for django-storages."""

import importlib.util
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config.environment import Environment


def bucket_storage(env: Environment) -> dict[str, Any]:
    """The entry of `STORAGES`. Without keys the machine's own role is used, as the vendor's tools do.

    Nothing in the bucket is public and nothing is written over: views check who asks and read through
    the product.
    """
    if importlib.util.find_spec("storages") is None or importlib.util.find_spec("boto3") is None:
        raise ImproperlyConfigured(
            "STORAGE_BACKEND=s3 needs django-storages: pip install --require-hashes --no-deps "
            "-r requirements-s3.txt"
        )
    bucket = env.text("S3_BUCKET")
    if not bucket:
        raise ImproperlyConfigured("STORAGE_BACKEND=s3 needs the name of a bucket: S3_BUCKET.")
    key, secret = env.text("S3_ACCESS_KEY_ID"), env.text("S3_SECRET_ACCESS_KEY")
    if bool(key) != bool(secret):
        raise ImproperlyConfigured("S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY belong together.")
    endpoint = env.text("S3_ENDPOINT_URL")
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "location": env.text("S3_PREFIX").strip("/"),
            "region_name": env.text("S3_REGION") or None,
            "endpoint_url": env.base_url("S3_ENDPOINT_URL", endpoint) if endpoint else None,
            "access_key": key or None,
            "secret_key": secret or None,
            # Servers of one's own seldom have a name for each bucket.
            "addressing_style": "path" if endpoint else "auto",
            "signature_version": "s3v4",
            "default_acl": None,
            "file_overwrite": False,
            "querystring_auth": True,
        },
    }
