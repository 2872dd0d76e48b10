"""What owners fill in to join a mission, and as participants."""

from itertools import groupby

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext as _, gettext_lazy

from businesses.models import Listing
from businesses.models.listings import open_now
from umkm_portal.formatting import partial_date
from umkm_portal.validators import printable

from . import joining
from .models import DatePrecision, ParticipationConsent, Side

Kind = Listing.Kind
Purpose = ParticipationConsent.Purpose


def reason_field(**kwargs):
    own = {"max_length": 500, "validators": [printable]}
    return forms.CharField(**own, widget=forms.Textarea({"rows": 3}), **kwargs)


class Refusable(forms.Form):
    """Shows what a service refuses beside the field it names, or above the form."""

    def attempt(self, action, *args, **kwargs):
        try:
            with transaction.atomic():
                return action(*args, **kwargs)
        except ValidationError as problem:
            self.add_error(None, problem)


class ListingsField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, listing):
        kind = listing.get_kind_display().capitalize()
        label = f"{kind}: {listing.title}"
        return label if listing.is_open else f"{label} ({_('no longer open')})"


class ChoiceForm(Refusable):
    """On which side a business sits, and what it brings."""

    side = forms.ChoiceField(
        label=gettext_lazy("At this mission we"),
        choices=[
            (Side.SELLER, gettext_lazy("look for buyers (seller)")),
            (Side.BUYER, gettext_lazy("look for suppliers (buyer)")),
        ],
        widget=forms.RadioSelect,
    )
    listings = ListingsField(
        label=gettext_lazy("Offers and needs that you bring"),
        help_text=gettext_lazy(
            "Partners are found by these. Sellers bring offers, buyers bring needs; you may bring "
            "both."
        ),
        queryset=Listing.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, business, participation=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.business, self.participation = business, participation
        brings = open_now()
        if participation:
            brings |= Q(participations=participation)
        # The newest of a kind first; offers before needs.
        self.fields["listings"].queryset = (
            business.listings.filter(brings).distinct().order_by("-kind", "-pk")
        )
        if not self.has_listings:
            del self.fields["listings"]
        if participation:
            self.initial = {
                "side": participation.side,
                "listings": [one.pk for one in participation.listings.all()],
            }

    @property
    def has_listings(self):
        return "listings" in self.fields and self.fields["listings"].queryset.exists()

    @cached_property
    def drafts(self):
        """What could be brought, were it published."""
        return list(self.business.listings.filter(status=Listing.Status.DRAFT))

    @property
    def choice(self):
        return {
            "side": self.cleaned_data["side"],
            "listings": list(self.cleaned_data.get("listings", [])),
        }

    @staticmethod
    def doubt_of(participation):
        """What its owner should know about the choice that was saved; "" when it is fine."""
        if not participation.brings_nothing:
            return ""
        said = {
            Side.SELLER: _(
                "%(business)s comes as a seller, but brings no offer, and buyers find sellers by "
                "what they offer. Add or choose one under Offers."
            ),
            Side.BUYER: _(
                "%(business)s comes as a buyer, but brings no need, and suppliers find buyers by "
                "what they need. Add or choose one under Offers."
            ),
        }
        return said[participation.side] % {"business": participation.name}

    def save(self, *, actor):
        """The participation; None when it was refused, which the form then says."""
        return self.attempt(
            joining.choose_listings, self.participation, actor=actor, **self.choice
        )


class ApplyForm(ChoiceForm):
    """Also what may be public: nothing, until an owner ticks it."""

    def __init__(self, *args, mission, may_consent, **kwargs):
        super().__init__(*args, **kwargs)
        self.mission = mission
        if self.has_listings:
            self.initial["listings"] = list(self.fields["listings"].queryset)
        if may_consent:
            for purpose in Purpose:
                self.fields[purpose.value] = forms.BooleanField(
                    required=False, label=joining.WORDS[purpose]
                )

    @property
    def consents(self):
        return [self[purpose] for purpose in Purpose.values if purpose in self.fields]

    def save(self, *, actor):
        return self.attempt(self._apply, actor)

    def _apply(self, actor):
        participation = joining.apply_for(
            self.mission, self.business, actor=actor, **self.choice
        )
        for purpose in Purpose.values:
            if self.cleaned_data.get(purpose):
                joining.set_consent(participation, purpose, True, actor=actor)
        return participation


class WithdrawForm(Refusable):
    reason = reason_field(
        label=gettext_lazy("Why do you withdraw?"),
        help_text=gettext_lazy(
            "The organiser reads it, and so do the partners of agreed meetings."
        ),
    )

    def __init__(self, *args, helped=None, **kwargs):
        """`helped` is the business for which an official withdraws."""
        super().__init__(*args, **kwargs)
        if helped:
            label = _("Why does %(business)s withdraw?") % {"business": helped.name}
            self.fields["reason"].label = label

    def save(self, participation, *, actor):
        return self.attempt(
            joining.withdraw,
            participation,
            reason=self.cleaned_data["reason"],
            actor=actor,
        )


class Extent:
    """Which part of a half day."""

    ALL, NONE, SOME = "semua", "tidak", "sebagian"


class HalfDay:
    """The fields of one half day: all of it, none, or some of its times."""

    def __init__(self, form, day, is_morning, slots, free, booked):
        self.form, self.slots = form, slots
        key = f"{day:%Y%m%d}-{'pagi' if is_morning else 'siang'}"
        self.extent_name, self.times_name = f"{key}-kapan", f"{key}-jam"
        self.booked = [slot for slot in slots if slot.pk in booked]
        part = _("morning") if is_morning else _("afternoon")
        first, last = slots[0].hours.split("–")[0], slots[-1].hours.split("–")[1]
        self.label = (
            f"{partial_date(day, DatePrecision.DAY)}, {part} ({first}–{last} "
            f"{slots[0].mission.zone})"
        )
        self._add_fields(free)

    def _add_fields(self, free):
        chosen = [slot.pk for slot in self.slots if free and slot.pk in free]
        extent = None
        if free is not None:
            few = Extent.SOME if chosen else Extent.NONE
            extent = Extent.ALL if len(chosen) == len(self.slots) else few
        self.form.fields[self.extent_name] = forms.ChoiceField(
            label=self.label,
            choices=[
                (Extent.ALL, _("We can come all the time")),
                (Extent.NONE, _("We cannot come")),
                (Extent.SOME, _("Only at these times:")),
            ],
            initial=extent,
            widget=forms.RadioSelect,
            error_messages={"required": _("Say whether you can come then.")},
        )
        self.form.fields[self.times_name] = forms.MultipleChoiceField(
            label=_("Times"),
            choices=[(slot.pk, slot.hours) for slot in self.slots],
            initial=chosen,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )

    @property
    def extent(self):
        return self.form[self.extent_name]

    @property
    def times(self):
        return self.form[self.times_name]

    @property
    def booked_hours(self):
        return [slot.hours for slot in self.booked]

    def free_slots(self, cleaned):
        extent = cleaned.get(self.extent_name)
        if extent == Extent.ALL:
            return self.slots
        chosen = set(cleaned.get(self.times_name, [])) if extent == Extent.SOME else ()
        if extent == Extent.SOME and not chosen:
            self.form.add_error(self.extent_name, _("Choose at least one time."))
        return [slot for slot in self.slots if str(slot.pk) in chosen]


class AvailabilityForm(Refusable):
    """When somebody can come, half day by half day."""

    def __init__(self, *args, participation, slots, **kwargs):
        super().__init__(*args, **kwargs)
        self.participation = participation
        free = None
        if participation.availability_at:
            free = set(participation.free_slots.values_list("pk", flat=True))
        booked = joining.booked_slots(participation).values_list("pk", flat=True)
        booked = set(booked)
        self.half_days = [
            HalfDay(self, *half, list(group), free, booked)
            for half, group in groupby(slots, lambda slot: slot.half_day)
        ]

    def clean(self):
        self.free_slots = [
            slot
            for half_day in self.half_days
            for slot in half_day.free_slots(self.cleaned_data)
        ]
        return self.cleaned_data

    def save(self, *, actor):
        return self.attempt(
            joining.state_availability,
            self.participation,
            self.free_slots,
            actor=actor,
        )
