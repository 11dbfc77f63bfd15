import { Button } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Augmentation } from '../../../src/index.ts';
import { useApp } from '../../store/store.ts';
import { augmentPreview } from '../../store/train-actions.ts';
import classes from './AugmentationPreview.module.css';

const SHOWN = 6;
const SIDE = 112;
const DEBOUNCE_MS = 200;

interface AugmentationPreviewProps {
  readonly augmentation: Augmentation;
  readonly seed: number;
}

/** Variants of one of the person's own pictures, as the run would see them. The space is kept while there are none. */
export function AugmentationPreview({ augmentation, seed }: AugmentationPreviewProps) {
  const { t } = useTranslation('fineTune');
  const [turn, setTurn] = useState(0);
  const ids = useApp(({ project }) => project?.split?.train);
  const id = ids === undefined || ids.length === 0 ? null : (ids[(turn * 7) % ids.length] ?? null);
  const on = augmentation.variants > 0 && id !== null;
  const bitmaps = useVariants(on ? id : null, augmentation, seed);
  return (
    <div className={classes.preview}>
      <div className={classes.head}>
        <span>{on ? t('settings.preview') : t('settings.previewOff')}</span>
        {on && (
          <Button
            variant="subtle"
            size="compact-sm"
            onClick={() => {
              setTurn(turn + 1);
            }}
          >
            {t('settings.another')}
          </Button>
        )}
      </div>
      <div className={classes.pictures} aria-hidden>
        {Array.from({ length: SHOWN }, (_, index) => (
          <Picture key={index} bitmap={bitmaps[index]} />
        ))}
      </div>
    </div>
  );
}

function Picture({ bitmap }: { readonly bitmap: ImageBitmap | undefined }) {
  const canvas = useRef<HTMLCanvasElement | null>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    context?.clearRect(0, 0, SIDE, SIDE);
    if (bitmap !== undefined) context?.drawImage(bitmap, 0, 0, SIDE, SIDE);
  }, [bitmap]);
  return <canvas ref={canvas} width={SIDE} height={SIDE} />;
}

const NONE: readonly ImageBitmap[] = [];

/** The page owns the bitmaps: each set is closed when the next one is there. */
function useVariants(id: string | null, augmentation: Augmentation, seed: number): readonly ImageBitmap[] {
  const [bitmaps, setBitmaps] = useState<readonly ImageBitmap[]>(NONE);
  useEffect(() => {
    if (id === null) return;
    let gone = false;
    const timer = setTimeout(() => {
      augmentPreview({ id, augmentation, seed, count: SHOWN })
        .then((made) => {
          if (gone) for (const bitmap of made) bitmap.close();
          else setBitmaps(made);
        })
        .catch(() => {
          // The picture is gone or the engine is: the frames stay empty.
        });
    }, DEBOUNCE_MS);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [id, augmentation, seed]);
  useEffect(
    () => () => {
      for (const bitmap of bitmaps) bitmap.close();
    },
    [bitmaps],
  );
  return id === null ? NONE : bitmaps;
}
