import type { Place } from "@alienplatform/deploy";

/** Where a stage is on Google Cloud: all that names, e-mail addresses and URLs are made of. */
export interface GcpPlace {
  readonly stack: string;
  readonly stage: string;
  /** The project's id. */
  readonly project: string;
  /** Google's number of it, which is in the names of its service agents and in the URLs of its functions. */
  readonly number: string;
  readonly region: string;
  /** Where Pub/Sub answers, where that is an emulator: it goes into the bindings. */
  readonly pubsub?: string;
  /** The same of Firestore. */
  readonly firestore?: string;
  /** The same of Cloud Tasks. */
  readonly cloudtasks?: string;
}

/** What `connect` found, checked: it comes out of plans and states too. */
export function gcpPlace({ stack, stage, settings }: Place): GcpPlace {
  const { project, number, region, pubsub, firestore, cloudtasks } = settings;
  if (project === undefined || number === undefined || region === undefined) {
    throw new TypeError("a place on Google Cloud has { settings: { project, number, region } }");
  }
  return {
    stack,
    stage,
    project,
    number,
    region,
    ...(pubsub === undefined ? {} : { pubsub }),
    ...(firestore === undefined ? {} : { firestore }),
    ...(cloudtasks === undefined ? {} : { cloudtasks }),
  };
}

/** The account by which Pub/Sub itself acts: https://cloud.google.com/pubsub/docs/dead-letter-topics */
export function pubsubAgent({ number }: Pick<GcpPlace, "number">): string {
  return `serviceAccount:service-${number}@gcp-sa-pubsub.iam.gserviceaccount.com`;
}
