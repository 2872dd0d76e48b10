import re

# What a page says from fields of its own: the stage and the hour.
TOLD = re.compile(
    r"interim|final|corrected|quoted later|reported|year review|participants only"
    r"|no value published|sementara|akhir|koreksi|dikutip"
    r"|(\d\d\.\d\d-)?\d\d\.\d\d( WIB| WITA| WIT)?",
    re.IGNORECASE,
)


def added_note(as_of_text):
    """What the words of an `as_of` column add to the stage and the hour; "" when nothing.

    Notes of the shipped file are in the catalogues: bin/messages reads them with this function.
    """
    pieces = [piece.strip() for piece in as_of_text.split(";")]
    return "; ".join(piece for piece in pieces if not TOLD.fullmatch(piece))
