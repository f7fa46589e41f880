mod frames;
mod state;

use std::io::{self, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use state::{Connection, Passed, State};

/// A place in what passes a [`Proxy`], counted from zero over all connections, from the moment when
/// it is [armed](Proxy::arm).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// The server does not get this message of a client. A message is a frame of the protocol, such
    /// as `Bind`, `Execute` or `Sync`. The start of a connection is one.
    BeforeMessage(u64),
    /// The server gets this message of a client, which gets nothing any more.
    AfterMessage(u64),
    /// The client does not get this message of the server, but those before.
    BeforeReply(u64),
    /// The server has given this answer, of which the client gets nothing. An answer is what comes
    /// until the server is ready for the next query. The first one of a connection says that the
    /// client may come in.
    BeforeAnswer(u64),
}

/// What happens at a [`Point`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The connection is closed on both sides.
    Cut,
    /// Nothing passes on any connection, until [`Proxy::heal`].
    Stall,
}

/// A way to a server that can be cut and blocked, at a message of PostgreSQL's protocol.
///
/// Connections through it are not encrypted: it answers clients that ask that the server can't.
///
/// ```
/// use test_postgres::{Fault, Point, Proxy};
///
/// let Some(server) = test_postgres::shared() else { return };
/// let proxy = Proxy::start(server.port());
/// let database = server.create_database();
///
/// proxy.arm(Point::BeforeAnswer(1), Fault::Cut);
/// let created = server.try_sql(&proxy.url(&database), "CREATE TABLE it (n int)");
/// assert!(created.is_err() && proxy.is_hit());
/// // It is there all the same.
/// assert_eq!(server.sql(&database, "SELECT count(*) FROM it"), "0");
/// ```
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    server: u16,
    state: Arc<State>,
}

impl Proxy {
    /// Starts to listen on a free port of loopback, for clients of a server on another one.
    ///
    /// # Panics
    ///
    /// Panics if no port is free.
    #[must_use]
    pub fn start(server: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if shared.is_closed() {
                    break;
                }
                let shared = Arc::clone(&shared);
                // A server that is down closes the connection.
                thread::spawn(move || connect(client, server, &shared));
            }
        });
        Self {
            port,
            server,
            state,
        }
    }

    /// The URL of a database of the server, through the proxy.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        let [server, port] = [self.server, self.port].map(|it| format!("@127.0.0.1:{it}/"));
        database.replacen(&server, &port, 1)
    }

    /// Makes one fault happen at a point, and counts from here. An earlier fault is forgotten.
    pub fn arm(&self, point: Point, fault: Fault) {
        self.state.arm(point, fault);
    }

    /// Whether the fault that was armed has happened.
    #[must_use]
    pub fn is_hit(&self) -> bool {
        self.state.is_hit()
    }

    /// Waits until the fault that was armed has happened, and returns whether it has.
    #[must_use]
    pub fn wait_until_hit(&self, patience: Duration) -> bool {
        self.state.wait_until_hit(patience)
    }

    /// Cuts all connections. New ones are let in.
    pub fn cut(&self) {
        self.state.cut_all();
    }

    /// Lets nothing pass in any direction, also on new connections.
    pub fn stall(&self) {
        self.state.set_stalled(true);
    }

    /// Lets everything pass again, with what was held back.
    pub fn heal(&self) {
        self.state.set_stalled(false);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.state.close();
        // Wakes the listener.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn connect(client: TcpStream, server: u16, state: &Arc<State>) -> io::Result<()> {
    let server = TcpStream::connect(("127.0.0.1", server))?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let connection = state.open(client, server);
    thread::spawn({
        let (state, connection) = (Arc::clone(state), Arc::clone(&connection));
        move || {
            let _ = pass_answers(&state, &connection);
            connection.close();
        }
    });
    let result = pass_messages(state, &connection);
    connection.close();
    result
}

/// Passes what a client says, until it says no more.
fn pass_messages(state: &State, connection: &Connection) -> io::Result<()> {
    let mut server = &connection.server;
    let mut message = frames::read_first(&mut &connection.client)?;
    let mut client = BufReader::new(&connection.client);
    loop {
        let passed = state.message(connection);
        if passed != Passed::Nothing {
            server.write_all(&message)?;
        }
        if passed != Passed::All {
            return Ok(());
        }
        message = frames::read(&mut client)?;
    }
}

/// Passes what a server says. An answer that is lost is held back until it is complete.
fn pass_answers(state: &State, connection: &Connection) -> io::Result<()> {
    let mut client = &connection.client;
    let mut server = BufReader::new(&connection.server);
    let (mut held, mut is_start) = (None, true);
    loop {
        let mut message = frames::read(&mut server)?;
        if is_start {
            held = state.holds_answer().then(Vec::new);
        }
        is_start = frames::ends_answer(&message);
        let passed = match &mut held {
            None => state.reply(connection),
            Some(held) => {
                held.append(&mut message);
                if !is_start {
                    continue;
                }
                message = std::mem::take(held);
                state.held_answer(connection)
            }
        };
        if passed != Passed::All {
            return Ok(());
        }
        client.write_all(&message)?;
    }
}
