/** @file Entry of the engine's thread: one engine, served to the page that started it. */
import { createEngineHandlers } from '../engine/create-engine.ts';
import { serveEngine } from '../protocol/host.ts';
import { holdLifeline } from '../protocol/lifeline.ts';

holdLifeline(self);
serveEngine(self, createEngineHandlers({ thread: 'worker' }));
