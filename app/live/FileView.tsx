import { Button, FileButton } from '@mantine/core';
import { IconPhoto, IconWaveSine } from '@tabler/icons-react';
import { useEffect, useRef, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { ACCEPT } from '../capture/accept.ts';
import { useSampleKind } from '../store/sample-kind.ts';
import classes from './FileView.module.css';
import { SoundPlayer } from './SoundPlayer.tsx';

interface FileViewProps {
  readonly file: File | null;
  readonly onFile: (file: File | null) => void;
}

/** One picture or sound from the disk: chosen or dropped. */
export function FileView({ file, onFile }: FileViewProps) {
  const { t } = useTranslation('live');
  const frame = useRef<HTMLDivElement | null>(null);
  const picture = useRef<HTMLImageElement | null>(null);
  const kind = useSampleKind();
  useDrop(frame, onFile);
  useShownFile(picture, kind === 'picture' ? file : null);
  const empty = file === null;
  const Icon = kind === 'sound' ? IconWaveSine : IconPhoto;
  return (
    <div className={classes.frame} data-kind={kind} ref={frame}>
      {kind === 'picture' && (
        <img className={classes.picture} ref={picture} hidden={empty} alt={t('filePicture')} />
      )}
      {kind === 'sound' && file !== null && <SoundPlayer sound={file} name={file.name} />}
      <div className={classes.choose} data-over={!empty || undefined}>
        {empty && <Icon size={28} stroke={1.4} aria-hidden />}
        <FileButton accept={ACCEPT[kind]} onChange={onFile}>
          {(props) => (
            <Button variant="default" size={empty ? 'sm' : 'xs'} {...props}>
              {t('chooseFile')}
            </Button>
          )}
        </FileButton>
        {empty && <span className={classes.hint}>{t('dropHint')}</span>}
      </div>
    </div>
  );
}

/** Takes the first file that is dropped here; the page's own drop area does not see it. */
function useDrop(frame: RefObject<HTMLElement | null>, onFile: (file: File | null) => void): void {
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const controller = new AbortController();
    const { signal } = controller;
    const hold = (event: DragEvent) => {
      event.preventDefault();
      event.stopPropagation();
    };
    element.addEventListener('dragover', hold, { signal });
    element.addEventListener(
      'drop',
      (event) => {
        hold(event);
        onFile(event.dataTransfer?.files[0] ?? null);
      },
      { signal },
    );
    return () => {
      controller.abort();
    };
  }, [frame, onFile]);
}

/** Shows a file in an image; its URL is revoked when another one comes. */
function useShownFile(picture: RefObject<HTMLImageElement | null>, file: File | null): void {
  useEffect(() => {
    const image = picture.current;
    if (file === null || image === null) return;
    const url = URL.createObjectURL(file);
    image.setAttribute('src', url);
    return () => {
      URL.revokeObjectURL(url);
    };
  }, [picture, file]);
}
