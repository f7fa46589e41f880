use super::Request;

/// The most bytes of a body that a command line can hold. Linux allows 128 KiB.
const MAX_ARGUMENT: usize = 64 * 1024;

/// Headers that curl adds unless it is told not to.
const ADDED: &[&str] = &["accept", "content-type", "expect", "user-agent"];

/// Returns a command that sends this request, to the byte, if a shell runs it.
pub(super) fn command(request: &Request) -> String {
    // `-q`: no file of defaults.
    let mut command = format!(
        "curl -q --globoff --path-as-is --http1.1 -X {} {}",
        request.method,
        quoted(&request.url)
    );
    let mut option = |option: &str, value: &str| {
        command.extend([" \\\n  ", option, " ", &quoted(value)]);
    };
    // curl writes the header `Host` first, unless it is left out. The own one then stays in its
    // place.
    option("-H", "Host:");
    for (name, value) in &request.headers {
        match &**value {
            "" => option("-H", &format!("{name};")),
            value => option("-H", &format!("{name}: {value}")),
        }
    }
    let is_there = |added: &str| {
        let mut names = request.headers.iter().map(|(name, _)| name);
        names.any(|name| name.eq_ignore_ascii_case(added))
    };
    for added in ADDED.iter().filter(|added| !is_there(added)) {
        option("-H", &format!("{added}:"));
    }
    if request.body.len() <= MAX_ARGUMENT && !request.body.contains('\0') {
        option("--data-raw", &request.body);
        return command + "\n";
    }
    option("--data-binary", "@-");
    // `printf` is a part of the shell, so its arguments have no limit. `%b` writes zero bytes.
    let body = request.body.replace('\\', r"\\").replace('\0', r"\0000");
    format!("printf '%b' {} |\n{command}\n", quoted(&body))
}

/// Quotes a text for a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
