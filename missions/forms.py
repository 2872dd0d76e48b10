from tempfile import NamedTemporaryFile
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.timezone import make_naive
from django.utils.translation import gettext as _, gettext_lazy

from umkm_portal.csv_files import MAX_BYTES, BadFile
from umkm_portal.formatting import rupiah, rupiah_in_words
from umkm_portal.forms import RupiahField
from umkm_portal.validators import since_independence

from .guards import review_new
from .imports import import_missions
from .locking import lock_mission
from .models import CountSnapshot, Mission
from .services import is_recorded

EARLIEST_YEAR = since_independence.limit_value.year


def day_input():
    """The browser's own calendar. The admin's warns of a time zone that is not the mission's."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class MissionForm(forms.ModelForm):
    target = RupiahField(required=False, label=gettext_lazy("Target (rupiah)"))

    class Meta:
        model = Mission
        fields = [
            "slug",
            "initiator_province",
            "host_province",
            "partner_provinces",
            "theme",
            "venue",
            "city",
            "starts_on",
            "ends_on",
            "date_precision",
            "target",
            "status",
        ]
        widgets = {
            "partner_provinces": forms.CheckboxSelectMultiple,
            "starts_on": day_input(),
            "ends_on": day_input(),
        }

    def clean(self):
        super().clean()
        if self.instance.pk:
            # Nobody lays out the programme while its days are judged.
            lock_mission(self.instance.pk)
        initiator = self.cleaned_data.get("initiator_province")
        partners = self.cleaned_data.get("partner_provinces")
        if initiator and partners and initiator in partners:
            self.add_error(
                "partner_provinces", _("A province cannot be its own partner.")
            )
        return self.cleaned_data


class CountForm(forms.ModelForm):
    """Records a count. Every amount is read back in words before it is saved."""

    total = RupiahField(required=False, label=gettext_lazy("Total (rupiah)"))
    sell = RupiahField(required=False, label=gettext_lazy("Initiator sells (rupiah)"))
    buy = RupiahField(required=False, label=gettext_lazy("Initiator buys (rupiah)"))
    investment = RupiahField(required=False, label=gettext_lazy("Investment (rupiah)"))
    foreign = RupiahField(
        required=False,
        label=gettext_lazy("Foreign letters of intent (rupiah)"),
        help_text=gettext_lazy("Part of the total, but not trade between provinces."),
    )
    read_back = forms.BooleanField(
        required=False,
        label=gettext_lazy("I have read the amounts in words and they are right"),
        help_text=gettext_lazy(
            "Save once: the portal reads the amounts back in words. Then tick this and save again."
        ),
    )
    read_back_of = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = CountSnapshot
        fields = [
            "mission",
            "stage",
            "basis",
            *CountSnapshot.AMOUNTS,
            *CountSnapshot.HEADCOUNTS,
            "as_of_at",
            "as_of_text",
            "source_url",
            "source_date",
            "source_date_precision",
        ]
        widgets = {
            "as_of_at": forms.SplitDateTimeWidget(
                date_format="%Y-%m-%d",
                time_format="%H:%M",
                date_attrs={"type": "date", "aria-label": gettext_lazy("Day")},
                time_attrs={"type": "time", "aria-label": gettext_lazy("Hour")},
            ),
            "source_date": day_input(),
        }
        help_texts = {
            "stage": gettext_lazy(
                "To put right a count that was recorded wrongly, record it again as “corrected” "
                "and say in the note what was wrong: it then stands, and the wrong one is flagged."
            ),
            "as_of_at": gettext_lazy("In the mission's own time: WIB, WITA or WIT."),
        }

    def clean(self):
        super().clean()
        if not self.errors:
            self._read_hour_in_zone_of_mission()
            self._require_read_back()
        return self.cleaned_data

    def _read_hour_in_zone_of_mission(self):
        """Django reads what is typed as the time of the portal, which is WIB."""
        typed, mission = self.cleaned_data["as_of_at"], self.cleaned_data["mission"]
        if typed and typed.year < EARLIEST_YEAR:
            self.add_error("as_of_at", since_independence.message)
        elif typed:
            zone = ZoneInfo(mission.timezone)
            self.cleaned_data["as_of_at"] = make_naive(typed).replace(tzinfo=zone)

    def _post_clean(self):
        super()._post_clean()
        if not self.errors and is_recorded(self.instance):
            self.add_error(
                None, ValidationError(_("This very count is already recorded."))
            )

    def _require_read_back(self):
        amounts = {
            name: self.cleaned_data[name]
            for name in CountSnapshot.AMOUNTS
            if self.cleaned_data[name] is not None
        }
        read = ";".join(f"{name}={amount}" for name, amount in amounts.items())
        is_same = self.cleaned_data["read_back_of"] == read
        if not amounts or (self.cleaned_data["read_back"] and is_same):
            return
        self.data = self.data.copy()
        self.data["read_back_of"] = read
        self.data.pop("read_back", None)
        for name, amount in amounts.items():
            self[name].help_text = f"{rupiah(amount)}: {rupiah_in_words(amount)}"
        question = _(
            "Read each amount in words. If they are right, tick here and save."
        )
        self.add_error("read_back", [question, *self._doubts()])

    def _doubts(self):
        """Why the count would be flagged, while it can still be put right."""
        facts = {
            name: self.cleaned_data[name]
            for name in ("mission", "stage", "basis", *CountSnapshot.AMOUNTS)
        }
        return [flag.reason for flag in review_new(CountSnapshot(**facts))]


class ImportForm(forms.Form):
    """Takes a CSV file of missions and counts; whatever is wrong with it stands beside the field."""

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        help_text=gettext_lazy(
            "All rows are taken or none. Counts that are there already are left alone, so the "
            "same file can be sent again."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def clean_file(self):
        upload = self.cleaned_data["file"]
        if upload.size > MAX_BYTES:
            raise ValidationError(
                _("The file has %(size)s; at most %(limit)s can be imported.")
                % {
                    "size": filesizeformat(upload.size),
                    "limit": filesizeformat(MAX_BYTES),
                }
            )
        return upload

    def save(self, *, by):
        """Imports the file. Returns the ImportResult, or None with the reasons in `errors`."""
        with NamedTemporaryFile(suffix=".csv") as file:
            for chunk in self.cleaned_data["file"].chunks():
                file.write(chunk)
            file.flush()
            try:
                return import_missions(file.name, by=by)
            except BadFile as problem:
                self.add_error("file", str(problem).splitlines())
        return None
