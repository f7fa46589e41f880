//! Compares the compile error of each mistake in `ui/fail`, word for word, and checks that
//! `ui/pass` compiles. The two folders are the specification of `#[on_event]`.

#[test]
fn mistakes_have_the_expected_errors() {
    trybuild::TestCases::new().compile_fail("tests/ui/fail/*.rs");
}

#[test]
fn every_valid_handler_compiles() {
    trybuild::TestCases::new().pass("tests/ui/pass/*.rs");
}
