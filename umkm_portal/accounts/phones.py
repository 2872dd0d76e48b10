import re

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def normalise_phone(text):
    """Returns an Indonesian or foreign number in E.164 ("+628123456789").

    Raises ValidationError for anything that is not a possible number. A leading 62 or 08 is
    turned into +62 first: without the plus sign `62811234567` parses as a landline in Aceh.
    """
    digits = re.sub(r"[^\d+]", "", text)
    if digits.startswith("62"):
        digits = f"+{digits}"
    try:
        number = phonenumbers.parse(digits, "ID")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise ValidationError(
            _("Enter a valid phone number, for example 0812-3456-7890."),
            code="invalid_phone",
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def readable_phone(phone):
    """ "+6281234567890" → "0812-3456-7890"; a foreign number keeps its country."""
    number = phonenumbers.parse(phone)
    is_own = number.country_code == phonenumbers.country_code_for_region("ID")
    formats = phonenumbers.PhoneNumberFormat
    written = formats.NATIONAL if is_own else formats.INTERNATIONAL
    return phonenumbers.format_number(number, written)
