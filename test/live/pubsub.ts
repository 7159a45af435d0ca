import { PubSubAdmin } from "../../packages/gcp/test/wire/pubsub-admin.ts";
import { openPubSubWorld } from "../../packages/gcp/test/wire/pubsub-world.ts";
import { emulatorExceptions } from "../peers/support/pubsub-emulator.ts";
import { read, unset, type Vendor } from "./account.ts";

const { PUBSUB_EMULATOR_HOST } = process.env;

/** Pub/Sub, by Application Default Credentials; PUBSUB_EMULATOR_HOST points it at an emulator. */
export const pubsub: Vendor = {
  name: "Pub/Sub",
  ...(PUBSUB_EMULATOR_HOST ? { except: emulatorExceptions } : {}),

  missing(environment) {
    const keys = environment.PUBSUB_EMULATOR_HOST ? [] : ["GOOGLE_APPLICATION_CREDENTIALS"];
    return unset(environment, ...keys, "GOOGLE_CLOUD_PROJECT");
  },

  open(environment, prefix) {
    const host = environment.PUBSUB_EMULATOR_HOST;
    const endpoint = host ? `http://${host}` : undefined;
    const admin = new PubSubAdmin(endpoint, read(environment, "GOOGLE_CLOUD_PROJECT"));
    return {
      world: (options, clock) => openPubSubWorld({ admin, clock, options, prefix, waitMs: 3_000 }),
      make: async (options) => {
        const address = await admin.make(`${prefix}job`, options);
        return { platform: "gcp", address: { ...address } };
      },
      names: (start) => admin.names(start),
      remove: (name) => admin.removeNamed(name),
      close: () => admin.close(),
    };
  },
};
