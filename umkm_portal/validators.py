"""What every door refuses: forms, imports and the models themselves use these."""

from datetime import date

from django.core.validators import MinValueValidator, RegexValidator, URLValidator
from django.utils.translation import gettext_lazy as _

# Rp1,000 triliun, several times what all missions together announced. SQLite adds up more than
# nine thousand such amounts before its integers overflow.
MAX_RUPIAH = 10**15
CONTROL_CHARACTERS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f"

# They cannot be seen, turn the text beside them round, or make two names look the same.
INVISIBLE_CHARACTERS = "\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff"

# Feeds and spreadsheets that contain a control character cannot be opened.
printable = RegexValidator(
    rf"[{CONTROL_CHARACTERS}{INVISIBLE_CHARACTERS}]",
    _("This text contains a character that cannot be printed. Type it again."),
    code="control_character",
    inverse_match=True,
)
web_address = URLValidator(schemes=["http", "https"])
since_independence = MinValueValidator(
    date(1945, 8, 17), _("This date is too early to be right.")
)
lower_case_slug = RegexValidator(
    r"^[a-z0-9]+(-[a-z0-9]+)*\Z",
    _("Write small letters, digits and hyphens, for example jatim-bali-2024."),
)
