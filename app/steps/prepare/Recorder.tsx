import type { ComponentType } from 'react';
import type { ClassRecord, SampleKind } from '../../../src/index.ts';
import { useSampleKind } from '../../store/sample-kind.ts';
import { CameraRecorder } from './CameraRecorder.tsx';
import { SoundRecorder } from './SoundRecorder.tsx';
import { TextWriter } from './TextWriter.tsx';

interface RecorderProps {
  readonly record: ClassRecord;
}

const RECORDERS: Readonly<Record<SampleKind, ComponentType<RecorderProps>>> = {
  picture: CameraRecorder,
  sound: SoundRecorder,
  text: TextWriter,
};

/** The camera or the microphone of one class, or a sheet to write on. */
export function Recorder(props: RecorderProps) {
  const Chosen = RECORDERS[useSampleKind()];
  return <Chosen {...props} />;
}
