// imapflow's turn in the FETCH benchmark: the place as JSON on stdin, the measure as JSON on stdout.
const { ImapFlow } = require("imapflow");

async function main() {
  const place = JSON.parse(require("fs").readFileSync(0, "utf8"));
  const client = new ImapFlow({
    host: "127.0.0.1",
    port: place.port,
    secure: false,
    doSTARTTLS: false,
    auth: { user: place.user, pass: place.password },
    logger: false,
    disableAutoIdle: true,
    disableCompression: true,
  });
  await client.connect();
  await client.mailboxOpen(place.mailbox);
  const query = { uid: true, flags: true, internalDate: true, size: true, envelope: true };
  if (place.items.includes("X-GM-LABELS")) {
    Object.assign(query, { labels: true, threadId: true });
  }
  const began = process.hrtime.bigint();
  const seconds = () => Number(process.hrtime.bigint() - began) / 1e9;
  let count = 0;
  let first = 0;
  for await (const message of client.fetch("1:*", query, { uid: true })) {
    if (!message.envelope) throw new Error("a message without envelope");
    if (!count++) first = seconds();
  }
  const last = seconds();
  const peak = process.resourceUsage().maxRSS / 1024;
  await client.logout();
  console.log(JSON.stringify({ count, first, last, peak }));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
