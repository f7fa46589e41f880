use std::any::{Any, TypeId, type_name};
use std::collections::HashMap;

/// The values given to `state`, one of each type.
#[derive(Default)]
pub(crate) struct States(HashMap<TypeId, Box<dyn Any + Send + Sync>>);

impl States {
    /// Adds a value, or says which type is there already.
    pub(crate) fn insert<T: Send + Sync + 'static>(
        &mut self,
        value: T,
    ) -> Result<(), &'static str> {
        match self.0.insert(TypeId::of::<T>(), Box::new(value)) {
            None => Ok(()),
            Some(_) => Err(type_name::<T>()),
        }
    }

    pub(crate) fn get<T: 'static>(&self) -> Option<&T> {
        self.0.get(&TypeId::of::<T>())?.downcast_ref()
    }

    pub(crate) fn has(&self, id: TypeId) -> bool {
        self.0.contains_key(&id)
    }
}
