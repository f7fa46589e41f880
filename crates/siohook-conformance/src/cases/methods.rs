//! Methods other than `POST`.

use crate::case::Case;
use crate::expected::METHOD_NOT_ALLOWED;
use crate::request::Request;

macro_rules! methods {
    ($($name:literal $method:literal $checks:literal;)*) => {
        &[$(Case::new(
            concat!("method_", $name),
            concat!($checks, " gets 405 and Allow"),
            |target| target.answers(&Request::of_method($method), METHOD_NOT_ALLOWED),
        ),)*]
    };
}

pub(super) const CASES: &[Case] = methods! {
    "get" "GET" "GET";
    "head" "HEAD" "HEAD, without a body,";
    "options" "OPTIONS" "OPTIONS";
    "put" "PUT" "PUT";
    "delete" "DELETE" "DELETE";
    "patch" "PATCH" "PATCH";
    "unheard_of" "BREW" "an unknown method";
    "lower_case" "post" "`post`, because methods are case-sensitive,";
};
