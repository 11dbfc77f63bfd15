/** @file Under which names this site keeps things in the browser, so that all of it can be found again and erased. */

/** The folder of the origin private file system, the database where there is none, and the lock on either. */
export const STORE_NAME = 'graft';
/** The cache of downloaded models. */
export const MODEL_CACHE = 'graft-models-1';
