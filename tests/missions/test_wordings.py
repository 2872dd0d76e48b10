"""How a province words its messages: /petugas/pesan/."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import override

from missions import wordings
from missions.letters import PLACE, fill, write
from missions.models import MessageWording
from missions.wording import ALWAYS, KINDS, own_wordings, words
from tests.factories import (
    AppointmentFactory,
    ParticipationFactory,
    ProvinceFactory,
    UserFactory,
)
from umkm_portal.accounts.models import Appointment

pytestmark = pytest.mark.django_db
Language = MessageWording.Language
LIST = reverse("missions:wordings")
ACCEPTED = KINDS["accepted"]
OWN = "Selamat, {business} ikut {mission}. Lihat: {link}"


@pytest.fixture
def admin():
    return AppointmentFactory(role=Appointment.Role.PROVINCE_ADMIN).user


@pytest.fixture
def province(admin):
    return admin.appointments.get().province


@pytest.fixture
def office(client, admin):
    client.force_login(admin)
    return client


def page_of(province, kind="accepted", name="wording_edit"):
    return reverse(f"missions:{name}", args=[province.pk, kind])


def typed(**changes):
    form = {"subject_id": "Selamat", "text_id": OWN, "subject_en": "", "text_en": ""}
    return form | changes


# The words that ship


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.key)
@pytest.mark.parametrize("language", Language)
def test_the_words_that_ship_keep_the_rules_of_the_page(kind, language):
    subject, text = wordings.shipped(kind, language)

    wordings.check_subject(kind, subject)
    wordings.check_text(kind, text, language)
    assert len(subject) <= MessageWording._meta.get_field("subject").max_length
    assert len(text) <= MessageWording._meta.get_field("text").max_length
    assert "link" in PLACE.findall(text)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.key)
def test_every_place_has_a_sample_for_the_preview(kind):
    assert set(wordings.allowed_places(kind)) - {"link"} <= wordings.SAMPLES.keys()
    shown = wordings.preview(*wordings.shipped(kind, "id"), "id")
    assert not PLACE.findall(shown["text"] + shown["subject"])


@time_machine.travel(datetime(2026, 11, 25, 2, tzinfo=UTC), tick=False)
def test_a_preview_reads_like_a_message_in_its_language():
    text = "{mission}, {day}, {time}, {until}"

    english, indonesian = (
        wordings.preview(text, text, language)["subject"] for language in ("en", "id")
    )

    assert english == (
        "East Java – East Kalimantan, 24 January 2027, "
        "24 January 2027, 17:00–17:20 WITA, 28 November 2026, 17:00 WITA"
    )
    assert indonesian == (
        "Jawa Timur – Kalimantan Timur, 24 Januari 2027, "
        "24 Januari 2027, 17.00–17.20 WITA, 28 November 2026, 17.00 WITA"
    )


def test_braces_that_a_person_typed_stay_what_they_are():
    assert (
        fill("{business}: {link}", {"business": "{link}", "link": "x"}) == "{link}: x"
    )


# What may be written


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("text_id", "Halo {usaha}: {link}", "unknown_place"),
        ("text_id", "Halo {business}", "no_link"),
        ("text_id", "Halo { business } {link}", "lone_brace"),
        ("text_id", "Halo {business: {link}", "lone_brace"),
        ("subject_id", "Lihat {link}", "link_in_subject"),
        ("subject_id", "Halo {partner}", "unknown_place"),
        ("subject_id", "", None),
        ("text_id", "", None),
        ("text_id", "x" * 601, None),
        ("subject_id", "Halo\u200b", None),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_all_stays_typed(
    office, province, field, value, code
):
    response = office.post(page_of(province), typed(**{field: value}))

    form = response.context["form"]
    assert set(form.errors) == {field}
    assert form["text_id"].value() == typed(**{field: value})["text_id"]
    if code:
        assert form.has_error(field, code)
    assert not MessageWording.objects.exists()


def test_the_province_writes_with_its_own_words(office, province):
    participation = ParticipationFactory(mission__initiator_province=province)
    office.post(page_of(province), typed())

    [message] = write(participation, "accepted")

    assert message.subject == "Selamat"
    assert message.text.startswith(f"Selamat, {participation.name} ikut")
    assert message.has_link
    own = own_wordings(province)
    assert words("accepted", "en", own) == wordings.shipped(ACCEPTED, "en")
    elsewhere = own_wordings(ProvinceFactory(code="64"))
    assert words("accepted", "id", elsewhere) == wordings.shipped(ACCEPTED, "id")


def test_each_reader_gets_the_own_language(province):
    participation = ParticipationFactory(mission__initiator_province=province)
    owner = participation.business.memberships.get().user
    owner.language = "en"
    owner.save()

    [message] = write(participation, "accepted")

    with override("en"):
        assert message.subject == str(ACCEPTED.subject).format(
            mission=participation.mission.title
        )
    assert message.language == "en"


def test_the_words_that_ship_are_kept_nowhere(office, province):
    form = office.get(page_of(province)).context["form"]

    office.post(page_of(province), form.initial)

    assert not MessageWording.objects.exists()


def test_empty_fields_bring_the_words_that_ship_back(office, province):
    office.post(page_of(province), typed())
    office.post(page_of(province), typed(subject_id="", text_id=""))

    assert not MessageWording.objects.exists()
    kinds = [version.history_type for version in MessageWording.history.all()]
    assert kinds == ["-", "+"]


def test_a_preview_saves_nothing_and_says_how_long_it_is(office, province):
    long = f"{OWN} {'a' * 200}"
    response = office.post(page_of(province), typed(text_id=long, preview="1"))

    assert not MessageWording.objects.exists()
    previews = dict(response.context["previews"])
    shown = previews[Language.INDONESIAN]
    assert wordings.SAMPLES["business"] in shown["text"]
    assert "/t/" in shown["text"]
    assert shown["parts"] == 3
    assert response.context["form"]["text_id"].value() == long
    assert "{" not in previews[Language.ENGLISH]["text"]


def test_enter_in_a_field_shows_a_preview_and_saves_nothing(office, province):
    """A browser presses the first button of a form."""
    page = office.get(page_of(province)).text
    form = page[page.index('name="subject_id"') :]

    assert re.search(r"<button[^>]*>", form).group().find('name="preview"') > 0


def test_one_button_goes_back_and_the_history_says_who(office, admin, province):
    office.post(page_of(province), typed())
    office.post(page_of(province, name="wording_reset"))

    assert not MessageWording.objects.exists()
    versions = office.get(page_of(province)).context["versions"]
    assert [version.history_user for version in versions] == [admin, admin]
    assert OWN in office.get(page_of(province)).text


def test_saving_twice_changes_nothing_the_second_time(office, province):
    for _time in range(2):
        office.post(page_of(province), typed())

    assert MessageWording.history.count() == 1


# Who may


@pytest.mark.parametrize("role", ["operator", "verifier", "auditor"])
def test_other_officials_look_only(client, province, role):
    client.force_login(AppointmentFactory(role=role).user)

    assert client.get(LIST).status_code == 200
    page = client.get(page_of(province))
    assert page.context["form"] is None
    assert "<textarea" not in page.text
    assert client.post(page_of(province), typed()).status_code == 403
    reset = page_of(province, name="wording_reset")
    assert client.post(reset).status_code == 403
    assert not MessageWording.objects.exists()


def test_another_province_is_not_found(office, province):
    other = ProvinceFactory(code="64")

    assert office.get(page_of(other)).status_code == 404
    assert office.post(page_of(other), typed()).status_code == 404
    for unknown in ("64", "x" * 200, "'"):
        assert office.get(LIST, {"provinsi": unknown}).status_code == 404
    assert office.get(f"{LIST}?provinsi=%00").status_code == 400
    assert office.get(page_of(province, "tidak-ada")).status_code == 404


def test_the_service_refuses_too(province):
    with pytest.raises(ValidationError):
        wordings.reset(province, ACCEPTED, by=UserFactory())


def test_a_superuser_chooses_the_province(client, province):
    ProvinceFactory(code="64")
    client.force_login(UserFactory(is_superuser=True))

    page = client.get(LIST, {"provinsi": "64"})

    assert page.context["province"].pk == "64"
    assert len(page.context["provinces"]) == 2
    client.post(page_of(province), typed())
    assert MessageWording.objects.count() == 1


def test_the_list_shows_every_kind_in_both_languages(
    office, province, django_assert_num_queries
):
    office.post(page_of(province), typed())
    with django_assert_num_queries(7):
        kinds = office.get(LIST).context["kinds"]

    assert [kind.key for kind, _words in kinds] == list(KINDS)
    own = {(kind.key, w[0]) for kind, words in kinds for w in words if w[3]}
    assert own == {("accepted", Language.INDONESIAN)}


def test_the_places_that_may_be_used_are_shown(office, province):
    page = office.get(page_of(province, "declined"))

    assert set(page.context["places"]) == {*ALWAYS, "reason"}
