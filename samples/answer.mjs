// Answers answer requests with a menu: node samples/answer.mjs [PORT] [WEBHOOK_SECRET]
import { createHmac, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const [port = 3001, secret = ""] = process.argv.slice(2);
const menu = readFileSync(new URL("menu.json", import.meta.url));

function verified(request, body) {
  const [, at, signature] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(request.headers["x-tryvox-signature"] ?? "") ?? [];
  if (!at || Math.abs(Date.now() / 1000 - Number(at)) > 300) return false;
  const right = createHmac("sha256", secret).update(`${at}.`).update(body).digest();
  return timingSafeEqual(Buffer.from(signature, "hex"), right);
}

createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray());
  if (secret && !verified(request, body)) return response.writeHead(401).end();
  console.log(`asked: ${body}`);
  response.writeHead(200, { "Content-Type": "application/json" }).end(menu);
}).listen(Number(port), "127.0.0.1", () => console.log(`answers on http://127.0.0.1:${port}`));
