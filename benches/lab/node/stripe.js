// `stripe` on `express`, as in its documentation: `node stripe.js SECRET`.

import { createServer } from "node:http";
import express from "express";
import Stripe from "stripe";
import { listen } from "./process.js";
import { seen } from "./seen.js";

const [secret] = process.argv.slice(2);
// The client sends no request, so it needs no key.
const { webhooks } = new Stripe("none");

const app = express();
// Both cost time, and are not needed.
app.disable("etag");
app.disable("x-powered-by");

app.post("/systeme", express.raw({ type: "application/json" }), (request, response) => {
  let event;
  try {
    event = webhooks.constructEvent(request.body, request.headers["stripe-signature"], secret);
  } catch (error) {
    return response.status(400).send(`Webhook Error: ${error.message}`);
  }
  seen(event);
  response.json({ received: true });
});

listen(createServer(app));
