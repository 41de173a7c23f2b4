import { KeywrightError } from '@keywright/core';

/**
 * Checks where LiteLLM is said to be. A path stays (`SERVER_ROOT_PATH` may put LiteLLM below one), a trailing slash
 * does not matter.
 *
 * @throws KeywrightError `configuration_invalid`
 */
export function parseBaseUrl(baseUrl: string): URL {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw invalid('baseUrl must be an http or https URL such as http://localhost:4000');
  }
  if (url.username || url.password) throw invalid('baseUrl must hold no user name or password: use masterKey');
  if (url.search || url.hash) throw invalid('baseUrl must end with its path: no ? and no #');
  url.pathname = url.pathname.replace(/\/+$/, '');
  return url;
}

/**
 * Checks that a master key can be sent in a header, because the platform's own complaint would quote it.
 *
 * @throws KeywrightError `configuration_invalid`
 */
export function checkMasterKey(masterKey: string): void {
  if (!/^[\x21-\x7e]+$/.test(masterKey))
    throw invalid('masterKey must be printable ASCII without spaces, and not empty');
}

/** @throws KeywrightError `configuration_invalid` */
export function checkWholeNumber(name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least || value > 2 ** 31 - 1) {
    throw invalid(`${name} must be a whole number from ${least} to 2147483647`);
  }
}

function invalid(message: string): KeywrightError {
  return new KeywrightError('configuration_invalid', message);
}
