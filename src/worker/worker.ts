/** @file Entry of the engine's thread: one engine, served to the page that started it. */
import { keepRequestRecord } from '../core/network.ts';
import { createEngineHandlers } from '../engine/create-engine.ts';
import { serveEngine } from '../protocol/host.ts';
import { holdLifeline } from '../protocol/lifeline.ts';

keepRequestRecord();
holdLifeline(self);
serveEngine(self, createEngineHandlers({ thread: 'worker' }));
