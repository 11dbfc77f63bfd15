import { reloadPage } from '../engine/isolation.ts';
import { bootEngine } from './boot.ts';
import { undo } from './data-actions.ts';
import { loadModel } from './model-actions.ts';
import type { NoticeAction } from './state.ts';
import { getState } from './store.ts';

/** Does what a notice offers. */
export function runNoticeAction(action: NoticeAction): void {
  switch (action) {
    case 'restart-engine':
      void bootEngine();
      return;
    case 'undo':
      void undo();
      return;
    case 'retry-model': {
      const modelId = getState().project?.settings.modelId;
      if (modelId !== undefined) void loadModel(modelId);
      return;
    }
    case 'reload-page':
      void reloadPage();
  }
}
