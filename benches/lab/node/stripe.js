// `stripe` behind `express`, as its documentation shows it: `node stripe.js SECRET`.

import { createServer } from "node:http";
import express from "express";
import Stripe from "stripe";
import { listen } from "./process.js";
import { seen } from "./seen.js";

const [secret] = process.argv.slice(2);
// No request is made, so no key is needed.
const { webhooks } = new Stripe("none");

const app = express();
// Neither is needed, and both cost time.
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
