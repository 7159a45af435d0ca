import { EnvironmentFiles } from "../dev/environment.ts";
import { type Finding, findingOf } from "./finding.ts";

/** Whether every line of the files of variables beside alien.ts sets something; what they set is not told. */
export async function checkVariables(directory: string): Promise<readonly Finding[]> {
  try {
    const { problems } = await new EnvironmentFiles(directory, []).read();
    return problems.map(({ file, line, problem, fix }) => ({
      check: "variables",
      status: "warning",
      message: `${file}:${line} ${problem}`,
      fix: `${fix[0]?.toUpperCase()}${fix.slice(1)}.`,
    }));
  } catch (error) {
    return [findingOf("variables", error)];
  }
}
