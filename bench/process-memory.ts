/** @file What the browser holds in all its processes, where the system tells (Linux). */
import { readdir, readFile } from 'node:fs/promises';

const EVERY_MS = 200;

/** Watches from now on. `stop` tells how much more there was at the worst, bytes; `null` where it is not known. */
export async function watchBrowserMemory(): Promise<{ stop(): Promise<number | null> }> {
  const start = await browserBytes();
  let peak = start;
  const watch = { ended: false };
  const watching = (async () => {
    while (!watch.ended) {
      const now = await browserBytes();
      if (now !== null && (peak === null || now > peak)) peak = now;
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  })();
  return {
    async stop() {
      watch.ended = true;
      await watching;
      return start === null || peak === null ? null : peak - start;
    },
  };
}

/** Of the browsers that this process has started; memory that processes share is counted once (PSS). */
async function browserBytes(): Promise<number | null> {
  try {
    const parents = await processes();
    const ours = [...parents].filter(([pid, { name }]) => /chrom/i.test(name) && descends(pid, parents));
    const sizes = await Promise.all(ours.map(([pid]) => proportionalBytes(pid)));
    return sizes.length === 0 ? null : sizes.reduce((sum, size) => sum + size, 0);
  } catch {
    return null;
  }
}

type Processes = ReadonlyMap<number, { readonly parent: number; readonly name: string }>;

async function processes(): Promise<Processes> {
  const ids = (await readdir('/proc')).map(Number).filter(Number.isInteger);
  const found = await Promise.all(
    ids.map(async (pid) => {
      const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      // The name is in parentheses and may hold any character; state and parent follow it.
      const [, name = '', parent = '0'] = /^\d+ \((.*)\) \S (\d+)/s.exec(text) ?? [];
      return [pid, { parent: Number(parent), name }] as const;
    }),
  );
  return new Map(found);
}

function descends(pid: number, all: Processes): boolean {
  for (let at = pid; at > 1; at = all.get(at)?.parent ?? 0) if (at === process.pid) return true;
  return false;
}

async function proportionalBytes(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  return 1024 * Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
}
