import { useCallback, useSyncExternalStore } from 'react';
import type { SampleId } from '../../../src/index.ts';
import { fetchThumbnails } from '../../store/data-actions.ts';
import { useApp } from '../../store/store.ts';
import { ThumbnailLoader, type Thumbnail } from './thumbnail-loader.ts';

/** The thumbnails of the open project. Those of a project that was left are revoked. */
let kept: { readonly projectId: string; readonly loader: ThumbnailLoader } | null = null;

function loaderOf(projectId: string): ThumbnailLoader {
  if (kept?.projectId !== projectId) {
    kept?.loader.dispose();
    kept = { projectId, loader: new ThumbnailLoader({ fetch: fetchThumbnails }) };
  }
  return kept.loader;
}

/** The thumbnail of a picture while the component is shown; `undefined` while it loads. */
export function useThumbnail(id: SampleId): Thumbnail | undefined {
  const projectId = useApp(({ project }) => project?.projectId ?? '');
  const subscribe = useCallback(
    (onLoad: () => void) => loaderOf(projectId).show(id, onLoad),
    [projectId, id],
  );
  return useSyncExternalStore(subscribe, () => loaderOf(projectId).get(id));
}
