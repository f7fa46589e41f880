//! What the compiler says of each mistake, to the letter, and what has to
//! compile. The listings of `ui/fail` and `ui/pass` are the specification.

#[test]
fn mistakes_are_told_in_our_words() {
    trybuild::TestCases::new().compile_fail("tests/ui/fail/*.rs");
}

#[test]
fn what_is_right_compiles() {
    trybuild::TestCases::new().pass("tests/ui/pass/*.rs");
}
