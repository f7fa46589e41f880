import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, readFile } from "node:fs/promises";
import net from "node:net";
import { atEnd, folder, forgive, launch, listen, open, receiver, test } from "./world.js";

const axe = await readFile(
	new URL("../../../siohook-sandbox/tests/browser/node_modules/axe-core/axe.min.js", import.meta.url),
	"utf8",
);

/** A program with a receiver, and a page. */
async function world(...flags) {
	const target = await receiver();
	const own = await listen("--forward-to", target.url, ...flags);
	return { target, own, sale: (...more) => own.run("trigger", "SALE_NEW", "--to", `${own.endpoint}/systeme`, ...more) };
}

/** Sends bytes to a port, and waits for the answer. */
async function raw(url, bytes) {
	const socket = net.connect(new URL(url).port, "127.0.0.1");
	socket.write(bytes);
	let answer = "";
	for await (const part of socket) answer += part;
	return answer;
}

const rows = (page) => page.getByRole("option");
/** A row by its place: elements are in another order. */
const row = (page, place) => page.locator(`[aria-posinset="${place}"]`);
const panel = (page) => page.getByRole("tabpanel");
const copied = (page) => page.evaluate(() => navigator.clipboard.readText());

test("a delivery arrives live, and its body is shown as pretty, raw and hex", async () => {
	const { target, own, sale } = await world();
	const page = await open(own.url);
	await page.getByText("Nothing has arrived yet").waitFor();
	await page.getByText(`cloudflared tunnel --url ${own.endpoint}`).waitFor();
	assert.ok(!page.url().includes(own.key), "the key leaves the address");
	await sale();
	await rows(page).getByText("SALE_NEW").click();
	assert.match(page.url(), /#\/[0-9a-z]{6}$/);
	await page.locator("article .badge", { hasText: "200 done" }).waitFor();
	await page.locator("article .badge", { hasText: "✔ SYSTEME_WEBHOOK_SECRET" }).waitFor();
	const { body, rawHeaders } = target.requests[0];
	const pre = panel(page).locator("pre");
	assert.deepEqual(JSON.parse(await pre.textContent()), JSON.parse(body));
	await page.getByRole("button", { name: "raw", exact: true }).click();
	assert.equal(await pre.textContent(), body);
	await page.getByRole("button", { name: "hex", exact: true }).click();
	const lines = (await pre.textContent()).split("\n");
	const hex = lines.map((line) => line.slice(8, 55).replaceAll(" ", "")).join("");
	assert.equal(Buffer.from(hex, "hex").toString(), body);
	await page.keyboard.press("2");
	await panel(page).getByText("POST /systeme HTTP/1.1").waitFor();
	const shown = await panel(page).locator("dt").allTextContents();
	const own_names = rawHeaders.filter((_, index) => index % 2 === 0);
	assert.deepEqual(shown, own_names);
	await page.reload();
	await page.locator("article h2", { hasText: "SALE_NEW" }).waitFor();
});

test("a refused delivery says why and what to do", async () => {
	const { own, sale } = await world();
	await sale("--forge", "signature");
	const page = await open(own.url);
	await rows(page).getByText("✘ signature_wrong").click();
	await page.locator(".hint", { hasText: "The signature was made with another secret" }).waitFor();
	await page.locator(".steps").getByText("fits neither the body").waitFor();
	await page.keyboard.press("4");
	await panel(page).getByText("siohook::account::SaleNew").waitFor();
	await page.keyboard.press("5");
	await panel(page).getByText('#[siohook::on_event("SALE_NEW")]').waitFor();
});

test("the filter box finds what the command line finds", async () => {
	const { target, own, sale } = await world();
	target.answer = (number) => [number === 2 ? 500 : 200, {}];
	await sale();
	await own.run("trigger", "contact.tag.added", "--to", own.endpoint);
	await sale("--forge", "signature");
	const page = await open(own.url);
	await rows(page).nth(2).waitFor();
	const found = async (count) =>
		page.waitForFunction((count) => document.querySelectorAll("[role=option]").length === count, count);
	await page.keyboard.press("/");
	for (const [text, count] of [
		["event:SALE_*", 2],
		["is:failed", 1],
		["event:SALE_* is:refused", 1],
		["since:2h lea.martin@example.com SALE_NEW", 2],
	]) {
		await page.getByRole("searchbox").fill(text);
		await found(count);
	}
	await page.getByRole("searchbox").fill("is:good");
	await page.getByText("`is:good`: there are `is:failed` and `is:refused`").waitFor();
	await page.getByRole("searchbox").fill("no such text");
	await page.getByText("No delivery is like this.").waitFor();
	await page.getByRole("button", { name: "Refused 1" }).click();
	await found(1);
	await page.getByRole("button", { name: "All 3" }).click();
	await found(3);
});

test("a replay sends the same bytes, and another target is confirmed first", async () => {
	const { target, own, sale } = await world();
	const other = await receiver();
	await sale();
	const page = await open(own.url);
	await rows(page).click();
	await page.locator("pre.body").waitFor();
	await page.keyboard.press("r");
	await page.getByRole("button", { name: "Send", exact: true }).click();
	await page.getByText("Replayed: 200 done").waitFor();
	const [live, again] = target.requests;
	assert.deepEqual([again.body, again.rawHeaders, again.url], [live.body, live.rawHeaders, live.url]);
	await page.getByRole("tab", { name: "Answer" }).click();
	await panel(page).getByText("replayed, same").waitFor();

	await page.keyboard.press("r");
	await page.getByLabel("How").selectOption("new");
	await page.getByLabel("To", { exact: true }).selectOption({ label: "Another URL" });
	await page.getByLabel("URL", { exact: true }).fill(other.url);
	await page.getByRole("button", { name: "Send", exact: true }).click();
	await page.getByText(`The delivery goes to ${other.url}`).waitFor();
	assert.equal(other.requests.length, 0);
	await page.getByRole("button", { name: "Send it" }).click();
	await panel(page).getByText("replayed, new").waitFor();
	assert.equal(other.requests[0].body, live.body);
	const id = "x-webhook-message-id";
	assert.notEqual(other.requests[0].headers[id], live.headers[id]);
});

test("a copied command sends the same bytes, and the file is downloaded as it is", async () => {
	const { own, sale } = await world();
	await sale();
	const page = await open(own.url);
	await rows(page).click();
	await page.locator("pre.body").waitFor();
	await page.keyboard.press("c");
	await page.getByText("Copied a command for a shell").waitFor();
	const shell = spawn("sh", ["-c", await copied(page)], { stdio: "ignore" });
	assert.deepEqual(await once(shell, "exit"), [0, null]);
	const [first, second] = await own.files();
	const bytes = (file) => file.subarray(file.indexOf("# ---\n") + 6).toString("latin1");
	assert.equal(bytes(second), bytes(first));
	await page.keyboard.press("t");
	await page.getByText("Copied a test in Rust").waitFor();
	assert.match(await copied(page), /Sample::captured\(include_bytes!/);
	await page.getByRole("button", { name: "Copy body" }).click();
	await page.getByText("Copied the body").waitFor();
	assert.ok(bytes(first).endsWith(await copied(page)));
	const [download] = await Promise.all([
		page.waitForEvent("download"),
		page.getByRole("button", { name: "Download" }).click(),
	]);
	assert.match(download.suggestedFilename(), /^[0-9a-z]{6}\.http$/);
	assert.deepEqual(await readFile(await download.path()), first);
});

// `tests/copied.rs` compiles and runs these files.
test("a copied test and the file beside it are those that compile", async () => {
	const checked = (name) => readFile(new URL(`../program/${name}`, import.meta.url));
	const store = await folder();
	await copyFile(
		new URL("../program/k3f9qa.http", import.meta.url),
		`${store}/20261126T110213.000000Z_k3f9qa_SALE_NEW.http`,
	);
	const own = await listen("--store", store);
	const page = await open(own.url);
	await rows(page).click();
	await page.locator("pre.body").waitFor();
	await page.keyboard.press("t");
	await page.getByText("Copied a test in Rust").waitFor();
	// The comment of the checked file says how it was exported.
	const code = String(await checked("copied.rs")).replace(" --mask", "");
	assert.equal(await copied(page), code);
	const [download] = await Promise.all([
		page.waitForEvent("download"),
		page.getByRole("button", { name: "Download" }).click(),
	]);
	assert.equal(download.suggestedFilename(), code.match(/include_bytes!\("(.+)"\)/)[1]);
	assert.deepEqual(await readFile(await download.path()), await checked("k3f9qa.http"));
});

test("attempts of one message are one row", async () => {
	const { target, own, sale } = await world();
	target.answer = (number) => [number === 1 ? 500 : 200, {}];
	const message = ["--message-id", "01a0e6f0-4c11-7d20-9f3e-5b1c2a7d9e01"];
	const shown = async (count) => {
		await page.waitForFunction((count) => document.querySelectorAll("[role=option]").length === count, count);
	};
	await sale(...message);
	await own.run("trigger", "SALE_CANCELED", "--to", own.endpoint);
	const page = await open(own.url);
	await shown(2);
	await sale(...message, "--attempt", "2");
	await row(page, 1).getByText("▸ 2 attempts").waitFor();
	await sale(...message, "--attempt", "3");
	await row(page, 1).getByText("▸ 3 attempts").waitFor();
	await shown(2);

	// The keyboard goes over what is folded.
	await page.keyboard.press("j");
	await page.getByText("attempt 3 of 3").waitFor();
	await page.keyboard.press("a");
	await shown(4);
	await page.keyboard.press("j");
	await page.getByText("attempt 2 of 3").waitFor();
	await page.keyboard.press("j");
	await page.getByText("attempt 1 of 3").waitFor();
	await page.locator("article").getByText("500").first().waitFor();
	await page.getByRole("link", { name: "after" }).click();
	await page.getByText("attempt 2 of 3").waitFor();
	await page.keyboard.press("a");
	await page.getByText("attempt 3 of 3").waitFor();
	await shown(2);
	await page.keyboard.press("j");
	await page.locator("article h2", { hasText: "SALE_CANCELED" }).waitFor();
	await row(page, 1).getByText("▸ 3 attempts").click();
	await shown(4);
	await row(page, 1).getByText("▾ 3 attempts").click();
	await shown(2);

	// The address of an attempt shows it among the others.
	await page.keyboard.press("k");
	await page.getByRole("link", { name: "before" }).click();
	await page.getByText("attempt 2 of 3").waitFor();
	await shown(4);
	await page.reload();
	await page.getByText("attempt 2 of 3").waitFor();
	await shown(4);
	await page.keyboard.press("Escape");
	await shown(2);

	await page.getByRole("searchbox").fill("is:failed");
	await shown(1);
	await rows(page).getByText("500").waitFor();
	await page.getByRole("searchbox").fill("event:SALE_NEW");
	await rows(page).getByText("▸ 3 attempts").click();
	await shown(3);
	await page.keyboard.press("Escape");
	await row(page, 3).click();
	await page.getByRole("button", { name: "Delete" }).click();
	await page.locator("dialog").getByRole("button", { name: "Delete" }).click();
	await row(page, 1).getByText("▾ 2 attempts").waitFor();
});

test("the list follows what comes until it is scrolled", async () => {
	const { own } = await world("--answer", "recorded");
	await own.flood(40);
	const page = await open(own.url);
	const list = page.getByRole("listbox");
	const place = page.locator(".list-note");
	const top = () => list.evaluate((element) => element.scrollTop);
	const first = (event) => row(page, 1).getByText(event).waitFor();
	const scroll = async () => {
		await list.hover();
		await page.mouse.wheel(0, 600);
		await place.getByRole("button", { name: "Latest" }).waitFor();
		await page.waitForFunction(() => document.querySelector("[role=listbox]").scrollTop === 600);
	};
	await place.getByText("following").waitFor();
	await own.flood(1, "SALE_NEW");
	await first("SALE_NEW");

	await scroll();
	await own.flood(2, "SALE_CANCELED");
	await place.getByRole("button", { name: "2 new" }).waitFor();
	assert.equal(await top(), 600);
	await place.getByRole("button", { name: "2 new" }).click();
	await first("SALE_CANCELED");
	await place.getByText("following").waitFor();
	assert.equal(await top(), 0);

	await scroll();
	await own.flood(1, "ORDER_CREATED");
	await place.getByRole("button", { name: "1 new" }).waitFor();
	await page.keyboard.press("g");
	await page.locator("article h2", { hasText: "ORDER_CREATED" }).waitFor();
	await place.getByText("following").waitFor();

	// Only what the filter finds is new.
	await page.getByRole("searchbox").fill("event:CONTACT_*");
	await first("CONTACT_CREATED");
	await scroll();
	await own.flood(1, "SALE_NEW");
	await page.getByRole("button", { name: "All 45" }).waitFor();
	await place.getByRole("button", { name: "Latest" }).waitFor();
	await own.flood(1);
	await place.getByRole("button", { name: "1 new" }).waitFor();
	// Whoever scrolls to the top follows again.
	await page.mouse.wheel(0, -2000);
	await place.getByText("following").waitFor();
	await page.waitForFunction(() => document.querySelector("[role=option]").getAttribute("aria-setsize") === "41");
});

test("a replay in another terminal is shown live", async () => {
	const { target, own, sale } = await world();
	await sale();
	const page = await open(own.url);
	await rows(page).click();
	await page.locator("pre.body").waitFor();
	await page.keyboard.press("3");
	target.answer = () => [503, {}];
	await own.run("replay", "@1", "--to", target.url);
	await rows(page).getByText("503").waitFor();
	await panel(page).getByText("replayed, same").waitFor();
	await own.run("deliveries", "delete", "@1", "--yes");
	await page.getByText("Nothing has arrived yet").waitFor();
});

test("an event is triggered from the page, and a delivery is deleted", async () => {
	const { target, own } = await world();
	const page = await open(own.url);
	await page.getByRole("button", { name: "Trigger" }).click();
	await page.getByText("It is signed.").waitFor();
	await page.getByText("Values", { exact: true }).click();
	await page.getByLabel("/pricePlan/amount").fill("9900");
	await page.getByRole("button", { name: "Send", exact: true }).click();
	await page.getByText("SALE_NEW: 200 done").waitFor();
	assert.equal(JSON.parse(target.requests[0].body).pricePlan.amount, 9900);
	await rows(page).click();
	await page.getByText("Yes: secret SYSTEME_WEBHOOK_SECRET").waitFor();
	await page.getByRole("button", { name: "Delete" }).click();
	await page.locator("dialog").getByRole("button", { name: "Delete" }).click();
	await page.getByText("Nothing has arrived yet").waitFor();
	assert.deepEqual(await own.files(), []);
});

test("all is done with the keyboard", async () => {
	const { target, own, sale } = await world();
	await sale();
	await sale();
	const page = await open(own.url);
	await rows(page).nth(1).waitFor();
	await page.keyboard.press("j");
	await page.locator("article h2").waitFor();
	const first = page.url();
	await page.keyboard.press("j");
	await page.waitForURL((url) => String(url) !== first);
	await page.keyboard.press("k");
	await page.waitForURL(first);
	const shown = (url) => page.locator("article .facts").getByText(url.slice(-6)).waitFor();
	await shown(first);
	await page.keyboard.press("j");
	await page.waitForURL((url) => String(url) !== first);
	await shown(page.url());
	await page.keyboard.press("g");
	await page.waitForURL(first);
	await shown(first);
	await page.keyboard.press("?");
	await page.locator("dialog").getByText("Copy as curl").waitFor();
	await page.keyboard.press("Escape");
	await page.locator("article h2").waitFor();
	await page.keyboard.press("r");
	await page.keyboard.press("Tab");
	await page.keyboard.press("Tab");
	await page.keyboard.press("Enter");
	await page.getByText("Replayed: 200 done").waitFor();
	assert.equal(target.requests.length, 3);
	await page.keyboard.press("Escape");
	await page.getByText("Choose a delivery").waitFor();
	for (const button of await page.getByRole("button").all()) assert.ok((await button.textContent()).trim());
});

test("the token of a URL is shown when it is asked for", async () => {
	const { own } = await world();
	await own.run("trigger", "contact.tag.added", "--to", `${own.endpoint}/systeme`);
	const page = await open(own.url);
	await rows(page).click();
	await page.locator("pre.body").waitFor();
	await page.keyboard.press("2");
	await panel(page).getByText("/systeme?token=•••").waitFor();
	assert.ok(!(await page.content()).includes("b7e1-the-token"));
	await page.getByRole("button", { name: "show" }).click();
	await panel(page).getByText("/systeme?token=b7e1-the-token").waitFor();
});

test("a page of an earlier run asks for the new key, and a lost connection is found again", async () => {
	const { own, sale } = await world();
	await sale();
	const page = await open(own.url);
	await rows(page).waitFor();
	await own.stop();
	await page.getByText("connection lost, trying again").waitFor();
	const again = await listen("--store", own.store, "--inspector", new URL(own.inspector).host);
	await page.getByText("Open the address that siohook listen printed").waitFor();
	await page.getByLabel("Address or key").fill(again.url);
	await page.getByRole("button", { name: "Open" }).click();
	await page.locator("#connection", { hasText: "live" }).waitFor();
	await rows(page).waitFor();
	await again.run("trigger", "SALE_CANCELED", "--to", again.endpoint);
	await rows(page).getByText("SALE_CANCELED").waitFor();
	await page.context().close();
	forgive(/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET/);
});

test("markup and invisible characters from outside stay text", async () => {
	const { own } = await world();
	const markup = "<img src=x onerror=alert(1)>";
	const body = `{"type":"${markup}","data":{"${markup}":"a\u200bb\u202ec"}}`;
	const head = `POST /${encodeURI(markup)} HTTP/1.1\r\nHost: a\r\nX-Webhook-Event: ${markup}\r\nX-Markup: ${markup}\r\n`;
	await raw(own.endpoint, `${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
	const page = await open(own.url);
	await rows(page).getByText(markup).click();
	await page.locator("article h2", { hasText: markup }).waitFor();
	await page.getByRole("button", { name: "raw", exact: true }).click();
	await panel(page).locator(".unseen", { hasText: "U+200B" }).waitFor();
	await panel(page).locator(".unseen", { hasText: "U+202E" }).waitFor();
	for (const key of ["2", "3", "4", "5"]) {
		await page.keyboard.press(key);
		await panel(page).waitFor();
		assert.equal(await page.locator("img[src=x]").count(), 0);
	}
});

test("a name that is rebound to this machine gets nothing", async () => {
	const { own, sale } = await world();
	await sale();
	const browser = await launch("--host-resolver-rules=MAP evil.test 127.0.0.1");
	atEnd(() => browser.close());
	const page = await browser.newPage();
	const { port } = new URL(own.inspector);
	const origin = `http://evil.test:${port}`;
	const answer = await page.goto(`${origin}/#key=${own.key}`);
	assert.equal(answer.status(), 421);
	assert.equal((await answer.request().allHeaders()).host, `evil.test:${port}`);
	assert.deepEqual(Object.keys(JSON.parse(await answer.text())), ["error"]);
	assert.equal(await page.locator("main, script, link").count(), 0);
	// For the browser this is the same origin, so nothing but the server keeps it out.
	const asked = await page.evaluate(async (key) => {
		const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
		const ask = async (path, options) => {
			const answer = await fetch(path, { headers, ...options });
			return [answer.status, await answer.text()];
		};
		return [
			await ask("/api/deliveries"),
			await ask("/ui/main.js"),
			await ask("/api/trigger", { method: "POST", body: '{"event":"SALE_NEW"}' }),
		];
	}, own.key);
	for (const [status, text] of asked) {
		assert.equal(status, 421);
		assert.ok(!text.includes("SALE_NEW"), text);
	}
	assert.equal((await own.files()).length, 1);
});

test("other sites and rebound names get nothing", async () => {
	const { own, sale } = await world();
	await sale();
	const { port } = new URL(own.inspector);
	const other = await receiver();
	const page = await open(own.url);
	// Another site, of which this is the whole page.
	const foreign = await page.context().newPage();
	await foreign.goto(other.url);
	const asked = await foreign.evaluate(
		async ([url, key]) => {
			const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
			const ask = (path, options) =>
				fetch(url + path, options).then(
					(answer) => answer.status,
					() => "refused",
				);
			return [
				await ask("/api/deliveries", { headers }),
				await ask("/api/trigger", { method: "POST", headers, body: "{}" }),
				await ask("/api/trigger", { method: "POST", mode: "no-cors", body: '{"event":"SALE_NEW"}' }),
				await ask("/", {}),
			];
		},
		[own.inspector, own.key],
	);
	assert.deepEqual(asked, ["refused", "refused", "refused", "refused"]);
	assert.equal((await own.files()).length, 1);
	for (const host of [`evil.example.com:${port}`, `127.0.0.1.example.com:${port}`]) {
		const answer = await raw(own.inspector, `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
		assert.match(answer, /^HTTP\/1\.1 421 /);
	}
	// The endpoint, which a tunnel makes public, has nothing of the inspector.
	for (const host of [`127.0.0.1:${port}`, new URL(own.endpoint).host]) {
		for (const path of ["/", "/ui/main.js", "/api/deliveries"]) {
			const answer = await raw(
				own.endpoint,
				`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${own.key}\r\nConnection: close\r\n\r\n`,
			);
			assert.ok(!/siohook|deliveries/.test(answer.split("\r\n\r\n")[1] ?? ""), answer);
		}
	}
	forgive(/CORS|ERR_FAILED|a request to|ERR_BLOCKED_BY_RESPONSE|net::/);
});

test("two thousand deliveries scroll", async () => {
	const { own } = await world("--answer", "recorded");
	await own.flood(2000);
	// The files are read once.
	assert.equal((await own.api("/deliveries?limit=1")).status, 200);
	const page = await open(own.url);
	await page.locator(".list-note", { hasText: "2,000 deliveries" }).waitFor();
	await page.getByRole("listbox").focus();
	for (let part = 2; part <= 10; part += 1) {
		await page.keyboard.press("End");
		await page.waitForFunction(
			(least) => Number(document.querySelector("[role=option]")?.getAttribute("aria-setsize")) >= least,
			200 * part,
		);
	}
	const elements = await page.evaluate(() => document.querySelectorAll("*").length);
	assert.ok(elements < 1500, `${elements} elements`);
});

for (const theme of ["light", "dark"]) {
	test(`axe finds nothing serious in ${theme}, and nothing is wider than a phone`, async () => {
		const { own, sale } = await world();
		const look = async (page, what) => {
			await page.evaluate(axe);
			const { violations } = await page.evaluate(() => globalThis.axe.run(document));
			const serious = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
			assert.deepEqual(
				serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`),
				[],
				what,
			);
		};
		await look(await open(own.url, { theme }), "empty");
		const message = ["--message-id", "01a0e6f0-4c11-7d20-9f3e-5b1c2a7d9e01"];
		await sale(...message);
		await sale(...message, "--attempt", "2");
		await sale("--forge", "signature");
		for (const width of [1280, 360]) {
			const page = await open(own.url, { theme, width, height: 740 });
			await row(page, 2).getByText("▸ 2 attempts").click();
			await rows(page).nth(2).waitFor();
			await look(page, "list");
			await rows(page).first().click();
			for (const name of ["Body", "Headers", "Answer", "Type", "Handler"]) {
				await page.getByRole("tab", { name }).click();
				await look(page, name);
				const wide = await page.evaluate(() => document.documentElement.scrollWidth);
				assert.ok(wide <= width, `${name} is ${wide} wide`);
			}
			await page.keyboard.press("r");
			await page.locator("dialog").waitFor();
			await look(page, "replay");
		}
	});
}
