import { json } from '../http/answers.ts';

/** POST /key/health: tests the logging callbacks of the calling key, of which there are none. */
export function keyHealth(): Response {
  return json({ key: 'healthy', logging_callbacks: null });
}
