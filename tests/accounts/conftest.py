import re

import pytest
from django.urls import reverse

CODE = re.compile(r"\b\d{6}\b")


@pytest.fixture
def code(texts, mailoutbox):
    """code() is the code of the last text, or else of the last mail."""

    def last():
        said = texts[-1][1] if texts else mailoutbox[-1].body
        return CODE.search(said)[0]

    return last


@pytest.fixture
def sign_in(client, texts, mailoutbox, settings):
    """sign_in(user) signs the client in with a code sent by e-mail, as a person does.

    As often as a test likes: how often is for test_limits.py.
    """
    settings.ACCOUNT_RATE_LIMITS = {
        action: rates
        for action, rates in settings.ACCOUNT_RATE_LIMITS.items()
        if not action.startswith("code")
    }

    def go(user, browser=client):
        browser.post(reverse("account_login"), {"login": user.email})
        said = CODE.search(mailoutbox[-1].body)[0]
        return browser.post(reverse("account_confirm_login_code"), {"code": said})

    return go
