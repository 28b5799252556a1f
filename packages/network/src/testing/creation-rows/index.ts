import { accessRows } from "./access.ts";
import { cloudRows } from "./cloud.ts";
import { cniRows } from "./cni.ts";
import { rangesRows } from "./ranges.ts";
import { roomRows } from "./room.ts";
import type { Row } from "./row.ts";

export type { Row } from "./row.ts";

/** For every rule of creation: what it refuses and what it accepts. */
export const creationRows: readonly Row[] = [...cloudRows, ...accessRows, ...cniRows, ...rangesRows, ...roomRows];
