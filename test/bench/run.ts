import { cpus, release, totalmem } from "node:os";
import type { Case } from "./case.ts";
import { backlog } from "./cases/backlog.ts";
import { bundles } from "./cases/bundles.ts";
import { client } from "./cases/client.ts";
import { clouds } from "./cases/clouds.ts";
import { delays } from "./cases/delays.ts";
import { deploy } from "./cases/deploy.ts";
import { deployCold } from "./cases/deploy-cold.ts";
import { deployGcp } from "./cases/deploy-gcp.ts";
import { dev } from "./cases/dev.ts";
import { features } from "./cases/features.ts";
import { groups } from "./cases/groups.ts";
import { handle } from "./cases/handle.ts";
import { head } from "./cases/head.ts";
import { mixed } from "./cases/mixed.ts";
import { peers } from "./cases/peers.ts";
import { raw } from "./cases/raw.ts";
import { receive } from "./cases/receive.ts";
import { restart } from "./cases/restart.ts";
import { send } from "./cases/send.ts";
import { socket } from "./cases/socket.ts";
import { start } from "./cases/start.ts";
import { watched } from "./cases/watched.ts";
import { workerCold } from "./cases/worker-cold.ts";
import { header, jsonLine, printLine } from "./print.ts";
import { readSetting, type Setting, USAGE } from "./setting.ts";

const CASES: readonly Case[] = [
  raw,
  client,
  send,
  receive,
  handle,
  watched,
  backlog,
  head,
  mixed,
  features,
  groups,
  delays,
  restart,
  socket,
  start,
  dev,
  bundles,
  deploy,
  deployCold,
  deployGcp,
  workerCold,
  ...clouds,
  peers,
];

await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<void> {
  let setting: Setting;
  try {
    setting = readSetting(args);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  const chosen = CASES.filter((each) => isChosen(each, setting));
  if (chosen.length === 0) {
    console.error(`no such case; there are ${CASES.map((each) => each.name).join(", ")}`);
    process.exitCode = 2;
    return;
  }
  if (!setting.json) console.log(`${machine()}, ${setting.rounds} rounds\n\n${header()}`);
  for (const each of chosen) {
    for await (const line of each.run(setting)) {
      console.log(setting.json ? jsonLine(line) : printLine(line));
    }
  }
}

/** Without names: all but the peers, which have to be asked for. */
function isChosen(each: Case, setting: Setting): boolean {
  if (setting.only.length > 0) return setting.only.some((name) => each.name.startsWith(name));
  return each.peer !== true || setting.peers;
}

function machine(): string {
  const processors = cpus();
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  return `${new Date().toISOString().slice(0, 10)}: ${processors.length} x ${processors[0]?.model}, ${memory} GiB, Linux ${release()}, Node ${process.version}`;
}
