export { type CatalogueName, catalogueNames, loadCatalogue } from "./catalogue/load.ts";
export * from "./rules.ts";
