import { IconPhotoOff } from '@tabler/icons-react';
import type { SampleId } from '../../../src/index.ts';
import styles from './Thumbnail.module.css';
import { useThumbnail } from './use-thumbnail.ts';

interface ThumbnailProps {
  readonly id: SampleId;
  /** Empty where the name stands beside it. */
  readonly alt: string;
}

/** A small square of a picture. Takes the size of its container. */
export function Thumbnail({ id, alt }: ThumbnailProps) {
  const thumbnail = useThumbnail(id);
  if (thumbnail?.status === 'ready') {
    return <img className={styles.picture} src={thumbnail.url} alt={alt} draggable={false} />;
  }
  if (thumbnail?.status === 'words') {
    return (
      <span className={styles.words} dir="auto">
        {thumbnail.words}
      </span>
    );
  }
  return (
    <span className={styles.blank} role={alt === '' ? undefined : 'img'} aria-label={alt || undefined}>
      {thumbnail?.status === 'gone' && <IconPhotoOff size={18} stroke={1.5} aria-hidden />}
    </span>
  );
}
