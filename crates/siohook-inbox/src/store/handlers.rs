/// The ids of handlers, as they live in the program.
#[derive(Debug)]
pub(super) struct Handlers {
    linked: Vec<&'static str>,
    /// Those of other programs on the same store, that were met in the runs of a process that ended.
    foreign: Vec<&'static str>,
}

impl Handlers {
    pub(super) fn new(linked: Vec<&'static str>) -> Self {
        Self {
            linked,
            foreign: vec![],
        }
    }

    pub(super) fn linked(&self) -> &[&'static str] {
        &self.linked
    }

    pub(super) fn find(&mut self, id: &str) -> &'static str {
        let mut known = self.linked.iter().chain(&self.foreign);
        if let Some(known) = known.find(|known| **known == id) {
            return known;
        }
        let id = Box::leak(Box::from(id));
        self.foreign.push(id);
        id
    }
}
