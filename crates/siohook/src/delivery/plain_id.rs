/// Whether this is an id: up to 64 ASCII letters, digits and `-`, `_`, `.`, `:`.
/// Whatever else a header has in its place goes into no log.
pub(crate) fn is_plain(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    (1..=64).contains(&text.len()) && text.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::is_plain;

    #[test]
    fn whatever_could_write_more_than_an_id_is_none() {
        let longest = "a".repeat(64);
        for id in ["01a0e6f0-4f02-7a11-8c44-0d9b6a5e3f77", "a", &longest] {
            assert!(is_plain(id));
        }
        let longer = "a".repeat(65);
        for text in ["", "lea@example.com", "a b", "a\n", "é", &longer] {
            assert!(!is_plain(text), "{text:?}");
        }
    }
}
