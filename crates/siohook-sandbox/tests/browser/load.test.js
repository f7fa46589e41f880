import assert from "node:assert/strict";
import { mkdtemp, open as openFile, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open, sandbox, test } from "./world.js";

const MESSAGES = 100_000;

/** Milliseconds that something takes. */
async function took(act) {
	const start = performance.now();
	await act();
	return performance.now() - start;
}

/**
 * Makes a folder with messages that wait for their second attempt. One is sent, and the others are
 * copies of it: sending them takes minutes.
 */
async function folderOfMessages(folder) {
	const first = await sandbox("--data", folder);
	// Nothing listens there.
	await first.post("/webhooks", { name: "main", url: "http://127.0.0.1:1/" });
	const fired = await first.post("/fire", { event: "CONTACT_CREATED", wait: "5s" });
	await first.stop();
	// The start writes a message and its attempt into one line.
	await (await sandbox("--data", folder)).stop();
	const path = join(folder, "messages.jsonl");
	const lines = (await readFile(path, "utf8")).split("\n");
	const [id] = fired.messages;
	const message = lines.findIndex((line) => line.includes(id));
	const [line] = lines.splice(message, 1);
	const file = await openFile(path, "w");
	await file.write(lines.join("\n"));
	for (let number = 0; number < MESSAGES; number += 1000) {
		const copies = Array.from({ length: 1000 }, (_, index) => {
			const end = (number + index).toString(16).padStart(8, "0");
			return line.replaceAll(id, id.slice(0, -8) + end) + "\n";
		});
		await file.write(copies.join(""));
	}
	await file.close();
}

test("a hundred thousand messages stay usable", async (t) => {
	const folder = await mkdtemp(join(tmpdir(), "load-"));
	t.after(() => rm(folder, { recursive: true }));
	await folderOfMessages(folder);
	const box = await sandbox("--data", folder, "--keep", String(MESSAGES));
	assert.equal((await box.get("/messages/count")).waiting, MESSAGES);

	const page = await open(`${box.url}/fidelity`);
	const row = await took(async () => {
		await page.goto(box.url);
		await page.getByRole("option").first().waitFor();
	});
	t.diagnostic(`the first row is there after ${Math.round(row)} ms`);
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
	await page.keyboard.press("ArrowUp");
	await page.locator("article h2", { hasText: "CONTACT_CREATED" }).waitFor();
	await box.post("/fire", { event: "SALE_NEW", wait: "5s" });
	await page.keyboard.press("Home");
	await page.getByRole("option").getByText("SALE_NEW").waitFor();
	const search = await took(async () => {
		await page.getByRole("searchbox").fill("no such thing");
		await page.getByText("No message is like this.").waitFor({ timeout: 30_000 });
	});
	t.diagnostic(`a search takes ${Math.round(search)} ms`);
});
