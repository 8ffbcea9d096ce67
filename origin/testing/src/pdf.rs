//! A file that a visitor may send.

use std::fmt::Write as _;

/// A PDF of one page, with the title "A brief" and a table of its objects.
#[must_use]
pub fn pdf() -> String {
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
        "<</Title(A brief)>>",
    ];
    let (mut text, mut table) = ("%PDF-1.7\n".to_owned(), "xref\n0 5\n0000000000 65535 f \n".to_owned());
    for (number, object) in (1..).zip(objects) {
        // Writing to a string does not fail.
        _ = writeln!(table, "{:010} 00000 n ", text.len());
        _ = writeln!(text, "{number} 0 obj\n{object}\nendobj");
    }
    let start = text.len();
    format!("{text}{table}trailer<</Size 5/Root 1 0 R/Info 4 0 R>>\nstartxref\n{start}\n%%EOF\n")
}
