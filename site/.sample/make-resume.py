#!/usr/bin/env python3
"""Writes the sample CV, cv/resume.pdf of the site: one page of PDF 1.4 in the standard fonts.

The output is reproducible: it has no date, no random id and no compression. References to "ISO" are to ISO 32000-1
(https://opensource.adobe.com/dc-acrobat-sdk-docs/pdfstandards/PDF32000_2008.pdf).
"""

from pathlib import Path

# A4 in points, and the two columns of the page.
WIDTH, HEIGHT = 595, 842
LEFT, TEXT, RIGHT = 48, 158, 547

INK, MUTED, GRID, ACCENT = "0.08 0.13 0.11", "0.32 0.38 0.36", "0.72 0.77 0.75", "0.74 0.14 0.09"
REGULAR, BOLD = "F1", "F2"

# Years of the train graph, as on the page: it starts in 2006; 0 is the northernmost station.
STATIONS = ["Gothenburg", "Rotterdam", "Basel", "Trieste"]
RUN = [(0, 3), (3.1, 3), (3.5, 2), (7.2, 2), (7.6, 1), (11.1, 1), (11.9, 3), (12.5, 3), (13.5, 0), (16.4, 0), (16.8, 1), (20, 1)]
STOPS = [(0, 3), (3.5, 2), (7.6, 1), (11.9, 3), (13.5, 0), (16.8, 1), (20, 1)]

WORK = [
    ("2022–now", "Rotterdam", "Principal reliability engineer", "Havenklok", [
        "Berth planning for eleven North Sea ports. Turned the nightly plan into a stream that",
        "replans in four seconds; ships now idle 9 % less at anchor.",
        "Took unplanned outage from 31 hours a year to 40 minutes, mostly by deleting things.",
    ]),
    ("2018–2022", "Gothenburg", "Site reliability engineer, then lead of six", "Kanal Nio", [
        "Live television for two million homes. Moved link signing to the network’s edge:",
        "60,000 signatures a second at the peak, no key older than a day.",
        "Cut the wait for the first frame from 2.9 to 1.1 seconds on a mid-range phone.",
    ]),
    ("2017–2018", "Trieste", "Volunteer signaller", "Carso Tramway Society", [
        "Rewired the block signals of a hill tram from 1902; taught four apprentices to read",
        "a relay diagram.",
    ]),
    ("2013–2017", "Rotterdam", "Software engineer, traffic control", "Noordlijn", [
        "Wrote the conflict detector that sees, eleven minutes earlier than before, that two",
        "trains want one platform.",
        "Replaced a 40-page runbook with a screen of six questions.",
    ]),
    ("2009–2013", "Basel", "Test engineer, interlockings", "Brückner Signal", [
        "Built a generator of improbable timetables. It found 14 unsafe states in a release",
        "that had passed acceptance.",
    ]),
]

BACKGROUND = [
    ("Training", "Electronics and railway signalling, Scuola Tecnica del Porto, Trieste, 2006–2009"),
    ("Works in", "Rust, Ada, Python, SQL; CloudFront, Lambda, DynamoDB; TLA+"),
    ("Speaks", "Italian, German, English, Dutch; Swedish, slowly"),
    ("Talks", "Late is a state, not an event (2024); Deleting your way to three nines (2021)"),
]


def literal(text):
    """Encodes a string object in the fonts' encoding, Windows code page 1252 (ISO, 7.3.4.2 and D.2)."""
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return b"(" + escaped.encode("cp1252") + b")"


class Page:
    """Collects the operators of a content stream."""

    def __init__(self):
        self.parts = []

    def raw(self, operators):
        self.parts.append(operators.encode("ascii"))

    def text(self, x, y, size, text, font=REGULAR, colour=INK, spacing=0):
        start = f"BT {colour} rg /{font} {size} Tf {spacing:g} Tc {x:g} {y:g} Td "
        self.parts.append(start.encode("ascii") + literal(text) + b" Tj ET")

    def line(self, points, width, colour):
        (x, y), *rest = points
        path = f"{x:g} {y:g} m " + " ".join(f"{x:g} {y:g} l" for x, y in rest)
        self.raw(f"{colour} RG {width} w {path} S")

    def dot(self, x, y, size, colour):
        # A line of no length with round caps is a disc (ISO, 8.5.3.2).
        self.raw(f"1 J {colour} RG {size} w {x:g} {y:g} m {x:g} {y:g} l S 0 J")


def graph(page, top):
    """Draws the train graph; returns the height of its lower edge."""
    left, height = LEFT + 62, 78

    def at(year, station):
        return round(left + year * (RIGHT - left) / 20, 1), round(top - station * height / 3, 1)

    for year in range(21):
        page.line([at(year, 0), at(year, 3)], 0.6 if year % 4 == 0 else 0.25, GRID)
    for number, station in enumerate(STATIONS):
        page.line([at(0, number), at(20, number)], 0.6, GRID)
        page.text(LEFT, at(0, number)[1] - 3, 9, station)
    page.raw("1 j")
    page.line([at(*point) for point in RUN], 2.2, ACCENT)
    for point in STOPS:
        page.dot(*at(*point), 7, ACCENT)
    page.dot(*at(*STOPS[-1]), 3.4, "1 1 1")
    for year in range(0, 20, 4):
        page.text(at(year, 3)[0], at(0, 3)[1] - 14, 9, str(2006 + year), colour=MUTED)
    return at(0, 3)[1] - 14


def content():
    page = Page()
    page.text(LEFT - 2, 768, 44, "Ines Varnholt", BOLD, spacing=-1.2)
    page.text(LEFT, 738, 13, "Reliability engineer. I keep things on time: trains first, then television, now ships.")
    page.text(LEFT, 718, 10, "ines@example.com", colour=ACCENT)
    page.text(LEFT + 100, 718, 10, "Rotterdam, or a night train away", colour=MUTED)

    y = graph(page, 690) - 26
    page.line([(LEFT, y), (RIGHT, y)], 1.6, INK)
    for when, where, role, employer, lines in WORK:
        y -= 20
        page.text(LEFT, y, 10, when)
        page.text(LEFT, y - 13, 10, where, colour=MUTED)
        page.text(TEXT, y, 11.5, role, BOLD)
        page.text(TEXT, y - 14, 10, employer, colour=MUTED)
        y -= 14
        for line in lines:
            y -= 13.5
            page.text(TEXT, y, 9.5, line)
        y -= 12
        page.line([(LEFT, y), (RIGHT, y)], 0.4, GRID)
    for term, detail in BACKGROUND:
        y -= 17
        page.text(LEFT, y, 9.5, term, colour=MUTED)
        page.text(TEXT, y, 9.5, detail)
    return b"\n".join(page.parts)


def document():
    stream = content()
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /{} /Encoding /WinAnsiEncoding >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (en) /ViewerPreferences << /DisplayDocTitle true >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents 4 0 R /Annots [7 0 R] "
        f"/Resources << /Font << /{REGULAR} 5 0 R /{BOLD} 6 0 R >> >> >>".encode("ascii"),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        font.format("Helvetica").encode("ascii"),
        font.format("Helvetica-Bold").encode("ascii"),
        b"<< /Type /Annot /Subtype /Link /Rect [48 714 132 730] /Border [0 0 0] "
        b"/A << /S /URI /URI (mailto:ines@example.com) >> >>",
        b"<< /Title " + literal("Ines Varnholt, reliability engineer") + b" /Author " + literal("Ines Varnholt") + b" >>",
    ]
    # The comment of four high bytes marks the file as binary (ISO, 7.5.2).
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    # Each entry is exactly 20 bytes long (ISO, 7.5.4).
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info 8 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)


if __name__ == "__main__":
    Path(__file__).parents[1].joinpath("cv", "resume.pdf").write_bytes(document())
