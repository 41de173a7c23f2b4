/** Reads a `retry-after` header (RFC 9110, 10.2.3): seconds, or a date. Null when absent or neither. */
export function retryAfterSeconds(value: string | null | undefined, nowMs: number): number | null {
  if (!value) return null;
  if (/^\d{1,9}(\.\d+)?$/.test(value)) return Math.ceil(Number(value));
  const at = /[a-z]/i.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - nowMs) / 1000));
}
