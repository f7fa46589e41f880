//! Events that are fired by name.

use serde_json::Value;
use siohook_events::{Mechanism, Timestamp, nearest};
use siohook_sender::Sample;

use super::matching::{Listener, Skipped, Verdict, Why};
use super::run::Run;
use super::with::{Ref, With};
use super::{Change, Refusal, Topic};
use crate::state::{Action, Automation, Happening, Kind, State, WorkflowStep};
use crate::strict::Misfit;
use crate::{Key, Outgoing, Source, wire};

/// An event to send, or an action to perform.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fire {
    /// Name of the event or of the action.
    pub(crate) event: String,
    /// Id or e-mail address of the contact.
    pub(crate) contact: Option<Ref>,
    /// The only account webhook that gets the event.
    pub(crate) webhook: Option<String>,
    /// What it is about.
    pub(crate) with: With,
    /// Values at JSON pointers of the body.
    pub(crate) set: Vec<(String, Value)>,
    /// The whole body.
    pub(crate) body: Option<String>,
    /// The only receiver.
    pub(crate) to: Option<String>,
    /// Its secret, or the token of an automation, instead of that of the sandbox.
    pub(crate) secret: Option<Key>,
    /// Time of the event.
    pub(crate) at: Option<Timestamp>,
    /// Whether objects whose name is given and unknown are made.
    pub(crate) makes_missing: bool,
}

impl Fire {
    /// The only receiver.
    fn direct(&self, is_signed: bool) -> Option<Source> {
        let url = self.to.clone()?;
        Some(Source::Direct {
            url,
            is_signed,
            key: self.secret.clone(),
        })
    }
}

/// What follows from firing.
#[derive(Debug, Default)]
pub(crate) struct Fired {
    /// Id of what an action made or changed.
    pub(crate) id: Option<u64>,
    pub(crate) outgoing: Vec<Outgoing>,
    pub(crate) skipped: Vec<Skipped>,
    /// Why an action changed nothing.
    pub(crate) unchanged: Option<&'static str>,
}

impl State {
    /// Sends an event alone, or performs an action with all that follows. An event changes the
    /// account without a message: the contact, the order and so on exist afterwards.
    ///
    /// The account stays as it is if it fails.
    pub(crate) fn fire(&mut self, fire: &Fire, now: Timestamp) -> Result<Fired, Misfit> {
        // Values are set in the body of what has happened. Whatever else can fail does so when
        // objects were made, and before others changed.
        let backup = (!fire.set.is_empty() || fire.at.is_some()).then(|| self.clone());
        let ids = self.ids.clone();
        let mut run = Run::new(self, fire.at.unwrap_or(now));
        run.makes_missing = fire.makes_missing;
        let fired = match Topic::named(&fire.event) {
            Some((topic, Some(mechanism))) => run.fire_event(fire, topic, mechanism),
            Some((topic, None)) => run.fire_action(fire, topic),
            None => run.fire_unlisted(fire),
        };
        if fired.is_err() {
            match backup {
                Some(backup) => *self = backup,
                None => self.forget_since(ids),
            }
        }
        fired
    }
}

impl Run<'_> {
    fn fire_action(&mut self, fire: &Fire, topic: Topic) -> Result<Fired, Misfit> {
        let needs_event = [
            ("/set", !fire.set.is_empty()),
            ("/body", fire.body.is_some()),
            ("/to", fire.to.is_some()),
            ("/webhook", fire.webhook.is_some()),
            ("/at", fire.at.is_some()),
        ];
        if let Some((at, _)) = needs_event.into_iter().find(|(_, is_given)| *is_given) {
            let error = format!(
                "`{}` is an action, and sends all that follows from it: this is for one event, \
                 such as `SALE_NEW`",
                fire.event
            );
            return Err(Misfit::new(at, error));
        }
        let change = self.silently(|run| run.stage(topic, fire.contact.as_ref(), &fire.with))?;
        let unchanged = self.unchanged_by(&change);
        let changed = self.change(change, 0);
        Ok(Fired {
            unchanged,
            id: changed.map_err(|refusal| refused("/with", &refusal))?,
            outgoing: self.finish(),
            skipped: std::mem::take(&mut self.skipped),
        })
    }

    fn fire_event(
        &mut self,
        fire: &Fire,
        topic: Topic,
        mechanism: Mechanism,
    ) -> Result<Fired, Misfit> {
        if let Some(webhook) = &fire.webhook {
            let error = format!("`{}` is not an event of account webhooks", fire.event);
            Misfit::unless(mechanism == Mechanism::Account, "/webhook", &error)?;
            let is_known = self.state.webhooks.contains_key(webhook);
            let error = format!("there is no webhook `{webhook}`");
            Misfit::unless(is_known, "/webhook", &error)?;
        }
        self.silently(|run| {
            let change = run.stage(topic, fire.contact.as_ref(), &fire.with)?;
            if let Change::CreateContact { email, .. } = &change
                && let Some(known) = run.state.contact_with_email(email).map(|one| one.id)
            {
                run.announce(known, Kind::Created, 0);
                return Ok(());
            }
            run.make_possible(&change);
            match run.change(change, 0) {
                Ok(_) => Ok(()),
                Err(refusal) => Err(refused("/with", &refusal)),
            }
        })?;
        let happened = std::mem::take(&mut self.happened).into_iter();
        for happening in happened.filter(|one| topic.is_of(&one.kind)) {
            self.check_edits(fire, mechanism, &happening)?;
            let is_signed = mechanism == Mechanism::Account;
            match (fire.direct(is_signed), mechanism) {
                (Some(source), Mechanism::Account) => self.send_direct(source, &happening),
                (Some(source), _) => self.call(source, &happening),
                (None, Mechanism::Account) => self.send_to_webhooks(fire, &happening),
                (None, _) => self.send_to_automations(&happening),
            }
        }
        let outgoing = std::mem::take(&mut self.outgoing).into_iter();
        let outgoing = outgoing.map(|one| {
            let sample = edited(one.sample, fire)?;
            Ok(Outgoing { sample, ..one })
        });
        Ok(Fired {
            unchanged: None,
            id: None,
            outgoing: outgoing.collect::<Result<_, _>>()?,
            skipped: std::mem::take(&mut self.skipped),
        })
    }

    /// Checks what is to be set, whether or not the event has a receiver.
    fn check_edits(
        &self,
        fire: &Fire,
        mechanism: Mechanism,
        happening: &Happening,
    ) -> Result<(), Misfit> {
        let sample = match mechanism {
            Mechanism::Account => wire::account(self.state, happening),
            _ => wire::automation(self.state, happening),
        };
        sample.map_or(Ok(()), |sample| edited(sample, fire).map(drop))
    }

    /// An event that is not in the catalogue. The body and the receiver have to be given.
    fn fire_unlisted(&mut self, fire: &Fire) -> Result<Fired, Misfit> {
        let name = &fire.event;
        // All known names of account webhooks are in upper case.
        let is_signed = !name.contains(|letter: char| letter.is_ascii_lowercase());
        let (Some(body), Some(source)) = (&fire.body, fire.direct(is_signed)) else {
            let error = format!("there is no event and no action `{}`", fire.event);
            let near = siohook_sender::nearest(&fire.event, Topic::actions());
            return Err(Misfit::new("/event", error).suggesting(nearest(&fire.event).or(near)));
        };
        let sample = if is_signed {
            let id = self.state.ids.uuid(self.now);
            Sample::account(name, Value::Null).with_message_id(&id)
        } else {
            Sample::automation(name, Value::Null)
        };
        let sample = sample.with_body(body.clone());
        let outgoing = Outgoing {
            source,
            sample: edited(sample, fire)?,
            contact: None,
        };
        Ok(Fired {
            unchanged: None,
            id: None,
            outgoing: vec![outgoing],
            skipped: vec![],
        })
    }

    fn send_direct(&mut self, source: Source, happening: &Happening) {
        if let Some(sample) = wire::account(self.state, happening) {
            self.send_signed(source, sample, happening.contact);
        }
    }

    /// Sends to the account webhooks, and notes those that do not get the event.
    fn send_to_webhooks(&mut self, fire: &Fire, happening: &Happening) {
        let is_meant = |id: &String| fire.webhook.as_ref().is_none_or(|only| only == id);
        for webhook in self.state.webhooks.values() {
            if is_meant(&webhook.id) && webhook.sends(&fire.event).is_none() {
                let why = if webhook.active {
                    Why::NotSubscribed
                } else {
                    Why::Inactive
                };
                let by = Listener::Webhook(webhook.id.clone());
                self.skipped.push(Skipped { by, why });
            }
        }
        self.send_webhooks(happening);
        self.outgoing.retain(|message| match &message.source {
            Source::Webhook { webhook, .. } => is_meant(webhook),
            _ => true,
        });
    }

    /// Sends to the URLs of the rules and workflows that wait for the event. Their other actions
    /// are not performed.
    fn send_to_automations(&mut self, happening: &Happening) {
        let mut calls = vec![];
        for rule in self.state.rules.values() {
            let urls = rule.actions.iter().filter_map(Action::url);
            let urls: Vec<_> = urls.map(str::to_owned).collect();
            let verdict = self.state.judge_rule(rule, &happening.kind);
            calls.push((Automation::Rule(rule.id), verdict, urls));
        }
        for workflow in self.state.workflows.values() {
            let mut urls = vec![];
            self.collect_urls(&workflow.steps, happening.contact, &mut urls);
            let verdict = self.state.judge_workflow(workflow, &happening.kind);
            calls.push((Automation::Workflow(workflow.id), verdict, urls));
        }
        for (by, verdict, urls) in calls {
            let why = match verdict {
                Verdict::Unrelated => continue,
                Verdict::Skipped(why) => Some(why),
                Verdict::Starts if urls.is_empty() => Some(Why::SendsNothing),
                Verdict::Starts => None,
            };
            if let Some(why) = why {
                let by = by.into();
                self.skipped.push(Skipped { by, why });
                continue;
            }
            for url in urls {
                let source = match by {
                    Automation::Rule(rule) => Source::Rule { rule, url },
                    Automation::Workflow(workflow) => Source::Workflow { workflow, url },
                };
                self.call(source, happening);
            }
        }
    }

    /// Adds the URLs on the path of a contact through a workflow.
    fn collect_urls(&self, steps: &[WorkflowStep], contact: u64, urls: &mut Vec<String>) {
        for step in steps {
            match step {
                WorkflowStep::Delay { .. } => {}
                WorkflowStep::Decision { r#if, yes, no } => {
                    let holds = self.state.holds(*r#if, contact);
                    let path = if holds { yes } else { no };
                    self.collect_urls(path, contact, urls);
                }
                WorkflowStep::Action(action) => urls.extend(action.url().map(str::to_owned)),
            }
        }
    }
}

/// A refusal at its place in what was asked for.
pub(super) fn refused(at: &str, refusal: &Refusal) -> Misfit {
    Misfit::new(at, refusal)
}

/// The sample with the body, the values and the time that were given.
fn edited(mut sample: Sample, fire: &Fire) -> Result<Sample, Misfit> {
    if let Some(body) = &fire.body {
        sample = sample.with_body(body.clone());
    }
    let is_automation = sample.mechanism() == Mechanism::Automation;
    for (pointer, value) in &fire.set {
        // Pointers of samples begin inside of `data`.
        let inside = pointer
            .strip_prefix("/data")
            .filter(|rest| rest.starts_with('/'));
        let place = inside.filter(|_| is_automation).unwrap_or(pointer);
        sample = sample.try_set(place, value).map_err(|error| {
            let at = pointer.replace('~', "~0").replace('/', "~1");
            let near = error.suggestion();
            Misfit::new(format!("/set/{at}"), &error).suggesting(near)
        })?;
    }
    if let Some(at) = fire.at {
        if is_automation && sample.occurred_at().is_none() {
            let error = "the body has no `created_at`, so the time can't be set";
            return Err(Misfit::new("/at", error));
        }
        sample = sample.at(&at.to_string());
    }
    Ok(sample)
}
