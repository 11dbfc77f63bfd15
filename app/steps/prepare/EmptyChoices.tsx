import { Button } from '@mantine/core';
import { IconFolderOpen, IconLock, IconSparkles } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { SAMPLE_SETS } from '../../../src/index.ts';
import type { SampleSetId } from '../../../src/index.ts';
import { DEVICE_ICONS } from '../../components/device-icons.ts';
import { useSampleKind } from '../../store/sample-kind.ts';
import { AddPictures } from './AddPictures.tsx';
import styles from './EmptyChoices.module.css';
import { addClass } from './prepare-actions.ts';
import { setPrepare } from './prepare-state.ts';
import { useTakeSamples } from './use-take-samples.ts';

const SET_IDS = Object.keys(SAMPLE_SETS) as SampleSetId[];

/** The first visit: three ways to begin, and what happens to the pictures. */
export function EmptyChoices() {
  const { t } = useTranslation('prepare');
  const { t: sound } = useTranslation('sound');
  const kind = useSampleKind();
  const DeviceIcon = DEVICE_ICONS[kind];
  const { takeSamples, taking } = useTakeSamples();
  const sets = SET_IDS.filter((set) => SAMPLE_SETS[set].kind === kind);
  const openDevice = async () => {
    // Noise comes first: it asks for nothing but to let the microphone run.
    const noise = kind === 'sound' ? await addClass(sound('background')) : null;
    const first = await addClass(t('newClass', { number: 1 }));
    await addClass(t('newClass', { number: 2 }));
    setPrepare({ cameraClassId: noise ?? first });
  };
  return (
    <section className={styles.choices} aria-label={t('empty.lead')}>
      <p className={styles.lead}>{t('empty.lead')}</p>
      <ul className={styles.tiles}>
        {sets.length > 0 && (
          <Tile icon={<IconSparkles />} title={t('empty.sampleTitle')} text={t('empty.sampleText')} main>
            <div className={styles.sets}>
              {sets.map((set) => (
                <Button key={set} loading={taking} onClick={() => takeSamples(set)}>
                  {t(`empty.sampleButtons.${set}`)}
                </Button>
              ))}
            </div>
          </Tile>
        )}
        <Tile
          icon={<DeviceIcon />}
          title={t('empty.cameraTitle')}
          text={t('empty.cameraText')}
          main={sets.length === 0}
        >
          <Button
            fullWidth
            {...(sets.length > 0 && { variant: 'default' })}
            onClick={() => void openDevice()}
          >
            {t('empty.cameraButton')}
          </Button>
        </Tile>
        <Tile icon={<IconFolderOpen />} title={t('empty.filesTitle')} text={t('empty.filesText')}>
          <AddPictures wide />
        </Tile>
      </ul>
      <p className={styles.privacy}>
        <IconLock size={16} stroke={1.7} aria-hidden /> {t('empty.privacy')}
      </p>
    </section>
  );
}

interface TileProps {
  readonly icon: ReactNode;
  readonly title: string;
  readonly text: string;
  readonly main?: boolean;
  readonly children: ReactNode;
}

function Tile({ icon, title, text, main, children }: TileProps) {
  return (
    <li className={styles.tile} data-main={main}>
      <span className={styles.icon} aria-hidden>
        {icon}
      </span>
      <h2 className={styles.title}>{title}</h2>
      <p className={styles.text}>{text}</p>
      <div className={styles.action}>{children}</div>
    </li>
  );
}
