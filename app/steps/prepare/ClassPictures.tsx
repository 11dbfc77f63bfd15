import { useTranslation } from 'react-i18next';
import type { ClassRecord, SampleId } from '../../../src/index.ts';
import { useSampleKind } from '../../store/sample-kind.ts';
import { useApp } from '../../store/store.ts';
import { PictureGrid } from '../pictures/PictureGrid.tsx';
import { choose, chooseAll, NOTHING_SELECTED } from '../pictures/selection.ts';
import styles from './ClassCard.module.css';
import { PICTURES_DRAG } from './pictures-drag.ts';
import { deletePictures } from './prepare-actions.ts';
import { prepareStore, setPrepare, setSelection, usePrepare } from './prepare-state.ts';
import { useNear } from './use-near.ts';

interface ClassPicturesProps {
  readonly record: ClassRecord;
  readonly ids: readonly SampleId[];
  readonly large: boolean;
}

const SMALL_CELL = 56;
const LARGE_CELL = 96;
/** Two lines of words. */
const LINE = 38;

/** The pictures of a class, or what to do while there are none. Keeps its place when it is far from view. */
export function ClassPictures({ record, ids, large }: ClassPicturesProps) {
  const { t } = useTranslation('prepare');
  const { ref, near } = useNear<HTMLDivElement>();
  return (
    <div ref={ref} className={styles.pictures}>
      {ids.length === 0 && <p className={styles.none}>{t('class.none')}</p>}
      {ids.length > 0 && near && <Grid record={record} ids={ids} large={large} />}
    </div>
  );
}

function Grid({ record, ids, large }: ClassPicturesProps) {
  const { t } = useTranslation('prepare');
  const kind = useSampleKind();
  const samples = useApp(({ project }) => project?.dataset.samples);
  const selected = usePrepare(({ selection }) => selection.ids);
  if (samples === undefined) return null;
  return (
    <PictureGrid
      label={t('class.grid', { name: record.name })}
      ids={ids}
      samples={samples}
      selected={selected}
      minCell={large ? LARGE_CELL : SMALL_CELL}
      {...(kind === 'text' && { lineHeight: LINE })}
      onSelect={(id, mode) => setSelection((selection) => choose(selection, ids, id, mode))}
      onSelectAll={() => setSelection((selection) => chooseAll(selection, ids))}
      onOpen={(id) => setPrepare({ openPictureId: id })}
      onDelete={() => void deletePictures([...prepareStore.getState().selection.ids])}
      onClear={() => setPrepare({ selection: NOTHING_SELECTED })}
      onDragStart={(id, event) => {
        if (!prepareStore.getState().selection.ids.has(id)) {
          setSelection((selection) => choose(selection, ids, id, 'only'));
        }
        event.dataTransfer.setData(PICTURES_DRAG, id);
        event.dataTransfer.effectAllowed = 'move';
      }}
    />
  );
}
