import { useCallback, useEffect, useRef, useState } from 'react';
import type { CameraProblem } from './camera-problem.ts';
import {
  closeStream,
  listCameras,
  openCamera,
  type CameraChoice,
  type CameraDevice,
  type Facing,
} from './camera-stream.ts';

export type CameraState =
  | { readonly status: 'off' }
  | { readonly status: 'starting' }
  | {
      readonly status: 'on';
      readonly stream: MediaStream;
      readonly deviceId: string;
      readonly facing: Facing;
    }
  | { readonly status: 'problem'; readonly problem: CameraProblem };

export interface Camera {
  readonly state: CameraState;
  readonly devices: readonly CameraDevice[];
  readonly start: (choice?: CameraChoice) => void;
  readonly stop: () => void;
  /** The other side of a phone, or the next camera of a computer. */
  readonly flip: () => void;
}

/** A camera for one component. Its light goes out when the component goes. */
export function useCamera(): Camera {
  const [state, setState] = useState<CameraState>({ status: 'off' });
  const [devices, setDevices] = useState<readonly CameraDevice[]>([]);
  const current = useRef<MediaStream | null>(null);
  // Grows with each start and stop, so that a slow permission dialog cannot revive a camera that was given up.
  const attempt = useRef(0);

  const release = useCallback(() => {
    attempt.current += 1;
    if (current.current !== null) closeStream(current.current);
    current.current = null;
  }, []);

  const stop = useCallback(() => {
    release();
    setState({ status: 'off' });
  }, [release]);

  const start = useCallback(
    (choice: CameraChoice = {}) => {
      release();
      const mine = attempt.current;
      setState({ status: 'starting' });
      void openCamera(choice).then((opened) => {
        if (mine !== attempt.current) {
          if (opened.ok) closeStream(opened.stream);
          return;
        }
        if (!opened.ok) {
          setState({ status: 'problem', problem: opened.problem });
          return;
        }
        const { stream, deviceId, facing } = opened;
        current.current = stream;
        stream.getVideoTracks()[0]?.addEventListener('ended', () => {
          if (current.current !== stream) return;
          release();
          setState({ status: 'problem', problem: 'unplugged' });
        });
        setState({ status: 'on', stream, deviceId, facing });
        void listCameras().then(setDevices);
      });
    },
    [release],
  );

  const flip = useCallback(() => {
    if (state.status !== 'on') return;
    const at = devices.findIndex(({ deviceId }) => deviceId === state.deviceId);
    const next = devices[(at + 1) % Math.max(1, devices.length)];
    if (devices.length > 2 && next !== undefined) start({ deviceId: next.deviceId });
    else start({ facing: state.facing === 'user' ? 'environment' : 'user' });
  }, [state, devices, start]);

  useEffect(() => release, [release]);

  return { state, devices, start, stop, flip };
}
