//! What a sender that hangs up does to handlers, over real sockets.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use siohook::{Dispatcher, State, on_event};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Moment {
    Started,
    Ended,
    Dropped,
}

#[derive(Clone)]
struct Stage {
    moments: mpsc::UnboundedSender<Moment>,
    gate: Arc<Semaphore>,
}

/// Says that a handler was dropped, unless it ended.
struct Curtain(Stage, bool);

impl Drop for Curtain {
    fn drop(&mut self) {
        let moment = if self.1 {
            Moment::Ended
        } else {
            Moment::Dropped
        };
        let _ = self.0.moments.send(moment);
    }
}

#[on_event("*")]
async fn play(State(stage): State<Stage>) {
    let mut curtain = Curtain(stage.clone(), false);
    let _ = stage.moments.send(Moment::Started);
    // The gate is never closed, so this is passed or waited for.
    let _ = stage
        .gate
        .acquire()
        .await
        .map(tokio::sync::SemaphorePermit::forget);
    curtain.1 = true;
}

struct Theatre {
    dispatcher: Dispatcher,
    address: SocketAddr,
    gate: Arc<Semaphore>,
    moments: mpsc::UnboundedReceiver<Moment>,
}

impl Theatre {
    async fn open(detached: bool) -> Self {
        let (sender, moments) = mpsc::unbounded_channel();
        let gate = Arc::new(Semaphore::new(0));
        let mut builder = Dispatcher::builder().automation_token("t").state(Stage {
            moments: sender,
            gate: Arc::clone(&gate),
        });
        if detached {
            builder = builder.detach(|task| {
                tokio::spawn(task);
            });
        }
        let dispatcher = builder.build().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = Router::new().route_service("/", dispatcher.service());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self {
            dispatcher,
            address,
            gate,
            moments,
        }
    }

    async fn moment(&mut self) -> Moment {
        // So that a failure is a failure and not a wait.
        let moment = timeout(Duration::from_secs(20), self.moments.recv()).await;
        moment
            .expect("nothing happened")
            .expect("the dispatcher is alive")
    }

    async fn send(&self, bytes: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        stream
    }

    /// The status that a request gets.
    async fn ask(&self, number: usize) -> String {
        let mut stream = self.send(&request(number)).await;
        let mut head = [0; 12];
        stream.read_exact(&mut head).await.unwrap();
        String::from_utf8_lossy(&head[9..]).into_owned()
    }
}

fn request(number: usize) -> Vec<u8> {
    let body = format!(r#"{{"type":"play","data":{number}}}"#);
    let length = body.len();
    format!("POST /?token=t HTTP/1.1\r\nhost: localhost\r\ncontent-length: {length}\r\n\r\n{body}")
        .into()
}

#[tokio::test]
async fn detached_handlers_end_when_the_sender_hangs_up_while_they_wait() {
    let mut theatre = Theatre::open(true).await;
    let stream = theatre.send(&request(0)).await;
    assert_eq!(theatre.moment().await, Moment::Started);
    drop(stream);
    theatre.gate.add_permits(1);
    assert_eq!(theatre.moment().await, Moment::Ended);
    theatre.dispatcher.idle().await;
    assert_eq!(theatre.ask(0).await, "200");
    assert!(theatre.moments.try_recv().is_err(), "it ran twice");
}

#[tokio::test]
async fn detached_handlers_end_whenever_the_sender_hangs_up() {
    let mut theatre = Theatre::open(true).await;
    theatre.gate.add_permits(10_000);
    for number in 0..200 {
        let request = request(number);
        // After each byte, and again and again after the last.
        let sent = number.min(request.len());
        drop(theatre.send(&request[..sent]).await);
    }
    assert_eq!(theatre.ask(1000).await, "200");
    theatre.dispatcher.idle().await;
    let (mut started, mut ended) = (0, 0);
    while let Ok(moment) = theatre.moments.try_recv() {
        match moment {
            Moment::Started => started += 1,
            Moment::Ended => ended += 1,
            Moment::Dropped => panic!("a handler was dropped"),
        }
    }
    assert_eq!(started, ended);
    assert!(started >= 1);
}

#[tokio::test]
async fn handlers_that_are_not_detached_are_dropped_and_released() {
    let mut theatre = Theatre::open(false).await;
    let stream = theatre.send(&request(0)).await;
    assert_eq!(theatre.moment().await, Moment::Started);
    drop(stream);
    assert_eq!(theatre.moment().await, Moment::Dropped);
    theatre.dispatcher.idle().await;

    // Another attempt is not refused, and runs what was dropped.
    theatre.gate.add_permits(1);
    assert_eq!(theatre.ask(0).await, "200");
    assert_eq!(theatre.moment().await, Moment::Started);
    assert_eq!(theatre.moment().await, Moment::Ended);
}
