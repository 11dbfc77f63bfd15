import { useTranslation } from 'react-i18next';
import { useFormat } from '../../copy/format.ts';
import classes from './GraftTree.module.css';
import { TREE } from './tree-shape.ts';

interface BlockRowProps {
  readonly y: number;
  /** Height of the row. */
  readonly height: number;
  readonly name: string;
  /** The whole name, where `name` is a short one. */
  readonly fullName?: string;
  readonly parameters: number;
  readonly learning: boolean;
  /** Pressing the row moves the graft line to it. The slider does the same from the keyboard. */
  readonly onPick?: () => void;
}

/** One block: its knot on the trunk, its name, how many weights it has. Kept ones wear a lock. */
export function BlockRow({ y, height, name, fullName = name, parameters, learning, onPick }: BlockRowProps) {
  const { t } = useTranslation('fineTune');
  const format = useFormat();
  return (
    <g className={classes.row} data-learning={learning} transform={`translate(0 ${y})`} onClick={onPick}>
      <title>{`${fullName}: ${t('tree.weights', { count: parameters })}, ${t(learning ? 'tree.learning' : 'tree.frozen')}`}</title>
      <rect className={classes.hit} x={0} y={-height / 2} width={TREE.width} height={height} />
      <path className={classes.twig} d={`M${TREE.trunk} 2Q${TREE.trunk + 18} 2 ${TREE.text - 8} 0`} />
      <circle className={classes.knot} cx={TREE.trunk} cy={1} r={learning ? 8 : 9} />
      {learning ? (
        <path
          className={classes.sprout}
          d={`M${TREE.trunk} 5v-4M${TREE.trunk} 1c-3.500 0 -4 -2 -4 -4c3 0 4 1.500 4 4c0 -2.500 1 -4 4 -4c0 2 -.5 4 -4 4z`}
        />
      ) : (
        <path
          className={classes.lock}
          d={`M${TREE.trunk - 3.5} 0h7v5h-7zM${TREE.trunk - 2} 0v-1.500a2 2 0 0 1 4 0V0`}
        />
      )}
      <text className={classes.name} x={TREE.text} y={5}>
        {name}
      </text>
      <text className={classes.count} x={TREE.width - 4} y={5} textAnchor="end">
        {parameters === 0 ? '–' : format.count(parameters)}
      </text>
    </g>
  );
}
