declare module "dynalite" {
  import type { Server } from "node:http";

  /** Milliseconds that a table is on its way. */
  function dynalite(options?: {
    readonly createTableMs?: number;
    readonly updateTableMs?: number;
    readonly deleteTableMs?: number;
  }): Server;
  export = dynalite;
}
