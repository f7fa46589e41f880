use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

use crate::process::Process;
use crate::wire::Wire;

/// Enough to keep the server busy, and few enough not to slow it down.
const CONNECTIONS: u32 = 32;

/// Connections to a server that stay open. Each sends one request after another.
#[derive(Debug)]
pub struct Load {
    runtime: Runtime,
    connections: Vec<Connection>,
}

impl Load {
    /// Connects, and sends one request over each connection.
    ///
    /// # Errors
    ///
    /// The server can't be reached, or an answer is not the expected one.
    pub fn connect(server: SocketAddr, wire: &Wire) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_io().build()?;
        let opened = (0..CONNECTIONS)
            .map(|_| runtime.block_on(Connection::open(server, wire.clone())))
            .collect::<io::Result<_>>()?;
        let mut load = Self {
            connections: opened,
            runtime,
        };
        load.send(CONNECTIONS)?;
        Ok(load)
    }

    /// Sends this many requests, and checks every answer.
    ///
    /// # Errors
    ///
    /// An answer is not the expected one.
    pub fn send(&mut self, requests: u32) -> io::Result<()> {
        let left = Arc::new(AtomicU32::new(requests));
        self.runtime.block_on(async {
            let mut working = JoinSet::new();
            for connection in self.connections.drain(..) {
                working.spawn(connection.work(Arc::clone(&left)));
            }
            while let Some(connection) = working.join_next().await {
                self.connections.push(connection??);
            }
            Ok(())
        })
    }

    /// Sends this many requests, and returns the seconds of CPU time that the
    /// server used for each of them.
    ///
    /// # Errors
    ///
    /// An answer is not the expected one.
    pub fn measure(&mut self, server: &Process, requests: u32) -> io::Result<f64> {
        let before = server.cpu_time()?;
        self.send(requests)?;
        let used = server.cpu_time()?.saturating_sub(before);
        Ok(used.as_secs_f64() / f64::from(requests))
    }
}

#[derive(Debug)]
struct Connection {
    stream: TcpStream,
    wire: Wire,
    answer: Vec<u8>,
}

impl Connection {
    async fn open(server: SocketAddr, wire: Wire) -> io::Result<Self> {
        let stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            wire,
            answer: Vec::with_capacity(4096),
        })
    }

    /// Sends requests until none is left.
    async fn work(mut self, left: Arc<AtomicU32>) -> io::Result<Self> {
        // All requests of this process differ, even those to different servers.
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let take = |left: u32| left.checked_sub(1);
        while left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
            .is_ok()
        {
            self.wire.number(NUMBER.fetch_add(1, Ordering::Relaxed));
            self.stream.write_all(&self.wire.bytes).await?;
            self.answer.clear();
            while !self.wire.answer.is_whole(&self.answer)? {
                if self.stream.read_buf(&mut self.answer).await? == 0 {
                    return Err(io::Error::other("the server closed a connection"));
                }
            }
        }
        Ok(self)
    }
}
