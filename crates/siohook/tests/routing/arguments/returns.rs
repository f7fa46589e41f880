use super::*;

#[derive(Debug)]
struct OwnError;

impl std::fmt::Display for OwnError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("own")
    }
}

impl Error for OwnError {}

#[on_event("SALE_NEW")]
async fn unit() {}

#[on_event("SALE_NEW")]
async fn handler_error() -> Result<(), HandlerError> {
    "x".parse::<u8>()?;
    Ok(())
}

#[on_event("SALE_NEW")]
fn own_error() -> Result<(), OwnError> {
    Err(OwnError)
}

#[on_event("SALE_NEW")]
fn std_error() -> Result<(), std::num::ParseIntError> {
    "x".parse::<u8>().map(|_| ())
}

#[on_event("SALE_NEW")]
async fn boxed() -> Result<(), Box<dyn Error + Send + Sync>> {
    Err("boxed")?;
    Ok(())
}

#[on_event("SALE_NEW")]
async fn boxed_advice() -> Result<(), Box<dyn Error + Send + Sync>> {
    Err(HandlerError::permanent("advice"))?;
    Ok(())
}

#[on_event("SALE_NEW")]
async fn anyhow() -> anyhow::Result<()> {
    anyhow::bail!("anyhow");
}

#[on_event("SALE_NEW")]
fn string() -> Result<(), String> {
    Err("string".to_owned())
}

#[on_event("SALE_NEW")]
fn text() -> Result<(), &'static str> {
    Err("text")
}

#[on_event("SALE_NEW")]
fn right(State(Seen(seen)): State<Seen>) -> Result<(), std::fmt::Error> {
    seen.lock().map(|_| ()).map_err(|_| std::fmt::Error)
}

#[test]
fn a_handler_can_return_each_of_these_types() {
    let (dispatcher, _) = with(&[
        "unit",
        "handler_error",
        "own_error",
        "std_error",
        "boxed",
        "boxed_advice",
        "anyhow",
        "string",
        "text",
        "right",
    ]);
    let report = dispatch(&dispatcher, sale());
    assert_eq!(
        support::outcomes(&report),
        support::expected([
            ("anyhow", "failed: anyhow"),
            ("boxed", "failed: boxed"),
            ("boxed_advice", "failed for good: advice"),
            ("handler_error", "failed: invalid digit found in string"),
            ("own_error", "failed: own"),
            ("right", "done"),
            ("std_error", "failed: invalid digit found in string"),
            ("string", "failed: string"),
            ("text", "failed: text"),
            ("unit", "done"),
        ])
    );
}

#[test]
fn the_report_has_the_error_of_the_handler() {
    let (dispatcher, _) = with(&["own_error"]);
    let report = dispatch(&dispatcher, sale());
    let Outcome::Failed(error) = outcome(&report, "own_error") else {
        panic!("{report}");
    };
    assert!(error.get_ref().is::<OwnError>());
}
