"""Fields and manners that the forms of a business share."""

import re
from decimal import Decimal

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.formats import get_format
from django.utils.translation import gettext_lazy as _

from businesses.models import ClassificationCode, CommodityGroup, Province
from businesses.reference import KBLI
from businesses.units import Unit
from umkm_portal.formatting import number

MOST_CODES = 20
WHOLE_NUMBER = {"invalid": _("Write one whole number, in digits only.")}


class BesideFields:
    """Shows the message of a database constraint beside the field that can mend it.

    Django leaves out constraints on fields that the form does not ask for; `known` are those
    whose value is certain all the same.
    """

    beside = {}
    known = set()

    def _get_validation_exclusions(self):
        return super()._get_validation_exclusions() - self.known

    def _update_errors(self, errors):
        if hasattr(errors, "error_dict"):
            for error in errors.error_dict.pop(NON_FIELD_ERRORS, []):
                field = self._field_of(error)
                errors.error_dict.setdefault(field, []).append(error)
        super()._update_errors(errors)

    def refuse(self, error):
        """Shows what a service answered, each message beside its field."""
        self._update_errors(error)

    def _field_of(self, error):
        for constraint in self._meta.model._meta.constraints:
            if constraint.get_violation_error_message() == error.message:
                return self.beside.get(constraint.name, NON_FIELD_ERRORS)
        return NON_FIELD_ERRORS


class OfBusiness(BesideFields):
    """A form about something that belongs to one business; constraints know which."""

    known = {"business"}

    def __init__(self, *args, business, **kwargs):
        super().__init__(*args, **kwargs)
        self.business = self.instance.business = business


class QuantityField(forms.DecimalField):
    """A quantity as people write it: 1.500 or 2,5 in Indonesian, 1,500 or 2.5 in English."""

    def __init__(self, **kwargs):
        attrs = {"inputmode": "decimal", "autocomplete": "off", "maxlength": 20}
        own = {"max_digits": 15, "decimal_places": 3, "required": False}
        super().__init__(**{**own, **kwargs, "widget": forms.TextInput(attrs)})

    def to_python(self, value):
        return super().to_python(with_point(value) if value else value)

    def prepare_value(self, value):
        return number(value) if isinstance(value, Decimal) else value


def with_point(text):
    """The number as a computer writes it. Raises ValidationError for anything else."""
    text = re.sub(r"\s", "", str(text))
    group, comma = get_format("THOUSAND_SEPARATOR"), get_format("DECIMAL_SEPARATOR")
    g, c = re.escape(group), re.escape(comma)
    if re.fullmatch(rf"[1-9]\d{{0,2}}({g}\d{{3}})+({c}\d{{1,3}})?", text, re.ASCII):
        return text.replace(group, "").replace(comma, ".")
    if re.fullmatch(rf"\d+[{g}{c}]\d{{1,3}}|\d+", text, re.ASCII):
        return text.replace(comma, ".").replace(group, ".")
    raise ValidationError(
        _("Write a number, for example %(whole)s or %(part)s."),
        code="invalid",
        params={"whole": number(1500), "part": number(Decimal("2.5"))},
    )


class NibField(forms.CharField):
    """The digits of a NIB, without the spaces, dots and hyphens that people type between them."""

    def __init__(self, **kwargs):
        attrs = {"inputmode": "numeric", "autocomplete": "off", "maxlength": 30}
        own = {"required": False, "widget": forms.TextInput(attrs)}
        super().__init__(**{**own, **kwargs})

    def to_python(self, value):
        return re.sub(r"[\s.-]", "", super().to_python(value))


class KbliField(forms.CharField):
    """KBLI 2025 codes typed one after the other; cleaned to {code: its division}."""

    def to_python(self, value):
        codes = re.findall(r"[^\s,;.]+", super().to_python(value))
        if len(codes) > MOST_CODES:
            raise ValidationError(_("Choose the most important ones, 20 at most."))
        scheme, version = KBLI
        known = ClassificationCode.objects.filter(
            scheme=scheme, version=version, code__in={code[:2] for code in codes}
        )
        divisions = {division.code: division for division in known}
        return {code: self._division(code, divisions) for code in codes}

    def _division(self, code, divisions):
        if not re.fullmatch(r"[0-9]{2,5}", code):
            raise ValidationError(
                _("“%(code)s” is no KBLI code: it has two to five digits."),
                code="not_kbli",
                params={"code": code},
            )
        if code[:2] not in divisions:
            raise ValidationError(
                _(
                    "KBLI 2025 has no division %(division)s, so there is no code %(code)s."
                ),
                code="unknown_division",
                params={"division": code[:2], "code": code},
            )
        return divisions[code[:2]]


class LabelledField(forms.ModelChoiceField):
    """Reference data under the name that they have in the reader's language."""

    def label_from_instance(self, thing):
        return thing.label


class LabelledManyField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, thing):
        return thing.label


def alphabetical_provinces():
    return Province.objects.order_by("short_name")


def unit_field(**kwargs):
    choices = [("", _("unit")), *Unit.choices]
    own = {"label": _("Unit"), "required": False, "choices": choices}
    return forms.ChoiceField(**{**own, **kwargs})


def commodities_by_sector():
    """Choices of commodity groups under the name of their sector."""
    groups = {}
    for commodity in CommodityGroup.objects.select_related("sector"):
        choice = (commodity.pk, commodity.label)
        groups.setdefault(commodity.sector.label, []).append(choice)
    return [("", "—"), *sorted(groups.items())]


def day_input():
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
