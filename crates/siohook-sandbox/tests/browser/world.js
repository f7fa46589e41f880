// A sandbox for a test.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { control } from "./browser.js";
import { PROGRAM, atEnd } from "./stage.js";

export { forgive, open, receiver, test } from "./stage.js";

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
	atEnd(stop);
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
