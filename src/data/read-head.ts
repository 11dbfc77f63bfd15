/**
 * The first bytes of a file, at least so many if it has them. Read as a stream: a slice of a file waits for the browser's
 * other processes, one file at a time.
 */
export async function readHead(file: Blob, atLeast: number): Promise<Uint8Array<ArrayBuffer>> {
  const reader = file.stream().getReader();
  let head = new Uint8Array(0);
  while (head.length < atLeast) {
    const { value, done } = await reader.read();
    if (done) break;
    const longer = new Uint8Array(head.length + value.length);
    longer.set(head);
    longer.set(value, head.length);
    head = longer;
  }
  await reader.cancel();
  return head;
}

/**
 * Results of work on items, in order, with so many under way at once. What fails is thrown where its turn comes.
 */
export async function* inOrder<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  atOnce: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<readonly [T, R]> {
  const waiting: (readonly [T, Promise<R>])[] = [];
  for await (const item of items) {
    const result = work(item);
    // Until its turn it is not unhandled.
    result.catch(() => undefined);
    waiting.push([item, result]);
    const first = waiting.length > atOnce ? waiting.shift() : undefined;
    if (first !== undefined) yield [first[0], await first[1]];
  }
  for (const [item, result] of waiting) yield [item, await result];
}
