"""Logo and photos of a business: few, described in words, encoded anew before they get here."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext, gettext_lazy as _

from umkm_portal.uploads import delete_file_on_commit, keep_thumbnail

from . import directory
from .models import Photo
from .services import lock_open


def refuse_too_many(business, kind):
    """Raises ValidationError when there is no room for another photo. A new logo needs none if it
    takes the place of another."""
    kept = business.photos.all()
    if kind == Photo.Kind.LOGO:
        kept = kept.exclude(kind=kind)
    if kept.count() >= Photo.MOST_PER_BUSINESS:
        raise ValidationError(
            _("There are %(most)d photos already. Delete one first."),
            code="too_many",
            params={"most": Photo.MOST_PER_BUSINESS},
        )


@transaction.atomic
def add_photo(business, picture, *, kind, product=None, caption=""):
    """Keeps `picture`, a CheckedFile. A new logo takes the place of the former one."""
    # The lock keeps two photos sent at once from passing the limit together.
    business = lock_open(business.pk)
    refuse_too_many(business, kind)
    if kind == Photo.Kind.LOGO:
        for former in business.photos.filter(kind=kind):
            _delete(former)
    photo = Photo(
        business=business,
        kind=kind,
        product=product,
        caption=caption or _default_caption(business, kind, product),
        width=picture.width,
        height=picture.height,
    )
    photo.image.save(picture.name, picture)
    keep_thumbnail(photo.image, picture)
    directory.refresh(business)
    return photo


@transaction.atomic
def remove_photo(photo):
    lock_open(photo.business_id)
    _delete(photo)
    directory.refresh(photo.business)


def _delete(photo):
    delete_file_on_commit(photo.image)
    photo.delete()


def _default_caption(business, kind, product):
    if kind == Photo.Kind.LOGO:
        return gettext("Logo of %(business)s") % {"business": business.name[:130]}
    return product.name if product else business.name
