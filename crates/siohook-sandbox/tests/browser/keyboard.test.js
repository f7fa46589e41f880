// Pages without a mouse.

import assert from "node:assert/strict";
import { visit, world } from "./tour.js";
import { open, test } from "./world.js";

/** Presses Tab until the element of this name has the focus. */
async function tabTo(page, name) {
	for (let presses = 0; presses < 80; presses += 1) {
		await page.keyboard.press("Tab");
		const focused = await page.evaluate(() => {
			const one = document.activeElement;
			if (one.matches("[role=tabpanel]")) return "";
			return one.getAttribute("aria-label") ?? one.labels?.[0]?.textContent ?? one.textContent;
		});
		if (focused.startsWith(name)) return;
	}
	assert.fail(`Tab does not reach “${name}”`);
}

test("each page is used by the keyboard alone", async () => {
	const { box } = await world();
	const page = await open(box.url);
	const keys = page.keyboard;
	// Forms are opened, filled in, refused or sent, and the focus comes back.
	for (const [path, button, field, value] of [
		["/contacts", "New contact", "E-mail", "key@example.com"],
		["/contacts?tab=tags", "New tag", "Name", "By keyboard"],
		["/contacts?tab=fields", "New field", "Slug", "keyboard"],
		["/funnels", "New funnel", "Name", "By keyboard"],
		["/automations?tab=workflows", "New workflow", "Name", "By keyboard"],
		["/products", "New price plan", "Name", "By keyboard"],
		["/products?tab=coupons", "New coupon", "Code", "KEYS"],
		["/school", "New course", "Name", "By keyboard"],
		["/school?tab=bundles", "New bundle", "Name", "By keyboard"],
		["/marketing?tab=campaigns", "New campaign", "Name", "By keyboard"],
		["/marketing?tab=emails", "New e-mail", "Subject", "By keyboard"],
		["/marketing?tab=communities", "New community", "Name", "By keyboard"],
		["/marketing?tab=blogs", "New blog", "Name", "By keyboard"],
		["/settings", "New API key", "Name", "By keyboard"],
	]) {
		await visit(page, box.url + path);
		await tabTo(page, button);
		await keys.press("Enter");
		await page.locator("dialog").waitFor();
		await keys.press("Escape");
		await page.locator("dialog").waitFor({ state: "detached" });
		const back = await page.evaluate(() => document.activeElement.textContent);
		assert.equal(back, button, "the focus comes back");
		await keys.press("Enter");
		await page.locator("dialog").waitFor();
		const isInside = await page.evaluate(() =>
			document.querySelector("dialog").contains(document.activeElement),
		);
		assert.ok(isInside, "the focus is in the dialog");
		const label = page.locator("dialog").getByLabel(field, { exact: false }).first();
		if (!(await label.evaluate((one) => one === document.activeElement))) await tabTo(page, field);
		await keys.press("ControlOrMeta+A");
		await keys.type(value);
		if (path === "/automations?tab=workflows") {
			await tabTo(page, "Webhook URL");
			await keys.type("http://127.0.0.1:1/");
		}
		await keys.press("Enter");
		await page.locator("dialog").waitFor({ state: "detached" });
		await page.locator("main").getByText(value).first().waitFor();
	}

	// Pages are reached by two keys, and the list by arrows.
	for (const [key, title] of [
		["f", "Fire an event"],
		["c", "Contacts"],
		["u", "Funnels"],
		["a", "Automations"],
		["p", "Products"],
		["w", "Webhooks"],
		["r", "API requests"],
		["s", "Sandbox"],
	]) {
		await keys.press("g");
		await keys.press(key);
		await page.getByRole("heading", { name: title, exact: true, level: 1 }).waitFor();
		const focused = await page.evaluate(() => document.activeElement.tagName);
		assert.equal(focused, "H1", "the focus is on the title");
	}
	// The second of two `g` has its whole second.
	await keys.press("g");
	await page.waitForTimeout(900);
	await keys.press("Escape");
	await keys.press("g");
	await page.waitForTimeout(200);
	await keys.press("d");
	await page.getByRole("heading", { name: "Deliveries", exact: true, level: 1 }).waitFor();

	await page.getByRole("option").first().waitFor();
	await keys.press("j");
	await keys.press("j");
	await page.waitForFunction(
		() => document.querySelectorAll("[role=option]")[1]?.getAttribute("aria-selected") === "true",
	);
	await tabTo(page, "Messages");
	await keys.press("ArrowUp");
	await page.locator("article h2").waitFor();
	await tabTo(page, "Send as new");
	await tabTo(page, "Body");
	await keys.press("ArrowRight");
	await page.getByRole("tab", { name: "Headers", selected: true }).waitFor();
	await keys.press("/");
	await keys.type("SALE_NEW");
	await page.waitForURL(/q=SALE_NEW/);
	await page.locator("h1").focus();
	await keys.press("?");
	await page.getByRole("heading", { name: "Keys" }).waitFor();
	await page.getByText("Send the message now").waitFor();
});

test("forms with more than a name are filled in by the keyboard alone", async () => {
	const { box, target } = await world();
	const page = await open(box.url);
	const keys = page.keyboard;
	const write = async (name, value) => {
		await tabTo(page, name);
		await keys.press("ControlOrMeta+A");
		await keys.type(value);
	};
	const press = async (name, key = "Enter") => {
		await tabTo(page, name);
		await keys.press(key);
	};
	const begin = async (name) => {
		await press(name);
		await page.locator("dialog").waitFor();
	};
	const isDone = () => page.locator("dialog").waitFor({ state: "detached" });

	await visit(page, `${box.url}/fire`);
	await tabTo(page, "What happens");
	await keys.type("SALE_C");
	await page.locator('[data-event="SALE_CANCELED"]').waitFor();
	await write("Contact", "key@example.com");
	await write("Only to", target.url);
	await write("Its secret", "own");
	await press("Values of the body");
	await write("/orderItem/id", "7");
	await page.getByRole("region", { name: "Receivers" }).getByText('"id": 7', { exact: false }).first().waitFor();
	await press("Fire");
	await page.locator(".result").getByText("200 · delivered").waitFor();
	assert.equal(JSON.parse(target.requests.at(-1).body).orderItem.id, 7);

	await visit(page, `${box.url}/webhooks`);
	await begin("New webhook");
	await keys.type("By keyboard");
	await write("URL", `${target.url}/keys`);
	await write("Secret", "s3cret");
	await press("SALE_CANCELED", "Space");
	await press("Create");
	await isDone();
	const made = (await box.get("/webhooks?q=By")).items[0];
	assert.deepEqual([made.url, made.secret, made.events.length], [`${target.url}/keys`, "s3cret", 5]);

	await visit(page, `${box.url}/automations`);
	await begin("New rule");
	await keys.type("Tag added");
	await write("Webhook URL", `${target.url}/rule`);
	await press("Create");
	await isDone();
	const rule = (await box.get("/rules")).items.find(({ actions }) => actions[0].url === `${target.url}/rule`);
	assert.equal(rule.trigger.type, "contact.tag.added");

	await visit(page, `${box.url}/marketing`);
	await begin("New webinar");
	await write("Length in seconds", "60");
	await press("Create");
	await isDone();
	assert.ok((await box.get("/webinars")).items.some(({ duration }) => duration === 60));

	await visit(page, `${box.url}/requests`);
	await tabTo(page, "Requests");
	await keys.press("ArrowDown");
	await page.locator("article").getByText("/api/contacts").first().waitFor();

	await visit(page, `${box.url}/fidelity`);
	const all = await page.getByRole("row").count();
	await press("capture");
	await page.getByRole("button", { name: /^capture/, pressed: true }).waitFor();
	assert.ok((await page.getByRole("row").count()) < all);
});
