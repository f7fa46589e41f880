//! On this system no keys are read.

use crate::Output;

/// A keyboard that does not exist.
pub(super) enum Keyboard {}

impl Keyboard {
    pub(super) fn new(_: Output) -> Option<Self> {
        None
    }

    pub(super) async fn next(&mut self) -> char {
        match *self {}
    }
}
