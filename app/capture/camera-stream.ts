import { cameraProblem, type CameraProblem } from './camera-problem.ts';

export type Facing = 'user' | 'environment';

/** Which camera: one by its id, or whichever looks the wanted way. */
export interface CameraChoice {
  readonly deviceId?: string;
  readonly facing?: Facing;
}

export interface CameraDevice {
  readonly deviceId: string;
  /** The browser's own name for it; empty before the permission is given. */
  readonly label: string;
}

export type OpenedCamera =
  | { readonly ok: true; readonly stream: MediaStream; readonly deviceId: string; readonly facing: Facing }
  | { readonly ok: false; readonly problem: CameraProblem };

/** Asks for a camera. The caller ends the tracks of the stream ({@link closeStream}). */
export async function openCamera(choice: CameraChoice): Promise<OpenedCamera> {
  // Absent on pages that are not on https, whatever the types say.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) return { ok: false, problem: isSecureContext ? 'absent' : 'insecure' };
  const wanted: MediaTrackConstraints =
    choice.deviceId === undefined
      ? { facingMode: { ideal: choice.facing ?? 'user' } }
      : { deviceId: { exact: choice.deviceId } };
  try {
    const stream = await devices.getUserMedia({
      audio: false,
      video: { ...wanted, width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 } },
    });
    const settings = stream.getVideoTracks()[0]?.getSettings();
    const facing = settings?.facingMode === 'environment' ? 'environment' : 'user';
    return { ok: true, stream, deviceId: settings?.deviceId ?? '', facing };
  } catch (thrown) {
    return { ok: false, problem: cameraProblem(thrown) };
  }
}

export function closeStream(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** The cameras of this device. Names come only after a camera has been allowed once. */
export async function listCameras(): Promise<readonly CameraDevice[]> {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) return [];
  const all = await devices.enumerateDevices();
  return all.filter(({ kind }) => kind === 'videoinput').map(({ deviceId, label }) => ({ deviceId, label }));
}
