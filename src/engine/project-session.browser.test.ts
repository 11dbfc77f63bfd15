import { expect, test } from 'vitest';
import type { CallEvent } from '../core/engine-api.ts';
import { sha256 } from '../core/hash.ts';
import type { RunSummary } from '../core/run.ts';
import { DEFAULT_TRAIN_SETTINGS } from '../core/train-settings.ts';
import { createDataService } from '../data/create-data-service.ts';
import { openOpfsStore } from '../persist/opfs-store.ts';
import { patternJpeg } from '../testing/files/pictures.ts';
import { createProjectSession } from './create-project-session.ts';

const context = () => ({ signal: new AbortController().signal, emit: () => undefined });
const freshName = () => `test-${crypto.randomUUID()}`;

async function open(name: string) {
  const session = createProjectSession({ store: await openOpfsStore(name), createData: createDataService });
  return { session, snapshot: await session.open() };
}

const files = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    path: `class ${i % 2}/${i}.jpg`,
    file: new File([patternJpeg(i % 2, i)], `${i}.jpg`),
  }));

const RUN: RunSummary = {
  id: 'run-1',
  number: 1,
  status: 'done',
  modelId: 'mobilenet-v3-small',
  settings: DEFAULT_TRAIN_SETTINGS,
  splitHash: 'abc',
  datasetRevision: 1,
  classes: [],
  epochs: [],
  bestEpoch: 0,
  backend: 'wasm',
  trainableParameters: 1,
  totalParameters: 2,
  startedAtMs: 0,
  seconds: { features: 1, train: 1 },
};

test('what was told before a reload in the middle of an import is there after it', async () => {
  const name = freshName();
  const { session } = await open(name);
  let told = 0;
  const enough = new Promise<void>((resolve) => {
    const emit = (event: CallEvent<'data.import'>) => {
      if (event.kind === 'change') told += event.patch.samples.length;
      if (told >= 50) resolve();
    };
    // Never awaited: the thread that runs it is about to end.
    session.data.import({ files: files(200) }, { ...context(), emit }).catch(() => undefined);
  });
  await enough;
  const promised = told;
  session.dispose();
  const { snapshot, session: again } = await open(name);
  expect(snapshot.damaged).toEqual([]);
  expect(snapshot.dataset.samples.size).toBeGreaterThanOrEqual(promised);
  const ids = [...snapshot.dataset.samples.keys()];
  const thumbnails = await again.data.thumbnails({ ids }, context());
  expect(thumbnails.every((thumbnail) => thumbnail !== null)).toBe(true);
  again.dispose();
});

test('a project saved here opens elsewhere with the same bytes, split and run', async () => {
  const { session } = await open(freshName());
  await session.data.import({ files: files(20) }, context());
  const split = await session.data.makeSplit(
    { settings: { validation: 0.2, test: 0.2, seed: 7 } },
    context(),
  );
  await session.putRun(RUN, new Uint8Array([1, 2, 3]));
  const file = await session.save(context());

  const elsewhere = (await open(freshName())).session;
  await elsewhere.data.import({ files: files(3) }, context());
  const snapshot = await elsewhere.load(file, context());
  expect([...snapshot.dataset.samples]).toEqual([...session.snapshot().dataset.samples]);
  expect(snapshot.split).toEqual(split);
  expect(snapshot.runs).toEqual([RUN]);
  expect(new Uint8Array(await (await elsewhere.readRunWeights('run-1')).arrayBuffer())).toEqual(
    new Uint8Array([1, 2, 3]),
  );
  for (const { id, contentHash } of snapshot.dataset.samples.values()) {
    const blob = await elsewhere.data.picture({ id }, context());
    expect(await sha256(await blob.arrayBuffer())).toBe(contentHash);
  }
  session.dispose();
  elsewhere.dispose();
});

test('a project taken over or begun anew is what the next opening finds', async () => {
  const name = freshName();
  const { session } = await open(name);
  await session.data.import({ files: files(6) }, context());
  const file = await session.save(context());
  await session.data.edit({ edit: { kind: 'add-class', name: 'third' } }, context());
  await session.create();
  expect(session.snapshot().dataset.samples.size).toBe(0);
  session.dispose();
  const second = await open(name);
  expect(second.snapshot.dataset.classes).toEqual([]);
  await second.session.load(file, context());
  await second.session.data.edit({ edit: { kind: 'add-class', name: 'fourth' } }, context());
  second.session.dispose();
  const third = await open(name);
  expect(third.snapshot.dataset.samples.size).toBe(6);
  expect(third.snapshot.dataset.classes.map((item) => item.name)).toEqual(['class 0', 'class 1', 'fourth']);
  third.session.dispose();
});

test('a damaged or cut project file leaves everything as it was', async () => {
  const { session } = await open(freshName());
  await session.data.import({ files: files(4) }, context());
  const before = session.snapshot();
  const file = await session.save(context());
  for (const bad of [file.slice(0, file.size / 2), new Blob(['no zip'])]) {
    await expect(session.load(bad, context())).rejects.toMatchObject({ code: 'project-damaged' });
  }
  expect(session.snapshot().dataset).toEqual(before.dataset);
  session.dispose();
});

test('a record of a later version costs no picture, however often the page is opened', async () => {
  const name = freshName();
  const { session } = await open(name);
  await session.data.import({ files: files(4) }, context());
  const kept = await session.store.list('pictures');
  expect(kept.length).toBeGreaterThan(0);
  await session.store.write('project/record.json', new Blob([JSON.stringify({ version: 9999 })]));
  session.dispose();
  const second = await open(name);
  expect(second.snapshot.damaged).toMatchObject([{ code: 'project-newer' }]);
  second.session.dispose();
  const third = await open(name);
  expect(await third.session.store.list('pictures')).toEqual(kept);
  // Who begins anew has given them up.
  await third.session.create();
  expect(await third.session.store.list('pictures')).toEqual([]);
  expect(await third.session.store.list('damaged')).toEqual([]);
  third.session.dispose();
});

test('a picture whose bytes are gone is named; the rest opens', async () => {
  const name = freshName();
  const { session } = await open(name);
  await session.data.import({ files: files(5) }, context());
  const [lost] = [...session.snapshot().dataset.samples.values()];
  await session.store.delete(`pictures/${lost!.contentHash}`);
  session.dispose();
  const { snapshot, session: again } = await open(name);
  expect(snapshot.dataset.samples.size).toBe(4);
  expect(snapshot.damaged).toMatchObject([{ code: 'pictures-gone', detail: { what: lost!.name, count: 1 } }]);
  again.dispose();
});
