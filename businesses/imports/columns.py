"""The columns that a list of businesses can have, and what offices call them.

The names are Indonesian, as the lists are; they are compared without case, spaces and punctuation.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from umkm_portal.spreadsheets import template_file


@dataclass(frozen=True)
class Column:
    field: str
    header: str
    names: str
    label: str
    explanation: str
    example: str

    @property
    def synonyms(self):
        return [self.header, *map(str.strip, self.names.split("|"))]


COLUMNS = (
    Column(
        "name",
        "Nama Usaha",
        "Nama Usaha/Perusahaan | Nama Perusahaan | Perusahaan | Nama IKM | Nama UKM | Nama UMKM | "
        "Nama IKM/UKM | Nama UKM/IKM | Nama Toko | Nama Badan Usaha | Nama Koperasi | IKM | UMKM | "
        "Nama Usaha / Merek",
        _("name of the business"),
        _("Needed."),
        "Kopi Lereng Ijen",
    ),
    Column(
        "owner",
        "Nama Pemilik",
        "Pemilik | Nama Pemilik/Penanggung Jawab | Nama Penanggung Jawab | Penanggung Jawab | "
        "Nama Pimpinan | Pimpinan | Nama Pengusaha | Narahubung | Nama Kontak | Contact Person | "
        "CP | Nama Pelaku Usaha",
        _("contact person"),
        _("The owner or whoever answers. Stays private."),
        "Siti Aminah",
    ),
    Column(
        "phone",
        "No HP",
        "Nomor HP | HP | No Handphone | Handphone | No Telepon | Nomor Telepon | Telepon | No Telp | "
        "Nomor Telp | Telp | Tlp | No Tlp | No Telp/HP | No HP/Telp | No Telepon/HP | No Kontak | "
        "Kontak | Nomor Kontak | Kontak Person",
        _("phone"),
        _("Several separated by / or ;. Stays private."),
        "0812-3456-7890",
    ),
    Column(
        "whatsapp",
        "No WA",
        "WA | Nomor WA | WhatsApp | No WhatsApp | Nomor WhatsApp | No HP/WA | No WA/HP | "
        "Nomor HP/WA | HP/WA | No Telp/WA | No Telepon/WA | No HP (WA) | No Telp/HP/WA",
        _("WhatsApp"),
        _("Several separated by / or ;. Stays private."),
        "0812-3456-7890",
    ),
    Column(
        "email",
        "Email",
        "E-mail | Alamat Email | Surel",
        _("e-mail"),
        _("Stays private."),
        "siti@contoh.id",
    ),
    Column(
        "website",
        "Website",
        "Situs Web | Situs | Web | Laman | Alamat Website | Toko Online",
        _("website"),
        _("With or without https://."),
        "https://kopi.contoh.id",
    ),
    Column(
        "nib",
        "NIB",
        "No NIB | Nomor NIB | Nomor Induk Berusaha | Nomor Induk Berusaha (NIB) | NIB OSS",
        _("NIB"),
        _("13 digits. Format the column as text, so that no zero is lost."),
        "9120001234567",
    ),
    Column(
        "address",
        "Alamat",
        "Alamat Usaha | Alamat Lengkap | Alamat Perusahaan | Alamat Tempat Usaha | Alamat Produksi",
        _("business address"),
        _("Street and village. Stays private."),
        "Jl. Melati 1, Desa Sukorejo",
    ),
    Column(
        "regency",
        "Kabupaten/Kota",
        "Kab/Kota | Kab./Kota | Kabupaten | Kota | Kota/Kabupaten | Kota/Kab | Kab | Daerah | "
        "Asal Daerah | Kabupaten Kota",
        _("regency or city"),
        _("With “Kab.” or “Kota” where both exist, such as Kab. Malang."),
        "Kab. Banyuwangi",
    ),
    Column(
        "province",
        "Provinsi",
        "Propinsi | Prov | Asal Provinsi",
        _("province"),
        _("Not needed where the regency or city is filled in."),
        "Jawa Timur",
    ),
    Column(
        "legal_form",
        "Bentuk Usaha",
        "Badan Usaha | Bentuk Badan Usaha | Badan Hukum | Jenis Badan Usaha | Legalitas Usaha",
        _("legal form"),
        _("Perorangan, UD, CV, PT, PT Perorangan, Firma, Koperasi, Kelompok, …"),
        "Perorangan",
    ),
    Column(
        "sector",
        "Bidang Usaha",
        "Jenis Usaha | Jenis/Bidang Usaha | Bidang/Jenis Usaha | Sektor | Sektor Usaha | "
        "Kategori Usaha | Kategori | Jenis Industri",
        _("sector"),
        _("One of the portal's sectors; other words are taken over as products."),
        "Perkebunan",
    ),
    Column(
        "sells",
        "Produk",
        "Produk/Komoditas | Komoditas | Komoditi | Jenis Produk | Nama Produk | Produk Unggulan | "
        "Produk yang Dihasilkan | Produk yang Dijual | Hasil Produksi | Produk Utama",
        _("what it sells"),
        _("In plain words."),
        "kopi robusta sangrai",
    ),
    Column(
        "seeks",
        "Kebutuhan",
        "Yang Dicari | Bahan Baku | Kebutuhan Bahan Baku | Produk yang Dibutuhkan",
        _("what it looks for"),
        _("Raw materials or goods to resell."),
        "kemasan 250 g",
    ),
    Column(
        "capacity",
        "Kapasitas",
        "Kapasitas Produksi | Kapasitas per Bulan | Kapasitas Produksi per Bulan | "
        "Kapasitas/Bulan | Kapasitas Produksi/Bulan",
        _("capacity"),
        _("What it can make in a month."),
        "6 ton per bulan",
    ),
    Column(
        "sales",
        "Omzet per Tahun",
        "Omzet | Omset | Omset per Tahun | Omzet/Tahun | Omset/Tahun | Omzet Tahunan | "
        "Omset Tahunan | Penjualan per Tahun | Hasil Penjualan Tahunan | Skala Usaha | Kelas Usaha | "
        "Skala | Klasifikasi Usaha",
        _("sales in a year"),
        _(
            "Rupiah, a range, or mikro, kecil, menengah, besar. Only the size class by PP 7/2021 "
            "is kept, never the amount."
        ),
        "350 juta",
    ),
    Column(
        "monthly_sales",
        "Omzet per Bulan",
        "Omset per Bulan | Omzet/Bulan | Omset/Bulan | Omzet Bulanan | Omset Bulanan",
        _("sales in a month"),
        _("As above, for a month."),
        "",
    ),
    Column(
        "employees",
        "Jumlah Tenaga Kerja",
        "Tenaga Kerja | Jumlah Karyawan | Karyawan | TK | Jumlah TK | Jumlah Pekerja | "
        "Jumlah Pegawai",
        _("employees"),
        _("A whole number."),
        "8",
    ),
    Column(
        "founded_year",
        "Tahun Berdiri",
        "Th. Berdiri | Thn Berdiri | Tahun Pendirian | Berdiri Tahun | Berdiri Sejak | "
        "Tahun Mulai Usaha | Tahun Mulai",
        _("founded in"),
        _("A year."),
        "2015",
    ),
    Column(
        "halal",
        "No Halal",
        "Halal | Sertifikat Halal | No Sertifikat Halal | Nomor Halal | Nomor Sertifikat Halal",
        _("number of the halal certificate"),
        _("It begins with ID."),
        "ID35110000123456789",
    ),
    Column(
        "pirt",
        "No PIRT",
        "PIRT | P-IRT | Nomor PIRT | No P-IRT | SPP-IRT | Izin PIRT",
        _("number of the P-IRT"),
        _("15 digits."),
        "2063578010123-27",
    ),
    Column(
        "bpom",
        "No BPOM",
        "BPOM | Nomor BPOM | Izin BPOM | No Izin Edar | BPOM MD | Izin Edar BPOM",
        _("number of the BPOM permit"),
        _("Two letters and digits."),
        "MD 867028001234",
    ),
)
FIELDS = {column.field: column for column in COLUMNS}
SYNONYMS = {column.field: column.synonyms for column in COLUMNS}
KNOWN = [name for names in SYNONYMS.values() for name in names]
EXAMPLE = {column.header: column.example for column in COLUMNS}
# Personal data that the portal has no use for.
NOT_KEPT = (
    "NPWP | No NPWP | Nomor NPWP | NIK | No KTP | No NIK | Nomor NIK | NIK/KTP | Nomor KTP | No KK | "
    "Nomor KK | Tanggal Lahir | Tgl Lahir | Tempat Tanggal Lahir | TTL | Agama | No Rekening | Nomor Rekening"
).split(" | ")
NUMBERS_OF_ROWS = ("No", "Nomor", "No Urut", "#")
FOREIGN = (*NOT_KEPT, *NUMBERS_OF_ROWS)


def template(extension):
    """A list to fill in, as the bytes of an "xlsx" or "csv" file."""
    columns = {column.header: column.explanation for column in COLUMNS}
    return template_file(columns, EXAMPLE, extension)
