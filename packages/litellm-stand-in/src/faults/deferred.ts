/** A promise and what resolves it. */
export interface Deferred<T> {
  promise: Promise<T>;
  /** Only the first call counts. */
  resolve(value: T): void;
}

/** A promise that is resolved from outside. */
export function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((resolvePromise) => {
    resolve = resolvePromise;
  });
  return { promise, resolve: (value) => resolve(value) };
}
