use std::borrow::Cow;
use std::time::SystemTime;

use tokio_postgres::types::{ToSql, Type};

/// The parameters of a statement.
pub(super) type Params<'a> = &'a [&'a dyn Param];

/// A parameter that knows its type. Behind a pooler, no connection remembers the types of a
/// statement.
pub(super) trait Param: Sync {
    fn value(&self) -> &(dyn ToSql + Sync);
    fn kind(&self) -> Type;
}

/// A value of a column.
pub(super) trait Value {
    const KIND: Type;
    const ARRAY: Type;
}

impl<T: Value + ToSql + Sync> Param for T {
    fn value(&self) -> &(dyn ToSql + Sync) {
        self
    }

    fn kind(&self) -> Type {
        T::KIND
    }
}

impl<T: Value + ToSql + Sync> Param for Vec<T> {
    fn value(&self) -> &(dyn ToSql + Sync) {
        self
    }

    fn kind(&self) -> Type {
        T::ARRAY
    }
}

impl<T: Value + ToSql + Sync> Param for &[T] {
    fn value(&self) -> &(dyn ToSql + Sync) {
        self
    }

    fn kind(&self) -> Type {
        T::ARRAY
    }
}

macro_rules! values {
    ($($value:ty: $kind:ident, $array:ident;)*) => {$(
        impl Value for $value {
            const KIND: Type = Type::$kind;
            const ARRAY: Type = Type::$array;
        }
    )*};
}

values! {
    bool: BOOL, BOOL_ARRAY;
    i32: INT4, INT4_ARRAY;
    i64: INT8, INT8_ARRAY;
    &str: TEXT, TEXT_ARRAY;
    String: TEXT, TEXT_ARRAY;
    Cow<'_, str>: TEXT, TEXT_ARRAY;
    &[u8]: BYTEA, BYTEA_ARRAY;
    SystemTime: TIMESTAMPTZ, TIMESTAMPTZ_ARRAY;
}

impl<T: Value> Value for Option<T> {
    const KIND: Type = T::KIND;
    const ARRAY: Type = T::ARRAY;
}
