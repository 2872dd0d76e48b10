"""What `manage.py check` says about our own settings."""

import json
import re

from django.conf import settings
from django.core.checks import Error, Warning as CheckWarning

from .gateway import BACKENDS

HINT = "See .env.example."


def text_gateway(app_configs, **kwargs):
    """Whether the settings of the gateway for texts to phones can work."""
    backend = settings.TEXT_GATEWAY["backend"]
    if backend not in BACKENDS:
        known = " or ".join(BACKENDS)
        return [Error(f"TEXT_GATEWAY is {known}.", hint=HINT, id="portal.E001")]
    if backend != "http":
        return []
    problems = []
    if not re.match(r"https?://\w", settings.TEXT_GATEWAY["url"]):
        said = "TEXT_GATEWAY_URL has to be an http or https address."
        problems.append(Error(said, hint=HINT, id="portal.E002"))
    try:
        json.loads(settings.TEXT_GATEWAY["body"])
    except ValueError:
        said = "TEXT_GATEWAY_BODY is not JSON."
        problems.append(Error(said, hint=HINT, id="portal.E003"))
    return problems


def texts_reach_phones(app_configs, **kwargs):
    if settings.TEXT_GATEWAY["backend"] != "console":
        return []
    said = "Codes for phones are only printed: nobody can sign up or sign in by phone."
    return [CheckWarning(said, hint=f"Set TEXT_GATEWAY=http. {HINT}", id="portal.W001")]


def data_protection_officer(app_configs, **kwargs):
    if settings.DPO_CONTACT:
        return []
    said = "The privacy page names no data protection officer."
    return [CheckWarning(said, hint=f"Set DPO_CONTACT. {HINT}", id="portal.W002")]


def shared_limits(app_configs, **kwargs):
    """Limits on codes and passwords are counted in the cache."""
    if "LocMemCache" not in settings.CACHES["default"]["BACKEND"]:
        return []
    said = "Each process counts attempts to sign in for itself: several allow several times as many."
    return [CheckWarning(said, hint=f"Set CACHE_URL. {HINT}", id="portal.W003")]
