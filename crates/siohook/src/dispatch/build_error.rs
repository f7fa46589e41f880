//! The problems that `build()` finds.

use std::collections::{HashMap, HashSet};
use std::error::Error;
use std::fmt;

use siohook_events::{EventName, EventPattern, Mechanism, Shown, nearest};

use crate::handler::{HandlerInfo, Handlers, spelling};
use crate::request::TypeMap;
use crate::verify::{IpAllowList, is_unseen};

/// Every problem of a [`DispatcherBuilder`](crate::DispatcherBuilder).
///
/// `Display` and `Debug` write the same list, so that it is readable when `main` returns
/// it:
///
/// ```text
/// Error: the dispatcher can't be built:
///   - the secret "main" is empty; is the environment variable set?
///   - shop::grant (src/shop.rs:12:10) takes `State<shop::Database>`, which was not provided: …
/// ```
///
/// It holds no secret and no token.
///
/// ```
/// use siohook::{BuildError, Dispatcher};
///
/// fn dispatcher(secret: &str) -> Result<Dispatcher, BuildError> {
///     Dispatcher::builder().account_secret("main", secret).build()
/// }
///
/// let error = dispatcher("").unwrap_err();
/// assert!(error.to_string().contains("the secret \"main\" is empty"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct BuildError(Vec<Problem>);

/// One problem, and what to do about it. `Display` and `Debug` write both as one line.
///
/// ```
/// # let error = siohook::Dispatcher::builder().automation_token("").build().unwrap_err();
/// for problem in error.problems() {
///     eprintln!("- {problem}");
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Problem(String);

impl BuildError {
    pub(crate) fn new(problems: Vec<Problem>) -> Self {
        Self(problems)
    }

    /// Returns the problems. There is at least one.
    ///
    /// ```
    /// use siohook::Dispatcher;
    ///
    /// let error = Dispatcher::builder().automation_token(" 7kX2mQ9f").build().unwrap_err();
    /// let first = error.problems()[0].to_string();
    /// assert!(first.starts_with("an automation token begins with U+0020;"));
    /// ```
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.0
    }
}

impl Problem {
    pub(crate) fn state_twice(type_name: &str) -> Self {
        Self(format!(
            "`.state(…)` was given two values of type `{type_name}`; wrap one of them in a type of its own"
        ))
    }

    pub(crate) fn no_trust() -> Self {
        Self(
            "no delivery can be trusted: add `.account_secret(label, secret)`, \
             `.automation_token(token)` or `.source_ips(…)`; for development, `.accept_unverified()`"
                .to_owned(),
        )
    }

    pub(crate) fn no_handlers(linked: usize) -> Self {
        Self(if linked > 0 {
            format!(
                "`.select(…)` refused all {linked} handlers; if this is intended, add `.allow_no_handlers()`"
            )
        } else {
            "no handler is linked. The linker leaves out a crate that the program does not name: if \
             the handlers are in a crate `handlers`, write `use handlers as _;` where the dispatcher \
             is built. From a static library the linker takes only what is called: build it with \
             `lto = true`, or link it with `--whole-archive`. On a platform without constructors \
             (some WebAssembly hosts) handlers can't be collected. If this is intended, add \
             `.allow_no_handlers()`"
                .to_owned()
        })
    }
}

/// The problem with a secret or token. The text must not show it.
pub(crate) fn unsafe_text(what: &str, text: &str) -> Option<Problem> {
    if text.is_empty() {
        return Some(Problem(format!(
            "{what} is empty; is the environment variable set?"
        )));
    }
    let unseen = |end: &str, character: Option<char>| {
        let character = character.filter(|it| is_unseen(*it))?;
        Some(format!("{end} U+{:04X}", u32::from(character)))
    };
    let begins = unseen("begins with", text.chars().next());
    let ends = unseen("ends in", text.chars().next_back());
    let ends = begins.into_iter().chain(ends).collect::<Vec<_>>();
    (!ends.is_empty()).then(|| {
        Problem(format!(
            "{what} {}; remove white space and invisible characters where it is read",
            ends.join(" and ")
        ))
    })
}

/// The entries of a list that can't be parsed, and a list of source addresses without entries.
pub(crate) fn unreadable(method: &str, list: &IpAllowList) -> Vec<Problem> {
    let empty = (list.is_empty() && method == "source_ips").then(|| {
        Problem(format!(
            "`.{method}(…)` is empty: every delivery would be refused"
        ))
    });
    let invalid = list.invalid().iter().map(|entry| {
        Problem(format!(
            "`.{method}(…)`: {:?} is neither an address nor a network such as 203.0.113.0/24",
            Shown::value(entry)
        ))
    });
    empty.into_iter().chain(invalid).collect()
}

/// Proxies that hold every address.
pub(crate) fn boundless(proxies: &IpAllowList) -> impl Iterator<Item = Problem> {
    proxies.everyone().map(|network| {
        Problem(format!(
            "`.trusted_proxies(…)` holds every address of {network}, so every sender could \
             choose its own address: name your proxies only. If their addresses are not known, \
             leave out `.trusted_proxies(…)` and `.source_ips(…)`, and trust secrets and a token"
        ))
    })
}

/// The events of a secret that are never sent with a signature.
pub(crate) fn uncoverable(label: &str, events: &[String]) -> Vec<Problem> {
    let label = Shown::value(label);
    let problem = |what: String| Some(Problem(format!("the secret {label:?} is bound to {what}")));
    let wrong = |event: &String| {
        let near = nearest(event).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        let shown = Shown::value(event);
        match EventPattern::parse(event) {
            Err(error) => problem(format!("`{shown}`: {error}")),
            Ok(EventPattern::Name(name)) => match EventName::new(name).event() {
                Some(event) if event.mechanism() == Mechanism::Account => None,
                Some(_) => problem(format!(
                    "`{shown}`, an event of automations, which are not signed"
                )),
                None if near.is_empty() => None,
                None => problem(format!("`{shown}`, which is never sent{near}")),
            },
            Ok(EventPattern::Prefix("")) => None,
            Ok(EventPattern::Prefix(prefix))
                if spelling::mechanism(prefix) == Some(Mechanism::Account) =>
            {
                None
            }
            Ok(_) => problem(format!(
                "`{shown}`, but account webhooks spell their events in upper case with `_`"
            )),
        }
    };
    let none = events
        .is_empty()
        .then(|| problem("no event: name at least one".to_owned()))
        .flatten();
    none.into_iter()
        .chain(events.iter().filter_map(wrong))
        .collect()
}

/// Missing states, and ids that are used twice.
pub(crate) fn handlers(handlers: &Handlers, states: &TypeMap) -> Vec<Problem> {
    let mut problems = vec![];
    let (mut seen, mut repeated) = (HashSet::new(), HashSet::new());
    let mut by_id: HashMap<&str, Vec<&HandlerInfo>> = HashMap::new();
    for handler in handlers {
        // A handler of several events is listed once for each.
        if seen.insert(std::ptr::from_ref(handler.registration())) {
            problems.extend(missing_states(handler, states));
        }
        let others = by_id.entry(handler.id()).or_default();
        if let Some(other) = others.iter().rfind(|other| repeats(handler, other))
            && repeated.insert(std::ptr::from_ref(handler.registration()))
        {
            problems.push(same_id(handler, other));
        }
        others.push(handler);
    }
    problems
}

/// Whether the id that two handlers have could stand for either. Functions that a macro makes may
/// share a path, which is their id, if no delivery reaches two of them.
fn repeats(handler: &HandlerInfo, other: &HandlerInfo) -> bool {
    let covers = |pattern, name| EventPattern::parse(pattern).is_ok_and(|it| it.matches(name));
    let [one, two] = [handler, other].map(HandlerInfo::registration);
    let [event, other_event] = [handler, other].map(HandlerInfo::event);
    !std::ptr::eq(one, two)
        && (one.id.is_some()
            || two.id.is_some()
            || covers(event, other_event)
            || covers(other_event, event))
}

fn same_id(handler: &HandlerInfo, other: &HandlerInfo) -> Problem {
    let advice = if place(handler) == place(other) {
        "write all events of a function into one `#[on_event]`, and give each function that a \
         macro makes an id of its own"
    } else {
        "give each handler an id of its own"
    };
    Problem(format!(
        "{} has the id {:?}, which {} also has; {advice}",
        place(handler),
        handler.id(),
        place(other),
    ))
}

fn missing_states(handler: &HandlerInfo, states: &TypeMap) -> Vec<Problem> {
    let mut seen = HashSet::new();
    let required = handler.requirements().states;
    let missing = required
        .into_iter()
        .filter(|(id, _)| !states.has(*id) && seen.insert(*id));
    let given = match &*states.type_names() {
        [] => String::new(),
        names => format!("; provided: `{}`", names.join("`, `")),
    };
    missing
        .map(|(_, type_name)| {
            Problem(format!(
                "{} takes `State<{type_name}>`, which was not provided: add `.state(…)` with a value of that type{given}",
                place(handler),
            ))
        })
        .collect()
}

fn place(handler: &HandlerInfo) -> String {
    format!("{} ({})", handler.name(), handler.location())
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the dispatcher can't be built:")?;
        self.0
            .iter()
            .try_for_each(|problem| write!(f, "\n  - {problem}"))
    }
}

impl fmt::Debug for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for BuildError {}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
