from .associations import MemberFirm
from .business import Business, BusinessActivity
from .contacts import Approval, Consent, Contact
from .daily import DailyRun
from .directory import (
    DirectoryEntry,
    DirectoryShelf,
    DirectoryVariant,
    DirectoryWord,
)
from .imports import ImportFile, ImportRefusal
from .listings import Listing, ListingCertificate
from .offers import Certificate, Photo, Product
from .people import Invitation, Membership
from .reference import (
    ClassificationCode,
    CommodityGroup,
    Province,
    Regency,
    Sector,
    in_active_language,
)
from .verification import Check, FileOpening, VerificationRequest

__all__ = [
    "Approval",
    "Business",
    "BusinessActivity",
    "Certificate",
    "Check",
    "ClassificationCode",
    "CommodityGroup",
    "Consent",
    "Contact",
    "DailyRun",
    "DirectoryEntry",
    "DirectoryShelf",
    "DirectoryVariant",
    "DirectoryWord",
    "FileOpening",
    "ImportFile",
    "ImportRefusal",
    "Invitation",
    "Listing",
    "ListingCertificate",
    "MemberFirm",
    "Membership",
    "Photo",
    "Product",
    "Province",
    "Regency",
    "Sector",
    "VerificationRequest",
    "in_active_language",
]
