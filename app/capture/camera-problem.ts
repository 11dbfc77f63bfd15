/**
 * Why there is no camera picture. `refused`: the person or the browser's settings said no; `absent`: no camera at all;
 * `busy`: another program holds it; `unplugged`: it went away while in use; `insecure`: the page is not on https;
 * `failed`: anything else.
 */
export const CAMERA_PROBLEMS = ['refused', 'absent', 'busy', 'unplugged', 'insecure', 'failed'] as const;
export type CameraProblem = (typeof CAMERA_PROBLEMS)[number];

/**
 * The problem behind what `getUserMedia` threw.
 * Source: the exceptions of https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getusermedia
 */
export function cameraProblem(thrown: unknown): CameraProblem {
  const name = typeof thrown === 'object' && thrown !== null && 'name' in thrown ? thrown.name : undefined;
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'refused';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'absent';
    case 'NotReadableError':
    case 'AbortError':
      return 'busy';
    default:
      return 'failed';
  }
}
