import { type Caller, KeywrightError } from '@keywright/core';
import type { Request } from 'express';

/** Beside the request instead of on it: no global type is changed, and nothing that is parsed from a body can pose. */
const callers = new WeakMap<Request, Caller>();

export function rememberCaller(req: Request, caller: Caller): void {
  callers.set(req, caller);
}

/** Who called, on a route behind `requireApiKey()`. Throws `configuration_invalid` on a route that is not. */
export function callerOf(req: Request): Caller {
  const caller = callers.get(req);
  if (!caller)
    throw new KeywrightError('configuration_invalid', 'This route needs requireApiKey() before its handler.');
  return caller;
}
