export type { HttpMessage } from "@alienplatform/bindings";
export {
  type ReceivedRequest,
  type VerifiedMessage,
  type VerifyOptions,
  verifyRequest,
} from "./verify-request.ts";
