//! The secrets and tokens of a receiver.

use clap::Args;
use siohook::explain::Explainer;

use crate::config::Config;
use crate::secret::{Reader, Secret, Shared};
use crate::{Exit, Failure, Output};

/// Secrets and tokens of a receiver.
#[derive(Args, Debug, Default)]
pub(crate) struct Credentials {
    /// Where a secret is, repeatable: `[LABEL=]` and `env:NAME`, `file:PATH`, `stdin` or `ask`. By
    /// default `SYSTEME_WEBHOOK_SECRET` if it is set, else all of `[secrets]`
    #[arg(
        long,
        value_name = "[LABEL=]SOURCE",
        env = "SIOHOOK_SECRET",
        value_delimiter = ','
    )]
    secret: Vec<String>,
    /// Where a token is, like `--secret`. By default `SYSTEME_WEBHOOK_TOKEN`, else all of `[tokens]`
    #[arg(
        long,
        value_name = "[LABEL=]SOURCE",
        env = "SIOHOOK_TOKEN",
        value_delimiter = ','
    )]
    token: Vec<String>,
}

impl Credentials {
    /// An explainer with them. `None` if there are none.
    pub(crate) fn explainer(
        &self,
        output: Output,
        config: &Config,
    ) -> Result<Option<Explainer>, Failure> {
        Ok(self.keys(output, config)?.explainer())
    }

    /// Reads them.
    pub(crate) fn keys(&self, output: Output, config: &Config) -> Result<Keys, Failure> {
        let mut reader = Reader::new(output);
        Ok(Keys {
            secrets: reader.all(Shared::Secret, &self.secret, config)?,
            tokens: reader.all(Shared::Token, &self.token, config)?,
        })
    }
}

/// Secrets and tokens with their labels. They have no `Debug`, which would show them.
#[derive(Default)]
pub(crate) struct Keys {
    pub(crate) secrets: Vec<(String, Secret)>,
    pub(crate) tokens: Vec<(String, Secret)>,
}

impl Keys {
    /// An explainer with them. `None` if there are none.
    pub(crate) fn explainer(&self) -> Option<Explainer> {
        if self.secrets.is_empty() && self.tokens.is_empty() {
            return None;
        }
        let mut explainer = Explainer::new();
        for variable in [Shared::Secret, Shared::Token].map(Shared::variable) {
            explainer = explainer.variable(variable);
        }
        for (label, secret) in &self.secrets {
            explainer = explainer.account_secret(label, &secret.value);
        }
        for (label, token) in &self.tokens {
            explainer = explainer.automation_token(label, &token.value);
        }
        Some(explainer)
    }
}

pub(super) const WAYS: &str = "export SYSTEME_WEBHOOK_SECRET=…, or SYSTEME_WEBHOOK_TOKEN for automations\n\
                    --secret file:PATH, or another source\n\
                    `[secrets]` in siohook.toml";

pub(crate) fn no_secret() -> Failure {
    Failure::new(
        Exit::Usage,
        "no_secret",
        "there is no secret and no token to verify with",
    )
    .hint(WAYS)
}
