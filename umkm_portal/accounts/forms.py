from django.contrib.admin.forms import AdminAuthenticationForm
from django.utils.translation import gettext_lazy as _


class LoginForm(AdminAuthenticationForm):
    """Signs in by e-mail or phone. One message for every failure: it tells nothing of accounts."""

    error_messages = {
        **AdminAuthenticationForm.error_messages,
        "invalid_login": _(
            "E-mail or phone and password do not match an official's account. Try again."
        ),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("E-mail or phone")
        self.fields["username"].widget.input_type = "text"
