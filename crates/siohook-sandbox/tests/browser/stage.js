// A receiver and a browser for a test, and what is closed at its end.

import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import { existsSync } from "node:fs";
import { after, afterEach, test as nodeTest } from "node:test";
import { CHROMIUM, launch } from "./browser.js";

export const PROGRAM = process.env.SIOHOOK ?? new URL("../../../../target/debug/siohook", import.meta.url).pathname;
let browser;
const closing = [];
const complaints = [];

after(async () => {
	await browser?.close();
});

afterEach(async () => {
	for (const close of closing.splice(0).reverse()) await close();
	assert.deepEqual(complaints.splice(0), [], "the browser complains");
});

/** Without Chromium, tests are skipped; where nothing may be skipped, they fail. */
const isSkipped = !existsSync(CHROMIUM) && !process.env.SIOHOOK_SKIP_NOTHING;

export function test(name, run) {
	nodeTest(name, { skip: isSkipped && `${CHROMIUM} is not there: Debian's package is chromium` }, run);
}

/** Calls a function at the end of the test. */
export const atEnd = (close) => closing.push(close);

/** Starts a receiver. Its answers are what `answer` returns: 200 at first. */
export async function receiver() {
	const own = { requests: [], answer: () => [200, { outcome: "done" }] };
	const server = http.createServer(async (request, response) => {
		let body = "";
		for await (const part of request.setEncoding("utf8")) body += part;
		own.requests.push({ url: request.url, headers: request.headers, rawHeaders: request.rawHeaders, body });
		const [status, answer] = own.answer(own.requests.length);
		response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	closing.push(() => server.close());
	own.url = `http://127.0.0.1:${server.address().port}/systeme`;
	return own;
}

/** Opens a page. Errors of the console and requests to other servers fail the test. */
export async function open(url, { theme = "light", width = 1280, height = 900 } = {}) {
	browser ??= await launch();
	const context = await browser.newContext({
		colorScheme: theme,
		viewport: { width, height },
		permissions: ["clipboard-read", "clipboard-write"],
	});
	context.setDefaultTimeout(20_000);
	closing.push(() => context.close());
	const page = await context.newPage();
	const own = new URL(url).origin;
	page.on("console", (line) => {
		// The browser notes each refusal of the API, which the page shows itself.
		const isRefusal = /status of 4\d\d/.test(line.text()) && /\/(sandbox\/v1|api)\//.test(line.location().url);
		if (["error", "warning"].includes(line.type()) && !isRefusal) complaints.push(line.text());
	});
	page.on("pageerror", (error) => complaints.push(error.stack));
	page.on("dialog", (dialog) => {
		complaints.push(`dialog: ${dialog.message()}`);
		dialog.dismiss();
	});
	page.on("request", (request) => {
		const target = new URL(request.url());
		if (target.origin !== own && !["data:", "blob:"].includes(target.protocol)) {
			complaints.push(`a request to ${target}`);
		}
	});
	await page.goto(url);
	await page.locator("h1:not(:empty)").waitFor();
	await page.locator("#connection", { hasText: "live" }).waitFor({ state: "attached" });
	return page;
}

/** Takes back a complaint that the test expects. */
export function forgive(pattern) {
	const rest = complaints.filter((one) => !pattern.test(one));
	complaints.splice(0, complaints.length, ...rest);
}
