//! The parameters of a connection, from either form of text that libpq takes.
//!
//! No error quotes what was read: if a password is not percent-encoded, a part of it is read as a
//! host, a port or a database.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Chars;

use percent_encoding::percent_decode_str;

/// Names and values. Several hosts or ports have commas between them.
pub(super) type Parameters = BTreeMap<String, String>;

type Result<T> = std::result::Result<T, String>;

pub(super) fn parse(text: &str) -> Result<Parameters> {
    let url = ["postgres://", "postgresql://"]
        .iter()
        .find_map(|scheme| text.strip_prefix(scheme));
    match url {
        Some(rest) => of_url(rest),
        None if text.contains("://") => Err("it has to begin with `postgres://`".to_owned()),
        None => of_pairs(text),
    }
}

/// Reads `user:password@host:port,host:port/database?name=value&…`.
fn of_url(url: &str) -> Result<Parameters> {
    let mut parameters = Parameters::new();
    let (url, query) = url.split_once('?').unwrap_or((url, ""));
    let (authority, database) = url.split_once('/').unwrap_or((url, ""));
    if database.contains('@') || !authority.contains('@') && query.contains('@') {
        return Err(
            "a `/`, `?` or `@` in its password or another part is not percent-encoded: \
                    write `%2F`, `%3F` or `%40`"
                .to_owned(),
        );
    }
    let (user, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (user, password) = user.split_once(':').unwrap_or((user, ""));
    let hosts = hosts
        .split(',')
        .map(host_and_port)
        .collect::<Result<Vec<_>>>()?;
    let list =
        |part: fn(&(String, String)) -> &str| hosts.iter().map(part).collect::<Vec<_>>().join(",");

    let mut set = |name: &str, value: String| {
        // A part that is missing, or a list of them.
        if value.contains(|c| c != ',') {
            parameters.insert(name.to_owned(), value);
        }
    };
    set("user", decode(user)?);
    set("password", decode(password)?);
    set("host", list(|host| &host.0));
    set("port", list(|host| &host.1));
    set("dbname", decode(database)?);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair
            .split_once('=')
            .ok_or("a parameter after its `?` has no `=`")?;
        match (decode(name)?, decode(value)?) {
            (name, value) if name == "ssl" && value == "true" => {
                set("sslmode", "require".to_owned());
            }
            (name, value) => set(&name, value),
        }
    }
    Ok(parameters)
}

fn host_and_port(text: &str) -> Result<(String, String)> {
    let (host, port) = if let Some(address) = text.strip_prefix('[') {
        let (host, rest) = address
            .split_once(']')
            .ok_or("an IPv6 address in it has no `]`")?;
        let port = rest.strip_prefix(':');
        match port {
            None if !rest.is_empty() => {
                return Err("something follows the `]` of an IPv6 address in it".to_owned());
            }
            port => (host, port.unwrap_or("")),
        }
    } else {
        text.split_once(':').unwrap_or((text, ""))
    };
    Ok((decode(host)?, decode(port)?))
}

fn decode(text: &str) -> Result<String> {
    let decoded = percent_decode_str(text).decode_utf8();
    match decoded {
        Ok(decoded) if !decoded.contains('\0') => Ok(decoded.into_owned()),
        _ => Err("what is percent-encoded in it is not UTF-8, or holds a NUL".to_owned()),
    }
}

/// Reads `name=value name='a value'`. A backslash stands before a quote or a backslash.
fn of_pairs(text: &str) -> Result<Parameters> {
    let mut parameters = Parameters::new();
    let mut rest = text.chars().peekable();
    loop {
        skip_spaces(&mut rest);
        let mut name = String::new();
        while let Some(c) = rest.next_if(|c| *c != '=' && !c.is_whitespace()) {
            name.push(c);
        }
        skip_spaces(&mut rest);
        match rest.next() {
            None if name.is_empty() => return Ok(parameters),
            Some('=') if !name.is_empty() => {}
            _ => {
                return Err(
                    "it is neither a URL (`postgres://user@host/database`) nor a list of \
                            `name=value`; a file is opened by `Inbox::sqlite`"
                        .to_owned(),
                );
            }
        }
        skip_spaces(&mut rest);
        let value = value(&mut rest)?;
        parameters.insert(name, value);
    }
}

fn skip_spaces(rest: &mut Peekable<Chars<'_>>) {
    while rest.next_if(|c| c.is_whitespace()).is_some() {}
}

fn value(rest: &mut Peekable<Chars<'_>>) -> Result<String> {
    let is_quoted = rest.next_if_eq(&'\'').is_some();
    let mut value = String::new();
    loop {
        match rest.peek() {
            None if is_quoted => return Err("a value in it has no closing quote".to_owned()),
            None => return Ok(value),
            Some('\'') if is_quoted => {
                rest.next();
                return Ok(value);
            }
            Some(c) if !is_quoted && c.is_whitespace() => return Ok(value),
            Some('\0') => return Err("a value in it holds a NUL".to_owned()),
            Some('\\') => {
                rest.next();
                value.extend(rest.next());
            }
            Some(_) => value.extend(rest.next()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Vec<(String, String)> {
        parse(text).unwrap().into_iter().collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        expected.iter().map(owned).collect()
    }

    #[test]
    fn urls_have_parts_in_places_and_by_name() {
        for (url, expected) in [
            ("postgres://", &[][..]),
            ("postgresql://db", &[("host", "db")]),
            (
                "postgres://app:se%2Fcret@db.example.com:6432/shop?sslmode=verify-full",
                &[
                    ("dbname", "shop"),
                    ("host", "db.example.com"),
                    ("password", "se/cret"),
                    ("port", "6432"),
                    ("sslmode", "verify-full"),
                    ("user", "app"),
                ],
            ),
            (
                "postgres://a.example.com,b.example.com:6432/shop",
                &[
                    ("dbname", "shop"),
                    ("host", "a.example.com,b.example.com"),
                    ("port", ",6432"),
                ],
            ),
            (
                "postgres://app@[2001:db8::1]:5433,[2001:db8::2]",
                &[
                    ("host", "2001:db8::1,2001:db8::2"),
                    ("port", "5433,"),
                    ("user", "app"),
                ],
            ),
            // A socket, in both ways.
            (
                "postgres://%2Frun%2Fpg/d",
                &[("dbname", "d"), ("host", "/run/pg")],
            ),
            (
                "postgres:///d?host=/run/pg",
                &[("dbname", "d"), ("host", "/run/pg")],
            ),
            // An `@` of the password, which most people forget to encode.
            (
                "postgres://app:p@ss@db/d",
                &[
                    ("dbname", "d"),
                    ("host", "db"),
                    ("password", "p@ss"),
                    ("user", "app"),
                ],
            ),
            // A later parameter is stronger, and `+` is no space.
            (
                "postgres://db?user=a+b&user=c+d&options=-c%20x%3D1",
                &[("host", "db"), ("options", "-c x=1"), ("user", "c+d")],
            ),
            (
                "postgres://db?ssl=true",
                &[("host", "db"), ("sslmode", "require")],
            ),
        ] {
            assert_eq!(parsed(url), pairs(expected), "{url}");
        }
    }

    #[test]
    fn pairs_have_quotes_and_backslashes() {
        for (text, expected) in [
            ("", &[][..]),
            (
                " host=db  port = 6432\tuser=app\n",
                &[("host", "db"), ("port", "6432"), ("user", "app")],
            ),
            (
                r"password='it\'s a \\' dbname=a\ b user=''",
                &[("dbname", "a b"), ("password", r"it's a \"), ("user", "")],
            ),
            ("host=a host=b", &[("host", "b")]),
            ("password=a=b", &[("password", "a=b")]),
        ] {
            assert_eq!(parsed(text), pairs(expected), "{text}");
        }
    }

    #[test]
    fn no_error_quotes_the_text() {
        for text in [
            "postgres://app:hun/ter2@db/d",
            "postgres://app:hun?ter2=@db/d",
            "postgres://app:hunter2@db?hunter2",
            "postgres://[hunter2/d",
            "postgres://[::1]hunter2/d",
            "postgres://app:hunter2%FF@db/d",
            "postgres://app:hunter2%00@db/d",
            "mysql://app:hunter2@db/d",
            "hunter2",
            "=hunter2",
            "host hunter2",
            "password='hunter2",
            "password=hunter2\0",
        ] {
            let problem = parse(text).unwrap_err();
            assert!(!problem.contains("hun"), "{text}: {problem}");
        }
    }
}
