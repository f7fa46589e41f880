/// An id from a header, kept without an allocation: up to 64 ASCII letters,
/// digits and `-`, `_`, `.`, `:`, as ids have them. Whatever else stands there is
/// no id, and goes into no log.
#[derive(Clone, Copy)]
pub(crate) struct PlainId {
    bytes: [u8; Self::LONGEST],
    length: usize,
}

impl PlainId {
    const LONGEST: usize = 64;

    pub(crate) fn read(text: &[u8]) -> Option<Self> {
        if !Self::is_plain(text) {
            return None;
        }
        let mut bytes = [0; Self::LONGEST];
        bytes[..text.len()].copy_from_slice(text);
        Some(Self {
            bytes,
            length: text.len(),
        })
    }

    pub(crate) fn is_plain(text: &[u8]) -> bool {
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(byte);
        (1..=Self::LONGEST).contains(&text.len()) && text.iter().all(plain)
    }

    pub(crate) fn as_str(&self) -> &str {
        // All of it is ASCII.
        std::str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_kept() {
        let longest = "a".repeat(64);
        for id in ["01a0e6f0-4f02-7a11-8c44-0d9b6a5e3f77", "a", &longest] {
            assert_eq!(PlainId::read(id.as_bytes()).unwrap().as_str(), id);
        }
    }

    #[test]
    fn what_is_no_id_is_not_kept() {
        let too_long = "a".repeat(65);
        for text in ["", "lea@example.com", "a b", "a\n", "é", &too_long] {
            assert!(PlainId::read(text.as_bytes()).is_none(), "{text:?}");
        }
        assert!(PlainId::read(&[0xff]).is_none());
    }
}
