import assert from "node:assert/strict";
import { test } from "node:test";
import { open, sandbox } from "./world.js";

const MESSAGES = 100_000;

/** Milliseconds that something takes. */
async function took(act) {
	const start = performance.now();
	await act();
	return performance.now() - start;
}

test("a hundred thousand messages stay usable", async () => {
	const box = await sandbox("--keep", String(MESSAGES), "--log", "json");
	// Nothing listens there, so each of them waits for its second attempt.
	await box.post("/webhooks", { name: "main", url: "http://127.0.0.1:1/" });
	for (let sent = 0; sent < MESSAGES; sent += 10_000) {
		await box.post("/fire", { event: "CONTACT_CREATED", times: 10_000 });
	}
	const counts = await box.get("/messages/count");
	assert.ok(Object.values(counts).reduce((sum, one) => sum + one, 0) >= MESSAGES);

	const page = await open(box.url);
	await page.locator(".list-note", { hasText: "100,000 messages" }).waitFor();
	const elements = () => page.evaluate(() => document.querySelectorAll("*").length);
	assert.ok((await elements()) < 1500, `${await elements()} elements`);
	const list = page.getByRole("listbox");
	await list.focus();
	for (let part = 0; part < 10; part += 1) {
		await page.keyboard.press("End");
		await page.waitForFunction(
			(least) => Number(document.querySelector("[role=option]")?.getAttribute("aria-setsize")) >= least,
			200 * (part + 2),
		);
	}
	assert.ok((await elements()) < 1500, `${await elements()} elements`);
	const step = await took(() => page.keyboard.press("ArrowUp"));
	assert.ok(step < 500, `a step takes ${step} ms`);
	const search = await took(async () => {
		await page.getByRole("searchbox").fill("no such thing");
		await page.getByText("No message is like this.").waitFor();
	});
	assert.ok(search < 5000, `a search takes ${search} ms`);
});
