"""What the district does for enterprises, what visitors ask of it, and pages about the site."""

from promotion.models.alliances import Alliance
from promotion.models.events import Event
from promotion.models.inquiries import Inquiry, InquirySubject
from promotion.models.pages import SitePage
from promotion.models.people import Advisor, TalentDemand
from promotion.models.policies import Policy
from promotion.models.programs import Measure, Program

__all__ = [
    "Advisor",
    "Alliance",
    "Event",
    "Inquiry",
    "InquirySubject",
    "Measure",
    "Policy",
    "Program",
    "SitePage",
    "TalentDemand",
]
