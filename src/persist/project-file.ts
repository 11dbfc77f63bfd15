/**
 * @file A project as one file: a zip of `project.json`, the list of all other files with size and SHA-256, and those
 * files. Opening reads and checks everything before anything of it is used.
 */
import * as v from 'valibot';
import { readZip, type ZipItem } from '../archive/read-zip.ts';
import { writeZip, type ZipSource } from '../archive/write-zip.ts';
import type { Progress } from '../core/engine-api.ts';
import { EngineError } from '../core/errors.ts';
import { sha256 } from '../core/hash.ts';
import { isOwnModel } from '../core/own-model.ts';
import { OWN_MODEL_PATH, ownFilePath, ownRecordPath, parseOwnModel } from './own-model-record.ts';
import { parseProject, type ProjectRecord, stringifyProject } from './project-record.ts';

/** The name that tells a project file from a zip of pictures. */
export const PROJECT_ENTRY = 'project.json';
const MANIFEST_ENTRY = 'files.json';

/** A picture, the weights of a run, or a part of an own model. */
export interface ProjectBlob {
  /** `pictures/<contentHash>`, `runs/<runId>/weights.bin` or `models/...`: the path in the store and in the file. */
  readonly path: string;
  readonly read: () => Promise<Blob | Uint8Array<ArrayBuffer>>;
}

/** A checked project file. */
export interface OpenedProject {
  readonly record: ProjectRecord;
  /** Every blob that the record names; `read` checks size and hash. */
  readonly files: readonly { readonly path: string; read(): Promise<Uint8Array<ArrayBuffer>> }[];
}

const manifest = v.object({
  files: v.array(
    v.object({
      path: v.pipe(
        v.string(),
        v.check(
          (path) => /^(pictures\/[\w-]+|runs\/[\w-]+\/weights\.bin)$/.test(path) || OWN_MODEL_PATH.test(path),
        ),
      ),
      sizeBytes: v.pipe(v.number(), v.integer(), v.minValue(0)),
      sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
    }),
  ),
});

/** Packs a project. @throws {EngineError} whatever reading a blob throws; `cancelled`. */
export async function writeProjectFile(
  record: ProjectRecord,
  blobs: readonly ProjectBlob[],
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<Blob> {
  const files: v.InferOutput<typeof manifest>['files'] = [];
  const packed = blobs.map(({ path, read }) => ({
    path,
    async read() {
      const content = await read();
      const bytes = content instanceof Blob ? new Uint8Array(await content.arrayBuffer()) : content;
      files.push({ path, sizeBytes: bytes.byteLength, sha256: await sha256(bytes) });
      return bytes;
    },
  }));
  const text = (path: string, content: () => string): ZipSource => ({
    path,
    read: () => Promise.resolve(new Blob([content()])),
  });
  // The list comes last: only then are all hashes known.
  const sources = [
    text(PROJECT_ENTRY, () => stringifyProject(record)),
    ...packed,
    text(MANIFEST_ENTRY, () => JSON.stringify({ files })),
  ];
  let done = 0;
  return writeZip(sources, signal, () => onProgress({ done: ++done, total: sources.length }));
}

/**
 * Reads the record and the list, and sees that every blob the record needs is listed and there.
 * @throws {EngineError} `project-newer`, `project-damaged`, `cancelled`.
 */
export async function openProjectFile(file: Blob, signal: AbortSignal): Promise<OpenedProject> {
  const items = new Map<string, ZipItem>();
  try {
    for await (const item of readZip(file, signal)) items.set(item.path, item);
  } catch (thrown) {
    throw asDamaged(thrown, 'the file is cut short or no project');
  }
  const record = parseProject(await readText(items, PROJECT_ENTRY));
  const listed = v.safeParse(manifest, parseJson(await readText(items, MANIFEST_ENTRY)));
  if (!listed.success) throw damaged(MANIFEST_ENTRY);
  const files = listed.output.files.map((entry) => {
    const item = items.get(entry.path);
    if (item?.sizeBytes !== entry.sizeBytes) throw damaged(entry.path);
    return {
      path: entry.path,
      async read() {
        const bytes = await readBytes(item, entry.path);
        if (bytes.byteLength !== entry.sizeBytes || (await sha256(bytes)) !== entry.sha256)
          throw damaged(entry.path);
        return bytes;
      },
    };
  });
  const there = new Set(files.map(({ path }) => path));
  const needed = [...blobPaths(record), ...(await modelFiles(files, listed.output.files))];
  const missing = needed.find((path) => !there.has(path));
  if (missing !== undefined) throw damaged(missing);
  return { record, files };
}

/**
 * The same project with fresh ids for those of its runs whose ids are taken: its weights can then be written beside
 * those of the present project, which stay whole should the opening fail half-way.
 */
export function withFreshRuns({ record, files }: OpenedProject, taken: ReadonlySet<string>): OpenedProject {
  const fresh = new Map(
    record.runs.flatMap(({ id }) => (taken.has(id) ? [[id, crypto.randomUUID()] as const] : [])),
  );
  const rename = (id: string) => fresh.get(id) ?? id;
  return {
    record: {
      ...record,
      runs: record.runs.map((run) => ({ ...run, id: rename(run.id) })),
      reports: Object.fromEntries(
        Object.values(record.reports).map((report) => {
          const runId = rename(report.runId);
          return [runId, { ...report, runId }];
        }),
      ),
      openings: record.openings.map((one) => ({ ...one, runId: rename(one.runId) })),
      activeRunId: record.activeRunId === null ? null : rename(record.activeRunId),
    },
    files: files.map((file) => {
      const [, id = ''] = /^runs\/([\w-]+)\//.exec(file.path) ?? [];
      return fresh.has(id) ? { path: weightsPath(rename(id)), read: () => file.read() } : file;
    }),
  };
}

/** Where the weights of a run are kept, in the store and in a project file. */
export function weightsPath(runId: string): string {
  return `runs/${runId}/weights.bin`;
}

/**
 * The files that the own models among the files need. A model's record and its files are named by their content: what
 * does not fit its name would take the place of another model.
 */
async function modelFiles(
  files: OpenedProject['files'],
  listed: v.InferOutput<typeof manifest>['files'],
): Promise<string[]> {
  const misnamed = listed.find(
    ({ path, sha256: hash }) => path.startsWith(ownFilePath('')) && path !== ownFilePath(hash),
  );
  if (misnamed !== undefined) throw damaged(misnamed.path);
  const needed: string[] = [];
  for (const file of files.filter(({ path }) => path.startsWith('models/records/'))) {
    const model = await parseOwnModel(new TextDecoder().decode(await file.read()));
    if (file.path !== ownRecordPath(model.id)) throw damaged(file.path);
    needed.push(...model.files.map(({ sha256: hash }) => ownFilePath(hash)));
  }
  return needed;
}

/** Ids of the own models that a project was taught on, or is about to be. */
export function ownModelsOf({ settings, runs }: Pick<ProjectRecord, 'settings' | 'runs'>): string[] {
  return [...new Set([settings.modelId, ...runs.map(({ modelId }) => modelId)])].filter(isOwnModel);
}

/** The blobs that a project cannot do without. */
export function blobPaths(record: Pick<ProjectRecord, 'dataset' | 'runs'>): string[] {
  const pictures = new Set(
    [...record.dataset.samples.values()].map(({ contentHash }) => `pictures/${contentHash}`),
  );
  return [...pictures, ...record.runs.map(({ id }) => weightsPath(id))];
}

async function readText(items: ReadonlyMap<string, ZipItem>, path: string): Promise<string> {
  const item = items.get(path);
  if (!item) throw damaged(`${path} is missing`);
  return new TextDecoder().decode(await readBytes(item, path));
}

async function readBytes(item: ZipItem, path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await item.read();
  } catch (thrown) {
    throw asDamaged(thrown, path);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damaged(MANIFEST_ENTRY, cause);
  }
}

/** A zip's own errors speak of pictures to import; a project that cannot be read is a damaged project. */
function asDamaged(thrown: unknown, what: string): EngineError {
  if (thrown instanceof EngineError && (thrown.code === 'cancelled' || thrown.code === 'project-newer'))
    return thrown;
  return damaged(what, thrown);
}

function damaged(what: string, cause?: unknown): EngineError {
  const message = `The project file is damaged (${what}). Nothing was changed; use another copy of it.`;
  return new EngineError('project-damaged', message, { what }, { cause });
}
