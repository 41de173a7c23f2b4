// The public surface, by hand: what is not listed here is internal.
export { callerOf } from './caller.ts';
export { createKeywrightRouter, type KeywrightRouterOptions } from './create-keywright-router.ts';
export { type RequireApiKeyOptions, requireApiKey } from './require-api-key.ts';
