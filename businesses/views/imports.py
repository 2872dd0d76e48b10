"""/admin/businesses/business/impor/: a list of businesses in three steps: send, columns, confirm.
/petugas/usaha/daftar/: what such lists brought, until its owners take it over."""

from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from businesses import assistance
from businesses.assistance import ASSISTANTS, may_assist
from businesses.forms.imports import AskOwnersForm, ColumnsForm, UploadForm
from businesses.imports.columns import template
from businesses.imports.files import forget
from businesses.models import Business, ImportFile
from umkm_portal.accounts.access import official_required
from umkm_portal.csv_files import MAX_ERRORS_SHOWN, BadFile
from umkm_portal.gateway import NotSent

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
ROWS_SHOWN = 200
PER_PAGE = 20


def admin_urls(model_admin):
    """The pages of the import, below those of `model_admin`."""

    def page(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not may_assist(request.user):
                raise PermissionDenied
            return view(request, model_admin, *args, **kwargs)

        return model_admin.admin_site.admin_view(guarded)

    return [
        path("impor/", page(upload), name="businesses_business_import"),
        path(
            "impor/contoh.<str:extension>",
            page(template_download),
            name="businesses_business_import_template",
        ),
        path(
            "impor/<int:pk>/", page(columns), name="businesses_business_import_columns"
        ),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request, model_admin):
    form = UploadForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        kept = form.save(by=request.user)
        return redirect("admin:businesses_business_import_columns", kept.pk)
    return shown(request, model_admin, "import_upload", form=form)


@require_safe
def template_download(request, model_admin, extension):
    if extension not in TYPES:
        raise Http404
    return HttpResponse(
        template(extension),
        content_type=TYPES[extension],
        headers={
            "Content-Disposition": f'attachment; filename="daftar-usaha.{extension}"'
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def columns(request, model_admin, pk):
    kept = get_object_or_404(ImportFile.objects.usable_by(request.user), pk=pk)
    sheet = request.POST.get("sheet") or request.GET.get("lembar")
    try:
        form = ColumnsForm(
            request.POST or None, kept=kept, sheet=sheet, by=request.user
        )
    except BadFile as problem:
        messages.error(request, str(problem))
        return redirect("admin:businesses_business_import")
    is_sure = "import" in request.POST
    result, cells = outcome(form, dry_run=not is_sure)
    if result and is_sure:
        forget(kept)
        for note in [result.summary, *result.notes]:
            messages.success(request, note)
        return redirect("admin:businesses_business_changelist")
    found = {"result": result, "cells": cells[:MAX_ERRORS_SHOWN], "bad": len(cells)}
    rows = result.rows[:ROWS_SHOWN] if result else []
    return shown(
        request, model_admin, "import_columns", form=form, kept=kept, rows=rows, **found
    )


def outcome(form, *, dry_run):
    """(what the import does, the cells that are wrong)"""
    if not form.is_valid():
        return None, []
    try:
        return form.save(dry_run=dry_run), []
    except BadFile as problem:
        if not problem.cells:
            form.add_error(None, str(problem))
        return None, problem.cells


def shown(request, model_admin, name, **context):
    context |= {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": _("Import businesses"),
    }
    template_name = f"admin/businesses/business/{name}.html"
    return TemplateResponse(request, template_name, context)


# /petugas/usaha/daftar/


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@official_required
def imported_list(request):
    """Businesses from lists that nobody has taken over yet; the chosen owners are asked by text."""
    businesses = Business.objects.unclaimed_imports().in_provinces_of(request.user)
    if request.method == "POST":
        ask(request, businesses)
        return redirect(request.get_full_path())
    found = businesses.with_approvals().order_by("name", "pk")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("halaman"))
    context = {
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "may_assist": may_assist(request.user),
    }
    return render(request, "businesses/officials/imported_list.html", context)


def ask(request, businesses):
    if not may_assist(request.user):
        raise PermissionDenied
    own = businesses.in_provinces_of(request.user, *ASSISTANTS)
    form = AskOwnersForm(request.POST, businesses=own)
    if not form.is_valid():
        messages.warning(request, next(iter(form.errors.values()))[0])
        return
    sent = 0
    for business in form.cleaned_data["chosen"][:PER_PAGE]:
        try:
            assistance.ask_owner(business, by=request.user)
            sent += 1
        except ValidationError as error:
            messages.warning(request, f"{business}: {' '.join(error.messages)}")
        except NotSent:
            said = _(
                "The message could not be sent. Send it again from the list of drafts."
            )
            messages.warning(request, f"{business}: {said}")
    if sent:
        messages.success(request, _("Messages to owners sent: %d.") % sent)
