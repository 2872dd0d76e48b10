"""Pages for those who take part, once that is decided."""

from functools import wraps

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _


def accepted_page(view):
    """Others are told why there is nothing to see yet. Stands under `participant_page`."""

    @wraps(view)
    def page(request, participation, **kwargs):
        if participation.is_accepted:
            return view(request, participation, **kwargs)
        messages.info(request, _("This opens once your business is accepted."))
        return redirect(request.door.url("home"))

    return page
