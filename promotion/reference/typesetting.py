"""Pictures and documents are set with Typst, in the type that comes with the site."""

from functools import cache
from pathlib import Path
from threading import Lock

FONTS = Path(__file__).resolve().parent.parent / "fonts"
# Typst spreads one document over every core: many at once take longer, and twice the memory.
PRESS = Lock()
POINTS_PER_PIXEL = 0.75
POINTS_PER_INCH = 72
# What one picture may ask of the machine's memory: four bytes a pixel.
MAX_PIXELS = 16_000_000
PAGE_OF_A_PICTURE = b"""
#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg", width: float(sys.inputs.width) * 1pt)
"""


@cache
def fonts():
    """Return the type to set with: ours first, and the machine's for characters it lacks."""
    import typst  # noqa: PLC0415 large, and seldom asked for

    return typst.Fonts(font_paths=[FONTS], include_embedded_fonts=False)


def typeset(layout, inputs, **options):
    """Return a document that Typst sets, the inputs given to it as plain text."""
    import typst  # noqa: PLC0415 see `fonts`

    with PRESS:
        return typst.compile(layout, font_paths=fonts(), sys_inputs=inputs, **options)


def png_of(svg, width, height, scale=2):
    """Return an SVG picture of that size as a PNG, enlarged as far as memory allows."""
    scale = min(scale, (MAX_PIXELS / (width * height)) ** 0.5)
    return typeset(
        PAGE_OF_A_PICTURE,
        {"svg": svg, "width": str(width * POINTS_PER_PIXEL)},
        format="png",
        ppi=scale * POINTS_PER_INCH / POINTS_PER_PIXEL,
    )
