"""What a notebook shows a reader: sentences, tables, and charts with two titles, alt text and a table beside them.

Everything shown is escaped text or a picture; nothing that came from a file is ever markup. Tables are small HTML tables
with a caption and row headers, and plain text for a terminal. A chart must come with alt text that says its point.
"""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from html import escape

import numpy as np
import pandas as pd
from IPython.display import display
from jinja2 import Environment
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image
from scipy.spatial import cKDTree

from workforce_ratings import paths, spreadsheets
from workforce_ratings.vocabulary import DPI, FACTS_TYPE, Fault, long_date, minus_signs, one_decimal

COLOURS = 256
# Levels of red, green or blue, of 256, that the eye does not tell apart along an edge.
SHADE = 8
# zlib's usual level: the best one takes ten times as long, and leaves a tenth less.
COMPRESSION = 6
CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHORTEST_ALT = 40
# What a cell of a column of figures can be: numbers, intervals, counts in brackets, markers, nothing.
_FIGURE = r"–|\[[a-z :.~-]+\]|[-+−]?[\d,.]+%?( to [-+−]?[\d,.]+%?)?( \(\d+\))?|(under|over) [\d.]+%?"
_TABLE = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
    """\
<table>
<caption>{{ caption }}</caption>
<thead>
<tr>{% for name in header %}<th scope="col"{% if loop.index0 in numeric %} class="numbers"{% endif %}>{{ name }}</th>\
{% endfor %}</tr>
</thead>
<tbody>
{% for row in rows %}
<tr>{% for cell in row %}{% if loop.first %}<th scope="row">{{ cell }}</th>{% else %}\
<td{% if loop.index0 in numeric %} class="numbers"{% endif %}>{{ cell }}</td>{% endif %}{% endfor %}</tr>
{% endfor %}
</tbody>
</table>
"""
)


def say(*sentences: str, style: str = "") -> None:
    """Shows sentences as one paragraph; `style` “headline” makes it the page's lead, “note” small print."""
    text = minus_signs(" ".join(s for s in sentences if s))
    if text:
        opening = f'<p class="{style}">' if style else "<p>"
        _show_html(f"{opening}{escape(text)}</p>", text)


def title(text: str) -> None:
    """Shows the page's own title (h1), for a report whose title depends on a parameter."""
    _show_html(f"<h1>{escape(text)}</h1>", text)


def heading(text: str) -> None:
    """Shows a heading of the size of a chart's, where there is no chart to show."""
    _show_html(f"<h3>{escape(text)}</h3>", text)


def points(items: list[str]) -> None:
    """Shows sentences as a list; nothing for an empty one."""
    items = [minus_signs(item) for item in items]
    if items:
        html = "".join(f"<li>{escape(item)}</li>" for item in items)
        _show_html(f"<ul>{html}</ul>", "\n".join(f"- {item}" for item in items))


def box(title: str, items: list[str]) -> None:
    """Shows a titled box of sentences set apart from the text, for limits and how to read; nothing for an empty one."""
    if not items:
        return
    title, items = minus_signs(title), [minus_signs(item) for item in items]
    html = "".join(f"<li>{escape(item)}</li>" for item in items)
    plain = "\n".join([title, *(f"- {item}" for item in items)])
    name = f'<p class="box-title">{escape(title)}</p>'
    _show_html(f'<aside class="box" aria-label="{escape(title)}">{name}<ul>{html}</ul></aside>', plain)


def table(frame: pd.DataFrame, caption: str, formats: dict[str, str | Callable] | None = None) -> None:
    """Shows a frame: first column as row headers, numbers to one decimal unless `formats` says otherwise.

    Nothing is shown for a frame without rows.
    """
    if frame.empty:
        return
    shown = formatted(frame, formats or {})
    numeric = [i for i, c in enumerate(shown) if _is_figures(shown[c])]
    html = _TABLE.render(caption=caption, header=list(shown), rows=shown.to_numpy().tolist(), numeric=numeric)
    _show_html(html, f"{caption}\n{shown.to_string(index=False)}")


def _is_figures(cells: pd.Series) -> bool:
    """Whether a column's cells are numbers, intervals and the like, at least one of them not merely “–”."""
    return bool(cells.str.fullmatch(_FIGURE).all() and (cells != "–").any())


def formatted(frame: pd.DataFrame, formats: dict[str, str | Callable]) -> pd.DataFrame:
    """The frame as text cells: “–” for nothing, whole numbers whole, other numbers to one decimal."""

    def cell(value: object, how: str | Callable | None) -> str:
        if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and pd.isna(value)):
            return "–"
        if callable(how):
            return how(value)
        if how:
            return format(value, how)
        if isinstance(value, bool | np.bool_):
            return "yes" if value else "no"
        if isinstance(value, pd.Timestamp):
            return long_date(value)
        return one_decimal(value) if isinstance(value, float) else str(value)

    return pd.DataFrame(
        {str(c): [minus_signs(cell(v, formats.get(c))) for v in frame[c]] for c in frame}, index=frame.index
    )


def show(ax: Axes, headline: str, subtitle: str, alt: str) -> None:
    """Shows a chart under its two titles: what it finds, and what it is (measure, place, period, unit).

    Raises Fault where the alt text is missing or too short to say the point; show a table of the figures next to it.
    """
    if len(alt) < SHORTEST_ALT:
        raise Fault(
            f"the chart “{headline}” has no alt text that says its point; write one of {SHORTEST_ALT} letters on."
        )
    headline, subtitle, alt = (minus_signs(text) for text in (headline, subtitle, alt))
    _show_html(f"<h3>{escape(headline)}</h3><p>{escape(subtitle)}</p>", f"{headline}\n{subtitle}")
    display(
        {"image/png": png(ax.figure), "text/plain": alt},
        raw=True,
        metadata={"image/png": {"alt": alt}},
    )


def facts(known: dict[str, object]) -> None:
    """Leaves facts about the page for the index of reports: numbers, text and None by name. Readers of the page see none."""
    display({FACTS_TYPE: known}, raw=True)


def save(frame: pd.DataFrame, name: str) -> None:
    """Writes a table of the run: UTF-8, one header row, numbers unrounded, the same bytes for the same figures.

    Text that a spreadsheet would take for a formula is kept as text by an apostrophe before it.
    """
    folder = paths.tables_folder()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(_csv(frame).encode("utf-8"))


def png(figure: Figure) -> bytes:
    """A figure as a PNG of DPI dots per inch with at most COLOURS colours, in which nobody sees that there were more: a
    report of ten charts is then a third of the size."""
    figure.set_dpi(DPI)
    canvas = figure.canvas if isinstance(figure.canvas, FigureCanvasAgg) else FigureCanvasAgg(figure)
    canvas.draw()
    # Each dot's red, green and blue as one number. Paper is most of a chart, and is counted without sorting.
    dots = np.asarray(canvas.buffer_rgba()).view("<u4")[..., 0] & 0xFFFFFF
    others, counts = np.unique(dots[dots != dots[0, 0]], return_counts=True)
    met, counts = np.r_[dots[0, 0], others], np.r_[dots.size - counts.sum(), counts]
    colours = np.stack([met & 255, met >> 8 & 255, met >> 16], axis=1)
    palette = colours[_most(colours, counts)]
    shown = np.zeros(1 << 24, np.uint8)
    shown[met] = cKDTree(palette).query(colours)[1]
    image = Image.fromarray(shown[dots], "P")
    image.putpalette(palette.astype(np.uint8).tobytes())
    made = io.BytesIO()
    image.save(made, format="png", compress_level=COMPRESSION)
    return made.getvalue()


def _most(colours: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Which colours stand for all: of those that differ by less than SHADE the most frequent, and of these the COLOURS ones
    that stand for most dots. Taken singly, the most frequent ones would be the greys at the edges of letters."""
    alike = colours // SHADE @ [1 << 16, 1 << 8, 1]
    order = np.argsort(-counts, kind="stable")
    groups, first = np.unique(alike[order], return_index=True)
    dots = np.bincount(alike, counts)[groups]
    return np.sort(order[first[np.argsort(-dots, kind="stable")[:COLOURS]]])


def download(frame: pd.DataFrame, file_name: str, about: str) -> None:
    """Shows a link that keeps a table as a CSV file, made as `save` makes it; nothing for a frame without rows.

    `about` says whose figures they are; the link adds their kind and number. The file is within the page. It opens with a
    byte order mark, unlike the tables of a run: without one Excel on Windows shows “–” and “é” as other letters. Raises
    Fault where the file's name is not a plain one that ends in .csv.
    """
    _check_file_name(file_name, ".csv")
    if frame.empty:
        return
    rows = f"{len(frame):,} {'row' if len(frame) == 1 else 'rows'}"
    _show_link(_csv(frame).encode("utf-8-sig"), CSV, file_name, f"{about} (CSV, {rows})")


def spreadsheet(sheets: Sequence[spreadsheets.Sheet], cover: spreadsheets.Cover, file_name: str) -> None:
    """Shows a link that keeps every table of a report as one Excel workbook, which is within the page.

    Raises Fault as spreadsheets.workbook does, and where the file's name is not a plain one that ends in .xlsx.
    """
    _check_file_name(file_name, ".xlsx")
    book = spreadsheets.workbook(sheets, cover)
    names = zipfile.ZipFile(io.BytesIO(book)).namelist()
    count = sum(name.startswith("xl/worksheets/sheet") for name in names)
    kilobytes = max(1, round(len(book) / 1000))
    about = f"Every table of this report in one spreadsheet (Excel, {count} sheets, {kilobytes:,} kB)"
    _show_link(book, XLSX, file_name, about)


def _csv(frame: pd.DataFrame) -> str:
    safe = frame.map(_not_a_formula).rename(columns=_not_a_formula)
    return safe.to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d")


def _not_a_formula(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and re.match(r"[=+@\t\r\n-].", cell, re.DOTALL) else cell


def _check_file_name(name: str, ending: str) -> None:
    if not re.fullmatch(rf"[A-Za-z0-9][A-Za-z0-9_-]*{re.escape(ending)}", name):
        raise Fault(
            f"a download is called “{name}”; use letters, digits and hyphens with {ending} at the end, such as "
            f"wakefield{ending}."
        )


def _show_link(content: bytes, kind: str, file_name: str, text: str) -> None:
    data = f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"
    _show_html(f'<p><a download="{file_name}" href="{data}">{escape(text)}</a></p>', f"{text}: {file_name}")


def _show_html(html: str, plain: str) -> None:
    display({"text/html": html, "text/plain": plain}, raw=True)
