from umkm_portal.converters import ExtensionConverter

from .tables import TABLES


class TableConverter(ExtensionConverter):
    regex = "|".join(TABLES)
