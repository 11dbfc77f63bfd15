import { memo, useState, type DragEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { ClassRecord, SampleId } from '../../../src/index.ts';
import { hasFiles, OWN_DROP_ATTRIBUTE } from '../../capture/use-page-drop.ts';
import { takeDrop } from '../../capture/walk-drop.ts';
import { ClassMark } from '../../components/ClassMark.tsx';
import { useFormat } from '../../copy/format.ts';
import styles from './ClassCard.module.css';
import { ClassFooter } from './ClassFooter.tsx';
import { ClassMenu } from './ClassMenu.tsx';
import { ClassName } from './ClassName.tsx';
import { ClassPictures } from './ClassPictures.tsx';
import { Recorder } from './Recorder.tsx';
import { takeDropped } from './import-flow.ts';
import { PICTURES_DRAG } from './pictures-drag.ts';
import { movePictures } from './prepare-actions.ts';
import { prepareStore, usePrepare } from './prepare-state.ts';
import { useNear } from './use-near.ts';

interface ClassCardProps {
  readonly record: ClassRecord;
  /** In the project's class order. */
  readonly index: number;
  readonly ids: readonly SampleId[];
  /** In full width, with large pictures. */
  readonly large: boolean;
}

/** One class: its name, its pictures, its camera, and the ways to add more. A bare name until it comes near to view. */
export const ClassCard = memo(function ClassCard({ record, index, ids, large }: ClassCardProps) {
  const { t } = useTranslation('prepare');
  const format = useFormat();
  const recording = usePrepare(({ cameraClassId }) => cameraClassId === record.id);
  const { over, handlers } = useCardDrop(record);
  const { ref, near } = useNear<HTMLLIElement>(true);
  return (
    <li
      ref={ref}
      className={styles.card}
      data-large={large || undefined}
      data-over={over || undefined}
      id={`class-${record.id}`}
      {...{ [OWN_DROP_ATTRIBUTE]: '' }}
      {...handlers}
    >
      <header className={styles.header}>
        <ClassMark index={index} />
        {near ? (
          <ClassName record={record} index={index} />
        ) : (
          <span className={styles.name} title={record.name}>
            {record.name}
          </span>
        )}
        <span className={styles.count} aria-label={t('pictures', { count: ids.length })}>
          {format.count(ids.length)}
        </span>
        {near && <ClassMenu record={record} ids={ids} large={large} />}
      </header>
      {near && recording && <Recorder record={record} />}
      {near ? <ClassPictures record={record} ids={ids} large={large} /> : <div className={styles.unseen} />}
      {near && <ClassFooter record={record} recording={recording} />}
      {over && (
        <div className={styles.drop} aria-hidden>
          {t('class.dropHere', { name: record.name })}
        </div>
      )}
    </li>
  );
}, sameCard);

function sameCard(a: ClassCardProps, b: ClassCardProps): boolean {
  return (
    a.record === b.record &&
    a.index === b.index &&
    a.large === b.large &&
    a.ids.length === b.ids.length &&
    a.ids.every((id, at) => id === b.ids[at])
  );
}

/** Files and selected pictures dropped on this card go into its class. */
function useCardDrop(record: ClassRecord) {
  const [depth, setDepth] = useState(0);
  const wanted = (event: DragEvent) => hasFiles(event) || event.dataTransfer.types.includes(PICTURES_DRAG);
  const step = (by: number) => (event: DragEvent) => {
    if (wanted(event)) setDepth((now) => Math.max(0, now + by));
  };
  const handlers = {
    onDragEnter: step(1),
    onDragLeave: step(-1),
    onDragOver: (event: DragEvent) => {
      if (wanted(event)) event.preventDefault();
    },
    onDrop: (event: DragEvent) => {
      setDepth(0);
      if (!wanted(event)) return;
      event.preventDefault();
      if (hasFiles(event)) void takeDropped(takeDrop(event.dataTransfer), record.id);
      else void movePictures([...prepareStore.getState().selection.ids], record);
    },
  };
  return { over: depth > 0, handlers };
}
