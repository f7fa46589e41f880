//! The advice of a `HandlerError` inside other errors.

use std::time::Duration;

use super::*;

fn banned() -> Result<(), HandlerError> {
    Err(HandlerError::permanent("banned"))
}

fn busy() -> Result<(), HandlerError> {
    Err(HandlerError::retry_after(Duration::from_secs(7), "busy"))
}

#[derive(Debug, thiserror::Error)]
enum GrantError {
    #[error("granting")]
    Source(#[source] HandlerError),
    #[error("granting: {0}")]
    From(#[from] HandlerError),
    #[error(transparent)]
    Transparent(HandlerError),
    #[error("granting")]
    Boxed(#[source] Box<dyn Error + Send + Sync>),
    #[error("granting again")]
    Nested(#[source] Box<GrantError>),
}

fn boxed() -> Box<dyn Error + Send + Sync> {
    banned().unwrap_err().into()
}

#[on_event("SALE_NEW")]
fn as_it_is() -> Result<(), HandlerError> {
    banned()?;
    Ok(())
}

#[on_event("SALE_NEW")]
fn in_a_box() -> Result<(), Box<dyn Error + Send + Sync>> {
    banned()?;
    Ok(())
}

#[on_event("SALE_NEW")]
fn out_of_a_box() -> Result<(), HandlerError> {
    in_a_box().map_err(HandlerError::new)?;
    Ok(())
}

#[on_event("SALE_NEW")]
fn in_a_box_that_waits() -> Result<(), Box<dyn Error + Send + Sync>> {
    Ok(busy()?)
}

#[on_event("SALE_NEW")]
fn thiserror_source() -> Result<(), GrantError> {
    banned().map_err(GrantError::Source)
}

#[on_event("SALE_NEW")]
fn thiserror_from() -> Result<(), GrantError> {
    Ok(banned()?)
}

#[on_event("SALE_NEW")]
fn thiserror_transparent() -> Result<(), GrantError> {
    banned().map_err(GrantError::Transparent)
}

#[on_event("SALE_NEW")]
fn thiserror_of_a_box() -> Result<(), GrantError> {
    Err(GrantError::Boxed(boxed()))
}

#[on_event("SALE_NEW")]
fn thiserror_twice() -> Result<(), GrantError> {
    let inner = GrantError::Boxed(Box::new(GrantError::from(busy().unwrap_err())));
    Err(GrantError::Nested(inner.into()))
}

#[on_event("SALE_NEW")]
fn thiserror_into_ours() -> Result<(), HandlerError> {
    banned().map_err(GrantError::Source)?;
    Ok(())
}

#[on_event("SALE_NEW")]
fn outermost() -> Result<(), HandlerError> {
    let inner = GrantError::Source(busy().unwrap_err());
    Err(HandlerError::permanent(inner))
}

#[on_event("SALE_NEW")]
fn outermost_of_a_source() -> Result<(), GrantError> {
    let inner = HandlerError::permanent(GrantError::Source(busy().unwrap_err()));
    Err(GrantError::Transparent(inner))
}

#[on_event("SALE_NEW")]
fn from_text() -> Result<(), String> {
    Err(banned().unwrap_err().to_string())
}

#[on_event("SALE_NEW")]
fn without_advice() -> Result<(), GrantError> {
    Err(GrantError::Source(HandlerError::new("away")))
}

/// The outcome of a handler, with the delay of its error.
fn ended(name: &'static str) -> String {
    let functions: &'static [&'static str] = vec![name].leak();
    let dispatcher = builder().select(within(module_path!()));
    let dispatcher = dispatcher.select(only(functions)).build().unwrap();
    let report = dispatch(&dispatcher, sale());
    let Outcome::Failed(error) = outcome(&report, name) else {
        panic!("{report}");
    };
    let seconds = error.delay().map(|delay| delay.as_secs().to_string());
    let shown = report.handlers()[0].outcome().to_string();
    format!(
        "{shown}{}",
        seconds.map_or(String::new(), |it| format!(" [{it} s]"))
    )
}

#[test]
fn advice_is_found_among_the_sources() {
    for (name, expected) in [
        ("as_it_is", "failed for good: banned"),
        ("in_a_box", "failed for good: banned"),
        ("out_of_a_box", "failed for good: banned"),
        ("in_a_box_that_waits", "failed: busy [7 s]"),
        ("thiserror_source", "failed for good: granting: banned"),
        ("thiserror_from", "failed for good: granting: banned"),
        ("thiserror_transparent", "failed for good: banned"),
        ("thiserror_of_a_box", "failed for good: granting: banned"),
        (
            "thiserror_twice",
            "failed: granting again: granting: granting: busy [7 s]",
        ),
        ("thiserror_into_ours", "failed for good: granting: banned"),
        ("outermost", "failed for good: granting: busy"),
        ("outermost_of_a_source", "failed for good: granting: busy"),
        // A text has no advice.
        ("from_text", "failed: banned"),
        ("without_advice", "failed: granting: away"),
    ] {
        assert_eq!(ended(name), expected, "{name}");
    }
}

/// The wrapped error can be downcast, also inside another error.
#[test]
fn errors_keep_their_types() {
    let number = "x".parse::<u8>().unwrap_err();
    let error = HandlerError::permanent(number.clone());
    assert!(error.is::<std::num::ParseIntError>());
    let around = GrantError::Source(error);
    assert!(around.source().unwrap().is::<std::num::ParseIntError>());
    let boxed: Box<dyn Error + Send + Sync> = HandlerError::new(number).into();
    assert!(boxed.is::<std::num::ParseIntError>());
}

#[cfg(feature = "anyhow")]
mod through_anyhow {
    use anyhow::{Context, anyhow, bail, ensure};

    use super::*;

    fn banned_anyhow() -> anyhow::Result<()> {
        Ok(banned()?)
    }

    #[on_event("SALE_NEW")]
    fn question_mark() -> anyhow::Result<()> {
        banned()?;
        Ok(())
    }

    #[on_event("SALE_NEW")]
    async fn bails() -> anyhow::Result<()> {
        bail!(HandlerError::permanent("banned"));
    }

    #[on_event("SALE_NEW")]
    fn ensures() -> anyhow::Result<()> {
        ensure!(banned().is_ok(), HandlerError::permanent("banned"));
        Ok(())
    }

    #[on_event("SALE_NEW")]
    fn with_context() -> anyhow::Result<()> {
        banned_anyhow().context("granting")
    }

    #[on_event("SALE_NEW")]
    fn with_context_twice() -> anyhow::Result<()> {
        let granting = || "granting".to_owned();
        let granted = busy().map_err(anyhow::Error::from).with_context(granting);
        granted.context("in the shop")
    }

    #[on_event("SALE_NEW")]
    fn of_a_box() -> anyhow::Result<()> {
        Err(anyhow!(boxed()).context("granting"))
    }

    #[on_event("SALE_NEW")]
    fn of_an_unnamed_box() -> anyhow::Result<()> {
        Err(anyhow!(boxed()))
    }

    #[on_event("SALE_NEW")]
    fn of_thiserror() -> anyhow::Result<()> {
        Err(GrantError::Source(busy().unwrap_err()))?;
        Ok(())
    }

    #[on_event("SALE_NEW")]
    fn of_thiserror_with_context() -> anyhow::Result<()> {
        banned()
            .map_err(GrantError::Transparent)
            .context("in the shop")
    }

    #[on_event("SALE_NEW")]
    fn into_ours() -> Result<(), HandlerError> {
        banned_anyhow().map_err(HandlerError::new)
    }

    #[on_event("SALE_NEW")]
    fn there_and_back() -> anyhow::Result<()> {
        let granting = banned_anyhow().context("granting");
        let ours = granting.map_err(HandlerError::new);
        ours.map_err(anyhow::Error::from).context("in the shop")
    }

    #[on_event("SALE_NEW")]
    fn outermost_wins() -> anyhow::Result<()> {
        let inner = banned_anyhow().context("granting").unwrap_err();
        bail!(HandlerError::retry_after(Duration::from_secs(7), inner));
    }

    #[test]
    fn advice_is_kept() {
        for (name, expected) in [
            ("question_mark", "failed for good: banned"),
            ("bails", "failed for good: banned"),
            ("ensures", "failed for good: banned"),
            ("with_context", "failed for good: granting: banned"),
            (
                "with_context_twice",
                "failed: in the shop: granting: busy [7 s]",
            ),
            ("of_a_box", "failed for good: granting: banned"),
            ("of_an_unnamed_box", "failed for good: banned"),
            ("of_thiserror", "failed: granting: busy [7 s]"),
            (
                "of_thiserror_with_context",
                "failed for good: in the shop: banned",
            ),
            ("into_ours", "failed for good: banned"),
            (
                "there_and_back",
                "failed for good: in the shop: granting: banned",
            ),
            ("outermost_wins", "failed: granting: banned [7 s]"),
        ] {
            assert_eq!(ended(name), expected, "{name}");
        }
    }

    /// The documentation warns of this.
    #[test]
    fn advice_as_a_context_is_lost() {
        let error = anyhow!("away").context(HandlerError::permanent("banned"));
        assert!(!HandlerError::new(error).is_permanent());
    }
}

/// The documentation warns of this.
#[cfg(not(feature = "anyhow"))]
#[test]
fn without_the_feature_bail_loses_advice() {
    let bails = || -> anyhow::Result<()> { anyhow::bail!(HandlerError::permanent("banned")) };
    let error = HandlerError::new(bails().unwrap_err());
    assert!(!error.is_permanent());
    assert_eq!(error.to_string(), "banned");
}
