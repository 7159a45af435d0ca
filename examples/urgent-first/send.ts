import { queue } from "@alienplatform/sdk";

const mails = await queue("mails");
for (let number = 1; number <= 5; number++) {
  await mails.send({ subject: `newsletter ${number}` });
}
// The newest, and yet the first to go out.
await mails.send({ subject: "sign-in code" }, { priority: 9 });
console.log("6 mails are waiting");
