// A stream of JSON documents, one a line, that is connected again when it ends.

import { call } from "./api.js";

const LONGEST_WAIT = 5000;

/**
 * Follows a stream from the event that `after` returns on.
 * @param {(after: number | string | null) => string} path
 * @param {(event: { id: number | string, type: string }) => void} onEvent
 * @param {(isLive: boolean, error?: Fault) => void} onState
 */
export async function follow(path, onEvent, onState) {
	let after = null;
	for (let failures = 0; ; failures += 1) {
		let why;
		try {
			const answer = await call("GET", path(after));
			onState(true);
			failures = 0;
			for await (const line of lines(answer.body)) {
				const event = JSON.parse(line);
				after = event.id;
				onEvent(event);
			}
		} catch (error) {
			// The next connection says whether the server is back.
			why = error;
		}
		onState(false, why);
		await new Promise((done) => setTimeout(done, Math.min(500 * 2 ** failures, LONGEST_WAIT)));
	}
}

async function* lines(body) {
	const reader = body.pipeThrough(new TextDecoderStream()).getReader();
	let rest = "";
	for (;;) {
		const { value, done } = await reader.read();
		if (done) return;
		const parts = (rest + value).split("\n");
		rest = parts.pop();
		// An empty line says that the connection is alive.
		yield* parts.filter((line) => line);
	}
}
