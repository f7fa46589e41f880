use siohook::{automation, on_event};

#[on_event(unlisted("contact.course.completed"))]
async fn completed(event: automation::CourseEnrolled) {
    let _ = event;
}

fn main() {}
