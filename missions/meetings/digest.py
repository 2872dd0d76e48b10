"""Telling people of new opportunities: what is new to whom, and a message at most once a week."""

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.tasks import task
from django.utils import timezone
from django.utils.http import base36_to_int, int_to_base36
from django.utils.translation import gettext as _, ngettext, override

from businesses.messages import link
from umkm_portal.outbox.services import post

from .models import DigestSubscription, OpportunityLook
from .opportunities import opportunities_for

KIND = "opportunities"
signer = Signer(sep="~", salt=__name__)


# What is new to somebody


@transaction.atomic
def note_look(business, user):
    """Notes that `user` looks at the opportunities of `business` now. Returns when the look before
    was, or None: what came since is new."""
    looks = OpportunityLook.objects.select_for_update()
    look, is_first = looks.get_or_create(business=business, user=user)
    now = timezone.now()
    if not is_first and now - look.began_at > OpportunityLook.LASTS:
        look.before, look.began_at = look.began_at, now
        look.save(update_fields=["before", "began_at"])
    return look.before


def last_look(business, user):
    looks = OpportunityLook.objects.filter(business=business, user=user)
    return looks.values_list("began_at", flat=True).first()


# Who is told


def subscribe(business, *, user):
    DigestSubscription.objects.get_or_create(business=business, user=user)


def unsubscribe(business_id, *, user_id):
    DigestSubscription.objects.filter(business=business_id, user=user_id).delete()


def is_subscribed(business, user):
    return DigestSubscription.objects.filter(business=business, user=user).exists()


def token_of(subscription):
    """Ends this subscription, and nothing else, without signing in. It does so for as long as the
    portal keeps its secret key: an old message must not be one that cannot be stopped."""
    pks = subscription.business_id, subscription.user_id
    return signer.sign(".".join(map(int_to_base36, pks)))


def subscription_of(token):
    """(primary key of the business, of the user) that a link names; None for a made-up one."""
    try:
        business, user = map(base36_to_int, signer.unsign(token).split("."))
    except BadSignature:
        return None
    return business, user


# The weekly message


def tell_of_new():
    """Every day, so that nobody waits longer than a week: asks for each message that is due. Nobody
    is told of a business that it no longer works for."""
    subscriptions = DigestSubscription.objects
    working = subscriptions.working()
    subscriptions.exclude(pk__in=list(working.values_list("pk", flat=True))).delete()
    for pk in subscriptions.due().values_list("pk", flat=True):
        write.enqueue(pk)


@task()
def write(subscription_id):
    write_digest(subscription_id)


@transaction.atomic
def write_digest(subscription_id):
    """Writes the message of a subscription if there is something new. Whoever comes second within a
    week, or at the same moment, finds it written."""
    due = DigestSubscription.objects.due().working().filter(pk=subscription_id)
    subscription = due.select_related("business__province", "user").first()
    if subscription is None:
        return
    new = news(subscription)
    if not new or not due.update(sent_at=timezone.now()):
        return
    language = subscription.user.language
    with override(language):
        subject = _("New opportunities for %s") % subscription.business.display_name
        text = text_of(subscription, new)
    post(subscription.user, kind=KIND, subject=subject, text=text, language=language)


def news(subscription):
    """What was published since the last message and the last look."""
    business, user = subscription.business, subscription.user
    moments = (subscription.since, subscription.sent_at, last_look(business, user))
    since = max(filter(None, moments))
    return [one for one in opportunities_for(business) if one.is_newer_than(since)]


def text_of(subscription, new):
    best = new[0]
    places = {
        "business": subscription.business.display_name,
        "count": len(new),
        "title": best.listing.title,
        "place": best.listing.business.province.label,
        "page": link("meetings:opportunities", subscription.business.slug),
        "stop": link("meetings:digest_end", token_of(subscription)),
    }
    return (
        ngettext(
            "%(count)s new offer or need fits %(business)s: “%(title)s” (%(place)s). "
            "Look: %(page)s Stop these messages: %(stop)s",
            "%(count)s new offers and needs fit %(business)s, best “%(title)s” (%(place)s). "
            "Look: %(page)s Stop these messages: %(stop)s",
            len(new),
        )
        % places
    )
