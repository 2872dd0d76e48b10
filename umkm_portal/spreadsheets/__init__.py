"""Reads the lists that offices keep, as CSV or Excel workbooks, into rows of text, and writes the
templates for them. What the texts mean is for each import to say."""

from .tables import Table, map_columns, read_table, sheet_names
from .templates import template_file

__all__ = ["Table", "map_columns", "read_table", "sheet_names", "template_file"]
