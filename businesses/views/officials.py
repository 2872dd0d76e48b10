"""/petugas/: what officials do for the businesses of their provinces."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from businesses import verification
from businesses.assistance import may_assist
from businesses.badges import badge, badges
from businesses.claims import claims
from businesses.forms.verification import DecisionForm, RevokeForm
from businesses.models import (
    Approval,
    Business,
    Certificate,
    Check,
    VerificationRequest as Request,
)
from businesses.models.verification import CHECKERS
from businesses.waiting import waiting_for
from umkm_portal.accounts.access import official_required
from umkm_portal.uploads import serve_private

PER_PAGE = 20
WAITING, MORE_NEEDED, EXPIRING, DECIDED = "menunggu", "kurang", "berakhir", "selesai"


def lists(user):
    """{part of the address: (name, rows)} of what the queue can show."""
    requests = Request.objects.for_official(user).select_related(
        "business__province", "business__regency"
    )
    checks = Check.objects.for_official(user).expiring(Check.REMIND_DAYS)
    more_needed = requests.filter(status=Request.Status.MORE_NEEDED)
    decided = requests.decided().order_by("-decided_at", "-pk")
    expiring = checks.select_related("business__province", "certificate")
    return {
        WAITING: (_("Waiting"), requests.waiting()),
        MORE_NEEDED: (_("Owner adds something"), more_needed),
        EXPIRING: (_("Checks that end soon"), expiring.order_by("valid_until", "pk")),
        DECIDED: (_("Decided"), decided),
    }


@require_safe
@official_required
def home(request):
    counts = {key: rows.count() for key, (_name, rows) in lists(request.user).items()}
    decidable = Request.objects.decidable_by(request.user).count()
    context = {
        "waiting": decidable,
        "waiting_for_others": counts[WAITING] - decidable,
        "expiring": counts[EXPIRING],
        "pending": Approval.objects.for_official(request.user).pending().count(),
        "may_assist": may_assist(request.user),
        "elsewhere": waiting_for(request.user),
    }
    return render(request, "businesses/officials/home.html", context)


@require_safe
@official_required
def verification_queue(request):
    found = lists(request.user)
    chosen = request.GET.get("daftar")
    chosen = chosen if chosen in found else WAITING
    page = Paginator(found[chosen][1], PER_PAGE).get_page(request.GET.get("halaman"))
    context = {
        "tabs": [(key, name, rows.count()) for key, (name, rows) in found.items()],
        "chosen": chosen,
        "chosen_name": found[chosen][0],
        "shows_checks": chosen == EXPIRING,
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "may_check": bool(request.user.provinces_as(*CHECKERS)),
    }
    return render(request, "businesses/officials/verification_queue.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@official_required
def verification_detail(request, pk):
    requests = Request.objects.for_official(request.user)
    wanted = get_object_or_404(requests.select_related("decided_by"), pk=pk)
    form = None
    if Request.objects.decidable_by(request.user).filter(pk=pk).exists():
        form = DecisionForm(request.POST or None, request=wanted)
        if form.is_valid() and (decided := form.save(by=request.user)):
            return to_next(request, decided)
    elif request.method == "POST":
        messages.warning(
            request, _("This request is not, or no longer, yours to decide.")
        )
        return redirect("businesses:verification_detail", pk)
    context = {
        "verification": wanted,
        "form": form,
        "reasons": [] if form else why_not(wanted, request.user),
        **facts(wanted.business_id, request),
    }
    return render(request, "businesses/officials/verification_detail.html", context)


def why_not(wanted, user):
    """Nobody asks why about what is decided already, or waits for the owner."""
    is_waiting = wanted.status == Request.Status.WAITING
    return verification.why_not(wanted, user) if is_waiting else []


def to_next(request, decided):
    """The next one that waits, so that a queue can be worked off."""
    said = _("Saved: %(status)s. The owner gets a message.")
    messages.success(request, said % {"status": decided.get_status_display()})
    following = Request.objects.decidable_by(request.user).first()
    if following:
        return redirect("businesses:verification_detail", following.pk)
    return redirect("businesses:verification_queue")


def facts(business_id, request):
    """All that is stated about a business, for the eyes of the officials of its province."""
    business = (
        Business.objects.select_related("province", "regency")
        .prefetch_related("contacts", "certificates", "memberships__user", "activities")
        .with_badges()
        .get(pk=business_id)
    )
    user = request.user
    checkable = Business.objects.in_provinces_of(user, *CHECKERS)
    return {
        "business": business,
        "claims": claims(business),
        "badges": badges(business),
        "checks": business.checks.select_related("checked_by", "certificate"),
        "revocable": set(
            business.checks.revocable_by(user).values_list("pk", flat=True)
        ),
        "requests": business.verification_requests.order_by("-submitted_at"),
        "look_alikes": verification.look_alikes(business),
        "may_open_files": checkable.filter(pk=business.pk).exists(),
    }


@require_safe
@official_required
def certificate_file(request, pk):
    businesses = Business.objects.in_provinces_of(request.user, *CHECKERS)
    held = Certificate.objects.exclude(file="").filter(business__in=businesses)
    certificate = get_object_or_404(held, pk=pk)
    verification.note_opening(certificate, by=request.user)
    name = f"{certificate.kind}-{certificate.number}.bin"
    return serve_private(certificate.file, name, certificate.media_type)


@require_http_methods(["GET", "HEAD", "POST"])
@official_required
def check_revoke(request, pk):
    checks = Check.objects.revocable_by(request.user)
    check = get_object_or_404(checks.select_related("business"), pk=pk)
    form = RevokeForm(request.POST or None, check=check)
    if form.is_valid() and form.save(by=request.user):
        messages.success(request, _("The check is revoked. The owner gets a message."))
        return redirect("businesses:verification_queue")
    context = {"check": check, "badge": badge(check), "form": form}
    return render(request, "businesses/officials/check_revoke.html", context)


@require_POST
@official_required
def check_again(request, pk):
    checks = Check.objects.for_official(request.user, *CHECKERS)
    check = get_object_or_404(checks.select_related("business"), pk=pk)
    again = verification.recheck(check.business)
    return redirect("businesses:verification_detail", again.pk)
