import { type Fields, type Layer, refusal, rewritten } from "./aws-answer.ts";

/**
 * Function URLs and the statements that open them, where moto differs: a second URL of a function and a second statement of
 * one name are conflicts, a URL says how it is invoked in capitals, and what opens it says so in a condition. https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
 */
export function publicUrls(): Layer {
  return async (call, pass) => {
    const { subject, input } = call;
    switch (call.action) {
      case "CreateFunctionUrlConfig": {
        const there = await pass({ ...call, method: "GET", body: Buffer.alloc(0) });
        if (there.status < 300) {
          const text = `Failed to create function url config for [functionArn = ${subject}]. Error message:  FunctionUrlConfig exists for this Lambda function`;
          return refusal(call, 409, "ResourceConflictException", text);
        }
        return rewritten(await pass(call), inCapitals);
      }
      case "GetFunctionUrlConfig":
      case "UpdateFunctionUrlConfig":
        return rewritten(await pass(call), inCapitals);
      case "AddPermission": {
        const there = await pass({ ...call, method: "GET", body: Buffer.alloc(0) });
        if (
          there.status === 200 &&
          statements(there.body).some(({ Sid }) => Sid === input.StatementId)
        ) {
          const text = `The statement id (${input.StatementId}) provided already exists. Please provide a new statement id, or remove the existing statement.`;
          return refusal(call, 409, "ResourceConflictException", text);
        }
        return pass(call);
      }
      case "GetPolicy":
        return rewritten(await pass(call), (fields) => {
          const policy = JSON.parse(String(fields.Policy));
          const Statement = policy.Statement.map(withCondition);
          return { ...fields, Policy: JSON.stringify({ ...policy, Statement }) };
        });
      default:
        return pass(call);
    }
  };
}

function statements(body: Buffer): readonly Fields[] {
  return JSON.parse(JSON.parse(body.toString()).Policy).Statement;
}

function inCapitals(fields: Fields): Fields {
  const { InvokeMode } = fields;
  return { ...fields, ...(InvokeMode === "Buffered" ? { InvokeMode: "BUFFERED" } : {}) };
}

function withCondition(statement: Fields): Fields {
  const { InvokedViaFunctionUrl, FunctionUrlAuthType, ...rest } = statement;
  if (InvokedViaFunctionUrl === true) {
    return { ...rest, Condition: { Bool: { "lambda:InvokedViaFunctionUrl": "true" } } };
  }
  if (FunctionUrlAuthType === undefined) return statement;
  return {
    ...rest,
    Condition: { StringEquals: { "lambda:FunctionUrlAuthType": FunctionUrlAuthType } },
  };
}
