import { type Layer, refusal } from "./aws-answer.ts";

/**
 * Moto says 403 in XML whatever the service; the clients of those that speak JSON then fail over the XML. Says the same in
 * the service's own words. https://docs.aws.amazon.com/awsconsolehelpdocs/latest/gsg/common-errors.html
 */
export const denied: Layer = async (call, pass) => {
  const answer = await pass(call);
  if (answer.status !== 403) return answer;
  const text = answer.body.toString();
  const code = /<Code>(.*?)<\/Code>/.exec(text)?.[1];
  if (code === undefined) return answer;
  const message = /<Message>(.*?)<\/Message>/s.exec(text)?.[1] ?? "";
  const xml = ["iam", "sts", "s3"].includes(call.service);
  return refusal(call, 403, xml ? code : (JSON_CODES[code] ?? code), message);
};

/** What IAM's codes are called by the services that speak JSON. */
const JSON_CODES: Readonly<Record<string, string>> = {
  AccessDenied: "AccessDeniedException",
  InvalidClientTokenId: "UnrecognizedClientException",
  SignatureDoesNotMatch: "InvalidSignatureException",
};
