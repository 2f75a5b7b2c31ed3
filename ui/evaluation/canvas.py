"""A drawing as inline SVG: shapes and words on a plane whose unit is a pixel at full width.

Words are escaped (they may be anybody's), the drawing has a title and a description for those who do not see it, and
all colours come from the page's style sheet by class.
"""

from markupsafe import Markup

WIDTH = 680


class Canvas:
    """Shapes in the order in which they are drawn; `name` makes the drawing's identifiers unique in its page."""

    def __init__(self, name: str, height: float, title: str, description: str) -> None:
        self._head = Markup(
            '<svg viewBox="0 0 {} {:.0f}" role="img" aria-labelledby="{}-t {}-d">'
            '<title id="{}-t">{}</title><desc id="{}-d">{}</desc>'
        ).format(WIDTH, height, name, name, name, title, name, description)
        self._shapes: list[Markup] = []

    def line(self, css: str, x1: float, y1: float, x2: float, y2: float) -> None:
        """From one point to another."""
        self._add('<line class="{}" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>', css, x1, y1, x2, y2)

    def polyline(self, css: str, points: list[tuple[float, float]]) -> None:
        """Through all these points."""
        self._add('<polyline class="{}" points="{}"/>', css, " ".join(f"{x:.1f},{y:.1f}" for x, y in points))

    def box(self, css: str, x: float, y: float, width: float, height: float, hint: str = "") -> None:
        """A filled rectangle; a pointer that rests on it shows the hint."""
        inner = Markup("<title>{}</title>").format(hint) if hint else Markup("")
        self._add(
            '<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}">{}</rect>',
            *(css, x, y, max(width, 0.0), max(height, 0.0), inner),
        )

    def dot(self, css: str, x: float, y: float) -> None:
        """A small disc."""
        self._add('<circle class="{}" cx="{:.1f}" cy="{:.1f}" r="4"/>', css, x, y)

    def words(self, css: str, x: float, y: float, words: str, anchor: str = "start") -> None:
        """One line of text, which begins, ends (`end`) or has its middle (`middle`) at x."""
        self._add('<text class="{}" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>', css, x, y, anchor, words)

    def drawn(self) -> Markup:
        """The drawing."""
        return self._head + Markup("").join(self._shapes) + Markup("</svg>")

    def _add(self, shape: str, *values: object) -> None:
        self._shapes.append(Markup(shape).format(*values))  # noqa: S704 (a literal of this class; values are escaped)
