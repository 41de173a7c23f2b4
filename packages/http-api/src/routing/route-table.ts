import { KeywrightError } from '@keywright/core';
import type { Route, RouteGroup } from '../route.ts';
import { type Prefixes, readPrefixes } from './prefixes.ts';

/** A route where it is served. */
export interface MountedRoute extends Route {
  /** The whole path. */
  path: string;
  /** Whether this is the second place of a route that is listed before. */
  isAlias: boolean;
}

/**
 * What a path leads to. `group` of a path without a route: the group whose errors fit; undefined when the path lies
 * below no prefix of ours.
 */
export type RouteMatch =
  | { kind: 'route'; route: MountedRoute; rawParams: Record<string, string> }
  | { kind: 'other-method'; group: RouteGroup; allow: string }
  | { kind: 'none'; group: RouteGroup | undefined };

interface Pattern {
  segments: string[];
  methods: Map<string, MountedRoute>;
}

/** Finds the route of a path. Literal segments go before parameters: `/api-keys/stats` is no key's id. */
export class RouteTable {
  readonly routes: readonly MountedRoute[];
  readonly #byLength = new Map<number, Pattern[]>();
  readonly #prefixes: [group: RouteGroup, prefix: string][];

  /** Throws `configuration_invalid` when two routes would meet at one path. */
  constructor(routes: readonly Route[], given?: Prefixes) {
    const prefixes = readPrefixes(given);
    this.routes = mount(routes, prefixes);
    this.#prefixes = (['management', 'data-plane'] as const)
      .flatMap((group): [RouteGroup, string][] => (prefixes[group] === false ? [] : [[group, prefixes[group]]]))
      .sort(([, a], [, b]) => b.length - a.length);
    for (const route of this.routes) this.#add(route);
    for (const patterns of this.#byLength.values()) patterns.sort((a, b) => countParams(a) - countParams(b));
  }

  #add(route: MountedRoute): void {
    const segments = split(route.path);
    const patterns = this.#byLength.get(segments.length) ?? [];
    this.#byLength.set(segments.length, patterns);
    let pattern = patterns.find((known) => shape(known.segments) === shape(segments));
    if (!pattern) {
      pattern = { segments, methods: new Map() };
      patterns.push(pattern);
    }
    const other = pattern.methods.get(route.method);
    if (other) {
      const message = `${other.name} and ${route.name} would both be ${route.method} ${route.path}: choose other prefixes.`;
      throw new KeywrightError('configuration_invalid', message);
    }
    pattern.methods.set(route.method, route);
  }

  /** @param path percent-encoded; one `/` at the end makes no difference */
  find(method: string, path: string): RouteMatch {
    const segments = split(path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path);
    const patterns = (this.#byLength.get(segments.length) ?? []).filter((pattern) => fits(pattern.segments, segments));
    for (const pattern of patterns) {
      const route = pattern.methods.get(method === 'HEAD' ? 'GET' : method);
      if (route) return { kind: 'route', route, rawParams: pick(pattern.segments, segments) };
    }
    const [first] = patterns.flatMap((pattern) => [...pattern.methods.values()]);
    if (first) return { kind: 'other-method', group: first.group, allow: allowed(patterns) };
    return {
      kind: 'none',
      group: this.#prefixes.find(([, prefix]) => path === prefix || path.startsWith(`${prefix}/`))?.[0],
    };
  }
}

function mount(routes: readonly Route[], prefixes: Record<RouteGroup, string | false>): MountedRoute[] {
  return routes.flatMap((route) => {
    const main = prefixes[route.group];
    const second = route.alsoUnder === undefined ? false : prefixes[route.alsoUnder];
    const places = [
      ...(main === false ? [] : [{ prefix: main, isAlias: false }]),
      ...(main === false || second === false || second === main ? [] : [{ prefix: second, isAlias: true }]),
    ];
    return places.map(({ prefix, isAlias }) => ({ ...route, path: prefix + route.path, isAlias }));
  });
}

function split(path: string): string[] {
  return path.split('/').slice(1);
}

function shape(segments: readonly string[]): string {
  return segments.map((segment) => (segment.startsWith(':') ? ':' : segment)).join('/');
}

function countParams({ segments }: Pattern): number {
  return segments.filter((segment) => segment.startsWith(':')).length;
}

function fits(pattern: readonly string[], segments: readonly string[]): boolean {
  return pattern.every((part, index) => (part.startsWith(':') ? segments[index] !== '' : part === segments[index]));
}

function pick(pattern: readonly string[], segments: readonly string[]): Record<string, string> {
  const entries = pattern.flatMap((part, index): [string, string][] =>
    part.startsWith(':') ? [[part.slice(1), segments[index] ?? '']] : [],
  );
  return Object.fromEntries(entries);
}

function allowed(patterns: readonly Pattern[]): string {
  const methods = new Set(patterns.flatMap((pattern) => [...pattern.methods.keys()]));
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods].sort().join(', ');
}
