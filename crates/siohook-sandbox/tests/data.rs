//! An account that is kept in a folder.

use std::fs;

use siohook_sandbox::{Sandbox, StartError};

#[tokio::test]
async fn an_account_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let builder = || Sandbox::builder().data(&data).to("http://127.0.0.1:9");
    let sandbox = builder().start().await.unwrap();
    sandbox
        .contact("ada@example.com")
        .gets_tag("VIP")
        .await
        .unwrap();
    let state = sandbox.state();

    let Err(StartError::State(error)) = builder().start().await else {
        panic!("two sandboxes in one folder");
    };
    assert!(error.to_string().contains("is in use by another sandbox"));
    sandbox.close().await.unwrap();
    let sandbox = builder().start().await.unwrap();
    assert_eq!(sandbox.state(), state);
    sandbox.close().await.unwrap();

    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = data.join("state.json").metadata().unwrap().permissions();
        assert_eq!(mode.mode() & 0o777, 0o600);
    }

    fs::write(data.join("state.json"), "{\n  \"version\": 1,\n  oops").unwrap();
    let error = builder().start().await.unwrap_err().to_string();
    assert!(error.contains("state.json` is not an account"), "{error}");
    assert!(error.contains("line 3"), "{error}");
}

#[tokio::test]
async fn a_change_is_saved_while_it_runs() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::builder()
        .data(folder.path())
        .start()
        .await
        .unwrap();
    sandbox
        .contact("ada@example.com")
        .gets_tag("VIP")
        .await
        .unwrap();
    let file = folder.path().join("state.json");
    // A sandbox that is killed has saved what is a moment old.
    while !fs::read_to_string(&file)
        .unwrap()
        .contains("ada@example.com")
    {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_sandbox_that_cannot_save_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let sandbox = Sandbox::builder().data(&data).start().await.unwrap();
    fs::remove_dir_all(&data).unwrap();
    let ada = sandbox.contact("ada@example.com");
    ada.gets_tag("VIP").await.unwrap();
    assert_eq!(sandbox.messages().all().len(), 0);
    assert!(ada.get().is_some());
    let error = sandbox.close().await.unwrap_err().to_string();
    assert!(error.contains("can't be written"), "{error}");
}
