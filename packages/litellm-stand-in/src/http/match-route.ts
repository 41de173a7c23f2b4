import { isAtLeast, type LiteLlmVersion } from '../version/profile.ts';
import type { Route } from './routes.ts';

interface Pattern {
  regex: RegExp;
  route: Route;
}

/** A route that was found, with the parts of the path that it names. */
export interface Match {
  route: Route;
  params: Record<string, string>;
}

/** The routes of one release by path. */
export class RouteIndex {
  readonly #plain = new Map<string, Route[]>();
  readonly #patterns: Pattern[] = [];

  constructor(routes: readonly Route[], version: LiteLlmVersion) {
    for (const route of routes) {
      if (route.since !== undefined && !isAtLeast(version, route.since)) continue;
      for (const path of route.paths) this.#add(path, route);
    }
  }

  /** Every route on a path, whatever its method. */
  on(path: string): Match[] {
    const plain = this.#plain.get(path);
    if (plain) return plain.map((route) => ({ route, params: {} }));
    return this.#patterns.flatMap(({ regex, route }) => {
      const found = regex.exec(path);
      return found ? [{ route, params: decoded(found.groups ?? {}) }] : [];
    });
  }

  #add(path: string, route: Route): void {
    if (path.includes('{')) {
      const source = path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
      this.#patterns.push({ regex: new RegExp(`^${source}$`), route });
      return;
    }
    this.#plain.set(path, [...(this.#plain.get(path) ?? []), route]);
  }
}

function decoded(groups: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(groups).map(([name, part]) => [name, decodePart(part)]));
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a stray percent sign stands for itself
  }
}
