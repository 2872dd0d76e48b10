from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from businesses.models import Photo
from umkm_portal.uploads import serve_photo, stored_photo


@require_safe
def photo(request, name):
    """A photo, or its thumbnail, as long as the page of its business may be seen."""
    photos = Photo.objects.visible_to(request.user).select_related("business")
    shown = get_object_or_404(photos, image=stored_photo(name))
    return serve_photo(name, public=shown.business.is_public)
