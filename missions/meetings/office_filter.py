"""Which requests of a mission an official looks at. The names of the fields are the permalink."""

from django import forms
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _

from umkm_portal.validators import printable

from .models import MeetingRequest
from .models.requests import to_answer

Status = MeetingRequest.Status
WAITING, LATE, WITHOUT_TIME = "menunggu", "lama", "tanpa-jam"


class OfficeFilter(forms.Form):
    q = forms.CharField(
        required=False,
        max_length=100,
        validators=[printable],
        label=_("Name of a business"),
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    keadaan = forms.ChoiceField(
        required=False,
        label=_("Status"),
        choices=[
            ("", _("all")),
            (WAITING, _("waits for an answer")),
            (LATE, _("waits for more than 24 hours")),
            (WITHOUT_TIME, _("agreed, without a time")),
            *(
                (status.value, status.label)
                for status in Status
                if status != Status.PENDING
            ),
        ],
    )

    @property
    def is_narrowed(self):
        return self.is_valid() and any(self.cleaned_data.values())

    def found(self, requests):
        wanted = self.cleaned_data if self.is_valid() else {}
        if status := wanted.get("keadaan"):
            requests = of_status(requests, status)
        if words := wanted.get("q"):
            requests = requests.filter(
                Q(sender__business__name__icontains=words)
                | Q(receiver__business__name__icontains=words)
            )
        return unanswered_first(requests)


def of_status(requests, status):
    """What nobody answered in time counts as expired, also before the sweep has been there."""
    if status == WITHOUT_TIME:
        return requests.without_time()
    if status == WAITING:
        return requests.waiting()
    if status == LATE:
        return requests.waiting_long()
    found = requests.filter(status=status)
    return found | requests.overdue() if status == Status.EXPIRED else found


def unanswered_first(requests):
    """The one that has waited longest on top; then all others, the latest first."""
    waiting = Case(When(to_answer(), then=F("waits_since"))).asc(nulls_last=True)
    return requests.with_waits_since().order_by(waiting, "-created_at", "-pk")
