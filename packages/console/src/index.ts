export { type ConsoleFile, type ConsoleFiles, consoleFiles } from "./console-files.ts";
