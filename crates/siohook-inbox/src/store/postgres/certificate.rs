use ring::digest::{Algorithm, SHA256, SHA384, SHA512, digest};

/// 1.2.840.113549.1.1, of RSA.
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01];
/// 1.2.840.10045.4, of ECDSA.
const ECDSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04];

/// The hash of a certificate that binds a password to the TLS connection with it
/// (`tls-server-end-point`), or `None` if the certificate has a signature without such a hash. See
/// [RFC 5929, section 4](https://www.rfc-editor.org/rfc/rfc5929#section-4).
pub(super) fn end_point_hash(certificate: &[u8]) -> Option<Vec<u8>> {
    let hash = signature_hash(certificate)?;
    Some(digest(hash, certificate).as_ref().to_vec())
}

/// `Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm SEQUENCE { OID, … }, … }`
fn signature_hash(certificate: &[u8]) -> Option<&'static Algorithm> {
    let (certificate, _) = value(certificate)?;
    let (_, after_body) = value(certificate)?;
    let (algorithm, _) = value(after_body)?;
    let (id, _) = value(algorithm)?;
    let of = |family| id.strip_prefix(family);
    match (of(RSA), of(ECDSA)) {
        // MD5 and SHA-1 are too weak, so SHA-256 stands for them.
        (Some([4 | 5 | 11]), _) | (_, Some([1] | [3, 2])) => Some(&SHA256),
        (Some([12]), _) | (_, Some([3, 3])) => Some(&SHA384),
        (Some([13]), _) | (_, Some([3, 4])) => Some(&SHA512),
        _ => None,
    }
}

/// The content of the first DER value, and what follows it.
fn value(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let [_tag, length, rest @ ..] = der else {
        return None;
    };
    let (length, rest) = match *length {
        short @ 0..=0x7f => (usize::from(short), rest),
        // Of so many bytes.
        long @ 0x81..=0x84 => {
            let (length, rest) = rest.split_at_checked(usize::from(long & 0x7f))?;
            let append = |length, byte: &u8| length << 8 | usize::from(*byte);
            (length.iter().fold(0, append), rest)
        }
        _ => return None,
    };
    rest.split_at_checked(length)
}
