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
