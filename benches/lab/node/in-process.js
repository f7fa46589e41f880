// Deliveries handled without HTTP: `node in-process.js octokit|stripe SECRET BODY`.

import { createHmac } from "node:crypto";
import { Webhooks } from "@octokit/webhooks";
import Stripe from "stripe";
import { answer } from "./process.js";
import { seen } from "./seen.js";

const [name, secret, text] = process.argv.slice(2);
// The body as a server reads it.
const body = Buffer.from(text);

const subjects = {
  octokit() {
    const webhooks = new Webhooks({ secret });
    webhooks.on("label", ({ payload }) => seen(payload));
    const signature = `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
    return () => async (count) => {
      for (let id = 0; id < count; id++) {
        const payload = body.toString();
        await webhooks.verifyAndReceive({ id: String(id), name: "label", payload, signature });
      }
    };
  },

  stripe() {
    // The client sends no request, so it needs no key.
    const { webhooks } = new Stripe("none");
    return () => {
      // A signature is valid for five minutes.
      const header = webhooks.generateTestHeaderString({ payload: text, secret });
      return (count) => {
        for (let id = 0; id < count; id++) {
          seen(webhooks.constructEvent(body, header, secret));
        }
      };
    };
  },
};

await answer(subjects[name]());
