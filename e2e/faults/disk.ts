/** @file What lies in the store of the site, read past the engine: the truth after a fault. */
import type { Page } from '@playwright/test';

export interface KeptRun {
  readonly number: number;
  readonly status: string;
  readonly backend: string;
  readonly epochs: readonly {
    readonly epoch: number;
    readonly trainLoss: number;
    readonly validationLoss: number | null;
    readonly elapsedMs: number;
  }[];
}

export interface Kept {
  /** Samples whose picture is there with the bytes that its name promises. */
  readonly whole: number;
  /** Samples without. */
  readonly broken: number;
  readonly runs: readonly KeptRun[];
}

/** The record with the patches of its journal, and every picture hashed. */
export function readKept(page: Page): Promise<Kept> {
  return page.evaluate(async () => {
    interface Sample {
      readonly id: string;
      readonly contentHash: string;
    }
    const root = await (await navigator.storage.getDirectory()).getDirectoryHandle('graft');
    const project = await root.getDirectoryHandle('project');
    const read = async (folder: FileSystemDirectoryHandle, name: string) =>
      (await folder.getFileHandle(name)).getFile();
    const record = JSON.parse(await (await read(project, 'record.json')).text()) as {
      revision: number;
      samples: Sample[];
      runs: KeptRun[];
    };
    const samples = new Map(record.samples.map((one) => [one.id, one]));
    const journal = await project.getDirectoryHandle('journal').catch(() => null);
    const revisions: number[] = [];
    if (journal !== null) for await (const name of journal.keys()) revisions.push(Number.parseInt(name));
    let { revision } = record;
    for (const next of revisions.sort((a, b) => a - b)) {
      if (next !== revision + 1 || journal === null) continue;
      const patch = JSON.parse(await (await read(journal, `${next}.json`)).text()) as {
        samples: { id: string; after: Sample | null }[];
      };
      for (const { id, after } of patch.samples) {
        if (after === null) samples.delete(id);
        else samples.set(id, after);
      }
      revision = next;
    }
    const pictures = await root.getDirectoryHandle('pictures').catch(() => null);
    let whole = 0;
    for (const { contentHash } of samples.values()) {
      if (pictures === null) break;
      const file = await read(pictures, contentHash).catch(() => null);
      if (file === null) continue;
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
      const hex = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
      if (hex === contentHash) whole++;
    }
    return { whole, broken: samples.size - whole, runs: record.runs };
  });
}

/** Cuts the younger of the checkpoints of a run to `part` of its length; tells how many there are. */
export function cutCheckpoint(page: Page, part: number): Promise<number> {
  return page.evaluate(async (share) => {
    const root = await (await navigator.storage.getDirectory()).getDirectoryHandle('graft');
    const folder = await root.getDirectoryHandle('checkpoints');
    const files: { handle: FileSystemFileHandle; at: number; bytes: number }[] = [];
    for await (const run of folder.values()) {
      if (run.kind !== 'directory') continue;
      for await (const handle of run.values()) {
        if (handle.kind !== 'file') continue;
        const file = await handle.getFile();
        files.push({ handle: handle, at: file.lastModified, bytes: file.size });
      }
    }
    const [youngest] = files.sort((a, b) => b.at - a.at);
    if (youngest !== undefined) {
      const stream = await youngest.handle.createWritable({ keepExistingData: true });
      await stream.truncate(Math.floor(youngest.bytes * share));
      await stream.close();
    }
    return files.length;
  }, part);
}

/** Sets what this site may keep, bytes; `null`: as much as the browser grants. */
export async function fillDisk(page: Page, quotaBytes: number | null): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const { origin } = new URL(page.url());
  await session.send('Storage.overrideQuotaForOrigin', {
    origin,
    ...(quotaBytes !== null && { quotaSize: quotaBytes }),
  });
  // The override ends with the session, so the one that fills stays attached.
  if (quotaBytes === null) await session.detach();
}
