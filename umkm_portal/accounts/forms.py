from contextlib import contextmanager

from allauth.account import forms as account_forms
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.manage_email import sync_user_email_address
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
)
from django import forms
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.text import format_lazy
from django.utils.translation import get_language, gettext_lazy as _

from .models import User
from .phones import normalise_phone, readable_phone
from .services import sign_up

# Where the session keeps a password until the phone or e-mail is proven.
PENDING_PASSWORD = "account_pending_password"  # noqa: S105


PASSWORD_RULE = _(
    "At least 8 characters, not only digits, and none that many others use."
)


class PhoneField(forms.CharField):
    """A phone number in E.164, however it is typed; shown as people write it."""

    def __init__(self, **kwargs):
        attrs = {"type": "tel", "autocomplete": "tel", "maxlength": 40}
        own = {"label": _("Phone number"), "widget": forms.TextInput(attrs=attrs)}
        super().__init__(**{**own, **kwargs})

    def clean(self, value):
        text = super().clean(value)
        return normalise_phone(text) if text else ""

    def prepare_value(self, value):
        """What somebody typed stays as it is."""
        is_stored = value and value.startswith("+") and value[1:].isdecimal()
        return readable_phone(value) if is_stored else value

    def has_changed(self, initial, data):
        try:
            return super().has_changed(initial, self.clean(data))
        except ValidationError:
            return True


class LoginField(forms.CharField):
    """A phone number in E.164, or an e-mail address in small letters."""

    def __init__(self, **kwargs):
        attrs = {"autocomplete": "username", "autocapitalize": "none"}
        label = _("Phone number or e-mail")
        widget = forms.TextInput(attrs=attrs)
        super().__init__(label=label, widget=widget, max_length=254, **kwargs)

    def clean(self, value):
        text = super().clean(value)
        try:
            if "@" not in text:
                return normalise_phone(text)
            validate_email(text)
        except ValidationError as error:
            raise get_adapter().validation_error("invalid_login") from error
        return text.lower()


def code_field():
    attrs = {"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": 20}
    return forms.CharField(label=_("Code"), widget=forms.TextInput(attrs=attrs))


class SignupForm(account_forms.SignupForm):
    """One field for phone or e-mail: whatever an account is made with is proven at once."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    login = LoginField(help_text=_("We send a code there. Nobody else sees it."))
    field_order = ["name", "login", "password1"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["email"], self.fields["phone"]
        password = self.fields["password1"]
        password.label = _("Password (not needed)")
        password.help_text = format_lazy(
            "{} {}",
            _("Without one we send you a code each time that you sign in."),
            PASSWORD_RULE,
        )
        del password.widget.attrs["placeholder"]

    def clean(self):
        login = self.cleaned_data.get("login", "")
        self.cleaned_data["email" if "@" in login else "phone"] = login or None
        super().clean()
        holders = User.objects.with_login(login)
        unclaimed = User.objects.unclaimed().values("pk")
        self.account_already_exists = holders.exclude(pk__in=unclaimed).exists()
        return self.cleaned_data

    def save(self, request):
        data = self.cleaned_data
        user = sign_up(
            data["name"],
            email=data.get("email"),
            phone=data.get("phone"),
            language=get_language(),
        )
        if data["password1"]:
            password = make_password(data["password1"])
            request.session[PENDING_PASSWORD] = {"user": user.pk, "password": password}
        return user


class LoginForm(account_forms.LoginForm):
    """Sends a code, unless a password is given."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"] = LoginField()
        password = self.fields["password"]
        password.required = False
        password.label = _("Password, if you have one")
        password.help_text = _("Leave it empty to get a code.")
        del password.widget.attrs["placeholder"]
        self.order_fields(["login", "password"])

    def clean(self):
        cleaned = super().clean()
        if self.user:
            # What a province admin typed is known to allauth only from now on.
            sync_user_email_address(self.user)
        return cleaned


class LoginCodeForm(account_forms.ConfirmLoginCodeForm):
    code = code_field()


class EmailCodeForm(account_forms.ConfirmEmailVerificationCodeForm):
    code = code_field()


class PhoneCodeForm(account_forms.VerifyPhoneForm):
    code = code_field()


class ChoosePasswordForm(account_forms.SetPasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = PASSWORD_RULE


class ChangePasswordForm(account_forms.ChangePasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = PASSWORD_RULE


class SecondStepForm(AuthenticateForm):
    code = code_field()


class AuthenticatorAppForm(ActivateTOTPForm):
    code = code_field()


@contextmanager
def refusing_what_no_device_made():
    """allauth reads what browsers send, and breaks at what somebody made up."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise get_adapter().validation_error("incorrect_code") from error


class PasskeyLoginForm(LoginWebAuthnForm):
    def clean_credential(self):
        with refusing_what_no_device_made():
            return super().clean_credential()


class PasskeyStepForm(AuthenticateWebAuthnForm):
    def clean_credential(self):
        with refusing_what_no_device_made():
            return super().clean_credential()


class PasskeyForm(AddWebAuthnForm):
    name = forms.CharField(
        label=_("Name of this passkey"),
        max_length=60,
        required=False,
        help_text=_("So that you can tell several apart, for example “work phone”."),
    )
    passwordless = forms.BooleanField(
        label=_("Sign in with it alone"),
        required=False,
        initial=True,
        help_text=_("The device then asks for fingerprint, face or PIN."),
    )

    def clean(self):
        with refusing_what_no_device_made():
            return super().clean()


class PasskeyNameForm(EditWebAuthnForm):
    name = forms.CharField(label=_("Name of this passkey"), max_length=60)


class NameForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["name", "language"]
        help_texts = {
            "language": _(
                "In which the portal writes to you. The language of a page is chosen on top of it."
            )
        }
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}
