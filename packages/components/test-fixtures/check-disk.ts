// Prints the code and message that checkWritableDirectory throws, or "ok".
import { ComponentError, checkWritableDirectory } from "../src/index.ts";

const [directory = "", minFreeBytes = "0"] = process.argv.slice(2);
try {
  await checkWritableDirectory(directory, Number(minFreeBytes));
  process.stdout.write("ok\n");
} catch (error) {
  if (!(error instanceof ComponentError)) throw error;
  process.stdout.write(`${error.code}: ${error.message}\n`);
}
