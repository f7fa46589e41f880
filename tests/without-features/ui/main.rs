//! What the compiler says of an item that needs a feature, to the letter, without the feature.

#[test]
fn a_missing_feature_is_named() {
    trybuild::TestCases::new().compile_fail("ui/fail/*.rs");
}
