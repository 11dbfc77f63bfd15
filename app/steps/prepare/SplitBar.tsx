import { Button } from '@mantine/core';
import { useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { ProjectSnapshot, SplitSettings, SplitSide } from '../../../src/index.ts';
import { useFormat } from '../../copy/format.ts';
import { makeSplit } from '../../store/data-actions.ts';
import styles from './SplitBar.module.css';
import { moveBorder, sharesOf, withShares, type Shares } from './split-shares.ts';

const SIDES: readonly SplitSide[] = ['train', 'validation', 'test'];
const BORDERS = ['first', 'second'] as const;
type Border = (typeof BORDERS)[number];

/** How many percent an arrow key moves a border. */
const KEY_STEP = 1;
const PAGE_STEP = 5;

/** What each picture is for, as one bar whose two borders can be moved. Below it the counts that really came out. */
export function SplitBar({ project }: { readonly project: ProjectSnapshot }) {
  const { t } = useTranslation('prepare');
  const format = useFormat();
  const { split, settings } = project;
  const [draft, setDraft] = useState<Shares | null>(null);
  const bar = useRef<HTMLDivElement>(null);
  const shares = draft ?? sharesOf(settings.split);
  const given = useMemo(
    () => [...project.dataset.samples.values()].filter((one) => one.given !== undefined).length,
    [project.dataset],
  );

  const deal = async (next: SplitSettings) => {
    await makeSplit(next, true);
    setDraft(null);
  };
  const commit = () => {
    if (draft !== null) void deal(withShares(settings.split, draft));
  };
  const percentAt = (clientX: number) => {
    const box = bar.current?.getBoundingClientRect();
    return box === undefined ? 0 : ((clientX - box.left) / box.width) * 100;
  };

  return (
    <section className={styles.section} aria-labelledby="split-title">
      <div className={styles.head}>
        <h2 id="split-title" className={styles.title}>
          {t('split.title')}
        </h2>
        <Button
          variant="subtle"
          size="compact-sm"
          title={t('split.redealHint')}
          onClick={() => void deal({ ...settings.split, seed: settings.split.seed + 1 })}
        >
          {t('split.redeal')}
        </Button>
      </div>
      <div ref={bar} className={styles.bar}>
        {SIDES.map((side) => (
          <div
            key={side}
            className={styles.part}
            data-side={side}
            style={{ flexGrow: shares[side] }}
            aria-hidden
          />
        ))}
        {BORDERS.map((border) => (
          <Handle
            key={border}
            border={border}
            shares={shares}
            onDrag={(clientX) => setDraft(moveBorder(shares, border, percentAt(clientX)))}
            onStep={(by) => setDraft(moveBorder(shares, border, positionOf(shares, border) + by))}
            onEnd={commit}
          />
        ))}
      </div>
      <ul className={styles.legend}>
        {SIDES.map((side) => (
          <li key={side}>
            <span className={styles.swatch} data-side={side} aria-hidden />
            <span className={styles.what}>
              {t(`split.${side}`)} <span className={styles.term}>({t(`split.${side}Term`)})</span>
            </span>
            <span className={styles.number}>
              {draft === null && split !== null
                ? format.count(split[side].length)
                : format.percent(shares[side] / 100)}
            </span>
          </li>
        ))}
      </ul>
      <p className={styles.note}>
        {split !== null && split.groupedSamples > 0
          ? t('split.grouped', { count: split.groupedSamples })
          : t('split.groupedNone')}{' '}
        {split?.nearDuplicates !== undefined &&
          split.nearDuplicates > 0 &&
          `${t('split.nearDuplicates', { count: split.nearDuplicates })} `}
        {given > 0 && `${t('split.given', { count: given })} `}
        {t('split.redealHint')}
      </p>
    </section>
  );
}

function positionOf(shares: Shares, border: Border): number {
  return border === 'first' ? shares.train : shares.train + shares.validation;
}

interface HandleProps {
  readonly border: Border;
  readonly shares: Shares;
  readonly onDrag: (clientX: number) => void;
  readonly onStep: (by: number) => void;
  readonly onEnd: () => void;
}

function Handle({ border, shares, onDrag, onStep, onEnd }: HandleProps) {
  const { t } = useTranslation('prepare');
  const position = positionOf(shares, border);
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -KEY_STEP,
    ArrowDown: -KEY_STEP,
    ArrowRight: KEY_STEP,
    ArrowUp: KEY_STEP,
    PageDown: -PAGE_STEP,
    PageUp: PAGE_STEP,
  };
  const keyDown = (event: KeyboardEvent) => {
    const by = steps[event.key];
    if (by === undefined) return;
    event.preventDefault();
    onStep(by);
  };
  const move = (event: PointerEvent<HTMLElement>) => {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) onDrag(event.clientX);
  };
  return (
    <div
      className={styles.handle}
      data-border={border}
      style={{ left: `${position}%` }}
      role="slider"
      tabIndex={0}
      aria-label={t(`split.${border}Border`)}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={position}
      aria-valuetext={t('split.borderValue', { ...shares })}
      onKeyDown={keyDown}
      onKeyUp={(event) => event.key in steps && onEnd()}
      onBlur={onEnd}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={move}
      onPointerUp={onEnd}
    />
  );
}
