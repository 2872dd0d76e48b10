"""A business in the words of schema.org, for search engines: nothing that its page does not say."""

from businesses.models import Contact, Photo


def organization(request, business, contacts, photos):
    """`contacts` must be public ones. None for what no search engine should list."""
    if not business.is_public or business.is_example:
        return None
    facts = {
        "@context": "https://schema.org",
        "@type": "Organization",
        "name": business.name,
        "url": request.build_absolute_uri(business.get_absolute_url()),
        "description": business.description or business.sells,
        "address": address(business, contacts),
        "foundingDate": business.founded_year and str(business.founded_year),
        "numberOfEmployees": business.employees,
        "telephone": values(contacts, *Contact.PHONES),
        "email": values(contacts, Contact.Kind.EMAIL),
        "sameAs": values(contacts, Contact.Kind.WEBSITE),
        "logo": pictures(request, photos, Photo.Kind.LOGO),
        "image": pictures(request, photos, Photo.Kind.PLACE),
    }
    return {name: fact for name, fact in facts.items() if fact}


def address(business, contacts):
    place = {
        "@type": "PostalAddress",
        "addressCountry": "ID",
        "addressRegion": business.province.name,
    }
    if business.regency:
        place["addressLocality"] = business.regency.name
    if streets := values(contacts, Contact.Kind.ADDRESS):
        place["streetAddress"] = streets[0]
    return place


def values(contacts, *kinds):
    return [contact.value for contact in contacts if contact.kind in kinds]


def pictures(request, photos, kind):
    return [
        request.build_absolute_uri(photo.get_absolute_url())
        for photo in photos
        if photo.kind == kind
    ]
