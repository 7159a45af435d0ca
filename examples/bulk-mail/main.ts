import { consume } from "@alienplatform/sdk";
import "./worker.ts";

console.log("waiting for mails");
await consume();
