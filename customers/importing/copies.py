"""The copies of imported files: kept while something can be done with them, and of what was stored."""

from functools import partial

from django.core.files.storage import Storage
from django.db import transaction

from customers.errors import Refused
from customers.models import ImportFile, ImportJob


def drop_copies(job: ImportJob) -> None:
    """Delete the files of a job; names, sizes and digests stay.

    The rows forget the copies first, and the copies go only when that is committed: at worst a copy
    is left over, never a row that names a file which is not there.
    """
    for row in job.files.exclude(file=""):
        storage, name = row.file.storage, str(row.file.name)
        ImportFile.objects.filter(pk=row.pk).update(file="")
        transaction.on_commit(partial(_delete, storage, name), robust=True)


def demand_copies(job: ImportJob) -> None:
    """Raises Refused when the files of a job are not kept any more."""
    if not job.has_copies:
        raise Refused("The file of this import is not kept any more. Upload it again.")


def _delete(storage: Storage, name: str) -> None:
    storage.delete(name)
