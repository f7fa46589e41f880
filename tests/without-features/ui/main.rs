//! Compares compile errors of items that need a feature, word for word, without the feature.

#[test]
fn the_error_names_the_missing_feature() {
    trybuild::TestCases::new().compile_fail("ui/fail/*.rs");
}
