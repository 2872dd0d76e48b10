from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from businesses.access import member_required
from businesses.forms.products import CaptionForm, PhotoForm, ProductForm
from businesses.models import Photo, Product
from businesses.photos import add_photo, remove_photo
from businesses.services import remove_product, save_facts
from umkm_portal.uploads import serve_photo, thumbnail_name


@require_safe
@member_required
def products(request, business):
    context = {
        "business": business,
        "title": _("Products"),
        "products": business.products.prefetch_related("photos"),
    }
    return render(request, "businesses/products.html", context)


@require_http_methods(["GET", "POST"])
@member_required
def product_add(request, business):
    return edit(request, business, Product(), _("Add a product"))


@require_http_methods(["GET", "POST"])
@member_required
def product_edit(request, business, pk):
    product = get_object_or_404(business.products, pk=pk)
    return edit(request, business, product, product.name)


def edit(request, business, product, title):
    form = ProductForm(request.POST or None, instance=product, business=business)
    if form.is_valid() and save_facts(form, business):
        messages.success(request, _("Saved."))
        return redirect("businesses:products", business.slug)
    context = {"business": business, "form": form, "title": title}
    if product.pk:
        context["delete_name"] = "businesses:product_delete"
        context["delete_note"] = _("Its photos are deleted too, its listings are kept.")
    return render(request, "businesses/form.html", context)


@require_POST
@member_required
def product_delete(request, business, pk):
    remove_product(get_object_or_404(business.products, pk=pk))
    messages.success(request, _("Deleted."))
    return redirect("businesses:products", business.slug)


@require_http_methods(["GET", "POST"])
@member_required
def photos(request, business):
    form = PhotoForm(
        request.POST or None,
        request.FILES or None,
        business=business,
        initial={"shows": request.GET.get("produk")},
    )
    if form.is_valid() and added(form, business):
        messages.success(request, _("The photo is there."))
        return redirect("businesses:photos", business.slug)
    context = {
        "business": business,
        "title": _("Logo and photos"),
        "photos": business.photos.select_related("product"),
        "most": Photo.MOST_PER_BUSINESS,
        "form": form,
    }
    return render(request, "businesses/photos.html", context)


def added(form, business):
    """Whether there was room for the photo; the form says so where there was not."""
    picture, caption = form.cleaned_data["image"], form.cleaned_data["caption"]
    try:
        add_photo(business, picture, caption=caption, **form.subject)
    except ValidationError as error:
        form.add_error("image", error)
    return not form.errors


@require_http_methods(["GET", "POST"])
@member_required
def photo_edit(request, business, pk):
    photo = get_object_or_404(business.photos, pk=pk)
    form = CaptionForm(request.POST or None, instance=photo)
    if form.is_valid() and save_facts(form, business):
        messages.success(request, _("Saved."))
        return redirect("businesses:photos", business.slug)
    context = {
        "business": business,
        "form": form,
        "title": _("Photo"),
        "photo": photo,
        "delete_name": "businesses:photo_delete",
    }
    return render(request, "businesses/form.html", context)


@require_POST
@member_required
def photo_delete(request, business, pk):
    remove_photo(get_object_or_404(business.photos, pk=pk))
    messages.success(request, _("Deleted."))
    return redirect("businesses:photos", business.slug)


@require_safe
@member_required
def photo_small(request, business, pk):
    """The thumbnail, for the people of the business: the page need not be public for it."""
    photo = get_object_or_404(business.photos, pk=pk)
    name = thumbnail_name(photo.image.name).rpartition("/")[2]
    return serve_photo(name, public=False)
