/** `metav1.MicroTime`: RFC 3339 with exactly six digits of a second; the server accepts no other form. */
export function microTime(date: Date): string {
  return date.toISOString().replace("Z", "000Z");
}
