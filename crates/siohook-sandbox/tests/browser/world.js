// A sandbox, a receiver and a browser for a test.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import http from "node:http";
import { createInterface } from "node:readline";
import { after, afterEach, test as nodeTest } from "node:test";
import { CHROMIUM, control, launch } from "./browser.js";

const PROGRAM = process.env.SIOHOOK ?? new URL("../../../../target/debug/siohook", import.meta.url).pathname;

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

/** Starts a sandbox with a clock that stands still. */
export async function sandbox(...flags) {
	const place = flags.includes("--listen") ? [] : ["--listen", "127.0.0.1:0"];
	const start = ["sandbox", ...place, "--clock", "manual", "--now", "2026-11-26T14:00:00Z", "--seed", "7"];
	const program = spawn(PROGRAM, [...start, ...flags], { stdio: ["ignore", "ignore", "pipe"] });
	const stop = async () => {
		if (program.exitCode !== null) return;
		program.kill();
		await once(program, "exit");
	};
	closing.push(stop);
	const said = [];
	for await (const line of createInterface({ input: program.stderr })) {
		said.push(line);
		if (line === "ready") break;
	}
	assert.equal(said.at(-1), "ready", said.join("\n"));
	const [url] = said.join("\n").match(/http:\/\/127\.0\.0\.1:\d+/);
	program.stderr.resume();
	return { url, stop, ...control(url) };
}

/** Starts a receiver. Its answers are what `answer` returns: 200 at first. */
export async function receiver() {
	const own = { requests: [], answer: () => [200, { outcome: "done" }] };
	const server = http.createServer(async (request, response) => {
		let body = "";
		for await (const part of request.setEncoding("utf8")) body += part;
		own.requests.push({ url: request.url, headers: request.headers, body });
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
	context.setDefaultTimeout(10_000);
	closing.push(() => context.close());
	const page = await context.newPage();
	const own = new URL(url).origin;
	page.on("console", (line) => {
		// The browser notes each refusal of the control API, which the page shows itself.
		const isRefusal = /status of 4\d\d/.test(line.text()) && line.location().url.includes("/sandbox/v1/");
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

/** An account with one object of each kind. */
export async function furnish(box, url) {
	const ids = {};
	const make = async (name, path, body) => {
		ids[name] = (await box.post(path, body)).id;
	};
	await make("tag", "/tags", { name: "VIP" });
	await make("funnel", "/funnels", { name: "Launch" });
	await make("step", `/funnels/${ids.funnel}/steps`, { name: "Squeeze page", type: "squeeze" });
	await make("order", `/funnels/${ids.funnel}/steps`, { name: "Order form", type: "offer-form" });
	await make("course", "/courses", { name: "Knitting", modules: ["First"] });
	await make("plan", "/price-plans", {
		name: "Course",
		amount: 4700,
		resources: [{ type: "course", course: ids.course }],
	});
	await make("membership", "/price-plans", {
		name: "Membership",
		amount: 1900,
		recurring_options: { interval: "month" },
	});
	await make("coupon", "/coupons", { code: "TEN", discount: { type: "percent", amount: 10 } });
	await make("bundle", "/bundles", { name: "All", courses: [ids.course] });
	await make("campaign", "/campaigns", { name: "Welcome" });
	await make("email", "/emails", { subject: "Hello" });
	await make("community", "/communities", { name: "Club" });
	await make("webinar", "/webinars", { step: ids.step });
	await make("blog", "/blogs", { name: "Blog" });
	await make("post", `/blogs/${ids.blog}/pages`, { name: "Post" });
	await make("key", "/keys", { name: "Main", key: "k" });
	await make("rule", "/rules", {
		step: ids.step,
		trigger: { type: "contact.optin.completed" },
		actions: [{ type: "webhook", url }],
	});
	await make("workflow", "/workflows", {
		name: "Later",
		triggers: [{ type: "contact.tag.added", tag: ids.tag }],
		steps: [
			{ type: "delay", seconds: 3600 },
			{ type: "decision", if: { tag: ids.tag }, yes: [{ type: "webhook", url }], no: [] },
		],
	});
	await make("webhook", "/webhooks", { name: "main", url });
	await box.post("/fire", { event: "opt-in", contact: "ada@example.com", wait: "5s" });
	await box.post("/fire", {
		event: "sale",
		contact: "ada@example.com",
		with: { price_plan: [ids.plan, ids.membership] },
		wait: "5s",
	});
	await box.post("/fire", { event: "tag-added", contact: "ada@example.com", wait: "5s" });
	const contacts = await box.get("/contacts");
	ids.contact = contacts.items[0].id;
	const asked = await fetch(`${box.url}/api/contacts`, { headers: { "x-api-key": "k" } });
	assert.equal(asked.status, 200);
	return ids;
}
