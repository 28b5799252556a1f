export { creationRows } from "./creation-rows/index.ts";
export { withFields } from "./fixtures.ts";
export { mutatedJson, variants } from "./mutated-json.ts";
export { updateRows } from "./update-rows.ts";
