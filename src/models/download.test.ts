import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startFlakyServer } from '../../scripts/testing/flaky-server.ts';
import type { FlakyServer } from '../../scripts/testing/flaky-server.ts';
import type { DownloadProgress } from '../core/model-card.ts';
import { download } from './download.ts';
import type { DownloadOptions } from './download.ts';
import { MemoryPartStore } from './part-store.ts';

const SIZE = 3_000_000;
const BYTES = Uint8Array.from({ length: SIZE }, (_, i) => (i * 31 + (i >> 8)) & 0xff);
const SHA256 = createHash('sha256').update(BYTES).digest('hex');

let server: FlakyServer;
let options: DownloadOptions & { store: MemoryPartStore };

const address = () => `${server.url}/weights.bin`;
const expectWhole = (bytes: Uint8Array) =>
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(SHA256);

beforeEach(async () => {
  server = await startFlakyServer();
  server.files['/weights.bin'] = { bytes: BYTES, etag: '"one"' };
  options = {
    signal: new AbortController().signal,
    store: new MemoryPartStore(),
    sha256: SHA256,
    retryDelayMs: 1,
    stallMs: 5_000,
  };
});

afterEach(() => server.close());

test('downloads once, then answers from what is kept', async () => {
  const progress: DownloadProgress[] = [];
  expectWhole(await download(address(), { ...options, onProgress: (event) => progress.push(event) }));
  expect(progress.at(-1)).toEqual({ loadedBytes: SIZE, totalBytes: SIZE });
  expectWhole(await download(address(), options));
  expect(server.ranges).toEqual([undefined]);
});

test('a cut line is taken up where it broke', async () => {
  server.mischief = [{ cutAfter: 1_500_000 }, { cutAfter: 500_000 }];
  expectWhole(await download(address(), options));
  expect(server.ranges).toEqual([undefined, 'bytes=1500000-', 'bytes=2000000-']);
});

test('a silent server counts as a cut line', async () => {
  server.mischief = [{ stallAfter: 1_000_000 }];
  expectWhole(await download(address(), { ...options, stallMs: 200 }));
  expect(server.ranges).toEqual([undefined, 'bytes=1000000-']);
});

test('a later visit goes on where an earlier one was cancelled', async () => {
  const controller = new AbortController();
  const onProgress = ({ loadedBytes }: DownloadProgress) => {
    if (loadedBytes >= 2_000_000) controller.abort();
  };
  server.mischief = [{ stallAfter: 2_000_000 }];
  await expect(
    download(address(), { ...options, signal: controller.signal, onProgress }),
  ).rejects.toMatchObject({ code: 'cancelled' });
  expectWhole(await download(address(), options));
  expect(server.ranges).toEqual([undefined, 'bytes=2000000-']);
});

test('parts of another version on the server are thrown away', async () => {
  server.mischief = [{ cutAfter: 1_500_000 }, { status: 403 }];
  await expect(download(address(), options)).rejects.toMatchObject({ code: 'weights-fetch' });
  const other = BYTES.map((byte) => byte ^ 0xff);
  server.files['/weights.bin'] = { bytes: other, etag: '"two"' };
  const bytes = await download(address(), {
    ...options,
    sha256: createHash('sha256').update(other).digest('hex'),
  });
  expect(bytes[0]).toBe(0xff);
  expect(server.ranges.slice(2)).toEqual(['bytes=1500000-', undefined]);
});

test('a server that ignores ranges sends the whole file again', async () => {
  server.mischief = [{ cutAfter: 1_500_000 }, { ignoreRange: true }];
  expectWhole(await download(address(), options));
});

test('damage in resumed parts costs one clean try, not the download', async () => {
  server.mischief = [{ corruptAt: 10 }];
  await expect(download(address(), options)).rejects.toMatchObject({ code: 'weights-hash' });
  const meta = { validator: '"one"', parts: 1, bytes: 1000 };
  await options.store.append(address(), new Uint8Array(1000), meta);
  expectWhole(await download(address(), options));
  expect(server.ranges.slice(1)).toEqual(['bytes=1000-', undefined]);
});

test('damaged bytes are an error and nothing of them is kept', async () => {
  server.mischief = [{ corruptAt: 2_999_999 }];
  await expect(download(address(), options)).rejects.toMatchObject({
    code: 'weights-hash',
    detail: { expected: SHA256 },
  });
  expect(await options.store.meta(address())).toBeNull();
});

test('a file of another size than expected is an error', async () => {
  await expect(
    download(address(), { ...options, sha256: SHA256, sizeBytes: SIZE - 1 }),
  ).rejects.toMatchObject({ code: 'weights-hash' });
});

test('a kept file that rotted is fetched again', async () => {
  await download(address(), options);
  const meta = await options.store.meta(address());
  const [part] = (await options.store.parts(address(), meta!))!;
  part![5] = part![5]! ^ 1;
  expectWhole(await download(address(), options));
  expect(server.ranges).toHaveLength(2);
});

describe('a server that does not help', () => {
  test('refusals are not tried again', async () => {
    await expect(download(`${server.url}/absent.bin`, options)).rejects.toMatchObject({
      code: 'weights-fetch',
      detail: { status: 404 },
    });
    expect(server.ranges).toHaveLength(1);
  });

  test('a busy server is tried again', async () => {
    server.mischief = [{ status: 503 }, { status: 429 }];
    expectWhole(await download(address(), options));
  });

  test('after four tries without a byte it is given up', async () => {
    server.mischief = [{ cutAfter: 100 }, { status: 500 }, { status: 500 }, { status: 500 }, { status: 500 }];
    await expect(download(address(), options)).rejects.toMatchObject({
      code: 'weights-fetch',
      detail: { status: 500, loadedBytes: 100 },
    });
  });

  test('nothing there at all means offline', async () => {
    const gone = address();
    await server.close();
    await expect(download(gone, options)).rejects.toMatchObject({ code: 'offline' });
  });
});

test('cancel during a wait between tries answers at once', async () => {
  const controller = new AbortController();
  server.mischief = [{ status: 503 }];
  const pending = download(address(), { ...options, signal: controller.signal, retryDelayMs: 60_000 });
  await vi.waitFor(() => expect(server.ranges).toHaveLength(1));
  controller.abort();
  await expect(pending).rejects.toMatchObject({ code: 'cancelled' });
});

test('a full disk is an error of its own and leaves nothing behind', async () => {
  const full = new MemoryPartStore();
  let appended = 0;
  vi.spyOn(full, 'append').mockImplementation((url, part, meta) => {
    if (++appended > 1) return Promise.reject(new DOMException('full', 'QuotaExceededError'));
    return MemoryPartStore.prototype.append.call(full, url, part, meta);
  });
  await expect(download(address(), { ...options, store: full })).rejects.toMatchObject({ code: 'quota' });
  expect(await full.meta(address())).toBeNull();
});
