import { useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { BlockInfo } from '../../../src/index.ts';
import { BlockRow } from './BlockRow.tsx';
import classes from './GraftTree.module.css';
import { TreeCrown } from './TreeCrown.tsx';
import { TREE, treeShape, trunkPath } from './tree-shape.ts';
import { useBlockNames } from './use-block-names.ts';

interface GraftTreeProps {
  readonly blocks: readonly BlockInfo[];
  /** Blocks are called as in the model's file, because nobody here knows them better. */
  readonly ownNames: boolean;
  /** How many blocks below the head learn. */
  readonly open: number;
  /** Weights of the new head. */
  readonly headParameters: number;
  readonly classCount: number;
  /** The line cannot be moved: the model's trunk cannot be opened, or a run is going on. */
  readonly locked: boolean;
  readonly onChange: (open: number) => void;
}

/**
 * The pre-trained network as a tree: the picture at the roots, the classes as leaves of the crown. The graft line says
 * how deep the new skill grows in: below it all is kept, above it all learns.
 */
export function GraftTree(props: GraftTreeProps) {
  const { blocks, ownNames, open, headParameters, classCount, locked, onChange } = props;
  const { t } = useTranslation('fineTune');
  const count = blocks.length;
  const shape = useMemo(() => treeShape(count), [count]);
  const { rowY, lineY } = shape;
  const names = useBlockNames(blocks, ownNames);
  const svg = useRef<SVGSVGElement | null>(null);
  const line = useRef<SVGGElement | null>(null);
  const [dragging, setDragging] = useState(false);
  const kept = count - open;
  const words = useLineWords(open, count);
  const moveTo = (next: number) => {
    const clamped = Math.max(0, Math.min(count, next));
    if (!locked && clamped !== open) onChange(clamped);
  };
  const follow = (event: PointerEvent) => {
    const box = svg.current?.getBoundingClientRect();
    if (box === undefined) return;
    const at = ((event.clientY - box.top) / box.height) * shape.height;
    moveTo(Math.round((at - lineY(0)) / shape.row));
  };
  const handlers = {
    onPointerDown(event: PointerEvent<SVGGElement>) {
      if (locked) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      setDragging(true);
    },
    onPointerMove(event: PointerEvent) {
      if (dragging) follow(event);
    },
    onPointerUp() {
      setDragging(false);
    },
    onPointerCancel() {
      setDragging(false);
    },
  };
  return (
    <svg
      ref={svg}
      className={classes.tree}
      viewBox={`0 0 ${TREE.width} ${shape.height}`}
      data-close={shape.row < 30 || undefined}
      data-dragging={dragging || undefined}
      data-locked={locked || undefined}
    >
      <g aria-hidden>
        <TreeCrown classCount={classCount} />
        <path className={classes.trunk} d={trunkPath(shape)} />
        <clipPath id="grown">
          <rect
            className={classes.grown}
            width={TREE.width}
            height={shape.height}
            y={-shape.height}
            style={{ transform: `translateY(${lineY(open)}px)` }}
          />
        </clipPath>
        <path className={classes.shoot} d={trunkPath(shape)} clipPath="url(#grown)" />
      </g>
      <g aria-hidden>
        <BlockRow
          y={rowY(-1)}
          height={shape.row}
          name={t('tree.head')}
          parameters={headParameters}
          learning
        />
        {[...blocks].reverse().map((block, index) => (
          <BlockRow
            key={block.name}
            y={rowY(index)}
            height={shape.row}
            name={names[block.index]?.short ?? ''}
            fullName={names[block.index]?.full ?? ''}
            parameters={block.parameters}
            learning={index < open}
            {...(!locked && {
              onPick: () => {
                moveTo(index < open ? index : index + 1);
              },
            })}
          />
        ))}
        <text className={classes.roots} x={TREE.text} y={rowY(count) + 16}>
          {t('tree.roots')}
        </text>
      </g>
      <g
        ref={line}
        className={classes.graft}
        style={{ transform: `translateY(${lineY(open)}px)` }}
        role="slider"
        tabIndex={0}
        aria-label={t('tree.label')}
        aria-orientation="vertical"
        aria-valuemin={0}
        aria-valuemax={count}
        aria-valuenow={kept}
        aria-valuetext={words}
        aria-disabled={locked}
        onKeyDown={(event) => {
          const next = keyMove(event, open, count);
          if (next === null) return;
          event.preventDefault();
          moveTo(next);
          keepInView(line.current);
        }}
        onTransitionEnd={() => {
          if (document.activeElement === line.current) keepInView(line.current);
        }}
        {...handlers}
      >
        <Handle />
      </g>
    </svg>
  );
}

/** Where the line is, for those who do not see it. */
function useLineWords(open: number, count: number): string {
  const { t } = useTranslation('fineTune');
  const kept = count - open;
  if (open === 0) return t('tree.value.head', { kept });
  return open === count ? t('tree.value.all') : t('tree.value.last', { count: open, kept });
}

/** The line itself and what it is dragged by. */
function Handle() {
  return (
    <>
      <rect className={classes.grab} x={0} y={-14} width={TREE.width} height={28} />
      <path className={classes.cut} d={`M4 4L${TREE.width} -4`} />
      <rect className={classes.handle} x={TREE.handle} y={-9} width={44} height={18} rx={9} />
      <path
        className={classes.grip}
        d={`M${TREE.handle + 9} -2l4 -4l4 4M${TREE.handle + 9} 2l4 4l4 -4M${TREE.handle + 26} -3h9M${TREE.handle + 26} 0h9M${TREE.handle + 26} 3h9`}
      />
    </>
  );
}

/** Up and right move the line up (fewer blocks learn), as the eye expects; Home is the bottom of the tree. */
function keyMove(event: KeyboardEvent, open: number, count: number): number | null {
  switch (event.key) {
    case 'ArrowUp':
    case 'ArrowRight':
      return open - 1;
    case 'ArrowDown':
    case 'ArrowLeft':
      return open + 1;
    case 'PageUp':
      return open - 3;
    case 'PageDown':
      return open + 3;
    case 'Home':
      return count;
    case 'End':
      return 0;
    default:
      return null;
  }
}

/** A long trunk scrolls in its own area: the line that the keys move must not leave it. */
function keepInView(line: SVGGElement | null): void {
  requestAnimationFrame(() => line?.scrollIntoView({ block: 'nearest' }));
}
