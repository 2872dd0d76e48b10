from django import forms
from django.utils.translation import gettext_lazy as _

from businesses.models import Photo, Product
from businesses.photos import refuse_too_many
from umkm_portal.forms import RupiahField
from umkm_portal.uploads import PhotoField

from .fields import OfBusiness, QuantityField, commodities_by_sector, unit_field

Kind = Photo.Kind


class ProductForm(OfBusiness, forms.ModelForm):
    price = RupiahField(label=_("Price per unit (rupiah)"), required=False)
    unit = unit_field()

    class Meta:
        model = Product
        fields = ["name", "capacity", "unit", "price", "commodity", "description"]
        field_classes = {"capacity": QuantityField}
        widgets = {"description": forms.Textarea({"rows": 4})}

    beside = {
        "product_name_once": "name",
        "product_amounts_have_a_unit": "unit",
        "product_amounts_possible": "price",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["commodity"].choices = commodities_by_sector()


class PhotoWithRoomField(PhotoField):
    """Nothing of a photo is read when there is no room for it."""

    def __init__(self, *, refuse, **kwargs):
        super().__init__(**kwargs)
        self.refuse = refuse

    def to_python(self, data):
        self.refuse()
        return super().to_python(data)


class PhotoForm(forms.Form):
    """A photo of the business, its logo, or a photo of one of its products."""

    shows = forms.ChoiceField(label=_("It shows"))
    caption = forms.CharField(
        label=_("What can be seen on it"),
        required=False,
        max_length=Photo._meta.get_field("caption").max_length,
        validators=Photo._meta.get_field("caption").validators,
        help_text=_("For those who cannot see it. Left empty, it is the name."),
    )

    def __init__(self, *args, business, **kwargs):
        super().__init__(*args, **kwargs)
        self.products = {
            str(product.pk): product for product in business.products.all()
        }
        own = [(Kind.PLACE, Kind.PLACE.label), (Kind.LOGO, Kind.LOGO.label)]
        products = [(key, product.name) for key, product in self.products.items()]
        groups = [(_("a product"), products)] if products else []
        self.fields["shows"].choices = [*own, *groups]
        sent = self.data.get("shows")
        image = PhotoWithRoomField(
            label=_("Photo"), refuse=lambda: refuse_too_many(business, sent)
        )
        self.fields = {"image": image, **self.fields}

    @property
    def subject(self):
        """The kind of photo, and the product if it shows one."""
        shows = self.cleaned_data["shows"]
        product = self.products.get(shows)
        return {"kind": Kind.PRODUCT if product else Kind(shows), "product": product}


class CaptionForm(forms.ModelForm):
    class Meta:
        model = Photo
        fields = ["caption"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["caption"].required = True
