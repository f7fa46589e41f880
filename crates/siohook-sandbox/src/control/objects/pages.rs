//! Funnels and their steps, blogs and their pages.

use serde_json::json;

use super::draft::Draft;
use super::object::{Object, lies_in};
use super::shelf::Shelf;
use crate::state::{Blog, BlogPage, Funnel, State, Step};
use crate::strict::Misfit;

impl Object for Funnel {
    const NAME: &'static str = "funnel";
    const FIXED: &'static [&'static str] = &["/id", "/steps"];
    lies_in!(funnels);

    fn read(draft: &mut Draft<'_>, state: &State) -> Result<Self, Misfit> {
        draft.or("steps", json!([]));
        draft.read(state)
    }

    fn clean_up(&self, state: &mut State) {
        for step in &self.steps {
            step.clean_up(state);
        }
    }
}

impl Object for Blog {
    const NAME: &'static str = "blog";
    const FIXED: &'static [&'static str] = &["/id", "/pages"];
    lies_in!(blogs);

    fn read(draft: &mut Draft<'_>, state: &State) -> Result<Self, Misfit> {
        draft.or("pages", json!([]));
        draft.read(state)
    }
}

/// The list of an object in which the objects of a collection lie.
macro_rules! lies_in_list {
    ($list:ident of $parents:ident) => {
        type Key = u64;
        type Shelf = Vec<Self>;

        fn key(&self) -> u64 {
            self.id
        }

        fn shelf<'a>(state: &'a State, parent: &str) -> Option<&'a Self::Shelf> {
            Some(&state.$parents.find(parent)?.$list)
        }

        fn shelf_mut<'a>(state: &'a mut State, parent: &str) -> Option<&'a mut Self::Shelf> {
            let parent = state.$parents.find(parent)?.id;
            Some(&mut state.$parents.get_mut(&parent)?.$list)
        }

        fn identify(draft: &mut Draft<'_>) {
            draft.number("id");
        }
    };
}

impl Object for Step {
    const NAME: &'static str = "funnel step";
    const PARENT: &'static str = Funnel::NAME;
    lies_in_list!(steps of funnels);

    fn clean_up(&self, state: &mut State) {
        state.delete_with_step(self.id);
    }
}

impl Object for BlogPage {
    const NAME: &'static str = "blog page";
    const PARENT: &'static str = Blog::NAME;
    lies_in_list!(pages of blogs);
}
