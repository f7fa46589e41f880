/// An id from a header, kept without an allocation and looked at when it is
/// asked for: up to 64 ASCII letters, digits and `-`, `_`, `.`, `:`. Whatever
/// else stands there is no id, and goes into no log.
#[derive(Clone, Copy)]
pub(crate) struct PlainId {
    bytes: [u8; Self::LONGEST],
    length: usize,
}

impl PlainId {
    const LONGEST: usize = 64;

    pub(crate) fn keep(text: &[u8]) -> Option<Self> {
        let mut bytes = [0; Self::LONGEST];
        bytes.get_mut(..text.len())?.copy_from_slice(text);
        Some(Self {
            bytes,
            length: text.len(),
        })
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        let text = std::str::from_utf8(&self.bytes[..self.length]).ok()?;
        Self::is_plain(text).then_some(text)
    }

    pub(crate) fn is_plain(text: &str) -> bool {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
        (1..=Self::LONGEST).contains(&text.len()) && text.bytes().all(plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_kept() {
        let longest = "a".repeat(64);
        for id in ["01a0e6f0-4f02-7a11-8c44-0d9b6a5e3f77", "a", &longest] {
            assert_eq!(PlainId::keep(id.as_bytes()).unwrap().as_str(), Some(id));
        }
    }

    #[test]
    fn what_is_no_id_is_not_shown() {
        for text in ["", "lea@example.com", "a b", "a\n", "é"] {
            let kept = PlainId::keep(text.as_bytes()).unwrap();
            assert_eq!(kept.as_str(), None, "{text:?}");
        }
        assert!(PlainId::keep(&[0xff]).unwrap().as_str().is_none());
        assert!(PlainId::keep(&[b'a'; 65]).is_none());
        assert!(!PlainId::is_plain(&"a".repeat(65)));
    }
}
