"""What stands in addresses of all rooms."""

from .exports import CONTENT_TYPES


class ExtensionConverter:
    """The kinds of file that can be downloaded; any other address does not exist."""

    regex = "|".join(CONTENT_TYPES)

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value
