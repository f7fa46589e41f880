//! The name of a file: `20261126T110213.482913Z_k3f9qa_SALE_NEW.http`.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use jiff::Timestamp;
use jiff::tz::Offset;
use siohook_events::headers::MESSAGE_ID;
use siohook_sender::Capture;

use super::{Store, durable};
use crate::Failure;

/// Longer than what lies before the body: 32 KiB.
const BEGINNING: u64 = 32 << 10;

const TIME: &str = "%Y%m%dT%H%M%S%.6fZ";

/// A delivery in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) id: String,
    pub(crate) time: Timestamp,
    pub(crate) path: PathBuf,
}

/// Tells whether a delivery or its log has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stamp([Option<(SystemTime, u64)>; 2]);

impl Entry {
    /// The entry that a file of this name is.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.strip_suffix(".http")?;
        let mut parts = name.splitn(3, '_');
        let (time, id, _event) = (parts.next()?, parts.next()?, parts.next()?);
        let is_id = id.len() == ID_LENGTH && id.bytes().all(|letter| ALPHABET.contains(&letter));
        let time = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%S%.fZ", time).ok()?;
        Some(Self {
            id: is_id.then(|| id.to_owned())?,
            time: Offset::UTC.to_timestamp(time).ok()?,
            path: path.to_owned(),
        })
    }

    pub(super) fn new(folder: &Path, time: Timestamp, id: String, event: Option<&str>) -> Self {
        let name = format!("{}_{id}_{}.http", time.strftime(TIME), safe(event));
        Self {
            id,
            time,
            path: folder.join(name),
        }
    }

    /// The file of its log.
    pub(super) fn log(&self) -> PathBuf {
        let name = format!("{}_{}.log", self.time.strftime(TIME), self.id);
        self.path.with_file_name(name)
    }

    /// When and how long its file and its log were written.
    pub(crate) fn stamp(&self) -> Stamp {
        let of = |path: &Path| {
            let file = path.metadata().ok()?;
            Some((file.modified().ok()?, file.len()))
        };
        Stamp([of(&self.path), of(&self.log())])
    }

    /// Reads the message id, and not the body: a start reads it of each delivery.
    pub(crate) fn message_id(&self) -> io::Result<Option<String>> {
        let mut beginning = vec![];
        File::open(&self.path)?
            .take(BEGINNING)
            .read_to_end(&mut beginning)?;
        let beginning = beginning
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(&beginning);
        let lines = beginning.split(|byte| *byte == b'\n');
        let mut lines = lines
            .map(<[u8]>::trim_ascii)
            .skip_while(|line| line.starts_with(b"#"));
        // Empty lines may come before a request.
        lines.find(|line| !line.is_empty());
        let mut headers = lines
            .take_while(|line| !line.is_empty())
            .filter_map(|line| {
                let colon = line.iter().position(|byte| *byte == b':')?;
                Some((&line[..colon], line[colon + 1..].trim_ascii()))
            });
        let message = headers.find(|(name, _)| name.eq_ignore_ascii_case(MESSAGE_ID.as_bytes()));
        Ok(message.and_then(|(_, value)| String::from_utf8(value.to_vec()).ok()))
    }

    pub(crate) fn read(&self) -> Result<Capture, Failure> {
        super::read(&self.path)
    }
}

impl Store {
    /// Removes a delivery and its log.
    pub(crate) fn delete(&self, entry: &Entry) -> Result<(), Failure> {
        let delete = || -> io::Result<()> {
            durable::remove(&entry.log())?;
            durable::remove(&entry.path)?;
            durable::sync_folder(&self.folder)
        };
        delete().map_err(|error| self.unusable(&error))
    }
}

/// Crockford's base32: without letters that look like digits or like each other.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const ID_LENGTH: usize = 6;

pub(super) fn random_id() -> String {
    let mut bits = uuid::Uuid::new_v4().as_u128();
    let letters = std::iter::repeat_with(|| {
        let letter = ALPHABET[(bits % 32) as usize];
        bits /= 32;
        char::from(letter)
    });
    letters.take(ID_LENGTH).collect()
}

/// The name of an event as a part of the name of a file.
fn safe(event: Option<&str>) -> String {
    let event = event.filter(|event| !event.is_empty()).unwrap_or("unknown");
    let letters = event.chars().map(|letter| match letter {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '_' | '-' => letter,
        _ => '-',
    });
    letters.take(64).collect()
}
