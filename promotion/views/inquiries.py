"""The way to the district: the form for enquiries, and the receipt that it answers with."""

from django.conf import settings
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import DetailView, FormView

from promotion.forms import InquiryForm
from promotion.intake import TooOftenError, asked_about, fetch_asked_about, receive
from promotion.limits import client_address
from promotion.models import Inquiry, SitePage
from promotion.needs import NeedsForm
from promotion.reference.ledger.addresses import redirect_query
from promotion.vocabulary import FirmStage


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class NewInquiry(FormView):
    """Whom to turn to, and the form; without a privacy notice to consent to there is no form."""

    template_name = "promotion/inquiry_new.html"
    form_class = InquiryForm

    @cached_property
    def privacy_notice(self):
        return SitePage.objects.privacy_notice()

    @cached_property
    def links(self):
        return fetch_asked_about(self.request.GET)

    def get_form(self, form_class=None):
        return super().get_form(form_class) if self.privacy_notice else None

    def get_initial(self):
        """Return what was asked for on the page that ranks what fits, which leads here."""
        answers = NeedsForm(self.request.GET, []).answers
        stage = answers.get("stage")
        return {
            "industry": self.request.GET.get("industry"),
            "sought": answers.get("use"),
            "floor_area_min_sqm": answers.get("area_sqm"),
            "headcount": answers.get("team_size"),
            "message": stage and _("企业所处阶段：%(stage)s") % {"stage": FirmStage(stage).label},
        }

    def get_form_kwargs(self):
        return {
            "data": self.request.POST if self.request.method == "POST" else None,
            "initial": self.get_initial(),
            "version": self.privacy_notice.current_version,
            "links": self.links,
        }

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "privacy_notice": self.privacy_notice,
            "reply_working_days": settings.INQUIRY_REPLY_WORKING_DAYS,
            "retention_months": settings.INQUIRY_RETENTION_MONTHS,
        }

    def get(self, request, *args, **kwargs):
        is_missing_some = len(self.links) < len(asked_about(request.GET))
        if is_missing_some and (response := redirect_query(request)):
            return response
        return super().get(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        return super().post(request) if self.privacy_notice else super().get(request)

    def form_valid(self, form):
        try:
            inquiry = receive(
                form.instance,
                form.ticket,
                form.cleaned_data["about"],
                client_address(self.request),
                self.request.build_absolute_uri("/").removesuffix("/"),
            )
        except TooOftenError:
            form.add_error(
                None,
                _(
                    "这个网络地址一小时内提交的咨询太多了，这一份还没有收下。"
                    "您填写的内容都还在，请稍后再提交。"
                ),
            )
            return self.render_to_response(self.get_context_data(form=form), status=429)
        if not form.says_the_same_as(inquiry):
            form.begin_anew(
                _(
                    "这份表单先前已经收到，编号 %(number)s。现在的内容与那时不同：如果要作为"
                    "另一份咨询，请再提交一次。"
                )
                % {"number": inquiry.number}
            )
            return self.form_invalid(form)
        return HttpResponseRedirect(reverse("inquiry_receipt", args=[inquiry.number]))


@method_decorator(never_cache, name="dispatch")
class InquiryReceipt(DetailView):
    """That an enquiry has come in, when, and what is promised: nothing of what it says."""

    template_name = "promotion/inquiry_receipt.html"
    slug_field = slug_url_kwarg = "number"
    queryset = Inquiry.objects.only("number", "received_at", "reply_working_days", "mail_status")
    context_object_name = "inquiry"
