from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.shortcuts import render


def refuse_nul(get_response):
    """Answers 400 to an address with a NUL: PostgreSQL takes none, and nobody types one."""

    def middleware(request):
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise SuspiciousOperation("The address contains a NUL.")
        return get_response(request)

    return middleware


def refuse_large_requests(get_response):
    """Answers 413 to a request that is larger than any form of the portal, before reading it."""

    def middleware(request):
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > settings.MAX_REQUEST_BYTES:
            limit = settings.MAX_REQUEST_BYTES // 1024**2
            return render(request, "413.html", {"limit": limit}, status=413)
        return get_response(request)

    return middleware
