/** How KKP's API prints a time that is not known. */
export const zeroTime = "0001-01-01T00:00:00Z";
