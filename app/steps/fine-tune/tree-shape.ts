/** Measures of the drawing, in units of its view box. */
export const TREE = { width: 280, crown: 96, trunk: 44, text: 80, handle: 168, roots: 64 } as const;

/** Rows of a trunk of up to so many blocks are roomy; a longer one is drawn closer. */
const ROOMY_BLOCKS = 18;

/** Where things are in the drawing of a trunk of some blocks. */
export interface TreeShape {
  readonly count: number;
  /** Height of a row. */
  readonly row: number;
  readonly height: number;
  /** Middle of a row. Row -1 is the head, row 0 the last block, row `count` the ground. */
  readonly rowY: (row: number) => number;
  /** Where the graft line lies when `open` blocks are above it. */
  readonly lineY: (open: number) => number;
}

export function treeShape(count: number): TreeShape {
  const row = count > ROOMY_BLOCKS ? 26 : 36;
  return {
    count,
    row,
    height: TREE.crown + (count + 1) * row + TREE.roots,
    rowY: (index) => TREE.crown + (index + 1.5) * row,
    lineY: (open) => TREE.crown + (open + 1) * row,
  };
}

/** The trunk: slender at the crown, broad at the ground, with three roots. */
export function trunkPath({ count, row }: TreeShape): string {
  const x = TREE.trunk;
  const top = TREE.crown - 26;
  const ground = TREE.crown + (count + 1) * row;
  const low = ground + TREE.roots - 8;
  return [
    `M${x - 2.5} ${top}`,
    `C${x - 4} ${top + 120} ${x - 6} ${ground - 80} ${x - 9} ${ground}`,
    `C${x - 11} ${ground + 18} ${x - 20} ${low - 14} ${x - 34} ${low}`,
    `C${x - 22} ${low - 6} ${x - 12} ${low - 14} ${x - 5} ${ground + 22}`,
    `C${x - 4} ${low - 14} ${x - 3} ${low - 6} ${x} ${low + 6}`,
    `C${x + 3} ${low - 6} ${x + 4} ${low - 14} ${x + 5} ${ground + 22}`,
    `C${x + 12} ${low - 14} ${x + 22} ${low - 6} ${x + 34} ${low}`,
    `C${x + 20} ${low - 14} ${x + 11} ${ground + 18} ${x + 9} ${ground}`,
    `C${x + 6} ${ground - 80} ${x + 4} ${top + 120} ${x + 2.5} ${top}Z`,
  ].join('');
}

/** One leaf of the crown, growing from the top of the trunk at an angle (radians from straight up). */
export function leafPath(angle: number, length: number): string {
  const x = TREE.trunk;
  const y = TREE.crown - 22;
  const tip = [x + Math.sin(angle) * length, y - Math.cos(angle) * length];
  const side = (sign: number) => {
    const reach = length * 0.6;
    const turn = angle + sign * 0.62;
    return `${(x + Math.sin(turn) * reach).toFixed(1)} ${(y - Math.cos(turn) * reach).toFixed(1)}`;
  };
  const end = tip.map((value) => value.toFixed(1)).join(' ');
  return `M${x} ${y}Q${side(-1)} ${end}Q${side(1)} ${x} ${y}Z`;
}
