/** What the last message asks of the pretended provider. */
export interface Steering {
  /** `!status=429`: the provider answers with this error. */
  status: number | null;
  /** `!retry=N`: with the header `retry-after: N`. */
  retryAfter: string | null;
  /** `!tokens=N`: the answer has N words instead of echoing. */
  tokens: number | null;
  /** `!delay=MS`: wait before the answer, or before each chunk. */
  delayMs: number;
  /** `!nousage`: the answer carries no usage. */
  withUsage: boolean;
  /** `!cut`: the provider drops a stream after two words. */
  cut: boolean;
  /** `!stall=N`: a stream goes silent after N words until the client leaves. */
  stallAfter: number | null;
}

/** Reads the steering words out of a message. */
export function readSteering(message: string): Steering {
  const number = (name: string): number | null => {
    const digits = new RegExp(`!${name}=(\\d+)`).exec(message)?.[1];
    return digits === undefined ? null : Number(digits);
  };
  const retry = number('retry');
  return {
    status: number('status'),
    retryAfter: retry === null ? null : String(retry),
    tokens: number('tokens'),
    delayMs: number('delay') ?? 0,
    withUsage: !message.includes('!nousage'),
    cut: message.includes('!cut'),
    stallAfter: number('stall'),
  };
}
