import { ActionIcon, Loader, Modal, NativeSelect } from '@mantine/core';
import { IconArrowLeft, IconArrowRight, IconTrash } from '@tabler/icons-react';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ClassRecord, SampleId, SampleRecord, SplitSide } from '../../../src/index.ts';
import { fetchPicture } from '../../store/data-actions.ts';
import styles from './PictureDialog.module.css';

interface PictureDialogProps {
  readonly sample: SampleRecord;
  /** Where it stands among the pictures that can be paged through; -1: nowhere. */
  readonly index: number;
  readonly order: readonly SampleId[];
  readonly classes: readonly ClassRecord[];
  readonly side: SplitSide | null;
  readonly onGo: (id: SampleId) => void;
  readonly onMove: (classId: string) => void;
  readonly onDelete: () => void;
  readonly onClose: () => void;
  /** Drawn over the picture. */
  readonly shade?: ReactNode;
  /** Below it. */
  readonly children?: ReactNode;
}

/** One picture, large, with its neighbours at the arrow keys. */
export function PictureDialog(props: PictureDialogProps) {
  const { sample, index, order, classes, side, onGo, onMove, onDelete, onClose, shade, children } = props;
  const { t } = useTranslation('prepare');
  const previous = order[index - 1];
  const next = order[index + 1];
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={<span className={styles.name}>{sample.name}</span>}
      centered
    >
      <div
        className={styles.body}
        role="presentation"
        onKeyDown={(event) => {
          if (event.target instanceof HTMLSelectElement) return;
          if (event.key === 'ArrowLeft' && previous !== undefined) onGo(previous);
          if (event.key === 'ArrowRight' && next !== undefined) onGo(next);
        }}
      >
        <Picture key={sample.id} sample={sample} shade={shade} compact={children !== undefined} />
        <div className={styles.tools}>
          <ActionIcon
            variant="default"
            size={40}
            data-autofocus
            disabled={previous === undefined}
            aria-label={t('picture.previous')}
            onClick={() => previous !== undefined && onGo(previous)}
          >
            <IconArrowLeft size={20} />
          </ActionIcon>
          <span className={styles.facts}>
            {t('picture.position', { index: index + 1, count: order.length })} ·{' '}
            {t('picture.size', { width: sample.width, height: sample.height })}
            {side !== null && ` · ${t(`picture.side.${side}`)}`}
          </span>
          <ActionIcon
            variant="default"
            size={40}
            disabled={next === undefined}
            aria-label={t('picture.next')}
            onClick={() => next !== undefined && onGo(next)}
          >
            <IconArrowRight size={20} />
          </ActionIcon>
          <NativeSelect
            className={styles.class}
            aria-label={t('picture.class')}
            value={sample.classId}
            data={classes.map(({ id, name }) => ({ value: id, label: name }))}
            onChange={(event) => onMove(event.currentTarget.value)}
          />
          <ActionIcon
            variant="subtle"
            color="red"
            size={40}
            aria-label={t('picture.delete')}
            onClick={onDelete}
          >
            <IconTrash size={20} stroke={1.6} />
          </ActionIcon>
        </div>
        {children}
      </div>
    </Modal>
  );
}

interface PictureProps {
  readonly sample: SampleRecord;
  readonly shade: ReactNode;
  /** Leaves room for what stands below, and is as large as fits, however small the file. */
  readonly compact: boolean;
}

function Picture({ sample, shade, compact }: PictureProps) {
  const { t } = useTranslation('prepare');
  const url = usePictureUrl(sample.id);
  return (
    <div className={styles.frame} data-compact={compact || undefined}>
      {typeof url === 'string' && (
        <span className={styles.holder} style={{ '--ratio': sample.width / sample.height }}>
          <img className={styles.picture} src={url} alt={sample.name} />
          {shade}
        </span>
      )}
      {url === undefined && <Loader aria-label={t('picture.loading')} />}
      {url === null && <p role="alert">{t('picture.gone')}</p>}
    </div>
  );
}

/** A URL of the stored picture: `undefined` while it loads, `null` when it cannot be had. */
function usePictureUrl(id: SampleId): string | null | undefined {
  const [url, setUrl] = useState<string | null | undefined>(undefined);
  useEffect(() => {
    let made: string | null = null;
    let left = false;
    const load = async () => {
      try {
        const blob = await fetchPicture(id);
        if (left) return;
        made = URL.createObjectURL(blob);
        setUrl(made);
      } catch {
        if (!left) setUrl(null);
      }
    };
    void load();
    return () => {
      left = true;
      if (made !== null) URL.revokeObjectURL(made);
    };
  }, [id]);
  return url;
}
