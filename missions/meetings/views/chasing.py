"""/petugas/misi/<mission>/pesan/pengingat/: whom to remind, and the one tap that does."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_POST, require_safe

from missions.access import office_page, organiser_page
from missions.chasing import DECIDE, is_recent, last_mailing, preview, remind
from missions.meetings.chasing import CHASES
from missions.models import Participation

PER_PAGE = 20


@office_page
@require_safe
def chasing(request, mission):
    chase = CHASES.get(request.GET.get("daftar"), CHASES[DECIDE])
    seen = Participation.objects.curated_by(request.user)
    found = {
        one.key: one.rows(mission).filter(pk__in=seen.values("pk"))
        for one in CHASES.values()
    }
    paginator = Paginator(found[chase.key], PER_PAGE)
    page = paginator.get_page(request.GET.get("halaman"))
    context = {
        "mission": mission,
        "title": _("Reminders"),
        "tabs": [(one, found[one.key].count()) for one in CHASES.values()],
        "chase": chase,
        "page": page,
        "pages": paginator.get_elided_page_range(page.number),
        "is_over": mission.is_over,
        "is_decision": chase.key == DECIDE,
        **(
            of_officials(mission, chase)
            if chase.key == DECIDE
            else of_rows(page, chase)
        ),
    }
    return render(request, "meetings/chasing.html", context)


def of_rows(page, chase):
    """`previews` of the words for the first on the list."""
    first = page[0] if len(page) else None
    return {"previews": preview(chase, first) if first else []}


def of_officials(mission, chase):
    reminded_at = last_mailing(mission, chase.kind)
    return {"reminded_at": reminded_at, "is_recent": is_recent(reminded_at)}


@organiser_page
@require_POST
def chase(request, mission, key):
    if key not in CHASES:
        raise Http404
    try:
        outcome = remind(mission, CHASES[key], by=request.user)
    except ValidationError as problem:
        messages.warning(request, problem.messages[0])
    else:
        for sentence in sentences(outcome):
            messages.info(request, sentence)
    page = reverse("meetings:chasing", args=[mission.slug], query={"daftar": key})
    return redirect(page)


def sentences(outcome):
    """What became of everybody on the list: nobody is passed over in silence."""
    if not any((outcome.told, outcome.recent, outcome.unreachable)):
        yield _("There is nobody to remind any more.")
    if outcome.told:
        yield ngettext("Sent to %d.", "Sent to %d.", outcome.told) % outcome.told
    if outcome.recent:
        yield (
            ngettext(
                "%d was reminded less than a day ago, and is not written to again.",
                "%d were reminded less than a day ago, and are not written to again.",
                outcome.recent,
            )
            % outcome.recent
        )
    if outcome.unreachable:
        yield (
            ngettext(
                "%d business has nobody with an account to write to. Call there.",
                "%d businesses have nobody with an account to write to. Call there.",
                outcome.unreachable,
            )
            % outcome.unreachable
        )
