import { Drawer, Modal, type DrawerProps, type ModalProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useApp } from '../store/store.ts';

/**
 * A dialog of the page. While the engine is gone it steps aside, with what was typed into it: the way back is in the
 * banner of the page beneath.
 */
export function Dialog(props: ModalProps) {
  return <Modal {...useDialogProps()} {...props} />;
}

/** The same, from the side. */
export function SideDialog(props: DrawerProps) {
  return <Drawer {...useDialogProps()} {...props} />;
}

function useDialogProps() {
  const { t } = useTranslation('common');
  const gone = useApp(({ engine: { status } }) => status === 'dead' || status === 'failed');
  return {
    closeButtonProps: { 'aria-label': t('close') },
    // Only hidden: closed, it would forget what was typed.
    ...(gone && { trapFocus: false, lockScroll: false, closeOnEscape: false, style: { display: 'none' } }),
  };
}
