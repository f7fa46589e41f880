//! Rules and workflows.

use serde_json::json;

use super::draft::Draft;
use super::object::{Object, lies_in};
use crate::state::{Rule, State, Workflow};
use crate::strict::Misfit;

impl Object for Rule {
    const NAME: &'static str = "rule";
    lies_in!(rules);
}

impl Object for Workflow {
    const NAME: &'static str = "workflow";
    lies_in!(workflows);

    fn read(draft: &mut Draft<'_>, state: &State) -> Result<Self, Misfit> {
        draft.or("active", true);
        draft.or("triggers", json!([]));
        draft.or("steps", json!([]));
        draft.read(state)
    }

    fn clean_up(&self, state: &mut State) {
        state.delete_with_workflow(self.id);
    }
}
