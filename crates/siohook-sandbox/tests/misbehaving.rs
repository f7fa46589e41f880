//! Receivers that misbehave. Whatever they do is an answer.

mod receiver;

use std::time::Duration;

use proptest::prelude::*;
use receiver::{Receiver, read_request};
use siohook_events::Mechanism;
use siohook_sandbox::{AllowList, Answer, Client, Outcome};
use siohook_sender::Sample;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

const KEPT: usize = 64 * 1024;

async fn send(client: &Client, url: &str) -> Answer {
    let request = Sample::of("SALE_NEW").request(url).unwrap();
    client.send(&request, Mechanism::Account).await
}

async fn answer_to(bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Answer {
    let receiver = Receiver::answering(vec![bytes]).await;
    send(&Client::new(AllowList::new()), &receiver.url()).await
}

fn has(answer: &Answer, outcome: Outcome, status: Option<u16>, error: &str) {
    assert_eq!(
        (answer.outcome, answer.status),
        (outcome, status),
        "{answer:?}"
    );
    let text = answer.error.as_deref().unwrap_or_default();
    assert!(text.contains(error), "{text}");
    assert_eq!(answer.error.is_none(), outcome == Outcome::Status);
}

#[tokio::test]
async fn answers_that_break_off_or_are_not_http() {
    let long = "a".repeat(40_000);
    let many = "a: b\r\n".repeat(200);
    for (bytes, status, error) in [
        ("", None, "closed without an answer"),
        ("HTTP/1.1 200 OK\r\nA: b", None, "broke off within its head"),
        ("SSH-2.0-OpenSSH\r\n", None, "not HTTP"),
        ("HTTP/1.1 2000 OK\r\n\r\n", None, "not HTTP"),
        (
            &format!("HTTP/1.1 200 OK\r\nA: {long}"),
            None,
            "over 32 KiB",
        ),
        (&format!("HTTP/1.1 200 OK\r\n{many}\r\n"), None, "not HTTP"),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
            Some(200),
            "6 bytes before the end",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            Some(200),
            "not a number: `-1`",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na",
            Some(200),
            "not a number: `+1`",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            Some(200),
            "`1`",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
            Some(200),
            "`9999",
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            Some(200),
            "no valid size",
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n",
            Some(200),
            "longer",
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc",
            Some(200),
            "within a chunk",
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
            Some(200),
            "last chunk",
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffffff\r\n",
            Some(200),
            "no valid size",
        ),
    ] {
        has(
            &answer_to(bytes.to_owned()).await,
            Outcome::Reset,
            status,
            error,
        );
    }
    assert_eq!(
        &*answer_to("SSH-2.0-OpenSSH\r\n").await.body,
        b"SSH-2.0-OpenSSH\r\n"
    );
}

#[tokio::test]
async fn odd_answers_that_are_whole() {
    for (bytes, status, body) in [
        (
            "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n",
            204,
            "",
        ),
        ("HTTP/1.1 200\r\n\r\nuntil the end", 200, "until the end"),
        (
            "HTTP/1.0 500 Oops\r\ncontent-length: 3\r\n\r\nabcdef",
            500,
            "abc",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 3, 3\r\n\r\nabc",
            200,
            "abc",
        ),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nA: b\r\n\r\nHTTP/1.1 201 C\r\n\r\n",
            201,
            "",
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
            200,
            "abcde",
        ),
    ] {
        let answer = answer_to(bytes).await;
        has(&answer, Outcome::Status, Some(status), "");
        assert_eq!(String::from_utf8_lossy(&answer.body), body);
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Receiver::answering(vec!["HTTP/1.1 200 OK\r\n\r\n"]).await;
    let location = elsewhere.url();
    let answer = answer_to(format!("HTTP/1.1 308 P\r\nLocation: {location}\r\n\r\n")).await;
    has(&answer, Outcome::Status, Some(308), "");
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn only_64_kib_of_a_gigabyte_are_read() {
    for head in [
        "Content-Length: 1073741824\r\n",
        "",
        "Transfer-Encoding: chunked\r\n",
    ] {
        let receiver = Receiver::behaving(move |_, mut stream| {
            Box::pin(async move {
                read_request(&mut stream).await;
                let head = format!("HTTP/1.1 200 OK\r\n{head}\r\n");
                stream.write_all(head.as_bytes()).await.unwrap();
                if head.contains("chunked") {
                    stream.write_all(b"40000000\r\n").await.unwrap();
                }
                let part = vec![b'a'; 1 << 20];
                for _ in 0..1024 {
                    // The client hangs up long before.
                    if stream.write_all(&part).await.is_err() {
                        return;
                    }
                }
                panic!("the client has read a gigabyte");
            })
        })
        .await;
        let answer = send(&Client::new(AllowList::new()), &receiver.url()).await;
        has(&answer, Outcome::Status, Some(200), "");
        assert_eq!(answer.body.len(), KEPT);
    }
}

#[tokio::test]
async fn receivers_that_hang_are_timed_out() {
    for (head, status) in [
        ("", None),
        ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", Some(200)),
    ] {
        let receiver = Receiver::behaving(move |_, mut stream| {
            Box::pin(async move {
                read_request(&mut stream).await;
                stream.write_all(head.as_bytes()).await.unwrap();
                std::future::pending::<()>().await;
            })
        })
        .await;
        let client = Client::new(AllowList::new()).timeout(Duration::from_millis(300));
        let answer = send(&client, &receiver.url()).await;
        has(
            &answer,
            Outcome::Timeout,
            status,
            "no whole answer within 300ms",
        );
    }
}

#[tokio::test]
async fn a_receiver_that_does_not_read_may_answer() {
    let receiver = Receiver::behaving(|_, mut stream| {
        Box::pin(async move {
            stream
                .write_all(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
                .await
                .unwrap();
            std::future::pending::<()>().await;
        })
    })
    .await;
    // The request fits into no buffer of a socket.
    let sample = Sample::of("SALE_NEW").with_body(vec![b' '; 64 << 20]);
    let request = sample.request(&receiver.url()).unwrap();
    let answer = Client::new(AllowList::new())
        .send(&request, Mechanism::Account)
        .await;
    has(&answer, Outcome::Status, Some(413), "");
}

#[tokio::test]
async fn receivers_that_are_not_there() {
    // Closing a socket with unread bytes resets the connection.
    let resetting = Receiver::behaving(|_, stream| {
        Box::pin(async move {
            stream.readable().await.unwrap();
            drop(stream);
        })
    })
    .await;
    let client = Client::new(AllowList::new()).host("nowhere.test", [[0_u8; 4]; 0]);
    has(
        &send(&client, &resetting.url()).await,
        Outcome::Reset,
        None,
        "",
    );

    let closed = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let answer = send(&client, &format!("http://{closed}/")).await;
    let text = format!("nothing listens at http://{closed} (tried 127.0.0.1)");
    has(&answer, Outcome::Refused, None, &text);

    let answer = send(&client, "http://localhost:1/").await;
    let text = "nothing listens at http://localhost:1 (tried 127.0.0.1 and ::1)";
    has(&answer, Outcome::Refused, None, text);

    let answer = send(&client, "http://nowhere.test/").await;
    has(&answer, Outcome::Dns, None, "nowhere.test has no address");
}

/// Answers that are partly HTTP.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        Just(b"HTTP/1.1 200 OK\r\n".to_vec()),
        Just(b"HTTP/1.1 100 Continue\r\n\r\n".to_vec()),
        Just(b"Transfer-Encoding: chunked\r\n".to_vec()),
        Just(b"Content-Length: ".to_vec()),
        Just(b"\r\n".to_vec()),
        "[0-9a-f]{1,18}\r\n".prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..64),
        prop::collection::vec(any::<u8>(), 0..100_000),
    ];
    let parts = prop::collection::vec(part, 0..8).prop_map(|parts| parts.concat());
    let head = prop::bool::ANY.prop_map(|is_http| {
        if is_http {
            b"HTTP/1.1 200 OK\r\n".to_vec()
        } else {
            vec![]
        }
    });
    (head, parts).prop_map(|(head, parts)| [head, parts].concat())
}

proptest! {
    #[test]
    fn any_bytes_are_an_answer(bytes in bytes()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let answer = runtime.block_on(answer_to(bytes));
        prop_assert!(matches!(answer.outcome, Outcome::Status | Outcome::Reset), "{answer:?}");
        prop_assert!(answer.body.len() <= KEPT);
        prop_assert_eq!(answer.outcome == Outcome::Status, answer.error.is_none());
        prop_assert!(answer.outcome != Outcome::Status || answer.status.is_some());
    }
}

#[tokio::test]
async fn bytes_may_arrive_one_by_one() {
    let receiver = Receiver::behaving(|_, mut stream: TcpStream| {
        Box::pin(async move {
            read_request(&mut stream).await;
            stream.set_nodelay(true).unwrap();
            for byte in
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
            {
                // The end is not read any more.
                let _ = stream.write_all(&[*byte]).await;
                tokio::task::yield_now().await;
            }
        })
    })
    .await;
    let answer = send(&Client::new(AllowList::new()), &receiver.url()).await;
    has(&answer, Outcome::Status, Some(200), "");
    assert_eq!(&*answer.body, b"abc");
}
