import { expect, test } from "vitest";
import { type Column, renderTable } from "./table.ts";

interface Row {
  name: string;
  status: string;
}

const columns: Column<Row>[] = [
  { title: "NAME", value: ({ name }) => name },
  { title: "STATUS", value: ({ status }) => status, tone: ({ status }) => (status === "Running" ? "good" : undefined) },
  { title: "AGE", value: () => "3d" },
];
const plain = (text: string) => text;

test("aligns columns by what a terminal shows, not by bytes", () => {
  const rows = [
    { name: "a", status: "Running" },
    { name: "名前", status: "Creating" },
    { name: "longer-name", status: "" },
  ];
  expect(renderTable(columns, rows, plain)).toBe(
    [
      "NAME         STATUS    AGE",
      "a            Running   3d",
      "名前         Creating  3d",
      "longer-name  -         3d",
      "",
    ].join("\n"),
  );
});

test("colour does not shift columns and is only for values with a meaning", () => {
  const rows = [{ name: "a", status: "Running" }];
  const painted = renderTable(columns, rows, (text, tone) => `<${tone}>${text}</>`);
  expect(painted).toBe("NAME  STATUS   AGE\na     <good>Running</>  3d\n");
});

test.each(["\u001B[2Jgone", "two\nlines", "\u202Eright to left"])(
  "control characters never reach the terminal: %j",
  (name) => {
    const [, line = ""] = renderTable(columns, [{ name, status: "" }], plain).split("\n");
    expect(line).toContain("\u{FFFD}");
    expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  },
);
