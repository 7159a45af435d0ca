import * as alien from "@alienplatform/core";
import { collect } from "@alienplatform/core/collect";
import { describe, expect, it } from "vitest";

describe("collect", () => {
  it("gathers what is built while the module loads, in order", async () => {
    const { value, resources, stacks } = await collect(async () => {
      const tasks = new alien.Queue("tasks").build();
      await Promise.resolve();
      const worker = new alien.Function("worker").trigger(tasks).build();
      return new alien.Stack("images").add(tasks).add(worker).build();
    });
    expect(resources.map(({ id }) => id)).toEqual(["tasks", "worker"]);
    expect(stacks).toEqual([value]);
  });

  it("keeps nothing outside of it", async () => {
    new alien.Queue("before").build();
    const { resources } = await collect(async () => undefined);
    new alien.Queue("after").build();
    expect(resources).toEqual([]);
  });

  it("does not gather what failed to build", async () => {
    const { resources } = await collect(async () => {
      expect(() => new alien.Queue("a b").build()).toThrow(alien.AlienError);
    });
    expect(resources).toEqual([]);
  });

  it("ends with a load that throws", async () => {
    await expect(collect(() => Promise.reject(new Error("no luck")))).rejects.toThrow("no luck");
    await expect(collect(async () => "next")).resolves.toMatchObject({ value: "next" });
  });

  it("runs once at a time", async () => {
    await expect(collect(() => collect(async () => undefined))).rejects.toThrow(TypeError);
  });
});
