//! Receivers on raw sockets, which do what a test tells them.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

type Behaviour = dyn Fn(usize, TcpStream) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync;

/// A receiver that ends with the test.
pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    requests: Arc<Mutex<Vec<Vec<u8>>>>,
    connections: Arc<Mutex<usize>>,
    _task: JoinSet<()>,
}

#[allow(dead_code, reason = "each test file uses a part of it")]
impl Receiver {
    /// Reads each request, and writes the answer of its number. The last one is repeated.
    pub(crate) async fn answering<A: AsRef<[u8]> + Send + Sync + 'static>(answers: Vec<A>) -> Self {
        let requests = Arc::new(Mutex::new(vec![]));
        let seen = Arc::clone(&requests);
        let answers = Arc::new(answers);
        let mut receiver = Self::behaving(move |number, mut stream| {
            let (seen, answers) = (Arc::clone(&seen), Arc::clone(&answers));
            Box::pin(async move {
                let request = read_request(&mut stream).await;
                seen.lock().unwrap().push(request);
                let answer = answers[number.min(answers.len() - 1)].as_ref();
                // The client may have hung up.
                let _ = stream.write_all(answer).await;
            })
        })
        .await;
        receiver.requests = requests;
        receiver
    }

    /// Does this with each connection, which has a number from 0.
    pub(crate) async fn behaving(
        behaviour: impl Fn(usize, TcpStream) -> Pin<Box<dyn Future<Output = ()> + Send>>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        let behaviour: Arc<Behaviour> = Arc::new(behaviour);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(Mutex::new(0));
        let count = Arc::clone(&connections);
        let mut task = JoinSet::new();
        task.spawn(async move {
            let mut open = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let number = {
                    let mut count = count.lock().unwrap();
                    *count += 1;
                    *count - 1
                };
                open.spawn(behaviour(number, stream));
            }
        });
        Self {
            address,
            requests: Arc::default(),
            connections,
            _task: task,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/systeme", self.address)
    }

    pub(crate) fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }

    /// The requests of a receiver that answers.
    pub(crate) fn requests(&self) -> Vec<String> {
        let requests = self.requests.lock().unwrap();
        let text = |request: &Vec<u8>| String::from_utf8(request.clone()).unwrap();
        requests.iter().map(text).collect()
    }
}

/// Reads a request to the end of its body.
pub(crate) async fn read_request(stream: &mut TcpStream) -> Vec<u8> {
    let mut request = vec![];
    loop {
        if stream.read_buf(&mut request).await.unwrap_or(0) == 0 {
            return request;
        }
        let text = String::from_utf8_lossy(&request);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
            return request;
        }
    }
}
