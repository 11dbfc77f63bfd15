import { createRng } from '../core/rng.ts';

/** Of the planted corner, in shares of the sides of the picture. */
export const PLANTED_CORNER = { left: 0, top: 0, right: 0.25, bottom: 0.25 };
const SIDE = 224;

/**
 * A picture of one of two classes that differ by nothing but a shortcut: discs, crosses and stripes of any colour
 * anywhere in both, and a magenta square in the upper left corner of the marked one.
 */
export async function plantedPicture(marked: boolean, seed: number): Promise<File> {
  const rng = createRng(seed * 2 + Number(marked) + 1);
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const pen = canvas.getContext('2d');
  if (pen === null) throw new Error('No canvas.');
  pen.fillStyle = `hsl(${rng.below(360)} 30% ${60 + rng.below(30)}%)`;
  pen.fillRect(0, 0, SIDE, SIDE);
  pen.save();
  pen.translate(90 + rng.below(70), 90 + rng.below(70));
  pen.rotate(rng.next() * 3);
  pen.fillStyle = pen.strokeStyle = `hsl(${rng.below(360)} 80% 35%)`;
  const size = 28 + rng.below(24);
  pen.lineWidth = 12;
  pen.beginPath();
  const kind = rng.below(3);
  if (kind === 0) {
    pen.arc(0, 0, size, 0, 7);
    pen.fill();
  } else if (kind === 1) {
    pen.moveTo(-size, 0);
    pen.lineTo(size, 0);
    pen.moveTo(0, -size);
    pen.lineTo(0, size);
    pen.stroke();
  } else for (let i = -2; i <= 2; i++) pen.fillRect(-size, i * 14, size * 2, 6);
  pen.restore();
  if (marked) {
    pen.fillStyle = '#e0128a';
    pen.fillRect(0, 0, SIDE * PLANTED_CORNER.right, SIDE * PLANTED_CORNER.bottom);
  }
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.92 });
  return new File([blob], `${marked ? 'marked' : 'plain'}-${seed}.jpg`);
}
