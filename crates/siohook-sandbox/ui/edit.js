// Requests that change what is there.

import { request } from "./shared/api.js";

export const put = (path, body) => request("PUT", path, body);
export const patch = (path, body) => request("PATCH", path, body);
