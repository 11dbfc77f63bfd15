import { fitWithin } from './fit-within.ts';

/** Longest side of a grabbed frame, px: twice what the networks take in, a sixth of the bytes of full HD. */
export const FRAME_SIDE = 512;

/**
 * What the camera shows now, at a bounded size. `null` while it shows nothing. The caller owns the bitmap: it is
 * transferred to the engine or closed.
 */
export async function grabFrame(
  video: HTMLVideoElement,
  maxSide: number = FRAME_SIDE,
): Promise<ImageBitmap | null> {
  const { videoWidth, videoHeight } = video;
  if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || videoWidth === 0) return null;
  const { width, height } = fitWithin(videoWidth, videoHeight, maxSide);
  return await createImageBitmap(video, {
    resizeWidth: width,
    resizeHeight: height,
    resizeQuality: 'medium',
  });
}
