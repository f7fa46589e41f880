import assert from "node:assert/strict";
import { forgive, open, receiver, sandbox, test } from "./world.js";

const FAILED = () => [500, { error: "database is locked" }];

async function failing() {
	const target = await receiver();
	target.answer = FAILED;
	const box = await sandbox();
	await box.post("/webhooks", { name: "main", url: target.url, secret: "s3cret" });
	return { box, target };
}

test("a sale that fails is tried again, sent now, and read in the log of its webhook", async () => {
	const { box, target } = await failing();
	const page = await open(box.url);
	await page.getByText("Nothing was sent yet.").waitFor();
	await box.post("/fire", { event: "SALE_NEW", wait: "5s" });
	const row = page.getByRole("option");
	await row.getByText("SALE_NEW").click();
	await page.getByText("waiting for attempt 2").waitFor();
	assert.match(page.url(), /message=/);
	await page.locator(".attempts .said", { hasText: "500 database is locked" }).waitFor();
	await page.locator(".attempts li.next", { hasText: "next attempt in 4 s" }).waitFor();
	await page.locator(".hint", { hasText: "the receiver says database is locked" }).waitFor();

	await page.getByRole("button", { name: "skip to it" }).click();
	await page.getByText("waiting for attempt 3").waitFor();
	await page.locator(".attempts li.next", { hasText: "next attempt in 16 s" }).waitFor();
	target.answer = () => [200, { outcome: "done" }];
	await page.getByRole("button", { name: "Send now" }).click();
	await page.locator("article .badge", { hasText: "200 · delivered" }).waitFor();
	await row.getByText("200 · delivered").waitFor();
	const ids = target.requests.map(({ headers }) => headers["x-webhook-message-id"]);
	assert.equal(new Set(ids).size, 1);

	await page.locator("article").getByRole("link", { name: "main" }).click();
	const log = page.locator("tr", { hasText: "200 · delivered" });
	await log.getByRole("link", { name: "SALE_NEW" }).waitFor();
	assert.equal(await log.locator("td").last().textContent(), "3");
});

test("a request is shown as it was sent", async () => {
	const { box, target } = await failing();
	const zoe = { email: "zoe@example.com", fields: { first_name: "Zoé" } };
	const { id: contact } = await box.post("/contacts", zoe);
	await box.post("/fire", { event: "CONTACT_OPT_IN", contact, wait: "5s" });
	const page = await open(box.url);
	await page.getByRole("option").first().click();
	const { body, headers } = target.requests.at(-1);
	await page.getByRole("button", { name: "raw", exact: true }).click();
	const shown = page.getByRole("tabpanel");
	assert.equal(await shown.locator("pre").textContent(), body);
	assert.ok(body.includes("Zo\\u00e9"), "PHP's spelling stays");
	await page.getByRole("button", { name: "pretty", exact: true }).click();
	const pretty = await shown.locator("pre").textContent();
	assert.deepEqual(JSON.parse(pretty), JSON.parse(body));
	assert.ok(pretty.includes("Zo\\u00e9"));
	await page.getByRole("button", { name: "hex", exact: true }).click();
	assert.match(await shown.locator("pre").textContent(), /^000000 {2}7b 22 /);
	await page.getByRole("tab", { name: "Headers" }).click();
	await shown.getByText(headers["x-webhook-signature"]).waitFor();
	await page.getByRole("tab", { name: "Answer" }).click();
	await shown.getByText("database is locked").waitFor();

	await page.getByRole("tab", { name: "Signature" }).click();
	await shown.getByText("the secret fits the body").waitFor();
	await shown.locator(".badge", { hasText: /^verified$/ }).waitFor();
	await page.getByLabel("Secret").fill("'s3cret'");
	await shown.getByText("fits the body without the quotes around it").waitFor();
	await shown.locator(".badge", { hasText: "not verified: signature_wrong (401)" }).waitFor();
	await shown.locator(".hint", { hasText: "The secret has quotes around it here." }).waitFor();
});

test("an automation is explained with its token", async () => {
	const { box, target } = await failing();
	await box.post("/fire", { event: "contact.tag.added", to: `${target.url}?token=t0ken`, wait: "5s" });
	const page = await open(box.url);
	await page.getByRole("option").click();
	await page.getByRole("tab", { name: "Signature" }).click();
	const shown = page.getByRole("tabpanel");
	await shown.getByText("the token is in the URL").waitFor();
	await page.getByLabel("Token").fill("");
	await shown.getByText("there is none to compare the URL with").waitFor();
});

test("a request is copied as curl and as a Rust test, and sent as new", async () => {
	const { box, target } = await failing();
	await box.post("/fire", { event: "SALE_NEW", wait: "5s" });
	const page = await open(box.url);
	await page.getByRole("option").click();
	const copied = () => page.evaluate(() => navigator.clipboard.readText());
	await page.getByRole("button", { name: "Copy as curl" }).click();
	await page.getByText("Copied the request as curl").waitFor();
	const curl = await copied();
	assert.ok(curl.startsWith(`curl -i -X POST '${target.url}'`), curl);
	assert.ok(curl.includes(`-H 'x-webhook-signature: ${target.requests[0].headers["x-webhook-signature"]}'`));
	await page.getByRole("button", { name: "Copy as Rust test" }).click();
	await page.getByText("Copied a Rust test").waitFor();
	const rust = await copied();
	assert.ok(rust.includes(`Sample::of("SALE_NEW").with_body(r#"${target.requests[0].body}"#)`), rust);

	await page.getByRole("button", { name: "Send as new" }).click();
	await page.getByRole("option").nth(1).waitFor();
	const ids = target.requests.map(({ headers }) => headers["x-webhook-message-id"]);
	assert.equal(new Set(ids).size, 2);
});

test("filters are in the address, and hold for what arrives", async () => {
	const { box } = await failing();
	await box.post("/rules", {
		trigger: { type: "contact.tag.added" },
		actions: [{ type: "webhook", url: "http://127.0.0.1:1/" }],
	});
	const page = await open(box.url);
	for (const event of ["SALE_NEW", "contact.tag.added"]) {
		await box.post("/fire", { event, wait: "5s" });
	}
	const rows = page.getByRole("option");
	await rows.nth(1).waitFor();
	await page.getByRole("button", { name: "Automation" }).click();
	await page.waitForURL(/mechanism=automation/);
	await rows.getByText("SALE_NEW").waitFor({ state: "detached" });
	await box.post("/fire", { event: "SALE_NEW", wait: "5s" });
	await box.post("/fire", { event: "contact.tag.added", wait: "5s" });
	await page.waitForFunction(() => document.querySelectorAll("[role=option]").length === 2);
	await page.reload();
	await rows.nth(1).waitFor();
	assert.equal(await rows.count(), 2);
	await page.getByRole("searchbox").fill("no such thing");
	await page.getByText("No message is like this.").waitFor();
	await page.getByRole("button", { name: "Show all" }).click();
	await page.waitForFunction(() => document.querySelectorAll("[role=option]").length === 4);
	assert.equal(new URL(page.url()).search, "");
});

test("a lost connection is shown, and found again", async () => {
	const target = await receiver();
	const box = await sandbox();
	await box.post("/webhooks", { name: "main", url: target.url });
	await box.post("/fire", { event: "SALE_NEW", wait: "5s" });
	const page = await open(box.url);
	await page.getByRole("option").waitFor();
	await box.stop();
	await page.getByText("connection lost, trying again").waitFor();
	const again = await sandbox("--listen", new URL(box.url).host);
	await page.locator("#connection", { hasText: "live" }).waitFor();
	await page.getByText("Nothing was sent yet.").waitFor();
	await again.post("/webhooks", { name: "main", url: target.url });
	await again.post("/fire", { event: "CONTACT_CREATED", wait: "5s" });
	await page.getByRole("option").getByText("CONTACT_CREATED").waitFor();
	await page.context().close();
	forgive(/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_EMPTY_RESPONSE/);
});
