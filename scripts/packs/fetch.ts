import type { Files } from './convert.ts';
import { fetchNpmFiles } from './fetch-npm.ts';
import { fetchPypiFiles } from './fetch-pypi.ts';
import type { PackSource } from './records.ts';

/** Fetches the files of a source from its registry; see the fetchers for errors. */
export function fetchFiles(source: PackSource, folder: string): Promise<Files> {
  switch (source.registry) {
    case 'npm':
      return fetchNpmFiles(source, folder);
    case 'pypi':
      return fetchPypiFiles(source, folder);
  }
}
