from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey
from django.forms import BaseInlineFormSet
from django.http import Http404
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe
from simple_history.admin import SimpleHistoryAdmin


class HistoryAdmin(SimpleHistoryAdmin):
    """Shows the earlier versions of an object, and never writes one back.

    SimpleHistoryAdmin lets everyone who may see a version save it too: an auditor could put an
    old e-mail, or any other, into an account.
    """

    def revert_disabled(self, request, obj=None):
        return True

    def history_view(self, request, object_id, extra_context=None):
        try:
            self.opts.pk.to_python(object_id)
        except ValidationError as error:
            raise Http404 from error
        return super().history_view(request, object_id, extra_context)

    @method_decorator(require_safe)
    def history_form_view(self, request, *args, **kwargs):
        return super().history_form_view(request, *args, **kwargs)

    def get_history_queryset(self, request, history_manager, pk_name, object_id):
        """SimpleHistoryAdmin's own asks for no relation at all where a model has none to show."""
        versions = history_manager.filter(**{pk_name: object_id})
        related = [
            field.name
            for field in versions.model.tracked_fields
            if isinstance(field, ForeignKey)
        ]
        return versions.select_related("history_user", *related)


class LabelledFormSet(BaseInlineFormSet):
    """Names every field of a tabular inline, whose column heads screen readers do not connect."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        for name, field in form.fields.items():
            # The admin wraps the choice of a related object into a widget with buttons.
            widget = getattr(field.widget, "widget", field.widget)
            widget.attrs["aria-label"] = field.label or name


class NamedAutocompleteSelect(AutocompleteSelect):
    """Says what to choose: while nothing is chosen, Django's own has no name to be read out."""

    def build_attrs(self, *args, **kwargs):
        attrs = super().build_attrs(*args, **kwargs)
        return attrs | {"data-placeholder": str(self.field.verbose_name)}
