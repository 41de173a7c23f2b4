import { type Actor, type RequestOrigin, redactSecrets } from '@keywright/core';

const longestUserAgent = 500;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out.
const control = /[\u0000-\u001f\u007f]/g;

/** Puts where the call came from into the actor, for the audit log. What the host has put there itself stays. */
export function withOrigin(
  actor: Actor,
  call: { requestId: string; ip: string | undefined; headers: Readonly<Record<string, string | undefined>> },
): Actor {
  const userAgent = call.headers['user-agent'];
  const origin: RequestOrigin = {
    requestId: call.requestId,
    ...(call.ip !== undefined && { ipAddress: call.ip }),
    ...(userAgent && { userAgent: clean(userAgent) }),
    ...actor.origin,
  };
  return { ...actor, origin };
}

function clean(text: string): string {
  return redactSecrets(text.replace(control, ' ').toWellFormed()).slice(0, longestUserAgent);
}
