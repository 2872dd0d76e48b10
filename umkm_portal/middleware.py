from django.core.exceptions import SuspiciousOperation


def refuse_nul(get_response):
    """Answers 400 to an address with a NUL: PostgreSQL takes none, and nobody types one."""

    def middleware(request):
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise SuspiciousOperation("The address contains a NUL.")
        return get_response(request)

    return middleware
