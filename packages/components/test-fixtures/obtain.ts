// Obtains the fixture binary in a process of its own and prints each progress event as a line of JSON.
import { BinaryStore } from "../src/binaries/store.ts";
import { helloPin, toolsDirectory } from "./pins.ts";

const store = new BinaryStore({ pins: [helloPin], toolsDirectory });
await store.obtain(helloPin, { onProgress: (event) => process.stdout.write(`${JSON.stringify(event)}\n`) });
