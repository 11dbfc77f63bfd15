/** Marks a drag of selected pictures, so that a card can tell it from a drag of files. */
export const PICTURES_DRAG = 'application/x-graft-pictures';
