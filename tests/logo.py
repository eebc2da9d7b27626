"""The logo of the sample brand, drawn: a lighthouse between its two beams."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageDraw

PETROL, LAMP = "#0f5c5c", "#d9a514"
SIZE = (720, 360)


def draw() -> bytes:
    """The logo as PNG, without text: no font needs to be there."""
    picture = Image.new("RGBA", SIZE, (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    for left in ([(300, 84), (0, 20), (0, 148)], [(420, 84), (719, 20), (719, 148)]):
        pen.polygon(left, fill=LAMP)
    pen.polygon([(330, 120), (390, 120), (425, 330), (295, 330)], fill=PETROL)
    for top in (165, 235):
        pen.rectangle((300, top, 420, top + 26), fill="white")
    pen.rectangle((312, 56, 408, 112), fill=PETROL)
    pen.rectangle((336, 68, 384, 112), fill=LAMP)
    pen.polygon([(300, 56), (360, 8), (420, 56)], fill=PETROL)
    pen.rectangle((240, 326, 480, 350), fill=PETROL)
    stream = BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()
