//! File systems of a test's own.

use std::env;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::skip;

const MOUNTED: &str = "FAULTS_MOUNTED";

/// Runs a test again in a process that has mounts of its own, which end with it. There, `check` is
/// called with an empty folder, on a file system in memory of so many MB.
pub(crate) fn in_memory(test: &str, megabytes: u32, check: impl FnOnce(&Path)) {
    if let Some(folder) = env::var_os(MOUNTED) {
        return check(Path::new(&folder));
    }
    let folder = tempfile::tempdir().unwrap();
    let mount = format!("mount -t tmpfs -o size={megabytes}m tmpfs \"$1\"");
    let mut unshare = unshare();
    if !unshare
        .args(["sh", "-c", &mount, "sh"])
        .arg(folder.path())
        .status()
        .is_ok_and(|it| it.success())
    {
        return skip("a file system in memory can't be mounted");
    }
    let mut unshare = self::unshare();
    let script = format!("{mount} && shift && exec \"$@\"");
    let test = unshare
        .args(["sh", "-c", &script, "sh"])
        .arg(folder.path())
        .arg(env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(MOUNTED, folder.path())
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&test.stdout);
    assert!(
        test.status.success() && output.contains("1 passed"),
        "{output}"
    );
}

/// A command in a namespace of its own. There, every user may mount.
fn unshare() -> Command {
    let mut command = Command::new("unshare");
    command.arg("--mount");
    if !is_root() {
        command.args(["--user", "--map-root-user"]);
    }
    command
}

/// Whether this process may read and write every file.
pub(crate) fn is_root() -> bool {
    std::fs::metadata("/proc/self").unwrap().uid() == 0
}

/// Runs a shell's command.
pub(crate) fn shell(script: &str, folder: &Path) -> bool {
    let status = Command::new("sh")
        .args(["-c", script, "sh"])
        .arg(folder)
        .status();
    status.unwrap().success()
}
