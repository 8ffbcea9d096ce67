//! Medians and quantiles.

/// The median; 0 without measurements.
pub(crate) fn median(measurements: &[f64]) -> f64 {
    quantile(measurements, 0.5)
}

/// The smallest measurement that at least the fraction `q` of all do not exceed; 0 without measurements. The median
/// of an even number is the mean of the two in the middle.
pub(crate) fn quantile(measurements: &[f64], q: f64) -> f64 {
    let mut sorted = measurements.to_vec();
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
    fn the_median_is_the_middle_or_the_mean_of_the_two_middle_ones() {
        for (measurements, middle) in
            [(&[][..], 0.0), (&[7.0][..], 7.0), (&[9.0, 1.0, 2.0][..], 2.0), (&[4.0, 1.0, 2.0, 9.0][..], 3.0)]
        {
            assert!((median(measurements) - middle).abs() < f64::EPSILON, "{measurements:?}");
        }
    }

    #[test]
    fn a_quantile_is_one_of_the_measurements() {
        let measurements: Vec<f64> = (1..=100).map(f64::from).collect();
        assert!((quantile(&measurements, 0.99) - 99.0).abs() < f64::EPSILON);
        assert!((quantile(&measurements, 1.0) - 100.0).abs() < f64::EPSILON);
        assert!((quantile(&measurements, 0.0) - 1.0).abs() < f64::EPSILON);
    }
}
