use std::sync::Arc;

use siohook::Dispatcher;

fn owned(dispatcher: Dispatcher) {
    let _ = dispatcher.service();
}

fn borrowed(dispatcher: &Dispatcher) {
    let _ = dispatcher.service();
}

fn shared(dispatcher: Arc<Dispatcher>) {
    let _ = dispatcher.service();
}

// As in `router.route_service("/systeme", dispatcher.service())`.
fn passed_on(dispatcher: Dispatcher) {
    fn route<S: Clone + Send + Sync + 'static>(_: S) {}
    route(dispatcher.service());
}

fn with_a_peer(dispatcher: Dispatcher) {
    let _ = dispatcher.service().peer(|_| None);
}

fn main() {}
