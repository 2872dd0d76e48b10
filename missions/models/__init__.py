from .count import CountSnapshot
from .dates import DatePrecision
from .mission import Mission, MissionCommodity

__all__ = ["CountSnapshot", "DatePrecision", "Mission", "MissionCommodity"]
