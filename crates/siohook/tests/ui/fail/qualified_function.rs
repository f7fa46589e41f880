use siohook::on_event;

#[on_event("SALE_NEW")]
unsafe fn unsafe_function() {}

#[on_event("SALE_NEW")]
const fn const_function() {}

#[on_event("SALE_NEW")]
extern "C" fn extern_function() {}

fn main() {}
