// What only the process needs that owns the store: loaded when one comes to, since most never do, and the engine and
// its database take as long to load as all the rest of a function's process.
export { openStore } from "../open-store.ts";
export { loopBack } from "./loopback.ts";
export { OwnerServer } from "./owner-server.ts";
