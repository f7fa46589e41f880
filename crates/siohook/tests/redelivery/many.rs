//! One delivery with more handlers than an integer has bits.

use super::*;

macro_rules! handlers {
    ($($name:ident)*) => {$(
        #[on_event("SALE_CANCELED")]
        fn $name(State(script): State<Script>) -> Result<(), &'static str> {
            match script.run(stringify!($name)) {
                0 if stringify!($name).ends_with('5') => Err("not yet"),
                _ => Ok(()),
            }
        }
    )*};
}

handlers! {
    h00 h01 h02 h03 h04 h05 h06 h07 h08 h09 h10 h11 h12 h13 h14 h15 h16 h17 h18 h19
    h20 h21 h22 h23 h24 h25 h26 h27 h28 h29 h30 h31 h32 h33 h34 h35 h36 h37 h38 h39
    h40 h41 h42 h43 h44 h45 h46 h47 h48 h49 h50 h51 h52 h53 h54 h55 h56 h57 h58 h59
    h60 h61 h62 h63 h64 h65 h66 h67 h68 h69 h70 h71 h72 h73 h74 h75 h76 h77 h78 h79
}

#[test]
fn the_memory_distinguishes_more_than_64_handlers() {
    let script = Script::default();
    let dispatcher = builder()
        .select(|handler| handler.event() == "SALE_CANCELED")
        .state(script.clone())
        .build()
        .unwrap();
    let canceled = || account("SALE_CANCELED", fixture("account/SALE_CANCELED"));
    let outcomes = [(); 3].map(|()| receive(&dispatcher, canceled()).outcome().as_str());
    assert_eq!(outcomes, ["failed", "done", "done_before"]);
    let runs = script.runs.lock().unwrap();
    assert_eq!(runs.len(), 80);
    for (name, runs) in &*runs {
        assert_eq!(*runs, if name.ends_with('5') { 2 } else { 1 }, "{name}");
    }
}
