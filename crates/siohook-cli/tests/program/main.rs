//! Runs the program against real sandboxes and receivers.

mod events;
mod fire;
mod kept;
mod log;
mod messages;
mod output;
mod receiver;
mod run;
mod scenes;
mod serve;
mod signals;
mod situations;
mod state;
mod trigger;
