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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What counts of a certificate: a body, and the id of its signature.
    fn certificate(id: &[u8]) -> Vec<u8> {
        let value = |tag: u8, content: &[u8]| {
            let length = u8::try_from(content.len()).unwrap();
            [&[tag, length], content].concat()
        };
        let algorithm = value(0x30, &[&value(0x06, id)[..], &[0x05, 0x00]].concat());
        // A body whose length takes two bytes.
        let body = [&[0x30, 0x82, 0x01, 0x00][..], &[7; 256]].concat();
        let content = [body, algorithm].concat();
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        [&[0x30, 0x82], &length[..], &content].concat()
    }

    #[test]
    fn the_hash_is_that_of_the_signature() {
        for (family, last, expected) in [
            (RSA, &[4][..], Some(&SHA256)),
            (RSA, &[5], Some(&SHA256)),
            (RSA, &[11], Some(&SHA256)),
            (RSA, &[12], Some(&SHA384)),
            (RSA, &[13], Some(&SHA512)),
            // RSA-PSS has it among its parameters, and OpenSSL does not bind to it.
            (RSA, &[10], None),
            (ECDSA, &[1], Some(&SHA256)),
            (ECDSA, &[3, 2], Some(&SHA256)),
            (ECDSA, &[3, 3], Some(&SHA384)),
            (ECDSA, &[3, 4], Some(&SHA512)),
            // Ed25519 hashes by itself.
            (&[0x2b, 0x65, 0x70], &[], None),
        ] {
            let certificate = certificate(&[family, last].concat());
            let expected = expected.map(|hash| digest(hash, &certificate).as_ref().to_vec());
            assert_eq!(
                end_point_hash(&certificate),
                expected,
                "{family:?} {last:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn rubbish_has_no_hash(bytes: Vec<u8>, cut: prop::sample::Index) {
            let _ = end_point_hash(&bytes);
            let certificate = certificate(&[RSA, &[11]].concat());
            prop_assert_eq!(end_point_hash(&certificate[..cut.index(certificate.len())]), None);
        }
    }
}
