"""A mission that takes applications, and the official who runs it."""

import pytest

from tests.factories import AppointmentFactory, RegistrationFactory


@pytest.fixture
def mission():
    return RegistrationFactory().mission


@pytest.fixture
def official(client, mission):
    user = AppointmentFactory(province=mission.initiator_province, role="operator").user
    client.force_login(user)
    return user
