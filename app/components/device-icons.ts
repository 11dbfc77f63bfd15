import { IconCamera, IconMicrophone, IconPencil } from '@tabler/icons-react';
import type { SampleKind } from '../../src/index.ts';

/** What samples of each kind are made with. */
export const DEVICE_ICONS: Readonly<Record<SampleKind, typeof IconCamera>> = {
  picture: IconCamera,
  sound: IconMicrophone,
  text: IconPencil,
};
