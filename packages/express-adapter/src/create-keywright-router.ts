import { createHttpApi, type HttpApi, type HttpApiOptions } from '@keywright/http-api';
import { type NextFunction, type Request, type Response, Router } from 'express';
import { toHttpRequest } from './to-http-request.ts';
import { writeAnswer } from './write-answer.ts';

export interface KeywrightRouterOptions {
  /**
   * What becomes of a path below one of our prefixes that no route of ours has. `answer` (default): 404, in the shape
   * of the group. `pass`: it goes on to the host's next handler, for hosts with routes of their own below `/api/v1`.
   */
  unknownRoutes?: 'answer' | 'pass';
}

/**
 * Mounts the API on Express 5. Paths that are not ours go on to the host's next handler. A body that the host's
 * `express.json()` has parsed is taken as it is.
 *
 * The caller's address is `req.ip`: set Express's `trust proxy` to the proxies in front of it, or give `ip`.
 *
 * @param api the API, or what `createHttpApi` would make it of
 *
 * @example
 * const app = express();
 * app.use(createKeywrightRouter({ keywright, authenticate: (req) => actorOfSession(req) }));
 */
export function createKeywrightRouter(
  api: HttpApi<Request> | HttpApiOptions<Request>,
  { unknownRoutes = 'answer' }: KeywrightRouterOptions = {},
): Router {
  const served = 'handle' in api ? api : createHttpApi(api);
  const isOurs = unknownRoutes === 'answer' ? served.claims : served.hasRoute;
  const router = Router();
  router.use(function serveKeywright(req: Request, res: Response, next: NextFunction) {
    if (!isOurs(req.path)) return next();
    serve(served, req, res).catch(next);
  });
  return router;
}

async function serve(api: HttpApi<Request>, req: Request, res: Response): Promise<void> {
  const departure = new AbortController();
  res.once('close', () => {
    if (!res.writableFinished) departure.abort(new Error('The caller went away.'));
  });
  const answer = await api.handle(toHttpRequest(req, departure.signal));
  await writeAnswer(res, answer, departure.signal);
  if (!req.readableEnded) req.resume(); // what was not read of the body would keep the connection from its next request
}
