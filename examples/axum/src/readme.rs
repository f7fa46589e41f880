//! The README of the repository, so that its examples are compiled.

#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
