/** What the server answers. */
export interface ArmAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal as Resource Manager words it. */
export class ArmRefusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }

  get answer(): ArmAnswer {
    return { status: this.status, body: { error: { code: this.code, message: this.message } } };
  }
}

export function notFound(id: string): ArmRefusal {
  return new ArmRefusal(404, "ResourceNotFound", `The Resource '${id}' was not found.`);
}
