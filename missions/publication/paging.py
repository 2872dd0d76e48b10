"""Pages of a list that may be long: nobody waits for a count that nobody reads."""

from django.core.paginator import Paginator

MOST = 1000


class CappedPaginator(Paginator):
    """The pages of the first MOST rows; `has_more` says that there are others behind them."""

    def __init__(self, rows, per_page):
        pks = list(rows.values_list("pk", flat=True)[: MOST + 1])
        self.rows = rows
        self.has_more = len(pks) > MOST
        super().__init__(pks[:MOST], per_page)

    def page(self, number):
        page = super().page(number)
        rows = self.rows.in_bulk(page.object_list)
        page.object_list = [rows[pk] for pk in page.object_list if pk in rows]
        return page
