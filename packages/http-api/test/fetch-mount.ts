import { createHttpApi } from '@keywright/http-api';
import { createFetchHandler } from '@keywright/http-api/fetch';
import { actorOf, type Mount } from './world.ts';

export const fetchMount: Mount = {
  name: 'fetch',
  async open(options) {
    const api = createHttpApi<Request>({
      ...options,
      authenticate: (request) => actorOf(request.headers.get('authorization')),
      ip: (request) => request.headers.get('x-test-ip') ?? '203.0.113.1',
    });
    const handler = createFetchHandler(api);
    return {
      send: (path, init) => handler(new Request(`http://localhost${path}`, init)),
      close: async () => {},
    };
  },
};
