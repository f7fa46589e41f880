//! The settings as the control API shows them.

use serde_json::{Value, json};

use super::Builder;
use crate::Schedule;
use crate::schedule::shown;

/// The most gaps of a schedule that are listed.
const MOST_GAPS: u32 = 100;

impl Builder {
    /// What the sandbox was started with, by the names of the flags. No secret is in it.
    pub(super) fn shown(&self) -> Value {
        let settings = &self.settings;
        let rate_limit = self.rate_limit;
        // A query may have a token.
        let to = self.to.as_deref().and_then(|url| url.split('?').next());
        let data = self
            .data
            .as_ref()
            .map(|folder| folder.display().to_string());
        json!({
            "flags": {
                "listen": self.listen,
                "expose": self.is_exposed,
                "host": self.hosts,
                "to": to,
                "data": data,
                "seed": settings.seed,
                "clock": self.pace.to_string(),
                "retries": settings.retries.to_string(),
                "automation_retries": settings.automation_retries.to_string(),
                "timeout": shown(self.timeout),
                "success": settings.success.to_string(),
                "disable_below": settings.disable_below.to_string(),
                "allow": self.allowed,
                "forwarded_for": settings.forwarded_for,
                "strict_limits": self.strict_limits,
                "rate_limit": rate_limit.map(|(calls, seconds)| format!("{calls}/{seconds}")),
                "tls": self.tls.is_some(),
                "keep": settings.keep,
                "sentry_headers": settings.sentry_headers,
            },
            "gaps": {
                "account": gaps(&settings.retries),
                "automation": gaps(&settings.automation_retries),
            },
        })
    }
}

/// Seconds between the attempts.
fn gaps(schedule: &Schedule) -> Vec<f64> {
    let gaps = (1..=MOST_GAPS).map_while(|attempt| schedule.gap(attempt));
    gaps.map(|gap| gap.as_secs_f64()).collect()
}
