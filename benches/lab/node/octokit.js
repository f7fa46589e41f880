// The middleware of `@octokit/webhooks` on `node:http`: `node octokit.js SECRET`.

import { createServer } from "node:http";
import { Webhooks, createNodeMiddleware } from "@octokit/webhooks";
import { listen } from "./process.js";
import { seen } from "./seen.js";

const webhooks = new Webhooks({ secret: process.argv[2] });
webhooks.on("label", ({ payload }) => seen(payload));
listen(createServer(createNodeMiddleware(webhooks, { path: "/systeme" })));
