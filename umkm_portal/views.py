from django.db import DatabaseError, connection
from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .tasks import is_worker_alive


@require_safe
@never_cache
def health(request):
    """Whether the database answers and a worker lives. 503 only when pages cannot be served."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        worker = "alive" if is_worker_alive() else "silent"
    except DatabaseError:
        return JsonResponse({"status": "down", "database": "unreachable"}, status=503)
    status = "ok" if worker == "alive" else "degraded"
    return JsonResponse({"status": status, "database": "ok", "worker": worker})
