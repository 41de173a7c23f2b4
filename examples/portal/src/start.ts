import { createKeywright, type Logger, systemClock } from '@keywright/core';
import { createKeywrightRouter } from '@keywright/express-adapter';
import { createHttpApi } from '@keywright/http-api';
import express, { type Express, type Request, type Router } from 'express';
import { createSignIn, type SignIn } from './authenticate.ts';
import type { Config } from './config.ts';
import { openStorage } from './database.ts';
import { docsPage } from './docs-page.ts';
import { openLiteLlm } from './embedded-litellm.ts';
import { listen } from './listen.ts';
import { installMetrics } from './metrics.ts';
import { seed } from './seed.ts';
import { failed, notFound, securityHeaders, webPage } from './web-page.ts';

/** A server that takes requests. */
export interface RunningServer {
  url: string;
  liteLlmUrl: string;
  /** One that the demo users may call. */
  model: string;
  /** Stops accepting, finishes streams until the deadline, writes what is waiting, closes everything. */
  close(): Promise<void>;
}

const streamDeadlineMs = 20_000;

/** Opens the parts one after the other; when one cannot be opened, those before it are closed again. */
export async function start(config: Config, logger: Logger): Promise<RunningServer> {
  const listening = await listen(config);
  const closers: (() => Promise<unknown>)[] = [];
  const close = async () => {
    await listening.close(streamDeadlineMs);
    for (const closer of closers.toReversed()) await closer();
  };
  try {
    const { users, metricsToken, isLoopback, maxKeysPerUser } = config;
    const metrics = installMetrics();
    closers.push(metrics.close);
    const { storage, invalidations, close: closeStorage } = await openStorage(config.database, logger);
    closers.push(closeStorage);
    const { litellm, baseUrl: liteLlmUrl, close: closeLiteLlm } = await openLiteLlm(config);
    closers.push(closeLiteLlm);
    const keywright = createKeywright({
      ...{ storage, litellm, logger, maxKeysPerUser },
      ...(invalidations && { invalidations }),
    });
    closers.push(() => keywright.close());
    const seeding = await seed({ keywright, storage, logger, clock: systemClock }, users);
    closers.push(() => seeding.stop());
    const [model = 'gpt-4o-mini'] = seeding.models;
    keywright.start();
    const signIn = createSignIn(users);
    const api = createHttpApi<Request>({
      keywright,
      authenticate: signIn.authenticate,
      logger,
      ...((isLoopback || metricsToken !== undefined) && { metrics: metrics.read }),
      ...(metricsToken !== undefined && { metricsToken }),
    });
    listening.serve(createApp(createKeywrightRouter(api), signIn));
    return { url: listening.url, liteLlmUrl, model, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function createApp(api: Router, signIn: SignIn): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(securityHeaders);
  app.use(api);
  app.use('/docs', docsPage());
  app.use(webPage(signIn));
  app.use(notFound, failed);
  return app;
}
