//! Many measurements as one number.

/// The middle one; 0 of none.
pub(crate) fn median(measured: &[f64]) -> f64 {
    quantile(measured, 0.5)
}

/// The smallest measurement that at least the share `q` of all do not exceed; for the median of an even number, the mean of
/// the two in the middle. 0 of none.
pub(crate) fn quantile(measured: &[f64], q: f64) -> f64 {
    let mut sorted = measured.to_vec();
    sorted.sort_by(f64::total_cmp);
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rank")]
    let rank = |position: f64| (position * sorted.len() as f64).ceil().max(1.0) as usize - 1;
    let at = rank(q).min(last);
    let even_middle = (q - 0.5).abs() < f64::EPSILON && sorted.len().is_multiple_of(2);
    if even_middle { f64::midpoint(sorted[at], sorted[at + 1]) } else { sorted[at] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_is_in_the_middle() {
        for (measured, middle) in
            [(&[][..], 0.0), (&[7.0][..], 7.0), (&[9.0, 1.0, 2.0][..], 2.0), (&[4.0, 1.0, 2.0, 9.0][..], 3.0)]
        {
            assert!((median(measured) - middle).abs() < f64::EPSILON, "{measured:?}");
        }
    }

    #[test]
    fn a_quantile_is_a_measurement_that_was_made() {
        let measured: Vec<f64> = (1..=100).map(f64::from).collect();
        assert!((quantile(&measured, 0.99) - 99.0).abs() < f64::EPSILON);
        assert!((quantile(&measured, 1.0) - 100.0).abs() < f64::EPSILON);
        assert!((quantile(&measured, 0.0) - 1.0).abs() < f64::EPSILON);
    }
}
