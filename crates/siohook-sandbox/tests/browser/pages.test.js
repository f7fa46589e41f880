// What holds for every page.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { PAGES, visit, walk, world } from "./tour.js";
import { furnish, open, receiver, sandbox, test } from "./world.js";

const MARKUP = "<img src=x onerror=alert(1)>";

test("no page scrolls sideways on a phone", async () => {
	const { box, ids } = await world();
	const page = await open(box.url, { width: 360, height: 800 });
	for (const path of PAGES(ids)) {
		await walk(page, path);
		const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
		assert.ok(over <= 0, `${path} by ${over}`);
	}
	await walk(page, "/");
	await page.getByRole("option").first().click();
	await page.getByText("← List").waitFor();
	assert.equal(await page.getByRole("listbox").isVisible(), false);
	await page.getByRole("button", { name: "← List" }).click();
	await page.getByRole("listbox").waitFor();
});

test("markup in names stays text on every page", async () => {
	const target = await receiver();
	const box = await sandbox();
	const ids = await furnish(box, target.url);
	for (const [path, body] of [
		["/tags", { name: MARKUP }],
		["/funnels", { name: MARKUP }],
		[`/funnels/${ids.funnel}/steps`, { name: MARKUP, type: MARKUP }],
		["/courses", { name: MARKUP, description: MARKUP, modules: [MARKUP] }],
		["/bundles", { name: MARKUP }],
		["/price-plans", { name: MARKUP, amount: 1 }],
		["/campaigns", { name: MARKUP, description: MARKUP }],
		["/emails", { subject: MARKUP }],
		["/communities", { name: MARKUP, path: MARKUP }],
		["/blogs", { name: MARKUP }],
		["/workflows", { name: MARKUP }],
		["/keys", { name: MARKUP, key: MARKUP }],
		["/webhooks", { name: MARKUP, url: `${target.url}/other`, secret: MARKUP }],
		["/contact-fields", { slug: "own", field_name: MARKUP }],
		["/contacts", { email: "mallory@example.com", fields: { first_name: MARKUP, surname: MARKUP } }],
	]) {
		await box.post(path, body);
	}
	target.answer = () => [400, { error: MARKUP, outcome: MARKUP }];
	const tag = (await box.get(`/tags?q=${encodeURIComponent("<img")}`)).items[0].id;
	await box.post("/fire", { event: "tag-added", contact: "mallory@example.com", with: { tag }, wait: "5s" });
	await box.post("/fire", { event: "<b>", to: target.url, body: MARKUP, wait: "5s" });
	await fetch(`${box.url}/api/tags?query=${encodeURIComponent(MARKUP)}`, {
		headers: { "x-api-key": MARKUP },
	});

	const page = await open(box.url);
	let seen = 0;
	for (const path of [...PAGES(ids), `/?q=${encodeURIComponent(MARKUP)}`]) {
		await visit(page, box.url + path);
		assert.equal(await page.locator("main img, main b > b").count(), 0, path);
		seen += await page.evaluate(() => document.querySelector("main").textContent.split("<img").length - 1);
	}
	assert.ok(seen > 20, `${seen}`);
	await visit(page, box.url);
	const rows = page.getByRole("option");
	for (let index = 0; index < 3; index += 1) {
		await rows.nth(index).click();
		for (const name of ["Body", "Headers", "Raw", "Answer", "Signature"]) {
			await page.getByRole("tab", { name }).click();
			assert.equal(await page.locator("main img").count(), 0);
		}
	}
});

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
		["d", "Deliveries"],
	]) {
		await keys.press("g");
		await keys.press(key);
		await page.getByRole("heading", { name: title, exact: true, level: 1 }).waitFor();
		const focused = await page.evaluate(() => document.activeElement.tagName);
		assert.equal(focused, "H1", "the focus is on the title");
	}
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

test("settings are kept, exported and reset", async () => {
	const { box } = await world();
	const page = await open(`${box.url}/settings`);
	await page.getByLabel("E-mail of the owner").fill("nobody");
	const account = page.getByRole("region", { name: "Account" });
	await account.getByRole("button", { name: "Save" }).click();
	await account.getByText("this is not an e-mail address").waitFor();
	await page.getByLabel("E-mail of the owner").fill("me@example.com");
	await account.getByRole("button", { name: "Save" }).click();
	await page.getByText("Saved").waitFor();
	assert.equal((await box.get("/account")).owner_email, "me@example.com");
	await page.getByRole("button", { name: "+ 1 hour" }).click();
	await page.waitForFunction(() => document.querySelector(".clock").textContent.includes("15:00:00"));
	await page.getByLabel("Pace").fill("fast");
	await page.getByRole("button", { name: "Set", exact: true }).first().click();
	await page.getByText("is not a clock").waitFor();
	const downloading = page.waitForEvent("download");
	await page.getByRole("button", { name: "Export" }).click();
	const download = await downloading;
	const file = await download.path();
	const state = JSON.parse(await readFile(file, "utf8"));
	assert.equal(state.owner_email, "me@example.com");

	await page.getByLabel("tags", { exact: true }).check();
	await page.getByRole("button", { name: "Reset", exact: true }).click();
	await page.locator("dialog").getByRole("button", { name: "Reset" }).click();
	await page.getByText("The sandbox is reset").waitFor();
	assert.equal((await box.get("/contacts")).items.length, 0);
	assert.equal((await box.get("/tags")).items.length, 1);
	await page.getByLabel("Import a file").setInputFiles(file);
	await page.getByRole("button", { name: "Replace" }).click();
	await page.getByText("The account is replaced").waitFor();
	assert.equal((await box.get("/contacts")).items.length, 1);
});
