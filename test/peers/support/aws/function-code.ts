import { type Fields, type Layer, rewritten } from "./aws-answer.ts";

/** No bucket may be called so. */
const FOLDER = "/_function-code";

/**
 * Keeps the zip of every function and serves it at the Code.Location that GetFunction answers; moto names a place that
 * does not exist. https://docs.aws.amazon.com/lambda/latest/api/API_FunctionCodeLocation.html
 */
export function functionCode(): Layer {
  const zips = new Map<string, Buffer>();
  return async (call, pass) => {
    const { action, region, input, method, path } = call;
    const zip = method === "GET" ? zips.get(path) : undefined;
    if (zip !== undefined) {
      return { status: 200, headers: { "content-type": "application/zip" }, body: zip };
    }
    const answer = await pass(call);
    if (action === "CreateFunction" || action === "UpdateFunctionCode") {
      const given = action === "CreateFunction" ? (input.Code as Fields) : input; // it has one
      const { ZipFile } = given;
      rewritten(answer, (fields) => {
        if (typeof ZipFile === "string" && input.DryRun !== true) {
          zips.set(placeOf(region, fields.FunctionName), Buffer.from(ZipFile, "base64"));
        }
        return fields;
      });
    }
    if (action !== "GetFunction") return answer;
    return rewritten(answer, (fields) => {
      const { FunctionName } = fields.Configuration as Fields; // it has one
      const Location = `http://${call.headers.host}${placeOf(region, FunctionName)}`;
      return { ...fields, Code: { ...(fields.Code as Fields), Location } }; // it has one
    });
  };
}

function placeOf(region: string, name: unknown): string {
  return `${FOLDER}/${region}/${name}`;
}
