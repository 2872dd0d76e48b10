from django.tasks import task

from .choosing import finish
from .scoring_run import score_all


@task()
def score(run_id):
    score_all(run_id)


@task()
def choose_meetings(selection_id):
    finish(selection_id)
