//! Runs the program against real sandboxes and receivers.

mod deliveries;
mod doctor;
mod events;
mod exports;
mod fire;
mod inbox;
mod kept;
mod listen;
mod log;
mod messages;
mod output;
mod receiver;
mod replay;
mod run;
mod scenes;
mod serve;
mod served;
mod shop;
mod signals;
mod situations;
mod state;
mod trigger;
mod verify;
mod webhooks;
