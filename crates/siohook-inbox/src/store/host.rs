use std::fs;

/// The name of the machine, for the eyes of an operator.
pub(super) fn host() -> String {
    let name = fs::read_to_string("/proc/sys/kernel/hostname");
    let name =
        name.or_else(|_| std::env::var("HOSTNAME").or_else(|_| std::env::var("COMPUTERNAME")));
    name.map_or_else(|_| String::new(), |name| name.trim().to_owned())
}
