//! The size of the uploaded bundle.

use super::contestant::Ring;
use crate::figure::Figure;

/// In thousands of bytes.
const GOAL_KB: f64 = 200.0;

#[expect(clippy::cast_precision_loss, reason = "a bundle is smaller than 2^52 bytes")]
pub(super) fn figure(ring: &Ring) -> Figure {
    Figure::new("bundle, zip", ring.bundle_bytes() as f64 / 1000.0, "kB", 1).at_most(GOAL_KB)
}
