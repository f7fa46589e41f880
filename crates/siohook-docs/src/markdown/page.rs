//! The text of a page in Markdown.

pub(super) struct Page(String);

impl Page {
    pub(super) fn new(title: &str) -> Self {
        Self(format!("# {title}\n"))
    }

    pub(super) fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    pub(super) fn paragraph(&mut self, text: &str) {
        self.0.push('\n');
        self.line(text);
    }

    /// Adds nothing if there are no rows.
    pub(super) fn table<const N: usize>(
        &mut self,
        columns: [&str; N],
        rows: impl IntoIterator<Item = [String; N]>,
    ) {
        let mut rows = rows.into_iter().peekable();
        if rows.peek().is_none() {
            return;
        }
        self.paragraph(&format!("| {} |", columns.join(" | ")));
        self.line(&format!("|{}", "---|".repeat(N)));
        for row in rows {
            let cells = row.map(|cell| cell.replace('|', "\\|").replace('\n', " "));
            self.line(&format!("| {} |", cells.join(" | ")));
        }
    }

    pub(super) fn into_text(self) -> String {
        self.0
    }
}
