"""Make the pictures of README.zh-CN.md again: python tests/docs/make_pictures.py

Needs soffice, pdftoppm and convert (imagemagick). Every picture shows one sheet of a sample as it looks on the
screen (row and column headings, the input columns) or as it is printed. The samples themselves are not touched.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "templates/yiyang-2024/pictures"
FILLED, AS_HANDED_IN = "机关工委_2024_更正稿.xlsx", "机关工委_2024_报送稿.xlsx"


FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include>%s</fontconfig>"""
ALIAS = '<match><test name="family"><string>%s</string></test><edit name="family" mode="assign" binding="same">' \
    "<string>Noto %s CJK SC</string></edit></match>"
STANDS_FOR = {"仿宋_GB2312": "Serif", "方正小标宋简体": "Serif", "宋体": "Serif", "黑体": "Sans"}


@dataclass(frozen=True)
class Picture:
    """One picture: what is seen of which sheet. Columns and rows in `out_of_sight` are scrolled away."""

    name: str
    sample: str
    sheet: str
    area: str | None = None  # None: as printed
    out_of_sight: str = ""
    widths: tuple[tuple[str, float], ...] = ()
    width: int = 900


PICTURES = (
    Picture("填报说明", FILLED, "填报说明", "A1:F15"),
    Picture("附件1", FILLED, "附件1", "A2:L18"),
    Picture("附件2填报", FILLED, "附件2", "A14:P28", "E F G H I J"),
    Picture("附件2提示", AS_HANDED_IN, "附件2", "D14:T31",
            "E F G H I J K L M N O P S 15 16 17 18 19 20 22 25 26 29 30"),
    Picture("附件3", FILLED, "附件3-1", "A1:I14"),
    Picture("审核", AS_HANDED_IN, "审核", "A1:J50", " ".join(map(str, [*range(15, 39), 40, 43, *range(46, 50)])),
            widths=(("C", 44), ("J", 24))),
    Picture("审核说明", FILLED, "审核", "C38:J40", "D E F G I"),
    Picture("打印", FILLED, "附件2", width=760),
)


def screen_copy(picture: Picture, folder: Path) -> tuple[Path, int]:
    """Save a copy in which every sheet is one page, the wanted one as it is to be seen; and return its page."""
    book = load_workbook(ROOT / "samples" / picture.sample)
    for sheet in book.worksheets:
        sheet.page_setup.scale, sheet.sheet_properties.pageSetUpPr.fitToPage = None, True
        sheet.page_setup.fitToWidth = sheet.page_setup.fitToHeight = 1
    sheet = book[picture.sheet]
    if picture.area:
        show_on_screen(sheet, picture)
    else:
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            cell.fill = PatternFill()  # the sheet prints in black and white, which LibreOffice does not know
    path = folder / f"{picture.name}.xlsx"
    book.save(path)
    return path, book.worksheets.index(sheet) + 1


def show_on_screen(sheet: Worksheet, picture: Picture) -> None:
    """Lay the area out with its headings, input columns included."""
    sheet.print_area, sheet.print_title_rows, sheet.print_title_cols = picture.area, None, None
    sheet.print_options.headings = True
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 8  # A3
    sheet.oddHeader.center.text = sheet.oddFooter.center.text = None
    for hidden in picture.out_of_sight.split():
        of = sheet.row_dimensions[int(hidden)] if hidden.isdecimal() else sheet.column_dimensions[hidden]
        of.hidden = True
    for column, width in picture.widths:
        sheet.column_dimensions[column].width = width


def make(picture: Picture, folder: Path) -> Path:
    """Render a picture. Raises CalledProcessError where a program fails."""
    book, page = screen_copy(picture, folder)
    run("soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf",
        "--outdir", str(folder), str(book))
    run("pdftoppm", "-png", "-r", "220", "-f", str(page), "-l", str(page), "-singlefile", str(book.with_suffix(".pdf")),
        str(book.with_suffix("")))
    out = OUT / f"{picture.name}.png"
    run("convert", str(book.with_suffix(".png")), "-trim", "+repage", "-resize", f"{picture.width}x", "-bordercolor",
        "white", "-border", "6", "+dither", "-colors", "64", "-strip", f"PNG8:{out}")
    return out


def run(*command: str) -> None:
    """Run a program quietly."""
    subprocess.run(command, check=True, capture_output=True)


def use_fonts(folder: Path) -> None:
    """Let free fonts stand for the official ones, which only Windows has."""
    aliases = "".join(ALIAS % pair for pair in STANDS_FOR.items())
    (folder / "fonts.conf").write_text(FONTS % aliases, "utf-8")
    os.environ["FONTCONFIG_FILE"] = str(folder / "fonts.conf")


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    chosen = [picture for picture in PICTURES if not sys.argv[1:] or picture.name in sys.argv[1:]]
    with tempfile.TemporaryDirectory() as scratch:
        use_fonts(Path(scratch))
        for picture in chosen:
            made = make(picture, Path(scratch))
            print(f"{made.name} {made.stat().st_size // 1024} KB")
