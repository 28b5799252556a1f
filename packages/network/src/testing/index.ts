export { creationRows } from "./creation-rows/index.ts";
export { withFields } from "./fixtures.ts";
export { mutatedJson } from "./mutated-json.ts";
