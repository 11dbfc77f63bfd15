/** @file Sound project files and zips of pictures, made at run time: what the fuzzing of archives damages. */
import { sha256 } from '../../core/hash.ts';
import { MIGRATIONS, migrate } from '../../persist/migrations.ts';
import version1 from '../../persist/records/project-v1.json';
import version2 from '../../persist/records/project-v2.json';
import { HOSTILE_NAMES } from '../files/hostile.ts';
import { patternJpeg } from '../files/pictures.ts';
import { zipOf, type ZipEntry } from '../files/zips.ts';

/** An archive as its parts, so that damage can be done inside and the rest be made to fit again. */
export interface ArchiveSeed {
  readonly kind: 'project' | 'pictures';
  /** Of a project; `null` for a zip of pictures. */
  readonly record: unknown;
  readonly manifest: unknown;
  readonly entries: readonly ZipEntry[];
}

/** Records of all versions, with markup for names, and zips of pictures with hostile names. */
export async function archiveSeeds(): Promise<readonly ArchiveSeed[]> {
  const present = migrate(structuredClone(version1), MIGRATIONS);
  const projects = await Promise.all([version1, version2, present].map(projectSeed));
  return [...projects, picturesSeed()];
}

async function projectSeed(record: unknown): Promise<ArchiveSeed> {
  const { samples, runs } = record as {
    samples: { contentHash: string; name: string }[];
    runs: { id: string }[];
  };
  const named = samples.map((sample, index) => ({
    ...sample,
    name: HOSTILE_NAMES[index % HOSTILE_NAMES.length] ?? '',
  }));
  const entries = [
    ...samples.map(({ contentHash }, index) => ({
      path: `pictures/${contentHash}`,
      bytes: patternJpeg(0, index, { width: 8, height: 8 }),
    })),
    ...runs.map(({ id }) => ({ path: `runs/${id}/weights.bin`, bytes: new Uint8Array(64) })),
  ];
  return {
    kind: 'project',
    record: { ...(record as object), samples: named },
    manifest: { files: await Promise.all(entries.map(listed)) },
    entries,
  };
}

const listed = async ({ path, bytes }: { path: string; bytes: Uint8Array<ArrayBuffer> }) => ({
  path,
  sizeBytes: bytes.length,
  sha256: await sha256(bytes),
});

function picturesSeed(): ArchiveSeed {
  return {
    kind: 'pictures',
    record: null,
    manifest: null,
    entries: HOSTILE_NAMES.map((name, index) => ({
      path: `class ${index % 2}/${name.replaceAll('/', '_')}`,
      bytes: patternJpeg(0, index, { width: 8, height: 8 }),
    })),
  };
}

/** The archive as a file. */
export function packed({ record, manifest, entries }: ArchiveSeed): Promise<Uint8Array<ArrayBuffer>> {
  const text = (path: string, value: unknown): ZipEntry => ({
    path,
    bytes: new TextEncoder().encode(JSON.stringify(value)),
  });
  return zipOf([
    ...(record === null ? [] : [text('project.json', record)]),
    ...entries,
    ...(manifest === null ? [] : [text('files.json', manifest)]),
  ]);
}
