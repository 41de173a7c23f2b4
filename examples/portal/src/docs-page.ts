import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Router } from 'express';

const swaggerUi = path.dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')));

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>HTTP API · Keywright</title>
    <link rel="icon" href="/icon.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="/docs/swagger-ui.css" />
    <script src="/docs/swagger-ui-bundle.js" defer></script>
    <script src="/docs/start.js" defer></script>
  </head>
  <body><div id="api"></div></body>
</html>
`;

// without the null, Swagger UI would send the document's address to a validator on the internet
const start = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#api', validatorUrl: null, persistAuthorization: false });
`;

// Swagger UI sets styles on elements and draws with data: images
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/** A page to read and try the API, from files of this server alone. */
export function docsPage(): Router {
  const router = Router();
  router.use((_request, response, next) => {
    response.setHeader('content-security-policy', policy);
    next();
  });
  router.get('/', (_request, response) => void response.type('html').send(page));
  router.get('/start.js', (_request, response) => void response.type('js').send(start));
  for (const file of ['swagger-ui.css', 'swagger-ui-bundle.js']) {
    router.get(`/${file}`, (_request, response) => response.sendFile(file, { root: swaggerUi, maxAge: '1d' }));
  }
  return router;
}
