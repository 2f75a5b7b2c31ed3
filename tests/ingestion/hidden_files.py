"""Office files in which something is hidden, or only seems to be."""

from tests.ingestion.office_files import A, P, R, cells, docx, odf, paragraph, pptx, relations, shape, with_parts, xlsx

SEEN = "Un congé de trois jours."
HIDDEN = "Une prime de douze euros."

WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
PAGE = (
    '<style:page-layout style:name="L"><style:page-layout-properties fo:page-width="28cm" fo:page-height="15.75cm"/>'
    "</style:page-layout>"
)
MASTER = '<style:master-page style:name="M" style:page-layout-name="L"/>'
WHITE = "<a:solidFill><a:srgbClr val='FFFFFF'/></a:solidFill>"
BLUE = "<a:solidFill><a:srgbClr val='003366'/></a:solidFill>"

FORMATS = {
    "small": '<fonts><font/><font><sz val="1"/></font></fonts><cellXfs><xf/><xf fontId="1"/></cellXfs>',
    "white": '<fonts><font/><font><color theme="0"/></font></fonts><cellXfs><xf/><xf fontId="1"/></cellXfs>',
    "white on blue": '<fonts><font/><font><color rgb="FFFFFFFF"/></font></fonts><fills><fill><patternFill'
    ' patternType="solid"><fgColor rgb="FF003366"/></patternFill></fill></fills>'
    '<cellXfs><xf fillId="9"/><xf fontId="1" fillId="0"/></cellXfs>',
    "no format": '<numFmts><numFmt numFmtId="165" formatCode=";;;"/></numFmts>'
    '<cellXfs><xf/><xf numFmtId="165"/></cellXfs>',
}


def sheet(rows: str, before: str = "", after: str = "") -> str:
    return f"{before}<sheetData>{cells(SEEN)}{rows}</sheetData>{after}"


def styled(style: str, after: str = "") -> bytes:
    """A sheet with a second row in a style."""
    row = f'<row r="2"><c r="A2" s="1" t="inlineStr"><is><t>{HIDDEN}</t></is></c></row>'
    return xlsx(sheet(row, after=after), styles=FORMATS[style])


def in_columns(column: str) -> bytes:
    return xlsx(sheet(cells("a", HIDDEN), before=f'<cols><col min="2" max="2" {column}/></cols>'))


def box(text: str, left: int = 100, fill: str = "", run: str = "", rotation: int = 0) -> str:
    """One on a slide that is 1000 wide."""
    form = f'<a:xfrm rot="{rotation}"><a:off x="{left}" y="100"/><a:ext cx="400" cy="100"/></a:xfrm>'
    return (
        '<p:sp><p:nvSpPr><p:cNvPr id="2" name=""/><p:nvPr/></p:nvSpPr>'
        f"<p:spPr>{form}{fill}</p:spPr><p:txBody><a:p><a:r><a:rPr>{run}</a:rPr><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"
    )


def slides(shapes: str, hidden: tuple[int, ...] = (), master: str = "") -> bytes:
    """A plain slide, and one with these shapes; `master` is what stands behind both."""
    names = f'xmlns:p="{P}" xmlns:a="{A}" xmlns:r="{R}"'
    listed = '<p:sldIdLst><p:sldId r:id="slide1"/><p:sldId r:id="slide2"/></p:sldIdLst><p:sldSz cx="1000" cy="700"/>'
    parts = {
        "ppt/presentation.xml": f"<p:presentation {names}>{listed}</p:presentation>",
        "ppt/slides/_rels/slide2.xml.rels": relations(slideLayout="../slideLayouts/a.xml"),
        "ppt/slideLayouts/a.xml": f"<p:sldLayout {names}/>",
        "ppt/slideLayouts/_rels/a.xml.rels": relations(slideMaster="../slideMasters/a.xml"),
        "ppt/slideMasters/a.xml": f"<p:sldMaster {names}>{master}</p:sldMaster>",
    }
    return with_parts(pptx(shape(SEEN), shapes, hidden=hidden), parts)


def on_master(content: str) -> str:
    return f"<p:cSld>{content}</p:cSld>"


def p(text: str) -> str:
    return f"<text:p>{text}</text:p>"


def row(*texts: str, cell: str = "", properties: str = "") -> str:
    """Of an OpenDocument table."""
    inner = "".join(f"<table:table-cell {cell}>{p(text)}</table:table-cell>" for text in texts)
    return f"<table:table-row {properties}>{inner}</table:table-row>"


def ods(rows: str, styles: str = "", columns: str = "", more: str = "") -> bytes:
    table = f'<table:table table:name="Paie">{columns}{row(SEEN)}{rows}</table:table>{more}'
    return odf("spreadsheet", table, styles)


def odp(page: str, properties: str = "", styles: str = "") -> bytes:
    """A plain slide, and one that holds this, 28 cm wide."""
    first = f'<draw:page draw:name="1"><draw:frame><draw:text-box>{p(SEEN)}</draw:text-box></draw:frame></draw:page>'
    content = odf(
        "presentation", f'{first}<draw:page draw:master-page-name="M" {properties}>{page}</draw:page>', styles
    )
    names = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    names += ' xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
    names += ' xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
    return with_parts(
        content,
        {
            "styles.xml": f"<office:document-styles {names}><office:automatic-styles>{PAGE}"
            f"</office:automatic-styles><office:master-styles>{MASTER}</office:master-styles></office:document-styles>"
        },
    )


def frame(x: str, properties: str = "") -> str:
    place = f'svg:x="{x}" svg:y="2cm" svg:width="10cm" svg:height="2cm"'
    return f"<draw:frame {place} {properties}><draw:text-box>{p(HIDDEN)}</draw:text-box></draw:frame>"


def cell_style(properties: str, more: str = "") -> str:
    """One called X, white."""
    return (
        f'<style:style style:name="X" style:family="table-cell"><style:table-cell-properties {properties}/>'
        f'<style:text-properties fo:color="#ffffff"/>{more}</style:style>'
    )


ROW_AWAY = row(HIDDEN, properties='table:visibility="collapse"')
SHEET_AWAY = (
    '<style:style style:name="S" style:family="table"><style:table-properties table:display="false"/></style:style>'
)
SLIDE_AWAY = (
    '<style:style style:name="D" style:family="drawing-page">'
    '<style:drawing-page-properties presentation:visibility="hidden"/></style:style>'
)
LIGHT = '<w:style w:type="character" w:styleId="L"><w:rPr><w:color w:val="FFFFFF"/>{}</w:rPr></w:style>'
IN_STYLE = paragraph(SEEN) + paragraph(HIDDEN, run='<w:rStyle w:val="L"/>')

HIDING = {
    "xlsx, sheet": (xlsx(sheet(""), f"<sheetData>{cells(HIDDEN)}</sheetData>", states=("visible", "hidden")), ".xlsx"),
    "xlsx, sheet well hidden": (
        xlsx(sheet(""), f"<sheetData>{cells(HIDDEN)}</sheetData>", states=("visible", "veryHidden")),
        ".xlsx",
    ),
    "xlsx, row": (xlsx(sheet(cells(HIDDEN, row='hidden="1"'))), ".xlsx"),
    "xlsx, row without height": (xlsx(sheet(cells(HIDDEN, row='ht="0" customHeight="1"'))), ".xlsx"),
    "xlsx, column": (in_columns('hidden="1"'), ".xlsx"),
    "xlsx, column without width": (in_columns('width="0"'), ".xlsx"),
    "xlsx, white": (styled("white"), ".xlsx"),
    "xlsx, small": (styled("small"), ".xlsx"),
    "xlsx, a format that shows nothing": (styled("no format"), ".xlsx"),
    "pptx, slide": (slides(box(HIDDEN), hidden=(2,)), ".pptx"),
    "pptx, shape": (slides(box(HIDDEN).replace('name=""', 'name="" hidden="1"')), ".pptx"),
    "pptx, beside": (slides(box(HIDDEN, left=1010)), ".pptx"),
    "pptx, beside, turned": (slides(box(HIDDEN, left=-900, rotation=2_700_000)), ".pptx"),
    "pptx, no ink": (slides(box(HIDDEN, run="<a:noFill/>")), ".pptx"),
    "pptx, clear": (slides(box(HIDDEN, run=BLUE.replace("/></a:s", "><a:alpha val='0'/></a:srgbClr></a:s"))), ".pptx"),
    "pptx, small": (slides(box(HIDDEN).replace("<a:rPr>", '<a:rPr sz="100">')), ".pptx"),
    "pptx, white": (slides(box(HIDDEN, run=WHITE)), ".pptx"),
    "pptx, white beside a logo": (
        slides(box(HIDDEN, run=WHITE), master=on_master(f"<p:spTree>{box('', 600, BLUE)}</p:spTree>")),
        ".pptx",
    ),
    "docx, row": (
        docx(
            paragraph(SEEN)
            + f"<w:tbl><w:tr><w:trPr><w:hidden/></w:trPr><w:tc>{paragraph(HIDDEN)}</w:tc></w:tr></w:tbl>"
        ),
        ".docx",
    ),
    "docx, white by its style": (docx(IN_STYLE, LIGHT.format("")), ".docx"),
    "odt, section": (odf("text", f'{p(SEEN)}<text:section text:display="none">{p(HIDDEN)}</text:section>'), ".odt"),
    "odt, words": (
        odf(
            "text", f'{p(SEEN)}<text:p>A<text:hidden-text text:string-value="{HIDDEN}" text:is-hidden="true"/></text:p>'
        ),
        ".odt",
    ),
    "odt, paragraph": (
        odf("text", f'{p(SEEN)}<text:p><text:hidden-paragraph text:is-hidden="true"/>{HIDDEN}</text:p>'),
        ".odt",
    ),
    "odt, row": (odf("text", f"{p(SEEN)}<table:table>{row('a', 'b')}{ROW_AWAY}</table:table>"), ".odt"),
    "ods, sheet": (ods("", SHEET_AWAY, more=f'<table:table table:style-name="S">{row(HIDDEN)}</table:table>'), ".ods"),
    "ods, row": (ods(ROW_AWAY), ".ods"),
    "ods, column": (
        ods(row("a", HIDDEN), columns='<table:table-column/><table:table-column table:visibility="collapse"/>'),
        ".ods",
    ),
    "ods, white": (ods(row(HIDDEN, cell='table:style-name="X"'), cell_style("")), ".ods"),
    "odp, slide": (odp(frame("2cm"), 'draw:style-name="D"', SLIDE_AWAY), ".odp"),
    "odp, shape": (odp(frame("2cm", 'draw:display="none"')), ".odp"),
    "odp, beside": (odp(frame("28.5cm")), ".odp"),
}

SHOWING = {
    "xlsx, white on a fill": (styled("white on blue"), ".xlsx"),
    "xlsx, white where a condition colours": (
        styled("white", after='<conditionalFormatting sqref="A1 A2:B9"/>'),
        ".xlsx",
    ),
    "pptx, over the edge": (slides(box(HIDDEN, left=-399)), ".pptx"),
    "pptx, white on blue": (slides(box(HIDDEN, fill=BLUE, run=WHITE)), ".pptx"),
    "pptx, white over a band": (slides(box("", 300, BLUE) + box(HIDDEN, run=WHITE)), ".pptx"),
    "pptx, white on a dark pattern": (
        slides(box(HIDDEN, run=WHITE), master=on_master(f"<p:bg><p:bgPr>{BLUE}</p:bgPr></p:bg>")),
        ".pptx",
    ),
    "pptx, white where the theme is dark": (slides(box(HIDDEN, run=WHITE), master='<p:clrMap bg1="dk1"/>'), ".pptx"),
    "docx, white over a drawing": (
        docx(
            IN_STYLE + f'<w:p><w:r><w:drawing><wp:anchor xmlns:wp="{WP}" behindDoc="1"/></w:drawing></w:r></w:p>',
            LIGHT.format(""),
        ),
        ".docx",
    ),
    "docx, white by a style with a shade": (docx(IN_STYLE, LIGHT.format('<w:shd w:fill="003366"/>')), ".docx"),
    "odt, a section that is shown": (odf("text", f"{p(SEEN)}<text:section>{p(HIDDEN)}</text:section>"), ".odt"),
    "ods, white on a fill": (
        ods(row(HIDDEN, cell='table:style-name="X"'), cell_style('fo:background-color="#003366"')),
        ".ods",
    ),
    "ods, white on a condition": (
        ods(row(HIDDEN, cell='table:style-name="X"'), cell_style("", '<style:map style:condition="a"/>')),
        ".ods",
    ),
    "odp, over the edge": (odp(frame("-9.5cm")), ".odp"),
}
