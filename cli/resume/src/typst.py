# Compiles a Typst document and writes the result to standard output.
# Arguments: the folder of the document, its name, the format, the PDF standard or "-", and folders with fonts.
import os
import sys

import typst

root, main, kind, standard, *fonts = sys.argv[1:]
options = {"pdf_standards": [standard]} if standard != "-" else {}
try:
    result = typst.compile(
        os.path.join(root, main),
        root=root,
        font_paths=fonts,
        # A font of the machine would make the result depend on it, and may not allow that it is embedded.
        ignore_system_fonts=True,
        format=kind,
        ppi=72.0,
        **options,
    )
except typst.TypstError as error:
    sys.stderr.write(str(error))
    hints = getattr(error, "hints", None) or []
    for hint in hints:
        sys.stderr.write(f"\nhint: {hint}")
    sys.exit(1)
sys.stdout.buffer.write(result[0] if isinstance(result, list) else result)
