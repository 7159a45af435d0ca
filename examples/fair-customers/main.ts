import { consume } from "@alienplatform/sdk";
import "./worker.ts";

console.log("waiting for exports");
await consume();
