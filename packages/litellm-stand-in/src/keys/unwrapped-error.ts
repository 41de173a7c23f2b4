import { ProxyError } from '../http/errors.ts';

/** A refusal that /key/update passes on as it is. */
export class UnwrappedError extends ProxyError {
  constructor({ status, message, body, headers }: ProxyError) {
    super(status, message, body, headers);
    this.name = 'UnwrappedError';
  }
}
