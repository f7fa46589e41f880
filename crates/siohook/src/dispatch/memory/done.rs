/// A set of handlers in 16 bytes. It allocates only for a handler beyond the 64th.
#[derive(Clone)]
pub(super) enum Done {
    Bits(u64),
    Sorted(Box<[u32]>),
}

impl Default for Done {
    fn default() -> Self {
        Self::Bits(0)
    }
}

impl Done {
    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::Bits(0))
    }

    pub(super) fn contains(&self, handler: u32) -> bool {
        match self {
            Self::Bits(bits) => handler < u64::BITS && bits & (1 << handler) != 0,
            Self::Sorted(list) => list.binary_search(&handler).is_ok(),
        }
    }

    pub(super) fn insert(&mut self, handler: u32) {
        match self {
            Self::Bits(bits) if handler < u64::BITS => *bits |= 1 << handler,
            Self::Bits(_) => {
                let low = (0..u64::BITS).filter(|&low| self.contains(low));
                *self = Self::Sorted(low.chain([handler]).collect());
            }
            Self::Sorted(list) => {
                if let Err(at) = list.binary_search(&handler) {
                    let (before, after) = list.split_at(at);
                    *list = [before, &[handler], after].concat().into();
                }
            }
        }
    }
}
