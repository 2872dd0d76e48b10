"""/petugas/pesan/: how a province words what the portal writes to participants."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from businesses.models import Province
from missions import wordings
from missions.wording import KINDS, own_wordings
from missions.wording_forms import WordingForm
from umkm_portal.accounts.access import official_required

PREVIEW = "preview"


def provinces_of(user):
    """Whose words an official sees."""
    if user.is_superuser:
        return Province.objects.all()
    return Province.objects.filter(pk__in=user.provinces_as())


@require_safe
@official_required
def wordings_list(request):
    """Of one province at a time; nearly every official has one only."""
    provinces = provinces_of(request.user)
    wanted = request.GET.get("provinsi")
    province = provinces.filter(pk=wanted).first() if wanted else provinces.first()
    if province is None:
        raise Http404
    own = own_wordings(province)
    context = {
        "province": province,
        "provinces": provinces if provinces.count() > 1 else [],
        "may_reword": wordings.may_reword(request.user, province),
        "kinds": [(kind, wordings.all_words(kind, own)) for kind in KINDS.values()],
    }
    return render(request, "missions/wordings.html", context)


def wording_page(view):
    """Calls view(request, province, kind), for officials of the province."""

    @official_required
    def page(request, province, kind):
        found = get_object_or_404(provinces_of(request.user), pk=province)
        if kind not in KINDS:
            raise Http404
        return view(request, found, KINDS[kind])

    return page


@require_http_methods(["GET", "HEAD", "POST"])
@wording_page
def wording_edit(request, province, kind):
    may_reword = wordings.may_reword(request.user, province)
    if request.method == "POST" and not may_reword:
        raise PermissionDenied
    words = wordings.all_words(kind, own_wordings(province))
    form = WordingForm(
        request.POST or None, initial=initial(words), province=province, kind=kind
    )
    is_preview = PREVIEW in request.POST
    if form.is_valid() and not is_preview:
        changed = form.save(by=request.user)
        messages.success(request, _("Saved.") if changed else _("Nothing has changed."))
        return redirect("missions:wording_edit", province.pk, kind.key)
    context = {
        "province": province,
        "kind": kind,
        "form": form if may_reword else None,
        "is_preview": is_preview and form.is_valid(),
        "is_own": any(is_own for *_words, is_own in words),
        **readings(form, words),
        "shipped": shipped_words(kind),
        "places": wordings.allowed_places(kind),
        "versions": wordings.history_of(province, kind),
    }
    return render(request, "missions/wording_edit.html", context)


def initial(words):
    return {
        f"{name}_{language}": value
        for language, subject, text, _is_own in words
        for name, value in (("subject", subject), ("text", text))
    }


def readings(form, words):
    """What an example participant reads: of what was typed if that is right, else of what stands."""
    if form.is_bound and form.is_valid():
        return {"previews": form.previews()}
    return {
        "previews": [
            (language, wordings.preview(subject, text, language))
            for language, subject, text, _is_own in words
        ]
    }


def shipped_words(kind):
    return [
        (language, *wordings.shipped(kind, language)) for language in wordings.Language
    ]


@require_POST
@wording_page
def wording_reset(request, province, kind):
    if not wordings.may_reword(request.user, province):
        raise PermissionDenied
    wordings.reset(province, kind, by=request.user)
    messages.success(request, _("The words that ship are used again."))
    return redirect(reverse("missions:wording_edit", args=[province.pk, kind.key]))
