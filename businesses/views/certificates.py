from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from businesses.access import member_required
from businesses.certificates import keep_certificate, remove_certificate
from businesses.forms.certificates import CertificateForm
from businesses.models import Certificate
from umkm_portal.uploads import serve_private


@require_safe
@member_required
def certificates(request, business):
    context = {
        "business": business,
        "title": _("Certificates"),
        "certificates": business.certificates.all(),
    }
    return render(request, "businesses/certificates.html", context)


@require_http_methods(["GET", "POST"])
@member_required
def certificate_add(request, business):
    return edit(request, business, Certificate(), _("Add a certificate"))


@require_http_methods(["GET", "POST"])
@member_required
def certificate_edit(request, business, pk):
    certificate = get_object_or_404(business.certificates, pk=pk)
    return edit(request, business, certificate, certificate.label)


def edit(request, business, certificate, title):
    form = CertificateForm(
        request.POST or None,
        request.FILES or None,
        instance=certificate,
        business=business,
    )
    if form.is_valid() and kept(form, by=request.user):
        messages.success(request, _("Saved."))
        return redirect("businesses:certificates", business.slug)
    context = {"business": business, "form": form, "title": title}
    if certificate.pk:
        context["delete_name"] = "businesses:certificate_delete"
        context["delete_note"] = _("Its file and the checks of it are deleted too.")
    return render(request, "businesses/form.html", context)


def kept(form, *, by):
    """Whether the certificate could be kept; the form says why where it could not."""
    try:
        keep_certificate(form.instance, form.cleaned_data["document"], by=by)
    except ValidationError as error:
        form.refuse(error)
    return not form.errors


@require_POST
@member_required
def certificate_delete(request, business, pk):
    remove_certificate(get_object_or_404(business.certificates, pk=pk))
    messages.success(request, _("Deleted."))
    return redirect("businesses:certificates", business.slug)


@require_safe
@member_required
def certificate_download(request, business, pk):
    certificate = get_object_or_404(business.certificates, pk=pk)
    if not certificate.file:
        raise Http404(pk)
    return serve_private(certificate.file, certificate.label, certificate.media_type)
