import { queue } from "@alienplatform/sdk";

const emails = await queue("emails");
for (const to of ["ann", "bob"]) await emails.send("emails", { to });
console.log("sent 2 emails");
