//! The documents of a description, against the official meta-schemas and against
//! every body of `fixtures/`.

mod bodies;
mod catalogue;
mod contents;
mod described;
mod fixture;
mod validator;
mod validity;
