/// Whether a text is an id: 1 to 64 ASCII letters, digits, `-`, `_`, `.` or `:`. Other
/// values of a header are never logged.
pub(crate) fn is_plain(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    (1..=64).contains(&text.len()) && text.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::is_plain;

    #[test]
    fn only_short_texts_of_harmless_characters_are_ids() {
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
