"""Pictures and documents are set with Typst, in the type that comes with the site."""

from functools import cache
from pathlib import Path

import typst

FONTS = Path(__file__).resolve().parent.parent / "fonts"
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
    return typst.Fonts(font_paths=[FONTS], include_embedded_fonts=False)


def png_of(svg, width, height, scale=2):
    """Return an SVG picture of that size as a PNG, enlarged as far as memory allows."""
    scale = min(scale, (MAX_PIXELS / (width * height)) ** 0.5)
    return typst.compile(
        PAGE_OF_A_PICTURE,
        format="png",
        ppi=scale * POINTS_PER_INCH / POINTS_PER_PIXEL,
        font_paths=fonts(),
        sys_inputs={"svg": svg, "width": str(width * POINTS_PER_PIXEL)},
    )
