use hmac::{Hmac, Mac};
use sha2::Sha256;

/// Returns the signature if it matches the body. Compares in constant time.
pub(super) fn checked(mac: &Hmac<Sha256>, body: &[u8], hex: &[u8]) -> Option<[u8; 32]> {
    let given = decode(hex)?;
    let mut mac = mac.clone();
    mac.update(body);
    mac.verify_slice(&given).ok()?;
    Some(given)
}

const WRONG: u8 = 0xff;

/// The value of each byte as a hex digit.
const DIGITS: [u8; 256] = {
    let mut digits = [WRONG; 256];
    let mut value = 0;
    while value < 16 {
        digits[b"0123456789abcdef"[value as usize] as usize] = value;
        digits[b"0123456789ABCDEF"[value as usize] as usize] = value;
        value += 1;
    }
    digits
};

fn decode(hex: &[u8]) -> Option<[u8; 32]> {
    let hex: &[u8; 64] = hex.try_into().ok()?;
    let mut bytes = [0; 32];
    let mut wrong = 0;
    for (byte, [high, low]) in bytes.iter_mut().zip(hex.as_chunks().0) {
        let (high, low) = (DIGITS[usize::from(*high)], DIGITS[usize::from(*low)]);
        wrong |= high | low;
        *byte = high << 4 | low;
    }
    (wrong < 16).then_some(bytes)
}
