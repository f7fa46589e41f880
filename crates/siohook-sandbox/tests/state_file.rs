//! Accounts in files.

use std::fs;
use std::path::Path;

use siohook_sandbox::state::{Change, DataDir, State, StateFileError, Workflow, WorkflowStep};
use tempfile::{TempDir, tempdir};

fn account() -> State {
    let mut account = State::new(7);
    let now = "2026-01-01T00:00:00.25Z".parse().unwrap();
    for name in ["jane", "ada"] {
        let create = Change::create_contact(&format!("{name}@example.com"));
        account.apply(create, now).unwrap();
    }
    account
}

fn json() -> String {
    String::from_utf8(account().to_json()).unwrap()
}

/// The error of an account whose JSON is edited.
#[track_caller]
fn refusal(from: &str, to: &str) -> String {
    let json = json();
    assert!(json.contains(from), "{from}");
    let error = State::from_json(json.replacen(from, to, 1).as_bytes());
    error.unwrap_err().to_string()
}

/// The names in a folder.
fn names(folder: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(folder.path()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.collect()
}

#[test]
fn the_file_is_made_for_version_control() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("state.json");
    fs::write(&path, "an older one").unwrap();
    account().write_file(&path).unwrap();
    assert_eq!(State::read_file(&path).unwrap(), account());
    assert_eq!(names(&folder), ["state.json"]);

    let text = fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("{\n  \"version\": 1,\n  \"ids\": {\n    \"last\": 2,\n"));
    assert!(text.ends_with("}\n"));
    let order = ["\"contacts\": {", "\"1\": {", "\"2\": {", "\"tags\": {}"];
    assert!(order.map(|part| text.find(part).unwrap()).is_sorted());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn damaged_json_names_its_place() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("state.json");
    let cut = json().replacen("\"tags\": {}", "\"tags\": {", 1);
    fs::write(&path, cut).unwrap();
    let error = State::read_file(&path).unwrap_err().to_string();
    assert!(error.starts_with(&format!("`{}` is not an account: ", path.display())));
    assert!(error.contains(" at line "), "{error}");
    assert!(error.contains(" column "), "{error}");

    let wrong = refusal("\"last\": 2", "\"last\": \"2\"");
    assert_eq!(
        wrong,
        "invalid type: string \"2\", expected u64 at line 4 column 15"
    );
    let twice = refusal("\"2\": {", "\"1\": {");
    assert!(
        twice.starts_with("the key \"1\" comes twice at line "),
        "{twice}"
    );
    for odd in ["", "null", "[]", "{", "7", "\u{feff}{}"] {
        let error = State::from_json(odd.as_bytes()).unwrap_err().to_string();
        assert!(error.contains("at line 1 column"), "{error}");
    }
}

#[test]
fn another_version_is_refused_before_the_rest_is_read() {
    let newer = r#"{"contacts": "another form", "version": 2}"#;
    let error = State::from_json(newer.as_bytes()).unwrap_err().to_string();
    assert!(
        error.starts_with("it has version 2 of the format"),
        "{error}"
    );
    let none = refusal("\"version\": 1,", "");
    assert_eq!(none, "it has no `\"version\": 1`: is it an account?");
}

#[test]
fn ids_that_clash_are_refused() {
    let other_key = refusal("\"2\": {", "\"3\": {");
    assert_eq!(
        other_key,
        "one of the contacts has the key 3 and the id 2: give it the same as both"
    );
    let tag = |id: u64| {
        let member = format!(r#""id": {id}, "name": "VIP", "created_at": "2026-01-01T00:00:00Z""#);
        refusal(
            "\"tags\": {}",
            &format!(r#""tags": {{"{id}": {{{member}}}}}"#),
        )
    };
    assert_eq!(
        tag(2),
        "2 is the id of one of the contacts and of one of the tags: give one of them a number \
         that no other object has"
    );
    assert_eq!(
        tag(1 << 53),
        "9007199254740992 is the id of one of the tags: ids go from 1 to 9007199254740991"
    );
    let zero = refusal("\"customer\": null", "\"customer\": 0");
    assert_eq!(
        zero,
        "0 is the id of one of the customers: ids go from 1 to 9007199254740991"
    );
    assert_eq!(
        refusal("\"last\": 2", "\"last\": 9007199254740992"),
        "`ids.last` goes up to 9007199254740991"
    );
    assert_eq!(
        refusal("\"slug\": \"surname\"", "\"slug\": \"city\""),
        "two of the contact_fields are city: rename one of them"
    );
}

#[test]
fn a_file_that_was_written_by_hand_need_not_count() {
    let json = json().replacen("\"last\": 2", "\"last\": 0", 1);
    let mut account = State::from_json(json.as_bytes()).unwrap();
    assert_eq!(account.ids.number(), 3);
}

#[test]
fn decisions_are_read_up_to_a_depth() {
    let nested = |depth| {
        let (mut open, mut close) = (String::new(), String::new());
        for _ in 0..depth {
            open.push_str(r#"{"type":"decision","if":{"tag":1},"no":[],"yes":["#);
            close.push_str("]}");
        }
        let steps = format!(r#"{open}{{"type":"delay","seconds":1}}{close}"#);
        format!(r#"{{"3":{{"id":3,"name":"W","active":true,"triggers":[],"steps":[{steps}]}}}}"#)
    };
    let read = |depth| {
        let json = json().replacen(
            "\"workflows\": {}",
            &format!("\"workflows\": {}", nested(depth)),
            1,
        );
        State::from_json(json.as_bytes())
    };
    let account = read(WorkflowStep::DEEPEST).unwrap();
    assert_eq!(State::from_json(&account.to_json()).unwrap(), account);
    let error = read(WorkflowStep::DEEPEST + 1).unwrap_err().to_string();
    assert!(
        error.starts_with("decisions are nested more than 20 deep at line "),
        "{error}"
    );
    // The parser's own limit, and far behind it.
    for depth in [60, 61, 62, 100_000] {
        assert!(read(depth).is_err());
        assert!(serde_json::from_str::<Vec<Workflow>>(&nested(depth)).is_err());
    }
}

#[test]
fn what_can_not_be_written_leaves_everything_as_it_was() {
    let folder = tempdir().unwrap();
    let error = |path: &Path| account().write_file(path).unwrap_err().to_string();
    let missing = folder.path().join("missing").join("state.json");
    let text = error(&missing);
    assert!(
        text.starts_with(&format!("`{}` can't be written: ", missing.display())),
        "{text}"
    );
    assert!(text.ends_with("create its folder"), "{text}");

    let directory = folder.path().join("directory");
    fs::create_dir(&directory).unwrap();
    assert!(error(&directory).contains("can't be written"));
    assert_eq!(names(&folder), ["directory"]);
    assert!(matches!(
        State::read_file(&directory),
        Err(StateFileError::Read { .. })
    ));
}

#[cfg(unix)]
#[test]
fn a_link_is_read_and_not_replaced() {
    let folder = tempdir().unwrap();
    let (file, link) = (
        folder.path().join("shared.json"),
        folder.path().join("state.json"),
    );
    State::new(1).write_file(&file).unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    assert_eq!(State::read_file(&link).unwrap(), State::new(1));
    let error = account().write_file(&link).unwrap_err();
    assert!(error.to_string().contains("is a symbolic link"), "{error}");
    assert_eq!(fs::read_link(&link).unwrap(), file);
    assert_eq!(State::read_file(&file).unwrap(), State::new(1));
}

#[test]
fn a_folder_has_one_user_at_a_time() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("a").join("b");
    let data = DataDir::open(&path).unwrap();
    assert_eq!(data.load().unwrap(), None);
    data.save(&account()).unwrap();
    let error = DataDir::open(&path).unwrap_err();
    assert!(matches!(error, StateFileError::InUse { .. }), "{error}");
    drop(data);
    // What a process leaves that is killed while it writes.
    fs::write(path.join(".stateAbC123.tmp"), "{").unwrap();
    fs::write(path.join(".state"), "of the user").unwrap();
    assert_eq!(
        DataDir::open(&path).unwrap().load().unwrap(),
        Some(account())
    );
    let mut names: Vec<_> = fs::read_dir(&path)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(names, [".state", "lock", "state.json"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }

    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let error = DataDir::open(&file).unwrap_err().to_string();
    assert!(error.ends_with("give the path of a folder"), "{error}");
}
