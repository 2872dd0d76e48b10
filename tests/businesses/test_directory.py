from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from hypothesis import assume, given, settings, strategies as st

from businesses import directory
from businesses.consents import withdraw_consent
from businesses.directory import (
    facet,
    in_name,
    rebuild,
    refresh,
    refresh_stale,
    reshelve,
)
from businesses.models import (
    Business,
    Certificate,
    Check,
    Consent,
    DirectoryEntry,
    DirectoryVariant,
    DirectoryWord,
)
from businesses.search import MOST_NAMESAKES, matching, search
from businesses.services import close_listing
from businesses.words import can_be_mistyped, words_of
from tests.factories import (
    BusinessFactory,
    CertificateFactory,
    CheckFactory,
    CommodityGroupFactory,
    ContactFactory,
    ListingFactory,
    ProductFactory,
    ProvinceFactory,
    RegencyFactory,
    SectorFactory,
)

pytestmark = pytest.mark.django_db


def listed(**facts):
    return BusinessFactory(**{"published": True, "sells": "", **facts})


def found(text="", *facets):
    return list(Business.objects.filter(pk__in=search(text, facets).pks))


def test_it_holds_what_is_published_and_nothing_else():
    draft = BusinessFactory(name="Madu Rahasia")
    refresh(draft)

    assert found("madu") == []
    assert not DirectoryEntry.objects.exists()
    assert not DirectoryWord.objects.filter(text="madu").exists()


def test_it_holds_no_contact_description_or_number():
    business = listed(
        nib="9120001234567", description="Hubungi Ibu Siti", capacity="6 ton"
    )
    ContactFactory(business=business, value="+628123456789")
    refresh(business)

    for text in ("9120001234567", "siti", "628123456789", "081234"):
        assert search(text).pks == []


@pytest.mark.parametrize(
    "text",
    [
        "melati",
        "Sumber Melati",
        "penjual anyaman",
        "menganyam",
        "benang",
        "taplak meja",
        "sulaman",
        "kerajinan",
        "perajin",
        "handicrafts",
        "crafts",
        "surabaya",
        "jawa timur",
        "east java",
        "halal",
        "yang jual sulaman di surabaya",
        "taplak-meja",
        "mel",
        "melti",
        "anyamn",
        "surabya",
        "handicraft",
        "SULAMAN!!",
    ],
)
def test_a_business_is_found_by_what_it_is_and_does(text):
    sector = SectorFactory(slug="kerajinan", name="Kerajinan", name_en="Crafts")
    group = CommodityGroupFactory(
        name="Kerajinan tangan", name_en="Handicrafts", sector=sector
    )
    business = listed(
        name="Sumber Melati",
        sells="anyaman bambu",
        seeks="benang katun",
        regency=RegencyFactory(name="Kota Surabaya"),
    )
    ProductFactory(business=business, name="Taplak meja", commodity=group)
    CertificateFactory(business=business, kind=Certificate.Kind.HALAL)
    ListingFactory(business=business, title="Kain sulaman", open=True)
    listed(name="Toko Lain", sells="semen", province=ProvinceFactory(code="51"))

    assert found(text) == [business]


@pytest.mark.parametrize("text", ["gandum", "bambu gandum", "xyz", "kereta api"])
def test_what_nobody_has_is_not_found(text):
    listed(name="Sumber Melati", sells="anyaman bambu")

    assert found(text) == []


def test_a_mistyped_word_says_what_it_was_taken_for():
    listed(name="Kopi Gayo")

    result = search("kopo gayo")

    assert [(word.typed, word.meant) for word in result.corrected] == [
        ("kopo", ("kopi",))
    ]
    assert search("kopi").corrected == []


def test_a_word_like_no_other_is_named():
    listed(name="Kopi Gayo")

    assert [word.typed for word in search("kopi zzzzzz").unknown] == ["zzzzzz"]


def test_words_that_all_say_count_only_alone():
    business = listed(name="Untuk Semua")

    assert found("untuk") == [business]
    assert found("semua dari") == [business]


def test_facets_narrow_together():
    bali = ProvinceFactory(code="51")
    group = CommodityGroupFactory(slug="kopi-teh")
    business = listed(province=bali, size="small", size_basis="sales")
    ProductFactory(business=business, commodity=group)
    refresh(business)
    listed(province=bali)
    listed()

    assert len(found("", facet(directory.PROVINCE, "51"))) == 2
    for chosen in (
        [facet(directory.SIZE, "small")],
        [facet(directory.COMMODITY, "kopi-teh"), facet(directory.PROVINCE, "51")],
        [facet(directory.SECTOR, group.sector_id)],
    ):
        assert found("", *chosen) == [business]
    assert found("", facet(directory.COMMODITY, "karet")) == []


def test_facets_are_counted_and_examples_apart():
    listed()
    refresh(listed(is_example=True))

    result = search()

    assert len(result.pks) == 2
    assert result.facets[facet(directory.PROVINCE, "35")] == 1
    assert (result.count, result.examples) == (1, 1)


def test_checked_and_complete_come_first_and_examples_last():
    example = listed(is_example=True, nib="9120001234567")
    plain, checked = listed(), listed(nib="9120001234568")
    for business in (example, checked):
        CheckFactory(business=business)
        refresh(business)

    assert search().pks == [checked.pk, plain.pk, example.pk]
    assert found("", facet(directory.VERIFIED, directory.YES)) == [example, checked]


def test_who_has_the_word_in_the_name_comes_first():
    elsewhere = listed(name="Toko Satu", sells="kopi", nib="9120001234567")
    CheckFactory(business=elsewhere)
    refresh(elsewhere)
    named = listed(name="Kopi Gayo")

    assert search("kopi").pks == [named.pk, elsewhere.pk]


def test_a_long_result_is_cut_and_says_so(monkeypatch):
    monkeypatch.setattr("businesses.search.MOST", 2)
    for _number in range(3):
        listed(sells="kopi")

    result = search("kopi")

    assert (len(result.pks), result.is_cut) == (2, True)
    assert matching("kopi").count() == 3
    assert MOST_NAMESAKES > 2


def test_what_is_cut_off_counts_only_if_it_is_real(monkeypatch):
    monkeypatch.setattr("businesses.search.MOST", 3)
    monkeypatch.setattr("businesses.search.MOST_NAMESAKES", 1)
    for _number in range(3):
        refresh(listed(is_example=True))
    listed()
    assert (search().count, search().counts_all) == (1, True)

    listed(), listed(), listed()

    assert not search().counts_all


def test_the_longest_slug_is_a_facet():
    group = CommodityGroupFactory(slug="k" * 50, sector=SectorFactory(slug="s" * 50))
    business = listed()
    ProductFactory(business=business, commodity=group)
    refresh(business)

    assert found("", facet(directory.SECTOR, "s" * 50)) == [business]


def test_what_expires_leaves_the_entry_the_day_after(time_machine):
    time_machine.move_to("2027-01-12 10:00+07:00", tick=False)
    today = timezone.localdate()
    business = listed(nib="9120001234567")
    CheckFactory(business=business, valid_until=today)
    CertificateFactory(business=business, expires_on=today + timedelta(days=5))
    refresh(business)
    halal = facet(directory.CERTIFICATE, "halal")
    verified = facet(directory.VERIFIED, directory.YES)

    time_machine.shift(timedelta(days=1))
    assert refresh_stale() == 1
    assert (found("", verified), found("", halal)) == ([], [business])

    time_machine.shift(timedelta(days=5))
    assert refresh_stale() == 1
    assert found("", halal) == []
    assert refresh_stale() == 0


def test_a_closed_listing_is_no_longer_found():
    listing = ListingFactory(business=listed(), title="Sulaman", open=True)
    assert found("sulaman") == [listing.business]

    close_listing(listing)

    assert found("sulaman") == []


def test_a_withdrawn_name_is_forgotten():
    business, other = listed(name="Siti Aminah"), listed(name="Siti Jaya")
    consent = business.consents.get(purpose=Consent.Purpose.PROFILE)

    withdraw_consent(consent, by=consent.given_by)

    kept = set(DirectoryWord.objects.values_list("text", flat=True))
    assert not kept & {"aminah", in_name("aminah")}
    assert {"siti", "jaya"} <= kept
    assert not DirectoryVariant.objects.filter(text="aminah").exists()
    assert search("amina").corrected == []
    assert found("siti") == [other]


def test_rebuilding_mends_whatever_was_wrong():
    business, gone = listed(name="Kopi Gayo"), listed(name="Teh Solok")
    Business.objects.filter(pk=gone.pk).update(published_at=None)
    DirectoryEntry.objects.filter(pk=business.pk).delete()

    assert rebuild() == 1

    assert found("gayo") == [business]
    assert found("solok") == []
    assert not DirectoryWord.objects.filter(text="solok").exists()


def test_shelves_hold_the_best_and_change_no_result(monkeypatch):
    monkeypatch.setattr("businesses.directory.SHELVES", (2, 4))
    businesses = [
        listed(name=f"Usaha {number}", sells="kopi" if number % 2 else "teh")
        for number in range(7)
    ]
    before = search("kopi").pks, search().pks
    for number, business in enumerate(businesses):
        DirectoryEntry.objects.filter(pk=business.pk).update(rank=number)

    assert reshelve() == 5
    assert reshelve() == 0

    best_first = [business.pk for business in reversed(businesses)]
    shelves = DirectoryEntry.objects.order_by("-rank").values_list("shelf", flat=True)
    assert list(shelves) == [0, 0, 1, 1, 2, 2, 2]
    assert search().pks == best_first
    assert set(search("kopi").pks) == set(before[0])
    monkeypatch.setattr("businesses.search.MOST", 2)
    assert search("kopi").pks == [businesses[5].pk, businesses[3].pk]


def test_refreshing_twice_changes_nothing():
    business = listed(name="Kopi Gayo")
    before = list(DirectoryEntry.objects.values()), DirectoryWord.objects.count()

    refresh(business)

    after = list(DirectoryEntry.objects.values()), DirectoryWord.objects.count()
    assert after == before


@pytest.mark.parametrize("count", [1, 3])
def test_searching_needs_four_queries_however_many_are_found(
    count, django_assert_num_queries
):
    for _number in range(count):
        listed(name="Kopi Gayo")

    with django_assert_num_queries(4):
        assert len(search("kopi", [facet(directory.PROVINCE, "35")]).pks) == count


@pytest.mark.parametrize("count", [1, 3])
def test_refreshing_many_needs_as_many_queries_as_one(
    count, django_assert_max_num_queries
):
    for _number in range(count):
        ProductFactory(business=listed(), commodity=CommodityGroupFactory())
    rebuild()

    with django_assert_max_num_queries(15):
        assert directory.refresh_all(Business.objects.all()) == count


def test_a_code_is_found_only_where_it_is():
    codes = {DirectoryWord.code_of(pk): pk for pk in range(1, 5000)}

    assert len(codes) == 4999
    assert {len(code) for code in codes} == {5}
    assert all(DirectoryWord.pk_of(code) == pk for code, pk in codes.items())


@settings(max_examples=40)
@given(st.text(max_size=60))
def test_no_text_breaks_the_search_or_finds_what_is_not_published(text):
    draft = BusinessFactory(name="Madu Rahasia")
    listed(name="Kopi Gayo")

    result = search(text)

    assert draft.pk not in result.pks
    assert set(result.pks) <= set(
        Business.objects.published().values_list("pk", flat=True)
    )
    assert set(matching(text).values_list("pk", flat=True)) == set(result.pks)


letters = st.characters(codec="ascii", categories=["Ll"])
names = st.lists(st.text(letters, min_size=3, max_size=12), min_size=1, max_size=4)


@settings(max_examples=40)
@given(names, st.data())
def test_any_word_of_a_name_finds_it_with_one_slip(words, data):
    Business.objects.all().delete()
    rebuild()
    business = listed(name=" ".join(words))
    word = data.draw(st.sampled_from(words_of(business.name)))
    place = data.draw(st.integers(0, len(word) - 1))
    typed = word[:place] + data.draw(letters) + word[place + 1 :]
    assume(can_be_mistyped(typed))

    assert business.pk in search(typed).pks


def test_examples_come_and_go_with_commands(capsys):
    call_command("load_reference")
    kept = listed(name="Kopi Gayo")

    call_command("seed_businesses", "30", "--seed", "7")

    examples = Business.objects.filter(is_example=True)
    assert examples.count() == 30
    assert all("(contoh)" in business.name for business in examples)
    assert search().examples == 30
    first = list(examples.order_by("pk").values_list("name", "regency"))
    call_command("remove_example_businesses")
    assert list(Business.objects.all()) == [kept]
    assert found() == [kept]
    call_command("seed_businesses", "30", "--seed", "7")
    assert list(examples.order_by("pk").values_list("name", "regency")) == first
    call_command("rebuild_directory")
    assert "31" in capsys.readouterr().out


def test_examples_satisfy_every_rule_of_their_models():
    call_command("load_reference")
    call_command("seed_businesses", "25")

    for business in Business.objects.all():
        business.full_clean()
        for row in (*business.products.all(), *business.listings.all()):
            row.full_clean()
    assert Check.objects.valid().count() == Check.objects.count() > 0


@pytest.mark.postgres
def test_postgresql_answers_from_the_trigram_index():
    listed(name="Kopi Gayo")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")

    plan = matching("kopi", [facet(directory.PROVINCE, "35")]).order_by().explain()

    assert "directory_entry_trigrams" in plan
