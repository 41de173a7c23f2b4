/** The same pages; the next one is asked for while one is looked at, so that two lists are read side by side. */
export async function* readAhead<T>(pages: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = pages[Symbol.asyncIterator]();
  const ask = () => {
    const asked = iterator.next();
    asked.catch(() => {}); // thrown where it is awaited
    return asked;
  };
  let next = ask();
  try {
    for (;;) {
      const page = await next;
      if (page.done) return;
      next = ask();
      yield page.value;
    }
  } finally {
    await next.catch(() => {});
    await iterator.return?.();
  }
}
