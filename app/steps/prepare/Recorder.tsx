import type { ClassRecord } from '../../../src/index.ts';
import { useSampleKind } from '../../store/sample-kind.ts';
import { CameraRecorder } from './CameraRecorder.tsx';
import { SoundRecorder } from './SoundRecorder.tsx';

/** The camera or the microphone of one class. */
export function Recorder({ record }: { readonly record: ClassRecord }) {
  return useSampleKind() === 'sound' ? <SoundRecorder record={record} /> : <CameraRecorder record={record} />;
}
