fn main() {
    let _: Option<siohook::DispatcherService> = None;
}
