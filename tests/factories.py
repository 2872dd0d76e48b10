"""Every factory of the house. Provinces and sectors are real ones: their names mean something."""

from datetime import date

import factory
from factory.django import DjangoModelFactory

from businesses import reference
from businesses.models import CommodityGroup, Province, Regency, Sector
from missions.deals.models import Deal
from missions.models import CountSnapshot, Mission, MissionCommodity
from missions.services import record_count
from umkm_portal.accounts.models import Appointment, User

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
        return model_class.objects.create_user(*args, **kwargs)


class AppointmentFactory(DjangoModelFactory):
    """`AppointmentFactory(role=…, province=…).user` is an official of that province."""

    user = factory.SubFactory(UserFactory)
    role = Appointment.Role.PROVINCE_ADMIN
    province = factory.SubFactory(ProvinceFactory, code="35")

    class Meta:
        model = Appointment


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
