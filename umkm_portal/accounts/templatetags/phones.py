from django import template

from umkm_portal.accounts.phones import readable_phone

register = template.Library()

register.filter(readable_phone)
