use std::any::{Any, TypeId, type_name};
use std::collections::HashMap;

use crate::panics::Guarded;
#[cfg(feature = "http")]
use crate::panics::discard;

/// Values of any type, one of each.
#[derive(Default)]
pub(crate) struct TypeMap(HashMap<TypeId, Entry>);

struct Entry {
    type_name: &'static str,
    value: Guarded<Box<dyn Any + Send + Sync>>,
}

impl TypeMap {
    /// Makes a map of one value.
    pub(crate) fn of<T: Send + Sync + 'static>(value: T) -> Self {
        let mut map = Self::default();
        let _ = map.insert(value);
        map
    }

    /// Adds a value and drops an earlier one of the same type.
    ///
    /// # Errors
    ///
    /// The name of the type, if there was an earlier value.
    pub(crate) fn insert<T: Send + Sync + 'static>(
        &mut self,
        value: T,
    ) -> Result<(), &'static str> {
        let entry = Entry {
            type_name: type_name::<T>(),
            value: Guarded::new(Box::new(value) as _),
        };
        match self.0.insert(TypeId::of::<T>(), entry) {
            None => Ok(()),
            Some(before) => Err(before.type_name),
        }
    }

    pub(crate) fn get<T: 'static>(&self) -> Option<&T> {
        self.0.get(&TypeId::of::<T>())?.value.downcast_ref()
    }

    /// The names of the stored types, sorted.
    pub(crate) fn type_names(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.0.values().map(|entry| entry.type_name).collect();
        names.sort_unstable();
        names
    }

    pub(crate) fn has(&self, id: TypeId) -> bool {
        self.0.contains_key(&id)
    }
}

/// Values that an adapter adds to a request for the handlers.
#[derive(Default)]
pub(crate) struct Extensions {
    /// Values added by [`Head::extension`](super::Head::extension). Boxed because most
    /// requests have none.
    own: Option<Box<TypeMap>>,
    /// The extensions of a request of the crate `http`.
    #[cfg(feature = "http")]
    http: http::Extensions,
}

impl Extensions {
    /// Adds a value and replaces one of the same type.
    pub(super) fn insert<T: Send + Sync + 'static>(&mut self, value: T) {
        let _ = self.own.get_or_insert_default().insert(value);
    }

    #[cfg(feature = "http")]
    pub(super) fn set_http(&mut self, extensions: http::Extensions) {
        self.http = extensions;
    }

    pub(crate) fn get<T: Send + Sync + 'static>(&self) -> Option<&T> {
        let own = self.own.as_ref().and_then(|own| own.get());
        #[cfg(feature = "http")]
        let own = own.or_else(|| self.http.get());
        own
    }
}

#[cfg(feature = "http")]
impl Drop for Extensions {
    fn drop(&mut self) {
        if !self.http.is_empty() {
            discard(std::mem::take(&mut self.http));
        }
    }
}
