import { useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { BlockInfo } from '../../../src/index.ts';
import { BlockRow } from './BlockRow.tsx';
import classes from './GraftTree.module.css';
import { TreeCrown } from './TreeCrown.tsx';
import { TREE, trunkPath, treeHeight, rowY, lineY } from './tree-shape.ts';

interface GraftTreeProps {
  readonly blocks: readonly BlockInfo[];
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
export function GraftTree({ blocks, open, headParameters, classCount, locked, onChange }: GraftTreeProps) {
  const { t } = useTranslation('fineTune');
  const count = blocks.length;
  const svg = useRef<SVGSVGElement | null>(null);
  const [dragging, setDragging] = useState(false);
  const kept = count - open;
  const words = () => {
    if (open === 0) return t('tree.value.head', { kept });
    return open === count ? t('tree.value.all') : t('tree.value.last', { count: open, kept });
  };
  const moveTo = (next: number) => {
    const clamped = Math.max(0, Math.min(count, next));
    if (!locked && clamped !== open) onChange(clamped);
  };
  const follow = (event: PointerEvent) => {
    const box = svg.current?.getBoundingClientRect();
    if (box === undefined) return;
    const at = ((event.clientY - box.top) / box.height) * treeHeight(count);
    moveTo(Math.round((at - lineY(0)) / TREE.row));
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
      viewBox={`0 0 ${TREE.width} ${treeHeight(count)}`}
      data-dragging={dragging || undefined}
      data-locked={locked || undefined}
    >
      <g aria-hidden>
        <TreeCrown classCount={classCount} />
        <path className={classes.trunk} d={trunkPath(count)} />
        <clipPath id="grown">
          <rect
            className={classes.grown}
            width={TREE.width}
            height={treeHeight(count)}
            y={-treeHeight(count)}
            style={{ transform: `translateY(${lineY(open)}px)` }}
          />
        </clipPath>
        <path className={classes.shoot} d={trunkPath(count)} clipPath="url(#grown)" />
      </g>
      <g aria-hidden>
        <BlockRow y={rowY(-1)} name={t('tree.head')} parameters={headParameters} learning />
        {[...blocks].reverse().map((block, index) => (
          <BlockRow
            key={block.name}
            y={rowY(index)}
            name={blockName(block, t)}
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
        className={classes.graft}
        style={{ transform: `translateY(${lineY(open)}px)` }}
        role="slider"
        tabIndex={0}
        aria-label={t('tree.label')}
        aria-orientation="vertical"
        aria-valuemin={0}
        aria-valuemax={count}
        aria-valuenow={kept}
        aria-valuetext={words()}
        aria-disabled={locked}
        onKeyDown={(event) => {
          const next = keyMove(event, open, count);
          if (next === null) return;
          event.preventDefault();
          moveTo(next);
        }}
        {...handlers}
      >
        <rect className={classes.grab} x={0} y={-14} width={TREE.width} height={28} />
        <path className={classes.cut} d={`M4 4L${TREE.width} -4`} />
        <rect className={classes.handle} x={TREE.handle} y={-9} width={44} height={18} rx={9} />
        <path
          className={classes.grip}
          d={`M${TREE.handle + 9} -2l4 -4l4 4M${TREE.handle + 9} 2l4 4l4 -4M${TREE.handle + 26} -3h9M${TREE.handle + 26} 0h9M${TREE.handle + 26} 3h9`}
        />
      </g>
    </svg>
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

type Translate = ReturnType<typeof useTranslation<'fineTune'>>['t'];

function blockName(block: BlockInfo, t: Translate): string {
  if (block.kind === 'stem') return t('tree.stem');
  return block.kind === 'conv' ? t('tree.conv') : t('tree.block', { number: block.index });
}
