// A request for other programs.

/** The request as a command. */
export function curl({ method, url, headers, body }) {
	const own = headers.filter(([name]) => !/^(content-length|host)$/i.test(name));
	const lines = [
		`curl -i -X ${method} ${shell(url)}`,
		...own.map(([name, value]) => `  -H ${shell(`${name}: ${value}`)}`),
		`  --data-binary ${shell(body)}`,
	];
	return lines.join(" \\\n");
}

const shell = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** The message as a test of a receiver that is written with siohook. */
export function rustTest({ event, mechanism, request }) {
	const name = event.toLowerCase().replace(/[^a-z0-9]+/g, "_");
	const hashes = "#".repeat(longestRun(request.body) + 1);
	const body = `r${hashes}"${request.body}"${hashes}`;
	const token =
		mechanism === "account" ? "" : "\n    // The sample has the token that `TestDispatcher` trusts.";
	return `use siohook::testing::{Sample, TestDispatcher, block_on};

#[test]
fn ${name}_is_handled() {${token}
    let sample = Sample::of(${JSON.stringify(event)}).with_body(${body});
    let dispatcher = TestDispatcher::builder().build();
    block_on(dispatcher.send(&sample)).assert_done();
}
`;
}

/** The most `#` behind a quote, which a raw string has to surpass. */
function longestRun(text) {
	return Math.max(-1, ...[...text.matchAll(/"(#*)/g)].map(([, run]) => run.length));
}
