import { environmentName, isId, nearest, toId } from "@alienplatform/core";
import { describe, expect, it } from "vitest";

describe("ids", () => {
  it("have 1 to 64 letters, digits, dashes and underscores", () => {
    for (const id of ["a", "Tasks", "image-tasks_2", "-", "x".repeat(64)]) {
      expect(isId(id), id).toBe(true);
    }
    for (const id of ["", "my tasks", "a.b", "a/b", "é", "a\n", "x".repeat(65), 7, undefined]) {
      expect(isId(id), String(id)).toBe(false);
    }
  });

  it("are made of any text that holds a legal character", () => {
    expect(toId("my tasks!")).toBe("my-tasks");
    expect(toId("photo.shop")).toBe("photo-shop");
    expect(toId("...")).toBe("");
    expect(toId("x".repeat(70))).toHaveLength(64);
  });

  it("name an environment variable", () => {
    expect(environmentName("image-tasks")).toBe("ALIEN_IMAGE_TASKS_BINDING");
  });
});

describe("nearest", () => {
  const ids = ["tasks", "emails", "image-tasks", "images", "more"];

  it("is nothing for what is longer than any name", () => {
    const slip = (letters: number) => ["t".repeat(letters), "t".repeat(letters - 1)] as const;
    const [wanted, near] = slip(100);
    expect(nearest(wanted, [near])).toEqual([near]);
    const [long, nearLong] = slip(101);
    expect([nearest(long, [nearLong]), nearest(nearLong, [long])]).toEqual([[], []]);
  });

  it.each([
    ["taks", ["tasks"]],
    ["task", ["tasks"]],
    ["TASKS", ["tasks"]],
    ["tsaks", ["tasks"]],
    ["image_tasks", ["image-tasks"]],
    ["image", ["image-tasks", "images"]],
    ["emial", ["emails"]],
    ["moer", ["more"]],
    ["nope", []],
    ["iamge-takss", ["image-tasks"]],
    ["payments", []],
    ["", []],
  ])("suggests for %j", (id, expected) => {
    expect(nearest(id, ids)).toEqual(expected);
  });

  it("gives at most three, best first", () => {
    expect(nearest("job1", ["job5", "job4", "job3", "job2", "job1"])).toEqual([
      "job1",
      "job2",
      "job3",
    ]);
  });
});
