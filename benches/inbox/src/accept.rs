//! Deliveries that are stored durably, while no handler runs.

use siohook_benches::measure::{Quantiles, nanos};

use crate::budget::Budget;
use crate::by_hand::ByHand;
use crate::contestant::Siohook;
use crate::database::Database;
use crate::deliveries::Deliveries;
use crate::handlers;
use crate::load::{self, raw};
use crate::options::Options;
use crate::rounds::{Rounds, Table, rate};
use crate::{Part, Result};

pub(crate) const PRODUCERS: [usize; 3] = [1, 32, 256];
/// The most commands that are committed together.
pub(crate) const GROUP: usize = 512;

const RAW: &str = "disk";
const EACH: &str = "a commit each";
const BY_HAND: &str = "by hand";
const SIOHOOK: &str = "siohook-inbox";
const SUBJECTS: [&str; 4] = [RAW, EACH, BY_HAND, SIOHOOK];

pub(crate) async fn measure(options: &Options, database: &Database) -> Result<Part> {
    let mut table = Table::new(&[
        "accepted",
        "producers",
        "a second",
        "range",
        "× disk",
        "× a commit each",
        "× by hand",
        "answer, median",
        "answer, 99 %",
        "CPU",
    ]);
    let verify = verify(options);
    let mut shares = Table::new(&["producers", "`verify`, CPU", "of a delivery"]);
    let mut budgets = vec![];
    for (producers, least) in PRODUCERS.into_iter().zip(database.accepted) {
        let rounds = rounds(options, database, producers).await?;
        for subject in SUBJECTS {
            let ratio = |base| format!("{:.2}", rounds.ratio(subject, base).median());
            let [median, range] = rate(&rounds.rate(subject));
            let [half, most] = rounds.waits(subject);
            table.row([
                subject.to_owned(),
                producers.to_string(),
                median,
                range,
                ratio(RAW),
                ratio(EACH),
                ratio(BY_HAND),
                half,
                most,
                format!("{:.1} µs", rounds.cpu(subject).median()),
            ]);
        }
        let share = verify / rounds.cpu(SIOHOOK).median();
        shares.row([
            producers.to_string(),
            format!("{verify:.1} µs"),
            format!("{:.0} %", share * 100.0),
        ]);
        let what = format!("accepted, producers: {producers}");
        let base = if producers == 1 { RAW } else { EACH };
        let ratio = rounds.ratio(SIOHOOK, base).median();
        budgets.push(Budget::ratio(what, base, least, ratio));
    }
    Ok(Part {
        text: format!("{table}\n{shares}"),
        budgets,
    })
}

async fn rounds(options: &Options, database: &Database, producers: usize) -> Result<Rounds> {
    let (time, mut rounds) = (options.time, Rounds::default());
    let dispatcher = handlers::dispatcher("brief", None);
    let sales = Deliveries::sales();
    for round in 0..options.rounds {
        for step in 0..SUBJECTS.len() {
            let subject = SUBJECTS[(round + step) % SUBJECTS.len()];
            let place = database.fresh(options, "accept")?;
            let measured = match subject {
                RAW => {
                    let body = sales.body_bytes();
                    tokio::task::block_in_place(|| raw(&options.data(), producers, body, time))?
                }
                EACH => load::accept(ByHand::open(&place, 0, 1), &sales, producers, time).await,
                BY_HAND => {
                    load::accept(ByHand::open(&place, 0, GROUP), &sales, producers, time).await
                }
                _ => {
                    let inbox = Siohook::open(&place, &dispatcher, 0).await;
                    load::accept(inbox, &sales, producers, time).await
                }
            };
            rounds.push(subject, measured);
        }
    }
    Ok(rounds)
}

/// The CPU time of `Dispatcher::verify` for a sale, in microseconds.
fn verify(options: &Options) -> f64 {
    let dispatcher = handlers::dispatcher("brief", None);
    let sales = Deliveries::sales();
    let round = |_| {
        let requests: Vec<_> = (0..2000).map(|_| sales.next()).collect();
        nanos(requests.iter(), |request| {
            dispatcher
                .verify(request.incoming())
                .expect("the delivery is signed");
        })
    };
    Quantiles::of((0..options.rounds).map(round)).median() / 1e3
}
