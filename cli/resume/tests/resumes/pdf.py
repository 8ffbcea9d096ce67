# Prints what a PDF has as JSON: its text in reading order, and what PDF/UA requires.
import json
import sys

from pypdf import PdfReader

reader = PdfReader(sys.argv[1])
root = reader.trailer["/Root"]
fonts = {}
for page in reader.pages:
    for font in page["/Resources"].get("/Font", {}).values():
        font = font.get_object()
        for descendant in font.get("/DescendantFonts", [font]):
            descriptor = descendant.get_object()["/FontDescriptor"]
            fonts[str(font["/BaseFont"])] = any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3"))
print(
    json.dumps(
        {
            "pages": len(reader.pages),
            "text": "\n".join(page.extract_text() for page in reader.pages),
            "tagged": bool(root.get("/MarkInfo", {}).get("/Marked", False)) and "/StructTreeRoot" in root,
            "lang": root.get("/Lang"),
            "title": reader.metadata.title if reader.metadata else None,
            "ua": "pdfuaid:part" in root["/Metadata"].get_data().decode("utf-8", "replace"),
            "fonts": fonts,
            "links": [
                str(annotation.get_object()["/A"]["/URI"])
                for page in reader.pages
                for annotation in page.get("/Annots", [])
                if "/URI" in annotation.get_object().get("/A", {})
            ],
        }
    )
)
