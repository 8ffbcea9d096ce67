//! The two formats of a signature.

use pkcs8::der::asn1::{SequenceRef, UintRef};
use pkcs8::der::{Decode, Reader, SliceReader};

use crate::Algorithm;

/// A signature of RSA-2048 is as long as the modulus.
const RSA_BYTES: usize = 256;
/// Each half of a P-256 signature is a number below the order of the curve, which has 256 bits.
const P256_HALF_BYTES: usize = 32;

/// The algorithm of a well-formed signature: 256 bytes for RSA-2048; for P-256 a SEQUENCE of two positive numbers in DER
/// (RFC 3279 section 2.2.3).
pub(crate) fn detect(signature: &[u8]) -> Option<Algorithm> {
    if signature.len() == RSA_BYTES {
        return Some(Algorithm::Rsa2048);
    }
    let halves = <&SequenceRef>::from_der(signature).ok()?;
    let mut halves = SliceReader::new(halves.as_bytes()).ok()?;
    for _ in 0..2 {
        let half = halves.decode::<UintRef<'_>>().ok()?;
        let half = half.as_bytes();
        if half.len() > P256_HALF_BYTES || half.iter().all(|byte| *byte == 0) {
            return None;
        }
    }
    halves.is_finished().then_some(Algorithm::EcdsaP256)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use alloc::vec::Vec;

    /// A SEQUENCE of two INTEGERs with these contents.
    fn pair(r: &[u8], s: &[u8]) -> Vec<u8> {
        let field = |tag: u8, content: &[u8]| [&[tag, u8::try_from(content.len()).unwrap()], content].concat();
        field(0x30, &[field(0x02, r), field(0x02, s)].concat())
    }

    #[test]
    fn rsa_signatures_have_256_bytes() {
        assert_eq!(detect(&[7; 256]), Some(Algorithm::Rsa2048));
        for length in [0, 64, 128, 255, 257, 384, 512] {
            assert_eq!(detect(&vec![7; length]), None, "{length}");
        }
    }

    #[test]
    fn p256_signatures_are_two_positive_numbers_of_at_most_256_bits() {
        let long = [0x7f; 32];
        let with_zero = [&[0][..], &[0xff; 32]].concat();
        for (r, s) in [(&[1][..], &[1][..]), (&long, &with_zero), (&with_zero, &long)] {
            assert_eq!(detect(&pair(r, s)), Some(Algorithm::EcdsaP256), "{r:?} {s:?}");
        }
        let too_long = [0x7f; 33];
        for (r, s) in [
            (&[0][..], &[1][..]),
            (&[1], &[0]),
            (&[0xff], &[1]),
            (&[], &[1]),
            (&[0, 1], &[1]),
            (&too_long, &[1]),
            (&[1], &too_long),
        ] {
            assert_eq!(detect(&pair(r, s)), None, "{r:?} {s:?}");
        }
        let mut longer = pair(&[1], &[1]);
        longer.push(0);
        assert_eq!(detect(&longer), None, "bytes after the signature");
        let three = [0x30, 9, 2, 1, 1, 2, 1, 1, 2, 1, 1];
        assert_eq!(detect(&three), None, "three numbers");
    }
}
