use super::{Place, send};
use crate::program::wait_until;

#[test]
fn rights_can_be_taken_and_given_while_a_program_runs() {
    let Some(place) = Place::shared() else { return };
    drop(place.open(place.direct()));
    place.sql(
        "CREATE ROLE clerk LOGIN; GRANT USAGE ON SCHEMA siohook TO clerk;
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA siohook TO clerk",
    );
    let of_clerk = place.database.replace("postgres@", "clerk@");
    let program = place.open(siohook_inbox::Inbox::postgres(of_clerk));
    program.accept(1);
    for (n, table) in ["delivery", "run", "worker"].into_iter().enumerate() {
        let n = 10 + n as u64;
        place.sql(&format!("REVOKE ALL ON siohook.{table} FROM clerk"));
        let why = program.refuse(n);
        assert!(why.contains("grant this role"), "{why}");
        place.sql(&format!(
            "GRANT SELECT, INSERT, UPDATE, DELETE ON siohook.{table} TO clerk"
        ));
        send(&program, n);
    }
    program.wait_until_idle();
}

/// As providers do while a disk is full.
#[test]
fn a_database_can_become_read_only_for_a_while() {
    let Some(place) = Place::shared() else { return };
    let program = place.open(place.direct());
    let name = place.database.rsplit('/').next().unwrap();
    let set = |change: &str| {
        let server = place.server.url();
        let alter = format!("ALTER DATABASE {name} {change}");
        place.server.sql(&server, &alter);
    };
    set("SET default_transaction_read_only TO on");
    place.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    wait_until("the probe knows why", || {
        program.refuse(1).contains("is read-only")
    });
    set("RESET default_transaction_read_only");
    send(&program, 1);
    wait_until("it is done", || place.runs("state <> 'done'") == 0);
}
