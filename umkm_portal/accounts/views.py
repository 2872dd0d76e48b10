from functools import wraps

from allauth.account import app_settings, views as account_views
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.logout import logout
from allauth.account.internal.flows.password_change import logout_on_password_change
from allauth.account.internal.flows.phone_verification import (
    PHONE_VERIFICATION_SESSION_KEY,
    ChangePhoneVerificationProcess,
)
from allauth.core.exceptions import RateLimited
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from umkm_portal.gateway import NotSent

from .access import NEXT_PAGE, own_page
from .devices import device_name
from .forms import NameForm
from .limits import count_code
from .services import end_other_sessions, end_sessions, remove_password, sessions_of

NOT_SENT = gettext_lazy(
    "The code could not be sent. Try again in a minute, or use the other way: e-mail or phone."
)


class SaysWhatWasNotSent:
    """Puts it beside the field, with everything typed still there."""

    recipient = "login"

    def form_valid(self, form):
        try:
            if self.sends_code(form):
                count_code(self.request, form.cleaned_data[self.recipient])
            return super().form_valid(form)
        except NotSent:
            form.add_error(self.recipient, NOT_SENT)
        except RateLimited:
            form.add_error(self.recipient, get_adapter().error_messages["rate_limited"])
        return self.form_invalid(form)

    def sends_code(self, form):
        return True


class Signup(SaysWhatWasNotSent, account_views.SignupView):
    def sends_code(self, form):
        """Not here: the steps of signing in do, and count it."""
        return False


class Login(SaysWhatWasNotSent, account_views.LoginView):
    def sends_code(self, form):
        return not form.cleaned_data["password"]


class ChangeEmail(SaysWhatWasNotSent, account_views.EmailView):
    recipient = "email"


class ChangePhone(SaysWhatWasNotSent, account_views.ChangePhoneView):
    recipient = "phone"


class ConfirmLoginCode(account_views.ConfirmLoginCodeView):
    def _resend_form_valid(self, form):
        """allauth's fails for a number without an account, which would tell that it has none."""
        state = self._process.state
        count_code(self.request, state.get("email") or state["phone"])
        if self._process.user is None:
            self._process.record_resend()
            self._process.add_sent_message({})
            self._process.persist()
            return redirect(self.request.get_full_path())
        return super()._resend_form_valid(form)


class ConfirmEmail(account_views.ConfirmEmailVerificationCodeView):
    def _resend_form_valid(self, form):
        count_code(self.request, self._process.email)
        return super()._resend_form_valid(form)


class ConfirmPhone(account_views._VerifyPhoneSignupView):
    """The phone of an account that somebody signs up or in to."""

    def _resend_form_valid(self, form):
        count_code(self.request, self.process.phone)
        return super()._resend_form_valid(form)


class PhoneChange(ChangePhoneVerificationProcess):
    """Sends a new code, which allauth's does not."""

    @classmethod
    def resume(cls, request):
        state = request.session.get(PHONE_VERIFICATION_SESSION_KEY)
        return cls(request, state).abort_if_invalid() if state else None

    @property
    def can_resend(self):
        most = app_settings.PHONE_VERIFICATION_MAX_RESEND_COUNT
        return not self.is_resend_quota_reached(most)

    def resend(self):
        self.record_resend()
        self.send()


@method_decorator(never_cache, name="dispatch")
class ConfirmNewPhone(account_views._BaseVerifyPhoneView):
    """The phone that somebody who is signed in wants to use from now on."""

    def dispatch(self, request, *args, **kwargs):
        self.process = PhoneChange.resume(request)
        if self.process is None:
            return redirect("account_change_phone")
        return super().dispatch(request, *args, **kwargs)

    def _resend_form_valid(self, form):
        count_code(self.request, self.process.phone)
        return super()._resend_form_valid(form)

    def respond_process_succeeded(self, form):
        return redirect("account_overview")

    def respond_process_failed(self, form):
        return redirect("account_change_phone")


def confirm_phone(request):
    is_change = request.user.is_authenticated
    view = ConfirmNewPhone if is_change else ConfirmPhone
    return view.as_view()(request)


def stays_when_not_sent(view):
    """For pages on which a code is asked for again."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except NotSent:
            messages.error(request, NOT_SENT)
        except RateLimited:
            messages.error(request, get_adapter().error_messages["rate_limited"])
        return redirect(request.get_full_path())

    return guarded


def ends_other_sessions(view):
    """For what makes an account safer: whoever was in it elsewhere has to sign in anew."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        before = request.user.authenticator_set.count()
        response = view(request, *args, **kwargs)
        if request.method == "POST" and request.user.authenticator_set.count() > before:
            end_other_sessions(request.user, request.session.session_key)
        return response

    return guarded


@login_required
@never_cache
@require_safe
def start(request):
    """Where somebody who has just signed in goes on."""
    wanted = request.session.pop(NEXT_PAGE, "")
    if wanted:
        return redirect(wanted)
    is_official = request.user.is_staff
    return redirect(
        "businesses:official_home" if is_official else "businesses:dashboard"
    )


@login_required
@never_cache
@require_safe
def overview(request):
    return render(request, "account/overview.html")


@login_required
@require_http_methods(["GET", "POST"])
def change_name(request):
    form = NameForm(request.POST or None, instance=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, _("Your name and language are saved."))
        return redirect("account_overview")
    return render(request, "account/name.html", {"form": form})


@login_required
@require_http_methods(["GET", "POST"])
def delete_password(request):
    if not request.user.has_usable_password():
        return redirect("account_set_password")
    if request.method == "POST":
        remove_password(request.user)
        logout_on_password_change(request, request.user)
        messages.success(request, _("Your password is gone. Codes sign you in."))
        return redirect("account_overview")
    return render(request, "account/password_remove.html")


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in_again(request):
    """What follows could take the account over, so an old session is not enough."""
    wanted = own_page(request, request.GET.get("next", ""))
    if request.method == "POST":
        logout(request, show_message=False)
        return redirect_to_login(wanted or reverse("account_overview"))
    return render(request, "account/sign_in_again.html")


@login_required
@never_cache
@require_safe
def second_factor(request):
    """Says to an official why the admin is closed, and keeps the page that was wanted."""
    wanted = own_page(request, request.GET.get("next", ""))
    if request.user.has_second_factor:
        return redirect(wanted or "account_start")
    request.session[NEXT_PAGE] = wanted
    return render(request, "account/second_factor.html")


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def sessions(request):
    own = sessions_of(request.user)
    if request.method == "POST":
        if "session" in request.POST:
            chosen = [one.pk for one in own if str(one.pk) == request.POST["session"]]
            if not chosen:
                raise Http404
            end_sessions(own.filter(pk__in=chosen))
        else:
            end_other_sessions(request.user, request.session.session_key)
        messages.success(request, _("Signed out there."))
        return redirect("usersessions_list")
    for session in own:
        session.device = device_name(session.user_agent)
    context = {"sessions": own, "current": request.session.session_key}
    return render(request, "usersessions/usersession_list.html", context)


@require_safe
def forgotten_password(request):
    return render(request, "account/password_forgotten.html")
