from umkm_portal.outbox.links import PATTERN


class LinkConverter:
    """The token of a link in a message; no other secret address of the portal has a dot."""

    regex = PATTERN

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value
