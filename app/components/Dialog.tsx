import { Drawer, Modal, type DrawerProps, type ModalProps } from '@mantine/core';
import { createContext, use } from 'react';
import { useTranslation } from 'react-i18next';

/** Whether dialogs step aside, since what the person needs is in the page beneath. */
export const DialogsAside = createContext(false);

/** A dialog of the page. While it steps aside, what was typed into it is kept. */
export function Dialog(props: ModalProps) {
  return <Modal {...useDialogProps()} {...props} />;
}

/** The same, from the side. */
export function SideDialog(props: DrawerProps) {
  return <Drawer {...useDialogProps()} {...props} />;
}

function useDialogProps() {
  const { t } = useTranslation('common');
  const aside = use(DialogsAside);
  return {
    closeButtonProps: { 'aria-label': t('close') },
    // Only hidden: closed, it would forget what was typed.
    ...(aside && { trapFocus: false, lockScroll: false, closeOnEscape: false, style: { display: 'none' } }),
  };
}
