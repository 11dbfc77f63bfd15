import { Button, NativeSelect } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import {
  BACKENDS,
  type BackendName,
  type BackendProbe,
  type MissingReason,
  type SkipReason,
} from '../../src/index.ts';
import { useFormat } from '../copy/format.ts';
import { probeDevice } from '../store/model-actions.ts';
import { configure } from '../store/project-actions.ts';
import { useApp } from '../store/store.ts';
import classes from './DeviceDetails.module.css';

/** Every back-end with what the probe measured, why one was chosen, and the way to overrule it. */
export function DeviceDetails() {
  const { t } = useTranslation();
  const device = useApp((state) => state.device);
  const probing = useApp((state) => state.probing);
  const busy = useApp(({ tasks }) => tasks.probe !== undefined);
  const wanted = useApp(({ project }) => project?.settings.backend ?? 'auto');
  const slowest = Math.max(
    1,
    ...(device?.probes.map((probe) => (probe.status === 'ok' ? probe.forwardMs : 0)) ?? []),
  );
  const choose = async (backend: BackendName | 'auto') => {
    // What does not work is not kept: it would be asked for again at each visit.
    if (await probeDevice(backend)) await configure({ backend });
    else await probeDevice(wanted);
  };
  return (
    <div className={classes.details}>
      <h2 className={classes.title}>{t('device.title')}</h2>
      <p className={classes.intro}>{t('device.intro')}</p>
      <ul className={classes.probes}>
        {BACKENDS.map((backend) => (
          <ProbeRow
            key={backend}
            backend={backend}
            probe={device?.probes.find((probe) => probe.backend === backend)}
            inUse={device?.backend === backend}
            measuring={probing === backend}
            slowestMs={slowest}
          />
        ))}
      </ul>
      {device !== null && (
        <p className={classes.why}>
          {t(`device.why.${device.chosenBy}`, { backend: t(`device.names.${device.backend}`) })}
        </p>
      )}
      {device !== null && !device.crossOriginIsolated && (
        <p className={classes.note}>{t('device.oneThread')}</p>
      )}
      {device?.thread === 'page' && <p className={classes.note}>{t('device.onPage')}</p>}
      <div className={classes.controls}>
        <NativeSelect
          aria-label={t('device.choose')}
          value={wanted}
          disabled={busy}
          data={[
            { value: 'auto', label: t('device.auto') },
            ...BACKENDS.map((value) => ({ value, label: t(`device.names.${value}`) })),
          ]}
          onChange={(event) => {
            const value = event.currentTarget.value;
            void choose(BACKENDS.find((backend) => backend === value) ?? 'auto');
          }}
        />
        <Button variant="default" loading={busy} onClick={() => void probeDevice(wanted, true)}>
          {t('device.again')}
        </Button>
      </div>
    </div>
  );
}

interface ProbeRowProps {
  readonly backend: BackendName;
  readonly probe: BackendProbe | undefined;
  readonly inUse: boolean;
  readonly measuring: boolean;
  readonly slowestMs: number;
}

function ProbeRow({ backend, probe, inUse, measuring, slowestMs }: ProbeRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const result = () => {
    if (measuring) return t('device.measuring');
    if (probe === undefined) return t('device.notMeasured');
    if (probe.status !== 'ok') return t(`device.${probe.status}`);
    return t('device.perPicture', { ms: format.number(probe.forwardMs, probe.forwardMs < 10 ? 1 : 0) });
  };
  const ms = (value: number) => format.number(value, value < 10 ? 1 : 0);
  const reasonSentence = (reason: MissingReason | SkipReason): string => {
    switch (reason.code) {
      case 'slow-convolution':
        return reason.ms === null || reason.bestMs === null
          ? t('device.reasons.slow-start')
          : t('device.reasons.slow-convolution', { ms: ms(reason.ms), best: ms(reason.bestMs) });
      case 'slow-model':
        return t('device.reasons.slow-model', { seconds: format.number(reason.limitMs / 1000) });
      case 'threw':
        return t('device.reasons.threw', { message: reason.message });
      default:
        return t(`device.reasons.${reason.code}`);
    }
  };
  return (
    <li className={classes.probe} data-in-use={inUse}>
      <span className={classes.name}>
        {t(`device.names.${backend}`)}
        {inUse && <span className={classes.inUse}>{t('device.inUse')}</span>}
      </span>
      <span className={classes.result}>{result()}</span>
      <span className={classes.track}>
        {probe?.status === 'ok' && (
          <span
            className={classes.bar}
            style={{ width: `${Math.max(2, (probe.forwardMs / slowestMs) * 100)}%` }}
          />
        )}
      </span>
      {probe !== undefined && 'reason' in probe && (
        <span className={classes.reason}>{reasonSentence(probe.reason)}</span>
      )}
    </li>
  );
}
