import { inflateRawSync } from "node:zlib";

/** Of a program's header, as "Microsoft Portable Executable and Common Object File Format Specification" has it. */
const SECTION_BYTES = 40;

/**
 * The texts that a .NET library carries in itself, deflated, where the library is a part of a larger program: ECMA-335,
 * II.24.2.4, which is their sizes and what they are, one after the other.
 * @param program All of it.
 * @param mark A text that only that library has.
 * @throws Error where there is no such library.
 */
export function embeddedTexts(program: Buffer, mark: string): readonly string[] {
  const start = libraryBefore(program, program.indexOf(mark));
  const header = start + program.readUInt32LE(start + 60);
  const optional = header + 24;
  // The table of directories comes later in what is for 64 bits.
  const directories = optional + (program.readUInt16LE(optional) === 0x20b ? 112 : 96);
  const sections = {
    at: optional + program.readUInt16LE(header + 20),
    count: program.readUInt16LE(header + 6),
  };
  const placeOf = (address: number): number => {
    for (let index = 0; index < sections.count; index++) {
      const section = sections.at + index * SECTION_BYTES;
      const inside = address - program.readUInt32LE(section + 12);
      if (inside < 0 || inside >= program.readUInt32LE(section + 8)) continue;
      return start + program.readUInt32LE(section + 20) + inside;
    }
    throw new Error(`nothing of the library is at ${address}`);
  };
  const dotnet = placeOf(program.readUInt32LE(directories + 14 * 8));
  let at = placeOf(program.readUInt32LE(dotnet + 24));
  const end = at + program.readUInt32LE(dotnet + 28);
  const texts: string[] = [];
  while (at < end) {
    const bytes = program.readUInt32LE(at);
    texts.push(inflateRawSync(program.subarray(at + 4, at + 4 + bytes)).toString());
    at += 4 + bytes;
  }
  return texts;
}

function libraryBefore(program: Buffer, mark: number): number {
  for (let at = program.lastIndexOf("MZ", mark); at > 0; at = program.lastIndexOf("MZ", at - 1)) {
    const header = program.readUInt32LE(at + 60);
    if (header < 4_096 && program.toString("latin1", at + header, at + header + 4) === "PE\0\0") {
      return at;
    }
  }
  throw new Error("the program has no such library");
}
