import { holdLifeline } from '../protocol/lifeline.ts';

holdLifeline(self);
/** Leaves without a word on any call: no `error` event tells of a worker that closes itself. */
self.onmessage = () => self.close();
