"""Companies, where they are, and who says so, as a first draft of such a site has them."""

from django.db import models
from django.urls import reverse


class Park(models.Model):
    """A park."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    summary = models.TextField(blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name


class Industry(models.Model):
    """An industry."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "industries"

    def __str__(self):
        return self.name


class Source(models.Model):
    """A document that facts are taken from."""

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200)

    def __str__(self):
        return self.title


class Company(models.Model):
    """A company."""

    KINDS = [("enterprise", "企业"), ("group", "企业集团"), ("institution", "科研机构或其他组织")]

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200, db_index=True)
    kind = models.CharField(max_length=12, choices=KINDS, default="enterprise")
    country = models.CharField(max_length=2, blank=True)
    summary = models.TextField(blank=True)
    established_on = models.CharField(max_length=10, blank=True)
    registered_capital = models.DecimalField(max_digits=15, decimal_places=4, null=True, blank=True)
    staff_count = models.PositiveIntegerField(null=True, blank=True)
    credit_code = models.CharField(max_length=18, blank=True)
    address = models.CharField(max_length=200, blank=True)
    website = models.URLField(blank=True)
    is_published = models.BooleanField(default=False)
    industries = models.ManyToManyField(Industry, related_name="companies", blank=True)
    parks = models.ManyToManyField(Park, through="Tenancy", related_name="companies")

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "companies"

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("company_detail", args=[self.slug])


class Tenancy(models.Model):
    """A company in a park."""

    ROLES = [
        ("tenant", "入驻企业"),
        ("operator", "运营方"),
        ("developer", "开发方"),
        ("investor", "投资方"),
    ]

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="tenancies")
    park = models.ForeignKey(Park, on_delete=models.CASCADE, related_name="tenancies")
    role = models.CharField(max_length=10, choices=ROLES, default="tenant")
    started_on = models.CharField(max_length=10, blank=True)

    def __str__(self):
        return f"{self.company} · {self.park}"


class Figure(models.Model):
    """A number about a company."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="figures")
    label = models.CharField(max_length=120)
    value = models.DecimalField(max_digits=15, decimal_places=4)
    unit = models.CharField(max_length=10)
    period = models.CharField(max_length=60, blank=True)

    def __str__(self):
        return self.label


class Citation(models.Model):
    """Where a source says something about a company."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="citations")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="citations")
    field = models.CharField(max_length=40, blank=True)
    paragraph = models.PositiveSmallIntegerField()
    excerpt = models.CharField(max_length=60)

    def __str__(self):
        return self.excerpt
