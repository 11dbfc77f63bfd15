import type { ProjectSnapshot } from '../../../src/index.ts';
import { samplesByClass } from '../../store/project.ts';
import { PictureDialog } from '../pictures/PictureDialog.tsx';
import { sideOf } from '../pictures/side-of.ts';
import { deletePictures, movePictures } from './prepare-actions.ts';
import { setPrepare, usePrepare } from './prepare-state.ts';

/** The picture that was opened, with the others of its class beside it. */
export function OpenPicture({ project }: { readonly project: ProjectSnapshot }) {
  const openId = usePrepare((state) => state.openPictureId);
  const { dataset, split } = project;
  const sample = openId === null ? undefined : dataset.samples.get(openId);
  if (sample === undefined) return null;
  const order = (samplesByClass(dataset).get(sample.classId) ?? []).toReversed();
  const index = order.indexOf(sample.id);
  const neighbour = order[index + 1] ?? order[index - 1] ?? null;
  return (
    <PictureDialog
      sample={sample}
      index={index}
      order={order}
      classes={dataset.classes}
      side={sideOf(split, sample.id)}
      onGo={(id) => setPrepare({ openPictureId: id })}
      onMove={(classId) => {
        const to = dataset.classes.find(({ id }) => id === classId);
        if (to !== undefined) void movePictures([sample.id], to);
      }}
      onDelete={() => {
        setPrepare({ openPictureId: neighbour });
        void deletePictures([sample.id]);
      }}
      onClose={() => setPrepare({ openPictureId: null })}
    />
  );
}
