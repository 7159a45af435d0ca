import { AlienError } from "@alienplatform/core";
import type { StateStore, StoredState } from "@alienplatform/deploy";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { type ClientOptions, clientSettings } from "./client-settings.ts";
import { deployError } from "./deploy-errors.ts";
import { STATE_ACTIONS, STATE_BUCKET_ACTIONS } from "./deployer-actions.ts";
import { type S3Place, s3Place } from "./state-place.ts";

/** Not all who speak S3's protocol know the checksums that the SDK adds of itself: https://developers.cloudflare.com/r2/examples/aws/aws-sdk-js-v3/ */
const PLAIN = {
  requestChecksumCalculation: "WHEN_REQUIRED",
  responseChecksumValidation: "WHEN_REQUIRED",
} as const;

/** Where S3 answers for buckets of any region, and says where they are. */
const DEFAULT_REGION = "us-east-1";

/**
 * Of a write on a condition: 412 where it does not hold, 404 where what was to be replaced is gone. 409 decides nothing: another
 * write is under way, which may be an earlier try of this one, and S3 wants to be asked again.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
const SOMEBODY_ELSE = ["PreconditionFailed", "NoSuchKey"];

/**
 * Opens the state in the object that "s3://bucket/path" names. Parameters of the URL say where else S3's protocol is spoken
 * and how: "endpoint" (an https URL; Cloudflare R2, MinIO), "region" and "profile". Does no I/O.
 */
export function openStateStore(url: string, options: ClientOptions): StateStore {
  return new S3StateStore(s3Place(url), options);
}

class S3StateStore implements StateStore {
  readonly url: string;
  readonly #bucket: string;
  readonly #key: string;
  readonly #endpoint: string | undefined;
  readonly #s3: S3Client;

  constructor(place: S3Place, options: ClientOptions) {
    const { url, bucket, key, endpoint, region, profile } = place;
    this.url = url;
    this.#bucket = bucket;
    this.#key = key;
    this.#endpoint = endpoint;
    const settings = clientSettings(options);
    const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3 } = options.environment;
    this.#s3 = new S3Client({
      ...settings,
      region: region ?? (endpoint === undefined ? settings.region : undefined) ?? DEFAULT_REGION,
      ...(profile === undefined ? {} : { profile }),
      // The bucket may be elsewhere than the stack.
      followRegionRedirects: true,
      // Emulators, and others than AWS, have no name for every bucket.
      forcePathStyle: (endpoint ?? AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL) !== undefined,
      ...(endpoint === undefined ? {} : { endpoint, ...PLAIN }),
    });
  }

  async read(signal: AbortSignal): Promise<StoredState | undefined> {
    try {
      const { Body, ETag } = await this.#s3.send(
        new GetObjectCommand({ Bucket: this.#bucket, Key: this.#key }),
        { abortSignal: signal },
      );
      const text = await Body?.transformToString();
      return text === undefined || ETag === undefined ? undefined : { text, version: ETag };
    } catch (error) {
      if (error instanceof Error && error.name === "NoSuchKey") return undefined;
      throw this.#translate(error, "reading");
    }
  }

  async write(
    text: string,
    replaced: string | undefined,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    try {
      const { ETag } = await this.#s3.send(
        new PutObjectCommand({
          Bucket: this.#bucket,
          Key: this.#key,
          Body: text,
          // Without it the SDK takes an empty text for a stream.
          ContentLength: Buffer.byteLength(text),
          ContentType: "application/json",
          ...(replaced === undefined ? { IfNoneMatch: "*" } : { IfMatch: replaced }),
        }),
        { abortSignal: signal },
      );
      return ETag;
    } catch (error) {
      if (error instanceof Error && SOMEBODY_ELSE.includes(error.name)) return undefined;
      throw this.#translate(error, "writing");
    }
  }

  async close(): Promise<void> {
    this.#s3.destroy();
  }

  #translate(thrown: unknown, verb: string): AlienError {
    const doing = `${verb} the state ${this.url}`;
    const name = thrown instanceof Error ? thrown.name : "";
    if (name === "NoSuchBucket") return missing(doing, this.#bucket, this.#endpoint, thrown);
    const error = deployError(thrown, doing);
    const isDenied = error.code === "PERMISSION_DENIED" && this.#endpoint === undefined;
    return isDenied ? denied(error, this.#bucket, this.#key) : error;
  }
}

function missing(
  doing: string,
  bucket: string,
  endpoint: string | undefined,
  cause: unknown,
): AlienError {
  const versioned = `aws s3api put-bucket-versioning --bucket ${bucket} --versioning-configuration Status=Enabled`;
  return new AlienError("STATE_STORE_MISSING", `${doing} failed: there is no bucket "${bucket}"`, {
    fix:
      endpoint === undefined
        ? `Make it once: aws s3 mb s3://${bucket} && ${versioned}`
        : `Make it once: aws s3 mb s3://${bucket} --endpoint-url ${endpoint}`,
    details: { bucket },
    cause,
  });
}

/** S3 often says no more than "Access Denied", also of a missing object where it may not be listed. */
function denied(error: AlienError, bucket: string, key: string): AlienError {
  const statements = [
    {
      Effect: "Allow",
      Action: STATE_ACTIONS,
      Resource: `arn:aws:s3:::${bucket}/${key}`,
    },
    { Effect: "Allow", Action: STATE_BUCKET_ACTIONS, Resource: `arn:aws:s3:::${bucket}` },
  ];
  return new AlienError("PERMISSION_DENIED", error.message, {
    fix: `Add to a policy of this identity: ${statements.map((each) => JSON.stringify(each)).join(", ")}`,
    details: error.details,
    cause: error.cause,
  });
}
