//! Compares the compile error of each mistake in `ui/fail`, word for word. With `tests/valid-handlers`,
//! they are the specification of `#[on_event]`.

#[test]
fn mistakes_have_the_expected_errors() {
    trybuild::TestCases::new().compile_fail("tests/ui/fail/*.rs");
}
