use std::process::ExitCode;

/// How the program ends. A higher code is the more serious one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    #[default]
    Good = 0,
    Bad = 1,
    Usage = 2,
    Unreached = 3,
    Here = 4,
    Interrupted = 130,
}

/// Page of `siohook help exit-codes`.
pub(crate) const TABLE: &str = "\
Exit codes of siohook

  0    it worked, and the answer is good
  1    it worked, and the answer is bad: a receiver refused or has a fault, or fewer messages came than
       asked for
  2    wrong usage or configuration, or an input that is not a delivery: nothing was sent or changed
  3    the other side was not reached: a sandbox, a receiver or systeme.io
  4    a file, a port, an inbox or the store of deliveries can't be used
  130  ended by a second ^C
";

impl Exit {
    pub(crate) fn code(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}
