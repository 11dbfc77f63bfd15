import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { EvaluationReport } from '../../../src/index.ts';
import { ClassMark } from '../../components/ClassMark.tsx';
import { gridStep, isGridKey } from '../pictures/grid-layout.ts';
import styles from './EvaluateStep.module.css';
import matrixStyles from './Matrix.module.css';
import { MatrixRow } from './MatrixRow.tsx';
import type { MatrixCell, NamedClass } from './exam.ts';

interface MatrixProps {
  readonly report: EvaluationReport;
  readonly classes: readonly NamedClass[];
  readonly chosen: MatrixCell | null;
  readonly onChoose: (cell: MatrixCell | null) => void;
}

/** Height of a row, px: fixed, so that rows out of sight need not exist. */
const ROW = 40;
const PAGE_ROWS = 8;

/** The confusion matrix. Arrow keys move, Enter or Space or a click choose a cell; only rows in sight exist. */
export function Matrix({ report, classes, chosen, onChoose }: MatrixProps) {
  const { t } = useTranslation('evaluate');
  const scroll = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const columns = classes.length;
  const virtual = useVirtualizer({
    count: columns,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW,
    overscan: 4,
  });
  const rows = virtual.getVirtualItems();
  const before = rows[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (rows.at(-1)?.end ?? 0);
  const cellAt = (index: number): MatrixCell => ({
    truth: Math.floor(index / columns),
    predicted: index % columns,
  });
  const toggle = (cell: MatrixCell) => {
    const same = chosen?.truth === cell.truth && chosen.predicted === cell.predicted;
    onChoose(same || countOf(report, cell) === 0 ? null : cell);
  };
  const keyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      toggle(cellAt(active));
    } else if (isGridKey(event.key)) {
      event.preventDefault();
      const next = gridStep(event.key, active, { columns, count: columns * columns, pageRows: PAGE_ROWS });
      setActive(next);
      virtual.scrollToIndex(Math.floor(next / columns));
      scroll.current
        ?.querySelector(`[data-cell="${next}"]`)
        ?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    }
  };
  return (
    <section className={styles.section} aria-labelledby="matrix-title">
      <h2 id="matrix-title" className={styles.title}>
        {t('matrix.title')} <span className={styles.term}>({t('matrix.term')})</span>
      </h2>
      <p className={styles.lead}>{t('matrix.lead')}</p>
      <div
        ref={scroll}
        className={matrixStyles.scroll}
        role="grid"
        aria-label={t('matrix.label')}
        aria-rowcount={columns + 1}
        aria-colcount={columns + 1}
        tabIndex={0}
        aria-activedescendant={`matrix-${active}`}
        onKeyDown={keyDown}
        onClick={(event) => {
          const index = indexAt(event.target);
          if (index === null) return;
          setActive(index);
          toggle(cellAt(index));
        }}
      >
        <div className={matrixStyles.table} style={{ '--columns': columns }} role="presentation">
          <div role="row" aria-rowindex={1} className={matrixStyles.head}>
            <span role="columnheader" className={matrixStyles.corner}>
              <span>{t('matrix.truth')} ↓</span> <span>{t('matrix.predicted')} →</span>
            </span>
            {classes.map(({ id, name, index }) => (
              <span key={id} role="columnheader" className={matrixStyles.column} title={name}>
                <ClassMark index={index} size="small" />
                <span className={columns <= NAMED_COLUMNS ? matrixStyles.columnName : 'visually-hidden'}>
                  {name}
                </span>
              </span>
            ))}
          </div>
          <div role="presentation" style={{ height: before }} />
          {rows.map(({ index }) => (
            <MatrixRow
              key={index}
              truth={index}
              counts={report.confusion[index] ?? []}
              classes={classes}
              active={Math.floor(active / columns) === index ? active % columns : null}
              chosen={chosen?.truth === index ? chosen.predicted : null}
            />
          ))}
          <div role="presentation" style={{ height: after }} />
        </div>
      </div>
    </section>
  );
}

/** More columns than this have room for a letter only. */
const NAMED_COLUMNS = 8;

function countOf(report: EvaluationReport, { truth, predicted }: MatrixCell): number {
  return report.confusion[truth]?.[predicted] ?? 0;
}

function indexAt(target: EventTarget): number | null {
  const cell = target instanceof Element ? target.closest<HTMLElement>('[data-cell]') : null;
  return cell === null ? null : Number(cell.dataset['cell']);
}
