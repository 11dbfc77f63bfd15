import { useElementSize, useMergedRef } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useId, useRef, useState, type DragEvent, type KeyboardEvent, type MouseEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { SampleId, SampleRecord } from '../../../src/index.ts';
import styles from './PictureGrid.module.css';
import { Thumbnail } from './Thumbnail.tsx';
import { gridColumns, gridStep, isGridKey } from './grid-layout.ts';
import type { SelectMode } from './selection.ts';
import { useRemeasure } from './use-remeasure.ts';

interface PictureGridProps {
  readonly label: string;
  readonly ids: readonly SampleId[];
  readonly samples: ReadonlyMap<SampleId, SampleRecord>;
  readonly selected: ReadonlySet<SampleId>;
  /** Least side of a cell, px. */
  readonly minCell: number;
  /** One to a line, this high, px: for samples that are read. */
  readonly lineHeight?: number;
  readonly onSelect: (id: SampleId, mode: SelectMode) => void;
  readonly onSelectAll: () => void;
  readonly onOpen: (id: SampleId) => void;
  readonly onDelete: () => void;
  readonly onClear: () => void;
  /** Selected pictures are dragged away. */
  readonly onDragStart?: (id: SampleId, event: DragEvent) => void;
}

const GAP = 4;

/**
 * Thousands of pictures as a list box: only the rows in sight exist. Arrows move, Space selects, Shift extends, Enter
 * opens, Delete deletes.
 */
export function PictureGrid(props: PictureGridProps) {
  const { label, ids, samples, selected, minCell, lineHeight, onSelect, onOpen } = props;
  const { t } = useTranslation('prepare');
  const { ref: sizeRef, width, height } = useElementSize<HTMLDivElement>();
  const scrollRef = useRef<HTMLDivElement>(null);
  const ref = useMergedRef(sizeRef, scrollRef);
  const prefix = useId();
  const [activeId, setActiveId] = useState<SampleId | null>(null);
  const { columns, cell } =
    lineHeight === undefined ? gridColumns(width, minCell, GAP) : { columns: 1, cell: lineHeight };
  const rows = Math.ceil(ids.length / columns);
  const virtual = useVirtualizer({
    count: width === 0 ? 0 : rows,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => cell + GAP,
    overscan: 2,
  });
  useRemeasure(virtual, cell);

  const activeIndex = activeId === null ? -1 : ids.indexOf(activeId);
  const goTo = (index: number) => {
    setActiveId(ids[index] ?? null);
    virtual.scrollToIndex(Math.floor(index / columns));
  };
  const keyDown = (event: KeyboardEvent) => {
    const pageRows = Math.max(1, Math.floor(height / (cell + GAP)) - 1);
    const handled = handleKey(event, props, activeIndex, { columns, count: ids.length, pageRows }, goTo);
    if (handled) event.preventDefault();
  };
  const click = (event: MouseEvent<HTMLElement>) => {
    const id = idAt(event.target);
    if (id === null) return;
    setActiveId(id);
    onSelect(id, modeOf(event));
  };

  return (
    <div
      ref={ref}
      className={styles.scroll}
      role="listbox"
      aria-label={label}
      aria-multiselectable
      tabIndex={0}
      aria-activedescendant={activeIndex < 0 ? undefined : `${prefix}${ids[activeIndex] ?? ''}`}
      onKeyDown={keyDown}
      onClick={click}
      onDoubleClick={(event) => {
        const id = idAt(event.target);
        if (id !== null) onOpen(id);
      }}
      onFocus={() => {
        if (activeIndex < 0) setActiveId(ids[0] ?? null);
      }}
      onDragStart={(event) => {
        const id = idAt(event.target);
        if (id !== null) props.onDragStart?.(id, event);
      }}
    >
      <div className={styles.canvas} role="presentation" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((row) => (
          <div
            key={row.key}
            role="presentation"
            className={styles.row}
            style={{ transform: `translateY(${row.start}px)`, height: cell }}
          >
            {ids.slice(row.index * columns, (row.index + 1) * columns).map((id, column) => {
              const index = row.index * columns + column;
              const name = samples.get(id)?.name ?? '';
              return (
                <div
                  key={id}
                  id={`${prefix}${id}`}
                  role="option"
                  className={styles.cell}
                  style={{ width: lineHeight === undefined ? cell : '100%' }}
                  data-id={id}
                  data-active={id === activeId || undefined}
                  draggable={props.onDragStart !== undefined}
                  aria-selected={selected.has(id)}
                  aria-setsize={ids.length}
                  aria-posinset={index + 1}
                  aria-label={t('picture.option', { name, index: index + 1, count: ids.length })}
                  title={name}
                >
                  <Thumbnail id={id} alt="" />
                </div>
              );
            })}
          </div>
        ))}
      </div>
    </div>
  );
}

/** Whether the key meant something here. */
function handleKey(
  event: KeyboardEvent,
  { ids, onSelect, onSelectAll, onOpen, onDelete, onClear, selected }: PictureGridProps,
  active: number,
  grid: { readonly columns: number; readonly count: number; readonly pageRows: number },
  goTo: (index: number) => void,
): boolean {
  const id = ids[active];
  const mod = event.ctrlKey || event.metaKey;
  if (isGridKey(event.key)) {
    if (grid.count === 0) return false;
    const next = id === undefined ? 0 : gridStep(event.key, active, grid);
    if (event.shiftKey && id !== undefined) {
      if (!selected.has(id)) onSelect(id, 'toggle');
      onSelect(ids[next] ?? id, 'extend');
    }
    goTo(next);
    return true;
  }
  if (mod && event.key.toLowerCase() === 'a') return call(onSelectAll);
  if (mod || event.altKey) return false;
  if (event.key === 'Escape' && selected.size > 0) return call(onClear);
  if ((event.key === 'Delete' || event.key === 'Backspace') && selected.size > 0) return call(onDelete);
  if (id === undefined) return false;
  if (event.key === ' ') return call(() => onSelect(id, event.shiftKey ? 'extend' : 'toggle'));
  if (event.key === 'Enter') return call(() => onOpen(id));
  return false;
}

function call(action: () => void): true {
  action();
  return true;
}

function idAt(target: EventTarget): SampleId | null {
  const cell = target instanceof Element ? target.closest<HTMLElement>('[data-id]') : null;
  return cell?.dataset['id'] ?? null;
}

/** A finger has no Ctrl: it toggles. */
function modeOf({ shiftKey, ctrlKey, metaKey, nativeEvent }: MouseEvent): SelectMode {
  if (shiftKey) return 'extend';
  const finger = nativeEvent instanceof PointerEvent && nativeEvent.pointerType === 'touch';
  return ctrlKey || metaKey || finger ? 'toggle' : 'only';
}
