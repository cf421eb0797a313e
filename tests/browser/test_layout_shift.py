"""Nothing that a reader looks at moves while the rest of its page arrives."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from parks.models import Park
from tests.pages.world import DETAILS, LISTS, build
from tests.reference.test_pictures import picture_bytes

# Below it a shift is what rounding makes of a pixel; pages count as steady up to 0.1.
STEADY = 0.01
NOTE_SHIFTS = """
    window.shifts = [];
    new PerformanceObserver(list => {
        for (const entry of list.getEntries()) {
            const moved = entry.sources.map(source => source.node?.nodeName);
            window.shifts.push([entry.value, ...moved]);
        }
    }).observe({type: "layout-shift", buffered: true});
"""
# To the end and back, past every picture that is loaded late.
LOOK_AT_ALL = """async () => {
    const settle = () => new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)));
    for (let top = 0; top < document.body.scrollHeight; top += innerHeight) {
        scrollTo(0, top);
        await settle();
    }
    scrollTo(0, 0);
    await settle();
    return window.shifts;
}"""


@pytest.mark.parametrize("width", [375, 1440])
def test_nothing_moves_while_a_page_arrives(transactional_db, visit, width):
    build(1)
    for park in Park.objects.all():
        park.picture = SimpleUploadedFile("p.jpg", picture_bytes(size=(1200, 800)))
        park.picture_alt = "大门"
        park.save()
    visitor = visit(width=width)
    visitor.context.add_init_script(NOTE_SHIFTS)
    found = {}
    for address in ["/", "/search/?q=hub", *LISTS, *DETAILS]:
        shifts = visitor.open(address).evaluate(LOOK_AT_ALL)
        if sum(value for value, *_nodes in shifts) >= STEADY:
            found[address] = shifts
    assert found == {}
