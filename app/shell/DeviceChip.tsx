import { Popover } from '@mantine/core';
import { IconChevronDown, IconCpu } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../copy/format.ts';
import { useApp } from '../store/store.ts';
import classes from './DeviceChip.module.css';
import { DeviceDetails } from './DeviceDetails.tsx';

/** What computes, in a few words; pressed, it tells everything the probe found out. */
export function DeviceChip() {
  const { t } = useTranslation();
  const words = useDeviceWords();
  return (
    <Popover width={380} position="bottom-end" radius={10} trapFocus returnFocus withinPortal>
      <Popover.Target>
        <button type="button" className={classes.chip} aria-label={`${t('device.label')}: ${words}`}>
          <IconCpu size={18} stroke={1.6} aria-hidden />
          <span className={classes.words}>{words}</span>
          <IconChevronDown className={classes.words} size={14} aria-hidden />
        </button>
      </Popover.Target>
      <Popover.Dropdown className={classes.dropdown}>
        <DeviceDetails />
      </Popover.Dropdown>
    </Popover>
  );
}

function useDeviceWords(): string {
  const { t } = useTranslation();
  const format = useFormat();
  const device = useApp((state) => state.device);
  const probing = useApp(({ tasks }) => tasks.probe !== undefined);
  if (device === null) return probing ? t('device.measuring') : t('device.unknown');
  const words = [t(`device.short.${device.backend}`)];
  if (device.backend === 'wasm') words.push(t('device.threads', { count: device.threads }));
  words.push(t('device.perPicture', { ms: format.number(device.forwardMs, device.forwardMs < 10 ? 1 : 0) }));
  return words.join(' · ');
}
