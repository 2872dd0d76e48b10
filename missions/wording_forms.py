from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from .models import MessageWording
from .wordings import check_subject, check_text, preview, reword, shipped

Language = MessageWording.Language
SUBJECT, TEXT = (MessageWording._meta.get_field(name) for name in ("subject", "text"))
SUBJECTS = {
    Language.INDONESIAN: _("Subject in Indonesian"),
    Language.ENGLISH: _("Subject in English"),
}
TEXTS = {
    Language.INDONESIAN: _("Text in Indonesian"),
    Language.ENGLISH: _("Text in English"),
}


class WordingForm(forms.Form):
    """The words of one kind of message in both languages; nothing in a language: as they ship."""

    def __init__(self, *args, province, kind, **kwargs):
        super().__init__(*args, **kwargs)
        self.province, self.kind = province, kind
        for language in Language:
            self.fields[f"subject_{language}"] = forms.CharField(
                label=SUBJECTS[language],
                required=False,
                max_length=SUBJECT.max_length,
                validators=SUBJECT.validators,
                widget=forms.TextInput(attrs={"lang": language.value}),
                help_text=_("Only e-mails show it."),
            )
            self.fields[f"text_{language}"] = forms.CharField(
                label=TEXTS[language],
                required=False,
                max_length=TEXT.max_length,
                validators=TEXT.validators,
                widget=forms.Textarea(attrs={"rows": 5, "lang": language.value}),
                help_text=format_lazy(
                    _("At most {most} characters. Empty: the words that ship."),
                    most=TEXT.max_length,
                ),
            )

    def clean(self):
        for language in Language:
            subject, text = f"subject_{language}", f"text_{language}"
            # What is wrong already is not judged again.
            if {subject, text} & set(self.errors):
                continue
            self._clean_pair(subject, text, language)
        return self.cleaned_data

    def _clean_pair(self, subject_name, text_name, language):
        subject, text = self.cleaned_data[subject_name], self.cleaned_data[text_name]
        if not subject and not text:
            return
        for name, words in ((subject_name, subject), (text_name, text)):
            if not words:
                self.add_error(name, _("Write this too, or leave both empty."))
        try:
            check_subject(self.kind, subject)
        except ValidationError as problem:
            self.add_error(subject_name, problem)
        if text:
            try:
                check_text(self.kind, text, language)
            except ValidationError as problem:
                self.add_error(text_name, problem)

    def words(self):
        """{language: (subject, text)}"""
        data = self.cleaned_data
        return {
            language.value: (data[f"subject_{language}"], data[f"text_{language}"])
            for language in Language
        }

    def previews(self):
        """[(Language, preview)]; in place of what is empty stand the words that ship."""
        found = []
        for language, words in self.words().items():
            chosen = words if all(words) else shipped(self.kind, language)
            found.append((Language(language), preview(*chosen, language)))
        return found

    def save(self, *, by):
        return reword(self.province, self.kind, self.words(), by=by)
