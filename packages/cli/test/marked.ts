import { jsonAnswer, type Layer } from "../../../test/peers/support/aws/aws-answer.ts";

/** The services that find what carries a stage's marks, which fauxqs has not. */
export function marked(arn: string): Layer {
  const none = `<ListRolesResponse><ListRolesResult><Roles/><IsTruncated>false</IsTruncated></ListRolesResult></ListRolesResponse>`;
  return async (call, pass) => {
    if (call.service === "tagging")
      return jsonAnswer({ ResourceTagMappingList: [{ ResourceARN: arn }] });
    if (call.service === "lambda") return jsonAnswer({ EventSourceMappings: [] });
    if (call.service === "scheduler") return jsonAnswer({ ScheduleGroups: [] });
    if (call.service !== "iam") return pass(call);
    return { status: 200, headers: { "content-type": "text/xml" }, body: Buffer.from(none) };
  };
}
