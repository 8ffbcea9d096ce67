//! Text in aligned columns.

use console::{Alignment, measure_text_width, pad_str};

/// Separates columns.
const GAP: &str = "  ";

/// One line for each row, with every column as wide as its widest cell, and without a final line end. Styles have no width.
#[must_use]
pub fn align<const COLUMNS: usize>(rows: &[[String; COLUMNS]]) -> String {
    let widths: [usize; COLUMNS] =
        std::array::from_fn(|column| rows.iter().map(|row| measure_text_width(&row[column])).max().unwrap_or_default());
    let line = |row: &[String; COLUMNS]| {
        let cells: Vec<_> =
            row.iter().zip(widths).map(|(cell, width)| pad_str(cell, width, Alignment::Left, None)).collect();
        cells.join(GAP).trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use console::style;

    use super::*;

    #[test]
    fn a_column_is_as_wide_as_its_widest_cell() {
        let rows = [["a", "bcd", ""], ["ef", "é", "g"]].map(|row| row.map(str::to_owned));
        assert_eq!(align(&rows), "a   bcd\nef  é    g");
        assert_eq!(align::<2>(&[]), "");
    }

    #[test]
    fn a_style_has_no_width() {
        let styled = style("ok").green().force_styling(true).to_string();
        let rows = [[styled.clone(), "a".to_owned()], ["FAIL".to_owned(), "b".to_owned()]];
        assert_eq!(align(&rows), format!("{styled}    a\nFAIL  b"));
    }
}
