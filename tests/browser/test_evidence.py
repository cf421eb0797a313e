"""The source behind a fact: an editor cites it from the text, a visitor opens it at its mark."""

import pytest
from playwright.sync_api import expect

from promotion.reference.models import Citation
from tests.factories import make_belt, make_citation, make_node, make_park, make_source, make_text

DESK = 1440


@pytest.fixture
def park(transactional_db):
    return make_park(slug="park", name="某园", as_of="2022")


@pytest.fixture
def source(park):
    paragraphs = ["某园全长约2.5公里。", f"第二段很长{'，一句又一句' * 12}。", "税收  16.1亿元"]
    return make_text(make_source(slug="report", name="某报道", publisher="某报社"), *paragraphs)


def press(page, name):
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()


def drag(page, start, end):
    """Select with the mouse from a place in one paragraph, in ems, to a place in another."""
    for (number, ems), act in ((start, page.mouse.down), (end, page.mouse.up)):
        box = page.locator(f"#p{number}").bounding_box()
        size = float(page.evaluate("getComputedStyle(document.querySelector('#p1')).fontSize")[:-2])
        page.mouse.move(box["x"] + ems * size, box["y"] + size)
        act()


def expect_chosen(page, paragraph, excerpt):
    """Wait until the form holds a place: the browser tells of a selection a moment later."""
    expect(page.locator("#id_paragraph")).to_have_value(paragraph)
    expect(page.locator("#id_excerpt")).to_have_value(excerpt)


def test_an_editor_pastes_a_text_and_cites_what_the_mouse_selects(staff, park):
    source = make_source(name="某报道")
    visitor = staff(f"/admin/reference/source/{source.pk}/change/", width=DESK)
    page = visitor.page
    page.get_by_role("link", name="还没有存入原文").click()
    page.get_by_label("或粘贴文字").fill(
        "标题\n\n某园全长约2.5公里，全长约2.5公里。\n税收  16.1亿元"
    )
    press(page, "读取并预览")
    assert visitor.violations() == []
    press(page, "确认存入")
    page.get_by_role("link", name="引用原文").click()
    page.get_by_label("要支持哪条记录").fill("某园")
    press(page, "查找记录")
    page.get_by_role("link", name="某园").click()
    page.wait_for_selector("#citation_form")

    drag(page, (2, 2.1), (2, 4.1))
    expect_chosen(page, "2", "全长")
    expect(page.get_by_role("status")).to_have_text("已选第 2 段：全长")
    drag(page, (1, 0.1), (2, 4.1))
    expect(page.get_by_role("status")).to_have_text("只能选同一段里的文字。")
    page.locator("#p3").click(click_count=3)
    expect_chosen(page, "3", "税收  16.1亿元")
    page.get_by_label("支持的内容").select_option("summary")
    press(page, "引用")
    assert "已引用第 3 段" in page.locator(".messagelist").inner_text()
    assert visitor.violations() == []
    assert visitor.sideways() == 0
    citation = Citation.objects.get()
    assert (citation.subject, citation.field, citation.paragraph) == (park, "summary", 3)
    assert citation.excerpt == "税收  16.1亿元"


def test_a_selection_that_is_too_long_is_not_taken(staff, source, park):
    page = staff(f"/admin/cite/?subject=parks.park:{park.pk}", width=DESK).page
    page.locator("#p2").click(click_count=3)
    expect(page.get_by_role("status")).to_have_text("选中的超过 60 个字，请选短一些。")


def test_without_scripts_paragraph_and_phrase_are_typed(staff, source, park):
    page = staff(f"/admin/cite/?subject=parks.park:{park.pk}", width=DESK, scripts=False).page
    page.get_by_label("段落").fill("3")
    page.get_by_label("原文短语").fill("2.5公里")
    press(page, "引用")
    assert "见于第 1 段" in page.locator(".errorlist").inner_text()
    assert page.input_value("#id_excerpt") == "2.5公里"
    page.get_by_label("段落").fill("1")
    press(page, "引用")
    assert "已引用第 1 段" in page.locator(".messagelist").inner_text()
    assert Citation.objects.get().subject == park


@pytest.fixture
def cited(park, source):
    make_park(slug="other")
    return [
        make_citation(park, source=source, field=field, paragraph=number, excerpt=excerpt)
        for field, number, excerpt in (("kind", 1, "某园"), ("name", 3, "16.1亿元"))
    ]


def focused(page):
    return page.evaluate("document.activeElement.className")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1440])
def test_a_mark_opens_who_says_so(cited, visit, width, scheme):
    visitor = visit(width=width, scheme=scheme)
    page = visitor.open("/parks/park/")
    mark = page.locator(".mark").first
    mark.click()
    note = page.get_by_role("dialog", name="某报道")
    note.wait_for()
    for said in ("某报社", "某园", "第 1 段", "2022年"):
        assert said in note.inner_text()
    assert visitor.violations() == []
    assert visitor.sideways() == 0
    box = note.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    note.get_by_role("button", name="关闭").click()
    assert note.is_hidden()
    assert focused(page) == "mark"
    page.locator(".mark").nth(1).click()
    note.get_by_text("16.1亿元").wait_for()
    page.mouse.click(2, 2)
    assert note.is_hidden()


def test_the_keyboard_opens_reads_and_leaves_a_note(cited, visit):
    page = visit(width=1440).open("/parks/park/")
    marks = page.locator(".mark")
    note = page.locator(".mark-note")
    marks.first.focus()
    page.keyboard.press("Enter")
    note.wait_for()
    assert focused(page) == "mark-note"
    page.keyboard.press("Escape")
    assert note.is_hidden()
    assert marks.first.evaluate("mark => mark === document.activeElement")

    page.keyboard.press("Enter")
    note.wait_for()
    for _stop in ("link", "button", "beyond"):
        page.keyboard.press("Tab")
    assert note.is_hidden()
    assert page.evaluate("document.activeElement !== document.body")
    page.keyboard.press("Shift+Tab")
    assert marks.first.evaluate("mark => mark === document.activeElement")

    page.keyboard.press("Enter")
    note.wait_for()
    page.keyboard.press("Shift+Tab")
    assert note.is_hidden()
    assert marks.first.evaluate("mark => mark === document.activeElement")

    page.keyboard.press("Enter")
    note.wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    assert note.is_visible()
    page.keyboard.press("Shift+Tab")
    assert note.is_hidden()
    assert marks.first.evaluate("mark => mark === document.activeElement")

    page.keyboard.press("Enter")
    note.wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/sources/report/#c{cited[0].pk}")


def test_a_mark_that_took_no_focus_has_it_once_its_note_closes(cited, visit):
    """Some browsers give a link that is clicked no focus, and so have none to give back."""
    page = visit(width=1440).open("/parks/park/")
    page.locator(".mark").first.evaluate("mark => mark.click()")
    page.locator(".mark-note").wait_for()
    page.keyboard.press("Escape")
    assert focused(page) == "mark"


def test_a_note_closes_before_the_card_that_it_lies_on(park, source, visit):
    belt = make_belt(slug="belt")
    node = make_node(belt=belt, park=park)
    make_citation(node, source=source, excerpt="某园")
    page = visit(width=1440).open("/belts/belt/?node=park")
    page.locator("#node-card .mark").first.click()
    page.locator(".mark-note").wait_for()
    # The card closes by its link, and stays visible until that page is there: watch the link.
    page.evaluate(
        """document.querySelector(".node-card-close").addEventListener("click", (event) => {
            event.preventDefault();
            document.body.dataset.closes = "card";
        })"""
    )
    page.keyboard.press("Escape")
    assert page.locator(".mark-note").is_hidden()
    assert page.locator("body").get_attribute("data-closes") is None
    page.keyboard.press("Escape")
    assert page.locator("body").get_attribute("data-closes") == "card"


def test_without_scripts_a_mark_leads_to_its_place(cited, visit):
    page = visit(width=375, scripts=False).open("/parks/park/")
    with page.expect_navigation():
        page.locator(".mark").first.click()
    assert page.url.endswith(f"/sources/report/#c{cited[0].pk}")
    assert page.locator(f"#c{cited[0].pk}").is_visible()


@pytest.mark.parametrize(
    "answer", [lambda route: route.abort(), lambda route: route.fulfill(status=404, body="no")]
)
def test_a_note_that_cannot_be_had_leads_to_its_place(cited, visit, answer):
    visitor = visit(width=375)
    page = visitor.open("/parks/park/")
    page.route("**/citations/**", answer)
    page.locator(".mark").first.click()
    page.wait_for_url(f"**/sources/report/#c{cited[0].pk}")
    visitor.complaints.clear()


def test_a_mark_opens_a_new_tab_where_that_is_asked_for(cited, visit):
    visitor = visit(width=1440)
    page = visitor.open("/parks/park/")
    with visitor.context.expect_page() as opened:
        page.locator(".mark").first.click(modifiers=["Control"])
    assert "/sources/report/" in opened.value.url
    assert page.locator(".mark-note").count() == 0


@pytest.mark.parametrize("key", ["ctrlKey", "metaKey", "shiftKey", "altKey"])
def test_a_click_with_a_key_held_is_left_to_the_browser(cited, visit, key):
    page = visit(width=1440).open("/parks/park/")
    # What the browser would make of it differs by system: only whether it is asked counts.
    is_taken = page.locator(".mark").first.evaluate(
        """(mark, key) => {
            let isTaken;
            addEventListener("click", (event) => {
                isTaken = event.defaultPrevented;
                event.preventDefault();
            }, { once: true });
            mark.dispatchEvent(
                new MouseEvent("click", { bubbles: true, cancelable: true, [key]: true })
            );
            return isTaken;
        }""",
        key,
    )
    assert is_taken is False
    assert page.locator(".mark-note").count() == 0
