import { fileURLToPath } from 'node:url';
import express, { type ErrorRequestHandler, type RequestHandler, Router } from 'express';
import type { SignIn } from './authenticate.ts';

const folder = fileURLToPath(new URL('../public', import.meta.url));

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** Headers for everything that a browser may load. */
export const securityHeaders: RequestHandler = (_request, response, next) => {
  response.setHeader('content-security-policy', policy);
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('cross-origin-opener-policy', 'same-origin');
  next();
};

/** The portal: static files, and who is signed in. */
export function webPage({ userOf }: SignIn): Router {
  const router = Router();
  router.get('/portal/me', (request, response) => {
    const user = userOf(request);
    response.setHeader('cache-control', 'no-store');
    if (user) {
      const { token: _, ...shown } = user;
      response.json(shown);
      return;
    }
    response.status(401).json({ detail: 'Sign in to call this route.', code: 'unauthenticated' });
  });
  router.use(express.static(folder, { cacheControl: false }));
  return router;
}

export const notFound: RequestHandler = (_request, response) => {
  response.status(404).type('text').send('There is no such page.\n');
};

/** Express would show a stack trace. */
export const failed: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent) return next(error);
  const status = error instanceof URIError ? 400 : 500;
  response
    .status(status)
    .type('text')
    .send(status === 400 ? 'The address is malformed.\n' : 'Something went wrong.\n');
};
