"""The file of an import between its steps: private, under a random name, for an hour at most."""

from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import transaction
from django.tasks import task
from django.utils import timezone

from businesses.models import ImportFile
from umkm_portal.traces import erase


@transaction.atomic
def keep_file(upload, *, by):
    """Keeps an upload, in place of what `by` sent before, and has it deleted in an hour."""
    erase(ImportFile.objects.filter(sent_by=by))
    upload.seek(0)
    content = ContentFile(upload.read(), name=uuid4().hex)
    kept = ImportFile.objects.create(file=content, name=upload.name[-150:], sent_by=by)
    forget_file.using(run_after=timezone.now() + ImportFile.KEPT).enqueue(kept.pk)
    return kept


@task()
def forget_file(pk):
    erase(ImportFile.objects.filter(pk=pk))


def forget(kept):
    erase(ImportFile.objects.filter(pk=kept.pk))
