import { ActionIcon, Loader, NativeSelect } from '@mantine/core';
import { IconArrowLeft, IconArrowRight, IconTrash } from '@tabler/icons-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ClassRecord, SampleId, SampleRecord, SplitSide } from '../../../src/index.ts';
import { Dialog } from '../../components/Dialog.tsx';
import { SoundPlayer } from '../../live/SoundPlayer.tsx';
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
  /** Drawn over the picture or the spectrogram; shown in place of a text. */
  readonly shade?: ReactNode;
  /** Below it. */
  readonly children?: ReactNode;
}

/** One picture, large, or one sound, with its neighbours at the arrow keys. */
export function PictureDialog(props: PictureDialogProps) {
  const { sample, index, order, classes, side, onGo, onMove, onDelete, onClose, shade, children } = props;
  const { t } = useTranslation('prepare');
  const previous = order[index - 1];
  const next = order[index + 1];
  return (
    <Dialog
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
          if (event.target instanceof HTMLSelectElement || event.target instanceof HTMLAudioElement) return;
          if (event.key === 'ArrowLeft' && previous !== undefined) onGo(previous);
          if (event.key === 'ArrowRight' && next !== undefined) onGo(next);
        }}
      >
        <Stored key={sample.id} sample={sample} shade={shade} compact={children !== undefined} />
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
            {t('picture.position', { index: index + 1, count: order.length })}
            {sample.kind === 'picture' &&
              ` · ${t('picture.size', { width: sample.width, height: sample.height })}`}
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
    </Dialog>
  );
}

/** What was stored of a sample, to be seen or heard. */
function Stored({ sample, shade, compact }: PictureProps) {
  const { t } = useTranslation('prepare');
  const blob = useStored(sample.id);
  return (
    <div className={styles.frame} data-kind={sample.kind} data-compact={compact || undefined}>
      {blob instanceof Blob &&
        (sample.kind === 'text' ? (
          shade || <Words blob={blob} />
        ) : sample.kind === 'sound' ? (
          <SoundPlayer sound={blob} name={sample.name} autoPlay shade={shade} />
        ) : (
          <Picture sample={sample} blob={blob} shade={shade} />
        ))}
      {blob === undefined && <Loader aria-label={t('picture.loading')} />}
      {blob === null && <p role="alert">{t('picture.gone')}</p>}
    </div>
  );
}

interface PictureProps {
  readonly sample: SampleRecord;
  readonly shade: ReactNode;
  /** Leaves room for what stands below, and is as large as fits, however small the file. */
  readonly compact: boolean;
}

function Picture({ sample, blob, shade }: Omit<PictureProps, 'compact'> & { readonly blob: Blob }) {
  const image = useRef<HTMLImageElement>(null);
  useEffect(() => {
    const url = URL.createObjectURL(blob);
    image.current?.setAttribute('src', url);
    return () => URL.revokeObjectURL(url);
  }, [blob]);
  return (
    <span className={styles.holder} style={{ '--ratio': sample.width / sample.height }}>
      <img ref={image} className={styles.picture} alt={sample.name} />
      {shade}
    </span>
  );
}

/** A text longer than this is shown from its beginning. */
const MOST_CHARACTERS = 20_000;

function Words({ blob }: { readonly blob: Blob }) {
  const [words, setWords] = useState('');
  useEffect(() => {
    let left = false;
    void blob.text().then((text) => {
      if (!left) setWords(text.slice(0, MOST_CHARACTERS));
    });
    return () => {
      left = true;
    };
  }, [blob]);
  return (
    <p className={styles.words} dir="auto">
      {words}
    </p>
  );
}

/** The stored bytes: `undefined` while they load, `null` when they cannot be had. */
function useStored(id: SampleId): Blob | null | undefined {
  const [blob, setBlob] = useState<Blob | null | undefined>(undefined);
  useEffect(() => {
    let left = false;
    const tell = (next: Blob | null) => {
      if (!left) setBlob(next);
    };
    fetchPicture(id).then(tell, () => tell(null));
    return () => {
      left = true;
    };
  }, [id]);
  return blob;
}
