//! Parameters of a URL's query.

use std::borrow::Cow;

/// The parameter that holds the token.
pub(crate) const TOKEN: &str = "token";

/// The first value of a parameter, decoded.
pub(crate) fn value<'q>(query: &'q str, name: &str) -> Option<Cow<'q, str>> {
    let mut parameters = form_urlencoded::parse(query.as_bytes());
    let (_, value) = parameters.find(|(own, _)| own == name)?;
    Some(value)
}

/// The parameters except the token, still encoded, separated by `&`.
///
/// A token whose name is encoded is not a valid one, and still a token.
pub(crate) fn without_token(query: &str) -> String {
    let mut others = String::new();
    for parameter in query.split('&') {
        let name = parameter.split('=').next().unwrap_or_default();
        let is_token = name == TOKEN || name.contains('%') && value(name, TOKEN).is_some();
        if !is_token {
            if !others.is_empty() {
                others.push('&');
            }
            others.push_str(parameter);
        }
    }
    others
}

/// The first value of a parameter, still encoded.
pub(crate) fn raw_value<'q>(query: &'q str, name: &str) -> Option<&'q str> {
    let mut parameters = query.split('&').filter_map(|it| it.split_once('='));
    let (_, value) = parameters.find(|(own, _)| *own == name)?;
    Some(value)
}
