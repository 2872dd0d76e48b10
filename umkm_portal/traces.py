"""Erases rows together with what else was kept of them: files, earlier versions, log entries and
the arguments of tasks."""

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import FileField, Q, TextField
from django.db.models.functions import Cast
from django.tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from .uploads import delete_file_on_commit


@transaction.atomic
def erase(*querysets):
    """Deletes the rows of querysets; their files go once the transaction is certain."""
    # All are listed before the first is deleted, which can take others along.
    doomed = [
        (rows.model, list(rows.values_list("pk", flat=True))) for rows in querysets
    ]
    for rows in querysets:
        _delete_files(rows)
    for model, keys in doomed:
        model._base_manager.filter(pk__in=keys).delete()
        forget_versions(model, keys)
        forget_log(model, keys)


def _delete_files(rows):
    for field in rows.model._meta.get_fields():
        if isinstance(field, FileField):
            for row in rows.exclude(**{field.name: ""}):
                delete_file_on_commit(getattr(row, field.name))


def forget_versions(model, keys):
    """Deletes the earlier versions of rows, where the model keeps any."""
    if not hasattr(model, "history"):
        return
    erase_versions(model.history.filter(**{f"{model._meta.pk.name}__in": keys}))


def erase_versions(versions):
    """Deletes earlier versions, and which many-to-many rows belonged to them."""
    for relation in versions.model._meta.get_fields(include_hidden=True):
        if relation.one_to_many:
            of_versions = {f"{relation.field.name}__in": versions.values("pk")}
            relation.related_model._base_manager.filter(**of_versions).delete()
    versions.delete()


def forget_log(model, keys):
    """Deletes what the admin wrote down on changes of rows: it quotes their names."""
    LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(model),
        object_id__in=map(str, keys),
    ).delete()


def forget_tasks(words):
    """Deletes tasks, done or still to do, that mention any of `words`."""
    mentions = Q(pk__in=[])
    for word in filter(None, words):
        mentions |= Q(arguments__contains=word) | Q(returned__contains=word)
        mentions |= Q(traceback__contains=word)
    texts = {
        "arguments": Cast("args_kwargs", TextField()),
        "returned": Cast("return_value", TextField()),
    }
    tasks = DBTaskResult.objects.annotate(**texts).filter(mentions)
    # The worker still has to write down how these ended; they go with the others in time.
    tasks.exclude(status=TaskResultStatus.RUNNING).delete()
