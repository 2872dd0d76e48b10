"""The map of the directory: a dot for each regency and city, larger where more was found."""

from collections import Counter
from dataclasses import dataclass
from math import sqrt

from businesses.directory import PROVINCE, REGENCY, facet
from businesses.models import Province, Regency

WEST, NORTH, SCALE = 94.8, 6.4, 21.5
WIDTH, HEIGHT = 1000, 380
# Of the width of what is shown.
SMALLEST, LARGEST, GROUND, MARGIN = 0.006, 0.022, 0.007, 0.06


@dataclass(frozen=True)
class Dot:
    regency: Regency
    count: int
    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class Map:
    view_box: str
    ground: str
    ground_width: float
    dots: list[Dot]
    # [(province or regency, how many), …], most first
    places: list[tuple]
    is_of_province: bool


def draw_map(facets, province_code):
    regencies = list(Regency.objects.order_by("code"))
    shown = [one for one in regencies if one.province_id == province_code] or regencies
    left, top, width, height = _frame(shown)
    counts = {one: facets[facet(REGENCY, one.pk)] for one in shown}
    full = max(counts.values(), default=0) or 1
    dots = [
        Dot(one, count, *_point(one), _radius(count / full) * width)
        for one, count in counts.items()
        if count
    ]
    is_of_province = len(shown) < len(regencies)
    return Map(
        view_box=f"{left:.0f} {top:.0f} {width:.0f} {height:.0f}",
        ground="".join("M{:.0f} {:.0f}h0".format(*_point(one)) for one in regencies),
        ground_width=round(GROUND * width, 1),
        dots=sorted(dots, key=lambda dot: -dot.count),
        places=_most_first(counts if is_of_province else _provinces(facets)),
        is_of_province=is_of_province,
    )


def _point(regency):
    x = (float(regency.longitude) - WEST) * SCALE
    y = (NORTH - float(regency.latitude)) * SCALE
    return round(x, 1), round(y, 1)


def _frame(regencies):
    """The part of the map to show, in its own proportions, however the regencies lie."""
    points = [_point(one) for one in regencies]
    if not points:
        return 0, 0, WIDTH, HEIGHT
    xs, ys = zip(*points, strict=True)
    wanted = max(max(xs) - min(xs), (max(ys) - min(ys)) * WIDTH / HEIGHT, 20)
    width = min(wanted * (1 + 2 * MARGIN), WIDTH)
    height = width * HEIGHT / WIDTH
    middle_x, middle_y = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
    return middle_x - width / 2, middle_y - height / 2, width, height


def _radius(share):
    """The area of a dot says how many, down to a size that can still be seen."""
    return max(LARGEST * sqrt(share), SMALLEST)


def _provinces(facets):
    return Counter(
        {one: facets[facet(PROVINCE, one.pk)] for one in Province.objects.all()}
    )


def _most_first(counts):
    found = [(place, count) for place, count in counts.items() if count]
    return sorted(found, key=lambda item: (-item[1], item[0].pk))
