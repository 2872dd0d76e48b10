from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy as _

from businesses.imports import import_businesses, own_provinces, read_list
from businesses.imports.columns import COLUMNS, FOREIGN, SYNONYMS
from businesses.imports.files import keep_file
from businesses.models import Business, Province
from umkm_portal.csv_files import BadFile
from umkm_portal.spreadsheets import map_columns, sheet_names

PREVIEWED = 5
FIELD_CHOICES = [
    ("", _("– leave out –")),
    *((column.field, column.label) for column in COLUMNS),
]


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("List of businesses"),
        help_text=_(
            "An Excel workbook (.xlsx) or a CSV file. Next you see what was understood; nothing is "
            "saved before you say so."
        ),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,text/csv"}),
    )

    def clean_file(self):
        upload = self.cleaned_data["file"]
        try:
            read_list(upload)
        except BadFile as problem:
            raise ValidationError(str(problem).splitlines()) from problem
        return upload

    def save(self, *, by):
        return keep_file(self.cleaned_data["file"], by=by)


class ColumnsForm(forms.Form):
    """What each column of a list means; then what the import would do, or does."""

    sheet = forms.CharField(required=False, widget=forms.HiddenInput)
    province = forms.ModelChoiceField(
        Province.objects.none(),
        required=False,
        label=_("Province of rows that name no place"),
    )

    def __init__(self, *args, kept, sheet, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.kept, self.by = kept, by
        with kept.file.open("rb") as file:
            self.sheets = sheet_names(file)
        sheet = sheet if sheet in self.sheets else None
        with kept.file.open("rb") as file:
            self.table = read_list(file, sheet)
        self.fields["sheet"].initial = sheet or ""
        self._offer_provinces()
        found = map_columns(self.table.header, SYNONYMS, foreign=FOREIGN)
        fields = {column: field for field, column in found.items()}
        for number, column in enumerate(self.table.header):
            self.fields[f"column_{number}"] = forms.ChoiceField(
                label=column,
                choices=FIELD_CHOICES,
                required=False,
                initial=fields.get(column, ""),
            )

    def _offer_provinces(self):
        own = own_provinces(self.by)
        provinces = Province.objects.order_by("short_name")
        self.fields["province"].queryset = (
            provinces if own is None else provinces.filter(pk__in=own)
        )
        if own is not None and len(own) == 1:
            del self.fields["province"]

    def columns(self):
        """(bound field, [first values]) of each column of the list."""
        first = [row for _line, row in self.table.rows[:PREVIEWED]]
        for number, column in enumerate(self.table.header):
            values = [row.get(column, "") for row in first]
            yield self[f"column_{number}"], [value for value in values if value]

    def clean(self):
        chosen = {}
        for number, column in enumerate(self.table.header):
            field = self.cleaned_data.get(f"column_{number}")
            if field and field in chosen:
                reason = gettext("“%s” means this already.") % chosen[field]
                self.add_error(f"column_{number}", reason)
            chosen.setdefault(field, column)
        if "name" not in chosen:
            raise ValidationError(gettext("Say which column holds the name."))
        return self.cleaned_data

    def save(self, *, dry_run):
        """Imports, or says what would happen. Raises BadFile."""
        mapping = {
            column: self.cleaned_data[f"column_{number}"] or None
            for number, column in enumerate(self.table.header)
        }
        with self.kept.file.open("rb") as file:
            return import_businesses(
                file,
                mapping=mapping,
                by=self.by,
                province=self.cleaned_data.get("province"),
                sheet=self.cleaned_data["sheet"] or None,
                dry_run=dry_run,
            )


class AskOwnersForm(forms.Form):
    """Those that are ticked; with the button for all, those that the page showed."""

    businesses = forms.ModelMultipleChoiceField(Business.objects.none(), required=False)
    shown = forms.ModelMultipleChoiceField(Business.objects.none(), required=False)
    all = forms.BooleanField(required=False)

    def __init__(self, *args, businesses, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["businesses"].queryset = businesses
        self.fields["shown"].queryset = businesses

    def clean(self):
        super().clean()
        name = "shown" if self.cleaned_data["all"] else "businesses"
        self.cleaned_data["chosen"] = chosen = self.cleaned_data.get(name)
        if not self.errors and not chosen:
            raise ValidationError(gettext("Choose at least one business."))
        return self.cleaned_data
