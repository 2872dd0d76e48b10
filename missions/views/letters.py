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
from missions.access import office_page
from missions.by_hand import phone_of, text_of, whatsapp_address
from missions.letter_filter import LetterFilter
from missions.models import Letter
from missions.wording import KINDS
from umkm_portal.outbox.models import Message
from umkm_portal.outbox.services import NOT_OPEN, note_handed, send_again

PER_PAGE = 25


@office_page
@require_safe
def letters(request, mission):
    seen = Letter.objects.of_mission(mission).for_official(request.user)
    form = LetterFilter(request.GET)
    paginator = Paginator(form.found(seen).with_parties(), PER_PAGE)
    page = paginator.get_page(request.GET.get("halaman"))
    context = {
        "mission": mission,
        "title": _("Messages"),
        "form": form,
        "page": page,
        "pages": paginator.get_elided_page_range(page.number),
        "kinds": {kind.key: kind.name for kind in KINDS.values()},
        "failed": seen.in_state(Message.State.FAILED).count(),
        **_rights(request.user, page),
    }
    return render(request, "missions/letters.html", context)


def _rights(user, page):
    """Primary keys of the letters on `page` that `user` may send again, and by hand."""
    shown = Letter.objects.filter(pk__in=[letter.pk for letter in page])
    sendable = shown.for_official(user, *ASSISTANTS)
    by_hand = shown.by_hand_of(user, *ASSISTANTS)
    return {
        "sendable": set(sendable.values_list("pk", flat=True)),
        "by_hand": set(by_hand.values_list("pk", flat=True)),
    }


def letter_page(view):
    """Calls view(request, mission, letter), for officials who may act for its business."""
    return _page_with(view, Letter.objects.for_official)


def by_hand_page(view):
    """The same for those who may see the phone number of its reader."""
    return _page_with(view, Letter.objects.by_hand_of)


def _page_with(view, letters_of):
    @wraps(view)
    @office_page
    def page(request, mission, pk):
        own = letters_of(request.user, *ASSISTANTS).of_mission(mission)
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


@by_hand_page
@require_safe
@secret_address
def letter_whatsapp(request, mission, letter):
    """The only page with the number, and with the address that opens WhatsApp; neither is kept."""
    if not letter.message.is_open:
        messages.info(request, NOT_OPEN)
        return redirect("missions:letters", mission.slug)
    phone = phone_of(letter)
    text = text_of(letter)
    context = {
        "mission": mission,
        "title": _("Send by WhatsApp"),
        "letter": letter,
        "phone": phone,
        "text": text,
        "address": whatsapp_address(phone, text) if phone else "",
    }
    return render(request, "missions/letter_whatsapp.html", context)


@by_hand_page
@require_POST
def letter_handed(request, mission, letter):
    try:
        note_handed(letter.message, by=request.user)
    except ValidationError as problem:
        messages.warning(request, problem.messages[0])
    else:
        messages.success(request, _("Noted: you have sent it by WhatsApp."))
    return redirect("missions:letters", mission.slug)
