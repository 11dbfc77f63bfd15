import { ActionIcon, Tooltip } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconArrowBackUp, IconArrowForwardUp } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { redo, undo } from '../../store/data-actions.ts';
import { useApp } from '../../store/store.ts';
import styles from './UndoButtons.module.css';

/** Undo and redo, saying what they would take back. Ctrl+Z and Ctrl+Shift+Z do the same. */
export function UndoButtons() {
  const { t } = useTranslation('prepare');
  const back = useApp(({ project }) => project?.undo.undo ?? null);
  const forth = useApp(({ project }) => project?.undo.redo ?? null);
  useHotkeys([
    ['mod+Z', () => void undo()],
    ['mod+shift+Z', () => void redo()],
    ['mod+Y', () => void redo()],
  ]);
  const undoLabel = back === null ? t('undo.nothing') : t('undo.undoWhat', { what: t(`undo.${back}`) });
  const redoLabel = forth === null ? t('undo.nothingRedo') : t('undo.redoWhat', { what: t(`undo.${forth}`) });
  return (
    <div className={styles.pair}>
      <Tooltip label={undoLabel}>
        <ActionIcon
          variant="default"
          size={36}
          aria-label={undoLabel}
          data-disabled={back === null}
          aria-disabled={back === null}
          onClick={() => back !== null && void undo()}
        >
          <IconArrowBackUp size={20} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={redoLabel}>
        <ActionIcon
          variant="default"
          size={36}
          aria-label={redoLabel}
          data-disabled={forth === null}
          aria-disabled={forth === null}
          onClick={() => forth !== null && void redo()}
        >
          <IconArrowForwardUp size={20} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}
