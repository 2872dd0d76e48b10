"""/petugas/misi/<mission>/pesan/: what was written to participants, and whether it went."""

from functools import wraps

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from businesses.access import secret_address
from businesses.assistance import ASSISTANTS
from missions import by_hand
from missions.access import office_page
from missions.letter_filter import LetterFilter
from missions.models import Letter
from missions.wording import KINDS
from umkm_portal.outbox.models import Message
from umkm_portal.outbox.services import note_handed, send_again

PER_PAGE = 25


@office_page
@require_safe
def letters(request, mission):
    seen = Letter.objects.of_mission(mission).for_official(request.user)
    form = LetterFilter(request.GET)
    paginator = Paginator(form.found(seen).with_parties(), PER_PAGE)
    page = paginator.get_page(request.GET.get("halaman"))
    sendable = seen.for_official(request.user, *ASSISTANTS)
    context = {
        "mission": mission,
        "title": _("Messages"),
        "form": form,
        "page": page,
        "pages": paginator.get_elided_page_range(page.number),
        "kinds": {kind.key: kind.name for kind in KINDS.values()},
        "failed": seen.in_state(Message.State.FAILED).count(),
        "sendable": set(
            sendable.filter(pk__in=[one.pk for one in page]).values_list(
                "pk", flat=True
            )
        ),
    }
    return render(request, "missions/letters.html", context)


def letter_page(view):
    """Calls view(request, mission, letter), for officials who may act for its business."""

    @wraps(view)
    @office_page
    def page(request, mission, pk):
        own = Letter.objects.of_mission(mission).for_official(request.user, *ASSISTANTS)
        letter = get_object_or_404(
            own.select_related(
                "message__recipient",
                "participation__business",
                "participation__mission",
            ),
            pk=pk,
        )
        return view(request, mission, letter)

    return page


@letter_page
@require_POST
def letter_again(request, mission, letter):
    try:
        send_again(letter.message)
    except ValidationError as problem:
        messages.warning(request, problem.messages[0])
    else:
        messages.success(request, _("It is sent again within a minute."))
    return redirect("missions:letters", mission.slug)


@letter_page
@require_safe
@secret_address
def letter_whatsapp(request, mission, letter):
    """The only page with the number, and with the address that opens WhatsApp; neither is kept."""
    if not letter.message.is_open:
        messages.info(request, _("This message has been sent, or is on its way."))
        return redirect("missions:letters", mission.slug)
    phone = by_hand.phone_of(letter)
    text = by_hand.text_for(letter, request.user)
    context = {
        "mission": mission,
        "title": _("Send by WhatsApp"),
        "letter": letter,
        "phone": phone,
        "text": text,
        "holds_key": by_hand.may_hold_key(letter, request.user),
        "address": by_hand.whatsapp_address(phone, text) if phone else "",
    }
    return render(request, "missions/letter_whatsapp.html", context)


@letter_page
@require_POST
def letter_handed(request, mission, letter):
    try:
        note_handed(letter.message, by=request.user)
    except ValidationError as problem:
        messages.warning(request, problem.messages[0])
    else:
        messages.success(request, _("Noted: you have sent it by WhatsApp."))
    return redirect("missions:letters", mission.slug)
