"""The records that are there before a file of tests/spreadsheets/files/ is handed in."""

from tests import factories
from tests.spreadsheets.samples import credit_code


def make_world():
    scheme = factories.make_scheme(slug="example-scheme", name="示例分类")
    for slug, name, more in [
        ("software", "示例软件业", {"aliases": "软件"}),
        ("biotech", "示例生物医药", {}),
        ("ai", "示例人工智能", {"name_en": "Example AI", "aliases": "AI"}),
    ]:
        factories.make_industry(scheme=scheme, slug=slug, name=name, **more)
    factories.make_park(slug="east-park", name="示例东园", floor_area_sqm=90)
    factories.make_park(
        slug="west-park",
        name="示例西园",
        name_en="Example West Park",
        aliases="旧西园、西部示例园",
    )
    factories.make_company(
        slug="company-a",
        name="示例甲公司",
        unified_social_credit_code=credit_code(1),
        staff_count=10,
        address="示例路1号",
    )
    factories.make_company(slug="company-b", name="示例乙（集团）有限公司", kind="group")
