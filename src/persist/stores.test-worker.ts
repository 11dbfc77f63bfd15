import { openOpfsStore } from './opfs-store.ts';

const store = await openOpfsStore(`test-${crypto.randomUUID()}`);
await store.write('a/one.bin', new TextEncoder().encode('first'));
await store.write('a/one.bin', new TextEncoder().encode('second'));
const picture = new Uint8Array(50_000);
const started = performance.now();
await Promise.all(Array.from({ length: 100 }, (_, i) => store.write(`pictures/${i}.jpg`, picture)));
const ms = (performance.now() - started) / 100;
const read = await store.read('a/one.bin');
postMessage({
  kind: store.kind,
  text: await read?.text(),
  ms,
  pending: (await store.list('.pending')).length,
});
