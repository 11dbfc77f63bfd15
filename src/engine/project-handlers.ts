import type { EngineHandlers } from '../core/engine-api.ts';
import type { EngineState } from './engine-state.ts';

type ProjectKind = Exclude<
  Extract<keyof EngineHandlers, `project.${string}` | `data.${string}`>,
  'data.doctor' | 'data.crossValidate'
>;

/** Rows that the open project answers by itself. */
export function projectHandlers(state: EngineState): Pick<EngineHandlers, ProjectKind> {
  const data = async () => (await state.session()).data;
  return {
    'project.open': async () => (await state.session()).snapshot(),
    async 'project.new'({ task }) {
      const session = await state.session();
      await state.leaveProject();
      return session.create(task);
    },
    'project.configure': async ({ settings }) => (await state.session()).configure(settings),
    'project.save': async (_, context) => (await state.session()).save(context),
    async 'project.load'({ file }, context) {
      const session = await state.session();
      // A damaged file must change nothing, so the old project is left only when the new one is there.
      const snapshot = await session.load(file, context);
      await state.leaveProject();
      return snapshot;
    },
    'data.preview': async (...call) => (await data()).preview(...call),
    'data.import': async (...call) => (await data()).import(...call),
    'data.sampleSet': async (...call) => (await data()).sampleSet(...call),
    'data.capture': async (...call) => (await data()).capture(...call),
    'data.record': async (...call) => (await data()).record(...call),
    'data.soundDecoder': async (...call) => (await data()).soundDecoder(...call),
    'data.edit': async (...call) => (await data()).edit(...call),
    'data.undo': async (...call) => (await data()).undo(...call),
    'data.redo': async (...call) => (await data()).redo(...call),
    'data.thumbnails': async (...call) => (await data()).thumbnails(...call),
    'data.picture': async (...call) => (await data()).picture(...call),
    'data.split': async (...call) => (await data()).makeSplit(...call),
    'data.save': async (...call) => (await data()).save(...call),
    'data.augmentPreview': async (...call) => (await data()).augmentPreview(...call),
  };
}
