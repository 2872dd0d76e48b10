"""Every factory of the house. Provinces and sectors are real ones: their names mean something."""

from datetime import date, datetime, time, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import factory
from allauth.mfa.models import Authenticator
from django.utils import timezone
from factory.django import DjangoModelFactory
from PIL import Image

from businesses import reference
from businesses.consents import give_consent
from businesses.models import (
    Business,
    Certificate,
    Check,
    CommodityGroup,
    Consent,
    Contact,
    Listing,
    Membership,
    Photo,
    Product,
    Province,
    Regency,
    Sector,
    VerificationRequest,
)
from businesses.photos import add_photo
from businesses.services import publish_listing
from businesses.units import Unit
from missions.deals.models import Deal
from missions.meetings.models import Match, MeetingRequest, ScoreRun
from missions.meetings.weights import UNKNOWN, Component
from missions.models import (
    CountSnapshot,
    Mission,
    MissionCommodity,
    Participation,
    Registration,
    Slot,
)
from missions.services import record_count
from umkm_portal.accounts.models import Appointment, User
from umkm_portal.management.commands.create_example_logins import TOTP_SECRET
from umkm_portal.uploads.photos import photo_of

PROVINCES = {facts["code"]: facts for facts in reference.provinces()}


def fact(name):
    """The shipped fact `name` of the province that has the factory's code."""
    return factory.LazyAttribute(lambda province: PROVINCES[province.code][name])


class ProvinceFactory(DjangoModelFactory):
    """ProvinceFactory(code="35") is Jawa Timur, made once; without a code the next of the 38."""

    code = factory.Sequence(lambda n: list(PROVINCES)[n % len(PROVINCES)])
    name = fact("name")
    short_name = fact("short_name")
    name_en = fact("name_en")
    iso_code = fact("iso_code")
    capital = fact("capital")
    timezone = fact("timezone")
    latitude = fact("latitude")
    longitude = fact("longitude")
    capital_latitude = fact("capital_latitude")
    capital_longitude = fact("capital_longitude")

    class Meta:
        model = Province
        django_get_or_create = ["code"]


class RegencyFactory(DjangoModelFactory):
    province = factory.SubFactory(ProvinceFactory, code="35")
    code = factory.Sequence(lambda n: f"35.{n % 100:02d}")
    name = factory.Sequence(lambda n: f"Kabupaten Contoh {n}")
    short_name = factory.Sequence(lambda n: f"Contoh {n}")
    kind = Regency.Kind.KABUPATEN
    latitude = "-7.50000"
    longitude = "112.50000"

    class Meta:
        model = Regency


class SectorFactory(DjangoModelFactory):
    slug = factory.Sequence(lambda n: f"sektor-{n}")
    name = factory.LazyAttribute(lambda sector: f"Sektor {sector.slug}")
    name_en = factory.LazyAttribute(lambda sector: f"Sector {sector.slug}")

    class Meta:
        model = Sector
        django_get_or_create = ["slug"]


class CommodityGroupFactory(DjangoModelFactory):
    slug = factory.Sequence(lambda n: f"komoditas-{n}")
    name = factory.LazyAttribute(lambda group: f"Komoditas {group.slug}")
    name_en = factory.LazyAttribute(lambda group: f"Commodity {group.slug}")
    sector = factory.SubFactory(SectorFactory)
    typical_unit = "ton"

    class Meta:
        model = CommodityGroup


class UserFactory(DjangoModelFactory):
    """Signs in with `client.force_login`; give `password=` only where a test types it."""

    name = factory.Sequence(lambda n: f"Pengguna {n}")
    email = factory.Sequence(lambda n: f"pengguna{n}@contoh.id")

    class Meta:
        model = User

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        with_factor = kwargs.pop("second_factor", kwargs.get("is_superuser", False))
        user = model_class.objects.create_user(*args, **kwargs)
        if with_factor:
            give_second_factor(user)
        return user


def give_second_factor(user):
    """As an authenticator app does; without one no official gets into the admin."""
    Authenticator.objects.get_or_create(
        user=user,
        type=Authenticator.Type.TOTP,
        defaults={"data": {"secret": TOTP_SECRET}},
    )
    vars(user).pop("has_second_factor", None)


class AppointmentFactory(DjangoModelFactory):
    """`AppointmentFactory(role=…, province=…).user` is an official of that province, who has a
    second factor unless `second_factor=False`: `client.force_login(…)` opens the admin."""

    user = factory.SubFactory(UserFactory)
    role = Appointment.Role.PROVINCE_ADMIN
    province = factory.SubFactory(ProvinceFactory, code="35")

    class Meta:
        model = Appointment
        skip_postgeneration_save = True

    @factory.post_generation
    def second_factor(self, create, wanted):
        if create and wanted is not False:
            give_second_factor(self.user)


class BusinessFactory(DjangoModelFactory):
    """A draft in Jawa Timur without people; `published=True` gives it an owner and a public page."""

    name = factory.Sequence(lambda n: f"Kopi Usaha {n}")
    province = factory.SubFactory(ProvinceFactory, code="35")
    sells = "kopi sangrai"

    class Meta:
        model = Business
        skip_postgeneration_save = True

    @factory.post_generation
    def owner(self, create, user):
        if user:
            MembershipFactory(business=self, user=user)

    @factory.post_generation
    def published(self, create, is_published):
        if is_published:
            owner = self.memberships.first() or MembershipFactory(business=self)
            give_consent(self, Consent.Purpose.PROFILE, by=owner.user)
            self.refresh_from_db()


class MembershipFactory(DjangoModelFactory):
    business = factory.SubFactory(BusinessFactory)
    user = factory.SubFactory(UserFactory)
    role = Membership.Role.OWNER

    class Meta:
        model = Membership


class ContactFactory(DjangoModelFactory):
    """Private; `public_by=user` records that user's consent to publish it."""

    business = factory.SubFactory(BusinessFactory)
    kind = Contact.Kind.WHATSAPP
    value = factory.Sequence(lambda n: f"+62812345{n:05d}")

    class Meta:
        model = Contact
        skip_postgeneration_save = True

    @factory.post_generation
    def public_by(self, create, user):
        if user:
            give_consent(self.business, Consent.Purpose.CONTACT, by=user, contact=self)


class ProductFactory(DjangoModelFactory):
    business = factory.SubFactory(BusinessFactory)
    name = factory.Sequence(lambda n: f"Kopi bubuk {n}")
    unit = Unit.KILOGRAM
    price = 85_000
    capacity = 500

    class Meta:
        model = Product


class PhotoFactory(DjangoModelFactory):
    """A grey picture, sent as every photo is: encoded anew and with a thumbnail."""

    business = factory.SubFactory(BusinessFactory)
    kind = Photo.Kind.PLACE
    size = (800, 600)

    class Meta:
        model = Photo

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        content = BytesIO()
        Image.new("RGB", kwargs.pop("size"), "grey").save(content, "JPEG")
        picture = photo_of(content.getvalue())
        return add_photo(kwargs.pop("business"), picture, **kwargs)


class CertificateFactory(DjangoModelFactory):
    business = factory.SubFactory(BusinessFactory)
    kind = Certificate.Kind.HALAL
    number = factory.Sequence(lambda n: f"ID3511000{n:09d}")

    class Meta:
        model = Certificate


class ListingFactory(DjangoModelFactory):
    """A draft offer; `open=True` publishes it."""

    business = factory.SubFactory(BusinessFactory)
    kind = Listing.Kind.OFFER
    title = factory.Sequence(lambda n: f"Kopi robusta {n}")
    quantity = 2
    unit = Unit.TONNE
    delivers_everywhere = True

    class Meta:
        model = Listing
        skip_postgeneration_save = True

    @factory.post_generation
    def open(self, create, is_open):
        if is_open:
            publish_listing(self)
            self.refresh_from_db()


class VerificationRequestFactory(DjangoModelFactory):
    """Waits for an official; the business has a NIB and an owner who asked."""

    business = factory.SubFactory(
        BusinessFactory, nib=factory.Sequence(lambda n: f"{n:013}")
    )

    class Meta:
        model = VerificationRequest

    @classmethod
    def _create(cls, model_class, *args, business, **kwargs):
        owner = business.memberships.first() or MembershipFactory(business=business)
        asked = {"business": business, "submitted_by": owner.user, **kwargs}
        return super()._create(model_class, *args, **asked)


class CheckFactory(DjangoModelFactory):
    """The NIB of a business, found in OSS today."""

    business = factory.SubFactory(
        BusinessFactory, nib=factory.Sequence(lambda n: f"{n:013}")
    )
    subject = Check.Subject.NIB
    value = factory.SelfAttribute("business.nib")
    stated = factory.SelfAttribute("business.name")
    source = Check.Source.OSS
    checked_by = factory.SubFactory(UserFactory)
    valid_until = factory.LazyFunction(
        lambda: timezone.localdate() + timedelta(days=365)
    )

    class Meta:
        model = Check

    @classmethod
    def _create(cls, model_class, *args, business, **kwargs):
        if kwargs["subject"] == Check.Subject.NIB:
            business.is_nib_verified = True
            business.save()
        return super()._create(model_class, *args, business=business, **kwargs)


def check_of(certificate):
    return CheckFactory(
        business=certificate.business,
        subject=Check.Subject.CERTIFICATE,
        certificate=certificate,
        certificate_kind=certificate.kind,
        value=certificate.number,
        stated=certificate.name,
        source=Check.Source.BPJPH,
    )


class MissionFactory(DjangoModelFactory):
    """A closed, hence public mission of Jawa Timur to Kalimantan Timur."""

    slug = factory.Sequence(lambda n: f"jatim-kaltim-contoh-{n}")
    initiator_province = factory.SubFactory(ProvinceFactory, code="35")
    host_province = factory.SubFactory(ProvinceFactory, code="64")
    theme = "Meningkatkan Jejaring Konektivitas"
    venue = "Swiss-Belhotel"
    city = "Balikpapan"
    starts_on = date(2025, 5, 8)
    timezone = Province.Timezone.WITA
    status = Mission.Status.CLOSED

    class Meta:
        model = Mission
        skip_postgeneration_save = True

    @factory.post_generation
    def partner_provinces(self, create, provinces):
        """The host, unless provinces are given."""
        if not create:
            return
        if provinces is None:
            provinces = [self.host_province] if self.host_province else []
        self.partner_provinces.set(provinces)


class CountSnapshotFactory(DjangoModelFactory):
    """Recorded as every count is, so that position and fingerprint are right."""

    mission = factory.SubFactory(MissionFactory)
    stage = CountSnapshot.Stage.FINAL
    total = 666_000_000_000
    source_url = factory.Sequence(lambda n: f"https://berita.contoh.id/{n}")

    class Meta:
        model = CountSnapshot

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        by = kwargs.pop("recorded_by", None)
        return record_count(model_class(*args, **kwargs), by=by)


class MissionCommodityFactory(DjangoModelFactory):
    mission = factory.SubFactory(MissionFactory)
    name = factory.Sequence(lambda n: f"kopi {n}")
    sector = factory.SubFactory(SectorFactory)

    class Meta:
        model = MissionCommodity


class DealFactory(DjangoModelFactory):
    """A reported deal of a mission that names both parties."""

    mission = factory.SubFactory(MissionFactory)
    seller_name = factory.Sequence(lambda n: f"PT Penjual {n}")
    seller_province = factory.SubFactory(ProvinceFactory, code="35")
    buyer_name = factory.Sequence(lambda n: f"PT Pembeli {n}")
    buyer_province = factory.SubFactory(ProvinceFactory, code="64")
    commodity = "kopi"
    value = 1_500_000_000
    direction = Deal.Direction.SALE
    source_url = factory.Sequence(lambda n: f"https://berita.contoh.id/transaksi/{n}")

    class Meta:
        model = Deal

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        deal = model_class(*args, **kwargs)
        event = deal.mission.slug if deal.mission else deal.event
        deal.fingerprint = deal.compute_fingerprint(event)
        deal.save(force_insert=True)
        return deal


class RegistrationFactory(DjangoModelFactory):
    """Open now, of a mission two months ahead."""

    mission = factory.SubFactory(
        MissionFactory,
        status=Mission.Status.REGISTRATION,
        starts_on=factory.LazyFunction(
            lambda: timezone.localdate() + timedelta(days=60)
        ),
    )
    opens_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))
    closes_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=30))

    class Meta:
        model = Registration


class SlotFactory(DjangoModelFactory):
    """Twenty minutes on the first day of the mission, one after the other from 09.00 in its zone."""

    mission = factory.SubFactory(MissionFactory)
    number = factory.LazyAttribute(lambda slot: slot.mission.slots.count())

    class Meta:
        model = Slot

    @classmethod
    def _create(cls, model_class, *args, mission, number, **kwargs):
        zone = ZoneInfo(mission.timezone)
        nine = datetime.combine(mission.starts_on, time(9), zone)
        starts_at = nine + number * timedelta(minutes=20)
        kwargs.setdefault("starts_at", starts_at)
        kwargs.setdefault("ends_at", kwargs["starts_at"] + timedelta(minutes=20))
        return super()._create(model_class, *args, mission=mission, **kwargs)


class ParticipationFactory(DjangoModelFactory):
    """An accepted seller with an owner; `listings=[…]` and `free=[slots]` as a form would set them."""

    mission = factory.SubFactory(MissionFactory, status=Mission.Status.CURATION)
    business = factory.SubFactory(BusinessFactory, published=True)
    side = Participation.Side.SELLER
    status = Participation.Status.ACCEPTED
    decided_at = factory.LazyAttribute(
        lambda participation: (
            None
            if participation.status == Participation.Status.APPLIED
            else timezone.now()
        )
    )

    class Meta:
        model = Participation
        skip_postgeneration_save = True

    @factory.post_generation
    def listings(self, create, listings):
        if listings:
            self.listings.set(listings)

    @factory.post_generation
    def free(self, create, slots):
        if slots is not None:
            self.free_slots.set(slots)
            self.availability_at = timezone.now()
            self.save()


class ScoreRunFactory(DjangoModelFactory):
    mission = factory.SubFactory(MissionFactory)
    state = ScoreRun.State.DONE

    class Meta:
        model = ScoreRun


class MatchFactory(DjangoModelFactory):
    """Of the finished scoring of the mission; about nothing is anything known."""

    run = factory.SubFactory(ScoreRunFactory)
    seller = factory.SubFactory(
        ParticipationFactory, mission=factory.SelfAttribute("..run.mission")
    )
    buyer = factory.SubFactory(
        ParticipationFactory,
        mission=factory.SelfAttribute("..run.mission"),
        side=Participation.Side.BUYER,
    )
    score = 500
    facts = factory.LazyAttribute(
        lambda match: {
            "offer": "kopi",
            "need": "kopi robusta",
            "fit": "words",
            "alike": 80,
            "quantity": {},
            "price": {},
            "required": None,
            "reach": "unsaid",
            "deals": None,
            "from": match.seller.business.province_id,
            "home": match.buyer.business.province_id,
            "lane": "sea",
            "km": 900,
            "met": "new",
        }
    )

    class Meta:
        model = Match

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        points = dict.fromkeys(Component.values, UNKNOWN)
        return super()._create(model_class, *args, **points | kwargs)


class MeetingRequestFactory(DjangoModelFactory):
    """Waits for the buyer's answer; services make and answer real ones."""

    sender = factory.SubFactory(ParticipationFactory)
    receiver = factory.SubFactory(
        ParticipationFactory,
        mission=factory.SelfAttribute("..sender.mission"),
        side=Participation.Side.BUYER,
    )
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(hours=48))
    closed_at = factory.LazyAttribute(
        lambda request: (
            None if request.status == MeetingRequest.Status.PENDING else timezone.now()
        )
    )
    status = MeetingRequest.Status.PENDING
    reason = factory.LazyAttribute(
        lambda request: (
            "Stok sedang habis"
            if request.status
            in (MeetingRequest.Status.DECLINED, MeetingRequest.Status.CANCELLED)
            else ""
        )
    )

    class Meta:
        model = MeetingRequest
