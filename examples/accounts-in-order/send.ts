import { queue } from "@alienplatform/sdk";

const payments = await queue("payments");
for (const account of ["ann", "bob", "cleo"]) {
  await payments.send("payments", { account, amount: 10 });
  await payments.send("payments", { account, amount: -10 });
}
console.log("sent 6 payments");
