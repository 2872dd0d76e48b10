"""Other weights: what they change, and how they are put in force."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, IntegerField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from missions.locking import lock_mission, refuse_unless_organiser

from .models import Match, MatchingRules, ScoreRun
from .weights import Component


@transaction.atomic
def reweigh(mission, weights, *, by):
    """Keeps the weights of a mission, with who chose them, and gives its matches their new scores.

    Raises ValidationError once the mission is over, PermissionDenied for whoever does not run it.
    """
    mission = lock_mission(mission.pk)
    refuse_unless_organiser(mission, by)
    refuse_when_over(mission)
    rules, _is_new = MatchingRules.objects.get_or_create(mission=mission)
    rules.weights = {Component(name).value: weight for name, weight in weights.items()}
    rules.full_clean()
    rules._history_user = by
    rules.save(update_fields=["weights"])
    run = latest_run(mission)
    if run is not None:
        give_weights(run, rules.all_weights)


def refuse_when_over(mission):
    """What was published of its scores stays as it was."""
    if mission.is_over:
        raise ValidationError(_("This mission is over."), code="over")


def weights_of(mission):
    """{component: weight} as they stand now."""
    rules = MatchingRules.objects.filter(mission=mission).first()
    return (rules or MatchingRules(mission=mission)).all_weights


def changes_of(mission, most=10):
    """[(when, who, weights), …] of those who chose others, the latest first."""
    found, before = [], None
    kept = MatchingRules.history.filter(mission=mission).select_related("history_user")
    for version in kept.order_by("history_date", "history_id"):
        if version.weights != before and (version.weights or before):
            weights = version.instance.all_weights
            found.append((version.history_date, version.history_user, weights))
        before = version.weights
    return found[::-1][:most]


def latest_run(mission):
    """The one whose matches are shown."""
    return mission.score_runs.filter(state=ScoreRun.State.DONE).first()


def give_weights(run, weights):
    """The same scores as `scoring.weighted` computes, from the stored points, in one statement."""
    together = sum(weights.values())
    total = sum(
        Cast(F(component.value), IntegerField()) * weight
        for component, weight in weights.items()
    )
    Match.objects.filter(run=run).update(score=(20 * total + together) / (2 * together))
    run.weights = {component.value: weight for component, weight in weights.items()}
    run.save(update_fields=["weights"])
