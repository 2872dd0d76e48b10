from umkm_portal.exports import CONTENT_TYPES

from .tables import TABLES


class ExtensionConverter:
    regex = "|".join(CONTENT_TYPES)

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


class TableConverter(ExtensionConverter):
    regex = "|".join(TABLES)
