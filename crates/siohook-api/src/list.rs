use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec;

use futures_core::Stream;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::{Client, Error, ErrorKind};

/// The sizes of a page, each smaller than the one before. The API takes up to 100, but some lists
/// are said to refuse it.
const SIZES: [u32; 4] = [100, 50, 20, 10];

/// The violation of a size that is refused.
const SIZE_REFUSED: &str = "pagination.limit";

/// Something that lists have. It can't be implemented outside.
pub trait Item: Cursor + DeserializeOwned + Unpin + Send + 'static {}

impl<T: Cursor + DeserializeOwned + Unpin + Send + 'static> Item for T {}

mod sealed {
    /// A thing with the number behind which the next page begins.
    pub trait Cursor {
        fn cursor(&self) -> u64;
    }
}

pub(crate) use sealed::Cursor;

/// A part of a list.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    #[serde(default)]
    has_more: bool,
}

/// A list of the API, as a stream that gets page after page.
///
/// Filters are set before the first item is taken. Nothing is asked before that. After an error,
/// the list ends.
///
/// ```
/// use siohook_api::Order;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let sandbox = siohook_sandbox::Sandbox::start().await?;
/// # let client = siohook_api::Client::builder("key").url(format!("{}/api", sandbox.url())).build()?;
/// for name in ["Alice", "Bob", "Carol"] {
///     client.create_tag(name).await?;
/// }
/// let mut tags = client.tags().order(Order::Ascending);
/// while let Some(tag) = tags.next().await {
///     println!("{}", tag?.name);
/// }
/// let tags = client.tags().search("o").all().await?;
/// assert_eq!(tags.len(), 2);
/// # Ok(())
/// # }
/// ```
#[must_use = "a list asks for nothing until an item is taken"]
pub struct List<T> {
    client: Client,
    path: &'static str,
    filters: Vec<(&'static str, String)>,
    order: Order,
    size: u32,
    after: Option<u64>,
    items: vec::IntoIter<T>,
    state: State<T>,
}

type Fetch<T> = Pin<Box<dyn Future<Output = Result<Page<T>, Error>> + Send>>;

enum State<T> {
    /// The next page has to be asked for.
    Idle,
    Fetching(Fetch<T>),
    Ended,
}

/// Order of a list. [Contacts](Client::contacts) are said to come newest first whatever is asked
/// for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Order {
    /// From the oldest to the newest.
    Ascending,
    /// From the newest to the oldest.
    #[default]
    Descending,
}

impl<T: Item> List<T> {
    pub(crate) fn new(client: &Client, path: &'static str) -> Self {
        Self {
            client: client.clone(),
            path,
            filters: vec![],
            order: Order::default(),
            size: SIZES[0],
            after: None,
            items: vec![].into_iter(),
            state: State::Idle,
        }
    }

    /// Sets a filter, instead of one that was set before.
    pub(crate) fn filter(mut self, name: &'static str, value: impl ToString) -> Self {
        self.filters.retain(|(own, _)| *own != name);
        self.filters.push((name, value.to_string()));
        self
    }

    /// Sets the order. The default is from the newest to the oldest.
    pub fn order(mut self, order: Order) -> Self {
        self.order = order;
        self
    }

    /// Sets the most items of a page. The default is 100; less than 10 counts as 10. If the API
    /// refuses it, smaller pages are asked for.
    pub fn page_size(mut self, items: u32) -> Self {
        self.size = items.clamp(SIZES[3], SIZES[0]);
        self
    }

    /// Begins behind the item with this id.
    pub fn starting_after(mut self, id: impl Into<u64>) -> Self {
        self.after = Some(id.into());
        self
    }

    /// Takes the next item. `None` is the end of the list.
    ///
    /// This is [`Stream::poll_next`] as a method, for those who need no more of a stream.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Takes all items.
    ///
    /// # Errors
    ///
    /// If a page can't be had.
    pub async fn all(mut self) -> Result<Vec<T>, Error> {
        let mut items = vec![];
        while let Some(item) = self.next().await {
            items.push(item?);
        }
        Ok(items)
    }

    fn fetch(&self) -> Fetch<T> {
        let mut query = self.filters.clone();
        query.push(("limit", self.size.to_string()));
        if self.order == Order::Ascending {
            query.push(("order", "asc".to_owned()));
        }
        if let Some(after) = self.after {
            query.push(("startingAfter", after.to_string()));
        }
        let (client, path) = (self.client.clone(), self.path);
        Box::pin(async move { client.get_with(path, &query).await })
    }

    /// Goes on with a page. Returns an error that ends the list.
    fn turn(&mut self, page: Result<Page<T>, Error>) -> Result<(), Error> {
        self.state = State::Ended;
        let page = match page {
            Ok(page) => page,
            Err(error) => {
                let mut violations = error.violations().iter();
                let is_refused = violations.any(|violation| violation.path == SIZE_REFUSED);
                let smaller = SIZES.into_iter().find(|size| *size < self.size);
                self.size = smaller.filter(|_| is_refused).ok_or(error)?;
                self.state = State::Idle;
                return Ok(());
            }
        };
        if page.has_more
            && let Some(last) = page.items.last().map(Cursor::cursor)
        {
            if self.after == Some(last) {
                let detail = "the same page came twice".to_owned();
                let operation = format!("GET {}", self.path);
                return Err(Error::new(ErrorKind::Unexpected, &operation, detail));
            }
            self.after = Some(last);
            self.state = State::Idle;
        }
        self.items = page.items.into_iter();
        Ok(())
    }
}

impl<T: Item> Stream for List<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(item) = self.items.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match &mut self.state {
                State::Idle => self.state = State::Fetching(self.fetch()),
                State::Fetching(fetch) => {
                    let page = ready!(fetch.as_mut().poll(context));
                    if let Err(error) = self.turn(page) {
                        return Poll::Ready(Some(Err(error)));
                    }
                }
                State::Ended => return Poll::Ready(None),
            }
        }
    }
}

/// Shows neither items nor filters: they are data of people.
impl<T> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("List")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}
